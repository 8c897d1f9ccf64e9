"""Short links: a name for a path of this server."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, JsonText, exact


class ShortUrl(Base):
    """A path without its first slash, and when it was followed last (to the day)."""

    __tablename__ = "short_url"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"), index=True)
    uid: Mapped[str] = mapped_column(exact(40), unique=True)
    path: Mapped[str] = mapped_column(JsonText)
    created_by: Mapped[int] = mapped_column(Id, default=0)
    created: Mapped[datetime] = mapped_column(index=True)
    last_seen: Mapped[datetime | None]
