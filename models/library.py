"""Library elements: panels and variables that several dashboards share."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, JsonText, exact


class LibraryElement(Base):
    """A panel (kind 1) or variable (kind 2); folder_id 0 is General. model: JSON."""

    __tablename__ = "library_element"
    __table_args__ = (
        UniqueConstraint("org_id", "uid"),
        UniqueConstraint("org_id", "folder_id", "name", "kind"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    folder_id: Mapped[int] = mapped_column(Id, default=0, index=True)
    uid: Mapped[str] = mapped_column(exact(40))
    name: Mapped[str] = mapped_column(exact(150))
    kind: Mapped[int]
    type: Mapped[str] = mapped_column(String(40), default="")
    description: Mapped[str] = mapped_column(JsonText, default="")
    model: Mapped[str] = mapped_column(JsonText)
    version: Mapped[int] = mapped_column(default=1)
    created: Mapped[datetime]
    updated: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(Id, default=0)
    updated_by: Mapped[int] = mapped_column(Id, default=0)


class LibraryVersion(Base):
    """What an element was after each save. model: JSON."""

    __tablename__ = "library_version"
    __table_args__ = (UniqueConstraint("element_id", "version"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    element_id: Mapped[int] = mapped_column(Id, ForeignKey("library_element.id", ondelete="CASCADE"))
    version: Mapped[int]
    created: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(Id, default=0)
    model: Mapped[str] = mapped_column(JsonText)


class LibraryConnection(Base):
    """A dashboard that shows an element."""

    __tablename__ = "library_connection"
    __table_args__ = (UniqueConstraint("element_id", "dashboard_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    element_id: Mapped[int] = mapped_column(Id, ForeignKey("library_element.id", ondelete="CASCADE"))
    dashboard_id: Mapped[int] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(Id, default=0)
