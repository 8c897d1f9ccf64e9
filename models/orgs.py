"""Organisations and who belongs to them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, JsonText, exact


class Org(Base):
    """The owner of dashboards, folders, data sources and keys; nothing is shared between two."""

    __tablename__ = "org"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(exact(190), unique=True)
    address1: Mapped[str] = mapped_column(String(255), default="")
    address2: Mapped[str] = mapped_column(String(255), default="")
    city: Mapped[str] = mapped_column(String(255), default="")
    zip_code: Mapped[str] = mapped_column(String(50), default="")
    state: Mapped[str] = mapped_column(String(255), default="")
    country: Mapped[str] = mapped_column(String(255), default="")
    created: Mapped[datetime]
    updated: Mapped[datetime]
    keys_migrated: Mapped[bool] = mapped_column(default=False)
    keys_hidden: Mapped[bool] = mapped_column(default=False)


class OrgUser(Base):
    """A person's role in one organisation."""

    __tablename__ = "org_user"
    __table_args__ = (UniqueConstraint("org_id", "user_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime]
    updated: Mapped[datetime]


class Team(Base):
    """A group of people within one organisation."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("org_id", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(exact(190))
    email: Mapped[str] = mapped_column(String(190), default="")
    created: Mapped[datetime]
    updated: Mapped[datetime]


class TeamMember(Base):
    """A person in a team; permission 0 is member, 4 is admin. is_external: they came by a group of another server."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "user_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, index=True)
    team_id: Mapped[int] = mapped_column(Id, ForeignKey("team.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    permission: Mapped[int] = mapped_column(default=0)
    is_external: Mapped[bool] = mapped_column(default=False)


class TeamGroup(Base):
    """A group of another server whose people are in a team."""

    __tablename__ = "team_group"
    __table_args__ = (UniqueConstraint("team_id", "group_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, index=True)
    team_id: Mapped[int] = mapped_column(Id, ForeignKey("team.id", ondelete="CASCADE"))
    group_id: Mapped[str] = mapped_column(exact(190), index=True)


class Preferences(Base):
    """Theme, zone and home of an organisation (user 0, team 0), a team or a person; JSON keeps what else was sent."""

    __tablename__ = "preferences"
    __table_args__ = (UniqueConstraint("org_id", "user_id", "team_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id)
    user_id: Mapped[int] = mapped_column(Id, default=0)
    team_id: Mapped[int] = mapped_column(Id, default=0)
    home_dashboard_id: Mapped[int] = mapped_column(Id, default=0)
    theme: Mapped[str] = mapped_column(String(20), default="")
    timezone: Mapped[str] = mapped_column(String(50), default="")
    week_start: Mapped[str] = mapped_column(String(10), default="")
    more: Mapped[str | None] = mapped_column(JsonText)
