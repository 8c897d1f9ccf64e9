"""Correlations of data sources"""

import sqlalchemy as sa
from alembic import op

from models.base import Id, JsonText, exact

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    """Go forward."""
    op.create_table(
        "correlation",
        sa.Column("id", Id, nullable=False),
        sa.Column("org_id", Id, nullable=False),
        sa.Column("uid", exact(40), nullable=False),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("target_id", Id, nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("description", JsonText, nullable=False),
        sa.Column("config", JsonText, nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_correlation_{name}"), ondelete="CASCADE")
            for name, target in (
                ("org_id", "org.id"),
                ("source_id", "data_source.id"),
                ("target_id", "data_source.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correlation")),
        sa.UniqueConstraint("uid", name=op.f("uq_correlation_uid")),
    )
    for name in ("org_id", "source_id", "target_id"):
        op.create_index(op.f(f"ix_correlation_{name}"), "correlation", [name])


def downgrade():
    """Go back."""
    op.drop_table("correlation")
