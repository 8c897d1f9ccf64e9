"""Short links"""

import sqlalchemy as sa
from alembic import op

from models.base import Id, JsonText, Moment, exact

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    """Go forward."""
    op.create_table(
        "short_url",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("uid", exact(40), nullable=False),
        sa.Column("path", JsonText, nullable=False),
        sa.Column("created_by", Id, nullable=False),
        sa.Column("created", Moment, nullable=False),
        sa.Column("last_seen", Moment, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_short_url_org_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_short_url")),
        sa.UniqueConstraint("uid", name=op.f("uq_short_url_uid")),
    )
    op.create_index(op.f("ix_short_url_org_id"), "short_url", ["org_id"])
    op.create_index(op.f("ix_short_url_created"), "short_url", ["created"])


def downgrade():
    """Go back."""
    op.drop_table("short_url")
