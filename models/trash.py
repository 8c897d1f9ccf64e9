"""What was deleted and can still come back."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from models.base import Base, Id, JsonText, exact


class TrashEntry(Base):
    """A deleted dashboard or folder with all that was kept with it: `content` holds the rows of each table, as JSON.

    folder_uid: where it was. with_folder: the folder's number, if it went together with that.
    """

    __tablename__ = "trash_entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"), index=True)
    dashboard_id: Mapped[int] = mapped_column(Id)
    is_folder: Mapped[bool] = mapped_column(default=False)
    uid: Mapped[str] = mapped_column(exact(40))
    title: Mapped[str] = mapped_column(String(190))
    folder_uid: Mapped[str] = mapped_column(exact(40), default="")
    with_folder: Mapped[int] = mapped_column(Id, default=0)
    deleted: Mapped[datetime] = mapped_column(index=True)
    deleted_by: Mapped[int] = mapped_column(Id, default=0)
    content: Mapped[str] = deferred(mapped_column(JsonText))
