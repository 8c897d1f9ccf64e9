"""Unsaved changes: what a person has made of a dashboard since it was read, step by step."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, deferred, mapped_column

from models.base import Base, Id, exact

Packed = LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


class Draft(Base):
    """One person's unsaved changes to one dashboard; base_version 0 is a dashboard that was never saved.

    at: the step that shows now; steps after it were undone and can be done again.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("org_id", "user_id", "dashboard_uid"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"))
    dashboard_uid: Mapped[str] = mapped_column(exact(40))
    folder_uid: Mapped[str] = mapped_column(exact(40), default="")
    base_version: Mapped[int] = mapped_column(default=0)
    at: Mapped[int] = mapped_column(default=0)
    updated: Mapped[datetime]


class DraftStep(Base):
    """What the dashboard was after a step (zlib of its JSON text), and what the step did; step 0 is where it began."""

    __tablename__ = "draft_step"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(Id, ForeignKey("draft.id", ondelete="CASCADE"))
    number: Mapped[int]
    did: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[bytes] = deferred(mapped_column(Packed, nullable=False))
