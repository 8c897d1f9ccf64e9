"""Dashboards and folders: one table, since they share ids, uids and names (as every generation of the API assumes)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from models.base import Base, Id, JsonText, exact


class Dashboard(Base):
    """A dashboard or (is_folder) a folder; folder_id is the folder it is in, 0 is General.

    plugin_id names the app or plug-in that it belongs to, if any. body is the JSON text as it was sent, with id, uid and
    version set; it is loaded only where it is answered.
    """

    __tablename__ = "dashboard"
    __table_args__ = (
        UniqueConstraint("org_id", "uid"),
        UniqueConstraint("org_id", "folder_id", "title", "is_folder"),
        Index("ix_dashboard_org_title", "org_id", "title"),
        Index("ix_dashboard_org_kind", "org_id", "is_folder", "title"),
        Index("ix_dashboard_org_updated", "org_id", "is_folder", "updated"),
        Index("ix_dashboard_org_slug", "org_id", "slug"),
        Index("ix_dashboard_org_folder", "org_id", "folder_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(exact(40))
    slug: Mapped[str] = mapped_column(exact(190))
    title: Mapped[str] = mapped_column(exact(190))
    folder_id: Mapped[int] = mapped_column(Id, default=0)
    is_folder: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    panel_count: Mapped[int] = mapped_column(default=0)
    tags: Mapped[str] = mapped_column(JsonText, default="[]")
    created: Mapped[datetime]
    updated: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(Id, default=0)
    updated_by: Mapped[int] = mapped_column(Id, default=0)
    body: Mapped[str] = deferred(mapped_column(JsonText))
    plugin_id: Mapped[str] = mapped_column(exact(40), default="", server_default="")


class DashboardVersion(Base):
    """What a dashboard was after each save."""

    __tablename__ = "dashboard_version"
    __table_args__ = (UniqueConstraint("dashboard_id", "version"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    dashboard_id: Mapped[int] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"))
    version: Mapped[int]
    parent_version: Mapped[int]
    message: Mapped[str] = mapped_column(String(500), default="")
    created: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(Id)
    body: Mapped[str] = deferred(mapped_column(JsonText))


class DashboardTag(Base):
    """A tag of a dashboard, for search; folder_id is the dashboard's, so that tags are counted without reading dashboards."""

    __tablename__ = "dashboard_tag"
    __table_args__ = (
        UniqueConstraint("dashboard_id", "term"),
        Index("ix_dashboard_tag_org_term", "org_id", "term"),
        Index("ix_dashboard_tag_folder", "org_id", "folder_id", "term"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id)
    dashboard_id: Mapped[int] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"))
    term: Mapped[str] = mapped_column(exact(100))
    folder_id: Mapped[int] = mapped_column(Id, default=0, server_default="0")


class TitleGram(Base):
    """A run of three characters in a dashboard's title, its case folded: `services.title_index`."""

    __tablename__ = "title_gram"
    __table_args__ = (
        Index("ix_title_gram_dashboard", "dashboard_id"),
        {"sqlite_with_rowid": False, "info": {"derived": True}},
    )
    org_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    gram: Mapped[str] = mapped_column(exact(3), primary_key=True)
    dashboard_id: Mapped[int] = mapped_column(
        Id, ForeignKey("dashboard.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class FolderAncestor(Base):
    """A folder that another one is in, at any distance (1: directly); folders in General have no row."""

    __tablename__ = "folder_ancestor"
    __table_args__ = (UniqueConstraint("folder_id", "ancestor_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    folder_id: Mapped[int] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"))
    ancestor_id: Mapped[int] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"), index=True)
    distance: Mapped[int]


class FolderLimit(Base):
    """What may not be done with what is in a folder, at any depth; folders without limits have no row."""

    __tablename__ = "folder_limit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    folder_id: Mapped[int] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"), unique=True)
    no_public: Mapped[bool] = mapped_column(default=False)
