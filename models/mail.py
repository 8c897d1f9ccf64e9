"""Messages that wait to be sent, and the codes that they carry."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, JsonText, exact


class OutboxMessage(Base):
    """A message and how its sending goes; due is None once it was sent or given up."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    recipient: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    text: Mapped[str] = mapped_column(JsonText)
    html: Mapped[str] = mapped_column(JsonText)
    created: Mapped[datetime]
    due: Mapped[datetime | None] = mapped_column(index=True)
    sent: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(500), default="")


class Invitation(Base):
    """Somebody who is to have an account: invited into an organisation, or (org_id 0) signing up by themselves.

    status: InvitePending, SignUpStarted, Completed or Revoked.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, index=True)
    email: Mapped[str] = mapped_column(exact(190), index=True)
    name: Mapped[str] = mapped_column(String(255), default="")
    role: Mapped[str] = mapped_column(String(20), default="")
    code: Mapped[str] = mapped_column(exact(64), unique=True)
    status: Mapped[str] = mapped_column(String(20))
    invited_by: Mapped[int] = mapped_column(Id, default=0)
    email_sent: Mapped[bool] = mapped_column(default=False)
    email_sent_on: Mapped[datetime | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class ResetCode(Base):
    """A way back in for who forgot the password; only the digest of what was sent is kept."""

    __tablename__ = "reset_code"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(exact(64), unique=True)
    created: Mapped[datetime]
