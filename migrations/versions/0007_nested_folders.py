"""Folders in folders and their limits, and dashboards of plug-ins"""

import sqlalchemy as sa
from alembic import op

from models.base import Id, exact

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    """Go forward."""
    op.create_table(
        "folder_ancestor",
        sa.Column("id", Id, nullable=False),
        sa.Column("folder_id", Id, nullable=False),
        sa.Column("ancestor_id", Id, nullable=False),
        sa.Column("distance", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["dashboard.id"], name=op.f("fk_folder_ancestor_ancestor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["dashboard.id"], name=op.f("fk_folder_ancestor_folder_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folder_ancestor")),
        sa.UniqueConstraint(
            "folder_id", "ancestor_id", name=op.f("uq_folder_ancestor_folder_id_ancestor_id")
        ),
    )
    op.create_index(op.f("ix_folder_ancestor_ancestor_id"), "folder_ancestor", ["ancestor_id"])
    op.create_table(
        "folder_limit",
        sa.Column("id", Id, nullable=False),
        sa.Column("folder_id", Id, nullable=False),
        sa.Column("no_public", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["dashboard.id"], name=op.f("fk_folder_limit_folder_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folder_limit")),
        sa.UniqueConstraint("folder_id", name=op.f("uq_folder_limit_folder_id")),
    )
    op.add_column("dashboard", sa.Column("plugin_id", exact(40), server_default="", nullable=False))


def downgrade():
    """Go back."""
    op.drop_column("dashboard", "plugin_id")
    op.drop_table("folder_limit")
    op.drop_table("folder_ancestor")
