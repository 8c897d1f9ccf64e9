"""Unsaved changes of dashboards; preferences that have no column of their own"""

import sqlalchemy as sa
from alembic import op

from models.base import Id, JsonText, Moment, exact
from models.drafts import Packed

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    """Go forward."""
    op.create_table(
        "draft",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("dashboard_uid", exact(40), nullable=False),
        sa.Column("folder_uid", exact(40), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("updated", Moment, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_draft_org_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "org_id", "user_id", "dashboard_uid", name=op.f("uq_draft_org_id_user_id_dashboard_uid")
        ),
    )
    op.create_table(
        "draft_step",
        sa.Column("id", Id, nullable=False),
        sa.Column("draft_id", Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("did", sa.String(length=200), nullable=False),
        sa.Column("body", Packed, nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_draft_step_draft_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_step")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_draft_step_draft_id_number")),
    )
    op.add_column("preferences", sa.Column("more", JsonText, nullable=True))


def downgrade():
    """Go back."""
    op.drop_column("preferences", "more")
    op.drop_table("draft_step")
    op.drop_table("draft")
