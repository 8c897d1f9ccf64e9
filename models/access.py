"""Who may do what: roles that are kept, to whom they are given, and rights on single objects."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, exact


class AccessRevision(Base):
    """One row whose number grows with every change of roles and of who has them, so that processes know to read again."""

    __tablename__ = "access_revision"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(Id, default=0)


class AccessRole(Base):
    """A role that somebody made, or a basic role that somebody changed; org_id 0 is every organisation."""

    __tablename__ = "access_role"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, default=0)
    uid: Mapped[str] = mapped_column(exact(40), unique=True)
    name: Mapped[str] = mapped_column(exact(190))
    display_name: Mapped[str] = mapped_column(String(190), default="")
    description: Mapped[str] = mapped_column(String(1000), default="")
    group_name: Mapped[str] = mapped_column(String(190), default="")
    hidden: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created: Mapped[datetime]
    updated: Mapped[datetime]


class RolePermission(Base):
    """One action of a role on one scope ("" where the action has none)."""

    __tablename__ = "role_permission"
    __table_args__ = (UniqueConstraint("role_id", "action", "scope"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    role_id: Mapped[int] = mapped_column(Id, ForeignKey("access_role.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(exact(190))
    scope: Mapped[str] = mapped_column(exact(190), default="")
    created: Mapped[datetime]
    updated: Mapped[datetime]


class RoleAssignment(Base):
    """A role given to a person, a team or everybody with a basic role; org_id 0 holds in every organisation."""

    __tablename__ = "role_assignment"
    __table_args__ = (Index("ix_role_assignment_role", "role_uid"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, default=0)
    role_uid: Mapped[str] = mapped_column(exact(60))
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int | None] = mapped_column(Id, ForeignKey("team.id", ondelete="CASCADE"), index=True)
    builtin: Mapped[str] = mapped_column(exact(20), default="")
    created: Mapped[datetime]


class ObjectPermission(Base):
    """A level (1 view or query, 2 edit, 4 admin) on one dashboard, folder, data source or service account.

    It is held by one person (or service account), one team, or everybody with one basic role.
    """

    __tablename__ = "object_permission"
    __table_args__ = (
        Index("ix_object_permission_dashboard", "dashboard_id", "level", "role", "user_id", "team_id"),
        Index("ix_object_permission_source", "data_source_id"),
        Index("ix_object_permission_account", "account_id"),
        Index("ix_object_permission_role", "org_id", "role", "level"),
        Index("ix_object_permission_user", "user_id", "level"),
        Index("ix_object_permission_team", "team_id", "level"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    dashboard_id: Mapped[int | None] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"))
    data_source_id: Mapped[int | None] = mapped_column(Id, ForeignKey("data_source.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(Id, ForeignKey("team.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(exact(20), default="")
    level: Mapped[int]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class Quota(Base):
    """How many of a target an organisation (user 0) or a person (org 0) may have; without a row the settings say."""

    __tablename__ = "quota"
    __table_args__ = (UniqueConstraint("org_id", "user_id", "target"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, default=0)
    user_id: Mapped[int] = mapped_column(Id, default=0)
    target: Mapped[str] = mapped_column(exact(40))
    limit: Mapped[int] = mapped_column(Id)
