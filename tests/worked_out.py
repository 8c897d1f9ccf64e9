"""What is worked out of dashboards and kept beside them, compared with what it is worked out of."""

from sqlalchemy import select

from core import grams
from models import Dashboard, DashboardTag, TitleGram, db


def drift() -> list[str]:
    """Return where the runs of titles and the folders of tags differ from the dashboards; needs an app context."""
    boards = db.session.execute(
        select(Dashboard.id, Dashboard.org_id, Dashboard.title, Dashboard.folder_id)
    ).all()
    due = {(board.org_id, gram, board.id) for board in boards for gram in grams.of_text(board.title)}
    kept = {
        tuple(row)
        for row in db.session.execute(select(TitleGram.org_id, TitleGram.gram, TitleGram.dashboard_id))
    }
    place = {board.id: board.folder_id for board in boards}
    tags = db.session.execute(
        select(DashboardTag.dashboard_id, DashboardTag.term, DashboardTag.folder_id)
    ).all()
    found = [f"missing: {row}" for row in sorted(due - kept)] + [
        f"left over: {row}" for row in sorted(kept - due)
    ]
    return found + [f"elsewhere: {tuple(tag)}" for tag in tags if place[tag.dashboard_id] != tag.folder_id]
