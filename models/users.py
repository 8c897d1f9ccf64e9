"""People, how they prove who they are, and their sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, exact


class User(Base):
    """A person, or a service account; org_id is the organisation they look at now.

    auth_module: who vouches for them ("" is this server, by password). is_service_account: it has tokens instead.
    """

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(exact(190), unique=True)
    email: Mapped[str] = mapped_column(exact(190), unique=True)
    name: Mapped[str] = mapped_column(String(255), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    theme: Mapped[str] = mapped_column(String(20), default="")
    org_id: Mapped[int] = mapped_column(Id)
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_disabled: Mapped[bool] = mapped_column(default=False)
    help_flags: Mapped[int] = mapped_column(default=0)
    last_seen: Mapped[datetime]
    created: Mapped[datetime]
    updated: Mapped[datetime]
    is_service_account: Mapped[bool] = mapped_column(default=False)
    email_verified: Mapped[bool] = mapped_column(default=False)
    auth_module: Mapped[str] = mapped_column(String(40), default="")


class AuthSession(Base):
    """A browser that signed in; only the digest of its cookie is kept."""

    __tablename__ = "auth_session"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(exact(64), unique=True)
    csrf_secret: Mapped[str] = mapped_column(String(64))
    client_ip: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(255))
    created: Mapped[datetime]
    seen: Mapped[datetime]


class LoginAttempt(Base):
    """A failed sign-in; five within five minutes lock the name."""

    __tablename__ = "login_attempt"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(exact(190), index=True)
    client_ip: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime] = mapped_column(index=True)


class ApiKey(Base):
    """A key of an organisation, with a role instead of a person; or (account_id) a token of a service account."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("org_id", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(exact(190))
    key_hash: Mapped[str] = mapped_column(exact(64), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    expires: Mapped[datetime | None]
    created: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    last_used: Mapped[datetime | None]


class Star(Base):
    """A dashboard that a person marked."""

    __tablename__ = "star"
    __table_args__ = (UniqueConstraint("user_id", "dashboard_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"))
    dashboard_id: Mapped[int] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"), index=True)
