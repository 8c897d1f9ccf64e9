"""What is kept with dashboards: annotations, playlists, query history, snapshots, library elements, public dashboards, trash"""

import sqlalchemy as sa
from alembic import op

from models.base import Id, JsonText, Moment, exact

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    """Go forward."""
    op.create_table(
        "annotation_term",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("term", exact(100), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_annotation_term_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation_term")),
        sa.UniqueConstraint("org_id", "term", name=op.f("uq_annotation_term_org_id_term")),
    )
    op.create_table(
        "kept_aside",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("kind", exact(40), nullable=False),
        sa.Column("name", exact(190), nullable=False),
        sa.Column("content", JsonText, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_kept_aside_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_aside")),
        sa.UniqueConstraint("org_id", "kind", "name", name=op.f("uq_kept_aside_org_id_kind_name")),
    )
    op.create_table(
        "library_element",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("folder_id", Id, nullable=False),
        sa.Column("uid", exact(40), nullable=False),
        sa.Column("name", exact(150), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("description", JsonText, nullable=False),
        sa.Column("model", JsonText, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("updated", Moment, nullable=False),
        sa.Column("created_by", Id, nullable=False),
        sa.Column("updated_by", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_library_element_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_element")),
        sa.UniqueConstraint(
            "org_id", "folder_id", "name", "kind", name=op.f("uq_library_element_org_id_folder_id_name_kind")
        ),
        sa.UniqueConstraint("org_id", "uid", name=op.f("uq_library_element_org_id_uid")),
    )
    op.create_index(op.f("ix_library_element_folder_id"), "library_element", ["folder_id"])
    op.create_table(
        "playlist",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("uid", exact(40), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("interval", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_playlist_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playlist")),
        sa.UniqueConstraint("uid", name=op.f("uq_playlist_uid")),
    )
    op.create_index(op.f("ix_playlist_org_id"), "playlist", ["org_id"])
    op.create_table(
        "query_history",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("uid", exact(40), nullable=False),
        sa.Column("source_uid", exact(40), nullable=False),
        sa.Column("created_by", Id, nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("comment", JsonText, nullable=False),
        sa.Column("queries", JsonText, nullable=False),
        sa.Column("starred", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_query_history_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_query_history")),
        sa.UniqueConstraint("uid", name=op.f("uq_query_history_uid")),
    )
    op.create_index(op.f("ix_query_history_created"), "query_history", ["created"])
    op.create_index("ix_query_history_person", "query_history", ["org_id", "created_by", "created"])
    op.create_table(
        "snapshot",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("key", exact(190), nullable=False),
        sa.Column("delete_key", exact(190), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("external_url", sa.String(length=255), nullable=False),
        sa.Column("external_delete_url", sa.String(length=255), nullable=False),
        sa.Column("expires", Moment, nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("updated", Moment, nullable=False),
        sa.Column("body", JsonText, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_snapshot_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("delete_key", name=op.f("uq_snapshot_delete_key")),
        sa.UniqueConstraint("key", name=op.f("uq_snapshot_key")),
    )
    op.create_index(op.f("ix_snapshot_expires"), "snapshot", ["expires"])
    op.create_index(op.f("ix_snapshot_org_id"), "snapshot", ["org_id"])
    op.create_table(
        "trash_entry",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("dashboard_id", Id, nullable=False),
        sa.Column("is_folder", sa.Boolean(), nullable=False),
        sa.Column("uid", exact(40), nullable=False),
        sa.Column("title", sa.String(length=190), nullable=False),
        sa.Column("folder_uid", exact(40), nullable=False),
        sa.Column("with_folder", Id, nullable=False),
        sa.Column("deleted", Moment, nullable=False),
        sa.Column("deleted_by", Id, nullable=False),
        sa.Column("content", JsonText, nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_trash_entry_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trash_entry")),
    )
    op.create_index(op.f("ix_trash_entry_deleted"), "trash_entry", ["deleted"])
    op.create_index(op.f("ix_trash_entry_org_id"), "trash_entry", ["org_id"])
    op.create_table(
        "annotation",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("dashboard_id", Id, nullable=True),
        sa.Column("panel_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("alert_id", Id, nullable=False),
        sa.Column("new_state", sa.String(length=25), nullable=False),
        sa.Column("prev_state", sa.String(length=25), nullable=False),
        sa.Column("text", JsonText, nullable=False),
        sa.Column("tags", JsonText, nullable=False),
        sa.Column("data", JsonText, nullable=False),
        sa.Column("time", Id, nullable=False),
        sa.Column("time_end", Id, nullable=False),
        sa.Column("span", sa.Integer(), nullable=False),
        sa.Column("created", Id, nullable=False),
        sa.Column("updated", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboard.id"], name=op.f("fk_annotation_dashboard_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_annotation_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation")),
    )
    op.create_index("ix_annotation_board_time", "annotation", ["dashboard_id", "span", "time_end", "id"])
    op.create_index("ix_annotation_org_time", "annotation", ["org_id", "span", "time_end", "id"])
    op.create_table(
        "library_connection",
        sa.Column("id", Id, nullable=False),
        sa.Column("element_id", Id, nullable=False),
        sa.Column("dashboard_id", Id, nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("created_by", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["dashboard_id"],
            ["dashboard.id"],
            name=op.f("fk_library_connection_dashboard_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["element_id"],
            ["library_element.id"],
            name=op.f("fk_library_connection_element_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_connection")),
        sa.UniqueConstraint(
            "element_id", "dashboard_id", name=op.f("uq_library_connection_element_id_dashboard_id")
        ),
    )
    op.create_index(op.f("ix_library_connection_dashboard_id"), "library_connection", ["dashboard_id"])
    op.create_table(
        "library_version",
        sa.Column("id", Id, nullable=False),
        sa.Column("element_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("created_by", Id, nullable=False),
        sa.Column("model", JsonText, nullable=False),
        sa.ForeignKeyConstraint(
            ["element_id"],
            ["library_element.id"],
            name=op.f("fk_library_version_element_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_version")),
        sa.UniqueConstraint("element_id", "version", name=op.f("uq_library_version_element_id_version")),
    )
    op.create_table(
        "playlist_item",
        sa.Column("id", Id, nullable=False),
        sa.Column("playlist_id", Id, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["playlist_id"], ["playlist.id"], name=op.f("fk_playlist_item_playlist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playlist_item")),
    )
    op.create_index(op.f("ix_playlist_item_playlist_id"), "playlist_item", ["playlist_id"])
    op.create_table(
        "provisioned_board",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("dashboard_id", Id, nullable=False),
        sa.Column("provider", exact(190), nullable=False),
        sa.Column("path", sa.String(length=2000), nullable=False),
        sa.Column("checksum", exact(64), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dashboard_id"],
            ["dashboard.id"],
            name=op.f("fk_provisioned_board_dashboard_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_provisioned_board_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provisioned_board")),
        sa.UniqueConstraint("dashboard_id", name=op.f("uq_provisioned_board_dashboard_id")),
    )
    op.create_index(op.f("ix_provisioned_board_provider"), "provisioned_board", ["provider"])
    op.create_table(
        "public_dashboard",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("dashboard_id", Id, nullable=False),
        sa.Column("uid", exact(40), nullable=False),
        sa.Column("access_token", exact(64), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("annotations_enabled", sa.Boolean(), nullable=False),
        sa.Column("time_selection_enabled", sa.Boolean(), nullable=False),
        sa.Column("variables", JsonText, nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("updated", Moment, nullable=False),
        sa.Column("created_by", Id, nullable=False),
        sa.Column("updated_by", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["dashboard_id"],
            ["dashboard.id"],
            name=op.f("fk_public_dashboard_dashboard_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_public_dashboard_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_dashboard")),
        sa.UniqueConstraint("access_token", name=op.f("uq_public_dashboard_access_token")),
        sa.UniqueConstraint("uid", name=op.f("uq_public_dashboard_uid")),
    )
    op.create_index(op.f("ix_public_dashboard_dashboard_id"), "public_dashboard", ["dashboard_id"])
    op.create_index(op.f("ix_public_dashboard_org_id"), "public_dashboard", ["org_id"])
    op.create_table(
        "annotation_tag",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("annotation_id", Id, nullable=False),
        sa.Column("term", exact(100), nullable=False),
        sa.Column("span", sa.Integer(), nullable=False),
        sa.Column("time_end", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotation.id"],
            name=op.f("fk_annotation_tag_annotation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation_tag")),
        sa.UniqueConstraint("annotation_id", "term", name=op.f("uq_annotation_tag_annotation_id_term")),
    )
    op.create_index(
        "ix_annotation_tag_time", "annotation_tag", ["org_id", "term", "span", "time_end", "annotation_id"]
    )


def downgrade():
    """Go back."""
    op.drop_table("annotation_tag")
    op.drop_table("public_dashboard")
    op.drop_table("provisioned_board")
    op.drop_table("playlist_item")
    op.drop_table("library_version")
    op.drop_table("library_connection")
    op.drop_table("annotation")
    op.drop_table("trash_entry")
    op.drop_table("snapshot")
    op.drop_table("query_history")
    op.drop_table("playlist")
    op.drop_table("library_element")
    op.drop_table("kept_aside")
    op.drop_table("annotation_term")
