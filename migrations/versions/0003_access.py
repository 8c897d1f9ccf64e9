"""Roles, rights on single objects, service accounts, invitations, quotas, messages to send, and the log of changes"""

import sqlalchemy as sa
from alembic import op

from models.base import Id, JsonText, Moment, exact

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Columns of tables that were there before, with what their rows hold.
_FLAGS = (
    ("data_source", "restricted"),
    ("org", "keys_migrated"),
    ("org", "keys_hidden"),
    ("team_member", "is_external"),
    ("user", "is_service_account"),
    ("user", "email_verified"),
)


def upgrade():
    """Go forward."""
    _tables()
    for table, name in _FLAGS:
        op.add_column(table, sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("user", sa.Column("auth_module", sa.String(40), nullable=False, server_default=""))
    with op.batch_alter_table(
        "api_key"
    ) as table:  # SQLite makes it anew, which is safe: nothing refers to it
        table.add_column(sa.Column("account_id", Id, nullable=True))
        table.add_column(sa.Column("last_used", Moment, nullable=True))
        table.create_foreign_key(
            op.f("fk_api_key_account_id"), "user", ["account_id"], ["id"], ondelete="CASCADE"
        )
        table.create_index(op.f("ix_api_key_account_id"), ["account_id"])
    _keep_rights()


def _keep_rights():
    """Whoever could read and change by role still can: what was a right on everything is now one on each object."""
    board, held = (
        sa.table(
            "dashboard", *map(sa.column, ("id", "org_id", "folder_id", "is_folder", "created_by", "created"))
        ),
        sa.table(
            "object_permission",
            *map(sa.column, ("org_id", "dashboard_id", "user_id", "role", "level", "created", "updated")),
        ),
    )
    person = sa.table("user", sa.column("id"))
    names = ["org_id", "dashboard_id", "role", "level", "created", "updated"]
    for role, level in (("Viewer", 1), ("Editor", 2)):
        rows = sa.select(
            board.c.org_id, board.c.id, sa.literal(role), sa.literal(level), board.c.created, board.c.created
        ).where(sa.or_(board.c.is_folder.is_(sa.true()), board.c.folder_id == 0))
        op.execute(held.insert().from_select(names, rows))
    makers = sa.select(
        board.c.org_id,
        board.c.id,
        sa.literal(""),
        sa.literal(4),
        board.c.created,
        board.c.created,
        board.c.created_by,
    ).where(board.c.created_by.in_(sa.select(person.c.id)))
    op.execute(held.insert().from_select([*names, "user_id"], makers))


def _tables():
    op.create_table(
        "access_revision",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_revision")),
    )
    op.create_table(
        "access_role",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("uid", exact(40), nullable=False),
        sa.Column("name", exact(190), nullable=False),
        sa.Column("display_name", sa.String(length=190), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column("group_name", sa.String(length=190), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("updated", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_role")),
        sa.UniqueConstraint("org_id", "name", name=op.f("uq_access_role_org_id_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_access_role_uid")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("who", sa.String(length=190), nullable=False),
        sa.Column("credential", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("did", exact(20), nullable=False),
        sa.Column("kind", exact(40), nullable=False),
        sa.Column("object_id", Id, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("before", JsonText, nullable=False),
        sa.Column("after", JsonText, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(op.f("ix_audit_entry_kind"), "audit_entry", ["kind"], unique=False)
    op.create_index(op.f("ix_audit_entry_org_id"), "audit_entry", ["org_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("email", exact(190), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("code", exact(64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("invited_by", Id, nullable=False),
        sa.Column("email_sent", sa.Boolean(), nullable=False),
        sa.Column("email_sent_on", Moment, nullable=True),
        sa.Column("created", Moment, nullable=False),
        sa.Column("updated", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code", name=op.f("uq_invitation_code")),
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)
    op.create_index(op.f("ix_invitation_org_id"), "invitation", ["org_id"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", Id, nullable=False),
        sa.Column("recipient", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("text", JsonText, nullable=False),
        sa.Column("html", JsonText, nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("due", Moment, nullable=True),
        sa.Column("sent", Moment, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
    )
    op.create_index(op.f("ix_outbox_message_due"), "outbox_message", ["due"], unique=False)
    op.create_table(
        "quota",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("target", exact(40), nullable=False),
        sa.Column("limit", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.UniqueConstraint("org_id", "user_id", "target", name=op.f("uq_quota_org_id_user_id_target")),
    )
    op.create_table(
        "reset_code",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("code_hash", exact(64), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_reset_code_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_reset_code_code_hash")),
    )
    op.create_index(op.f("ix_reset_code_user_id"), "reset_code", ["user_id"], unique=False)
    op.create_table(
        "role_permission",
        sa.Column("id", Id, nullable=False),
        sa.Column("role_id", Id, nullable=False),
        sa.Column("action", exact(190), nullable=False),
        sa.Column("scope", exact(190), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("updated", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["access_role.id"], name=op.f("fk_role_permission_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_permission")),
        sa.UniqueConstraint(
            "role_id", "action", "scope", name=op.f("uq_role_permission_role_id_action_scope")
        ),
    )
    op.create_table(
        "object_permission",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("dashboard_id", Id, nullable=True),
        sa.Column("data_source_id", Id, nullable=True),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("team_id", Id, nullable=True),
        sa.Column("role", exact(20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("updated", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["user.id"], name=op.f("fk_object_permission_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["dashboard_id"],
            ["dashboard.id"],
            name=op.f("fk_object_permission_dashboard_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["data_source_id"],
            ["data_source.id"],
            name=op.f("fk_object_permission_data_source_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["org.id"], name=op.f("fk_object_permission_org_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_object_permission_team_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_object_permission_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_object_permission")),
    )
    op.create_index("ix_object_permission_account", "object_permission", ["account_id"], unique=False)
    op.create_index(
        "ix_object_permission_dashboard",
        "object_permission",
        ["dashboard_id", "level", "role", "user_id", "team_id"],
        unique=False,
    )
    op.create_index("ix_object_permission_source", "object_permission", ["data_source_id"], unique=False)
    op.create_index("ix_object_permission_role", "object_permission", ["org_id", "role", "level"])
    op.create_index("ix_object_permission_team", "object_permission", ["team_id", "level"])
    op.create_index("ix_object_permission_user", "object_permission", ["user_id", "level"])
    op.create_table(
        "role_assignment",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("role_uid", exact(60), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("team_id", Id, nullable=True),
        sa.Column("builtin", exact(20), nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_role_assignment_team_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_role_assignment_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignment")),
    )
    op.create_index("ix_role_assignment_role", "role_assignment", ["role_uid"], unique=False)
    op.create_index(op.f("ix_role_assignment_team_id"), "role_assignment", ["team_id"], unique=False)
    op.create_index(op.f("ix_role_assignment_user_id"), "role_assignment", ["user_id"], unique=False)
    op.create_table(
        "team_group",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("team_id", Id, nullable=False),
        sa.Column("group_id", exact(190), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_group_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_group")),
        sa.UniqueConstraint("team_id", "group_id", name=op.f("uq_team_group_team_id_group_id")),
    )
    op.create_index(op.f("ix_team_group_group_id"), "team_group", ["group_id"], unique=False)
    op.create_index(op.f("ix_team_group_org_id"), "team_group", ["org_id"], unique=False)


def downgrade():
    """Go back."""
    with op.batch_alter_table("api_key") as table:
        table.drop_constraint("fk_api_key_account_id", type_="foreignkey")
        table.drop_index("ix_api_key_account_id")
        table.drop_column("account_id")
        table.drop_column("last_used")
    op.drop_column("user", "auth_module")
    for table, name in _FLAGS:
        op.drop_column(table, name)
    for name in (
        "team_group", "role_assignment", "object_permission", "reset_code", "role_permission", "quota", "outbox_message",
        "invitation", "audit_entry", "access_role", "access_revision",
    ):  # fmt: skip
        op.drop_table(name)
