"""Snapshots: dashboards with their data frozen in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from models.base import Base, Id, JsonText, exact


class Snapshot(Base):
    """A snapshot. key reads it, delete_key deletes it. external: it is kept on another server, at external_url."""

    __tablename__ = "snapshot"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(Id, default=0)
    name: Mapped[str] = mapped_column(String(255))
    key: Mapped[str] = mapped_column(exact(190), unique=True)
    delete_key: Mapped[str] = mapped_column(exact(190), unique=True)
    external: Mapped[bool] = mapped_column(default=False)
    external_url: Mapped[str] = mapped_column(String(255), default="")
    external_delete_url: Mapped[str] = mapped_column(String(255), default="")
    expires: Mapped[datetime] = mapped_column(index=True)
    created: Mapped[datetime]
    updated: Mapped[datetime]
    body: Mapped[str] = deferred(mapped_column(JsonText))
