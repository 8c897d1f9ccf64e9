"""Titles by the runs of characters in them, and tags by folder"""

import sqlalchemy as sa
from alembic import op

from core import grams
from models.base import Id, exact

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BATCH = 500


def upgrade():
    """Go forward."""
    made = op.create_table(
        "title_gram",
        sa.Column("org_id", Id, autoincrement=False, nullable=False),
        sa.Column("gram", exact(3), nullable=False),
        sa.Column("dashboard_id", Id, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboard.id"], name=op.f("fk_title_gram_dashboard_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "gram", "dashboard_id", name=op.f("pk_title_gram")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_title_gram_dashboard", "title_gram", ["dashboard_id"])
    op.add_column("dashboard_tag", sa.Column("folder_id", Id, server_default="0", nullable=False))
    op.create_index("ix_dashboard_tag_folder", "dashboard_tag", ["org_id", "folder_id", "term"])
    board = sa.table("dashboard", *map(sa.column, ("id", "org_id", "title", "folder_id")))
    tag = sa.table("dashboard_tag", *map(sa.column, ("dashboard_id", "folder_id")))
    place = sa.select(board.c.folder_id).where(board.c.id == tag.c.dashboard_id).scalar_subquery()
    op.execute(sa.update(tag).values(folder_id=place))
    last = 0
    while found := _titles(board, last):
        rows = [
            {"org_id": row.org_id, "gram": gram, "dashboard_id": row.id}
            for row in found
            for gram in grams.of_text(row.title)
        ]
        op.bulk_insert(made, rows)
        last = found[-1].id


def _titles(board, last):
    query = sa.select(board.c.id, board.c.org_id, board.c.title).where(board.c.id > last)
    return op.get_bind().execute(query.order_by(board.c.id).limit(BATCH)).all()


def downgrade():
    """Go back."""
    op.drop_index("ix_dashboard_tag_folder", "dashboard_tag")
    op.drop_column("dashboard_tag", "folder_id")
    op.drop_table("title_gram")
