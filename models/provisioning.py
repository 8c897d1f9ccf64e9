"""Dashboards that come from files."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, exact


class ProvisionedBoard(Base):
    """Which file a dashboard comes from. provider: as its settings call it; checksum: of what was read last.

    locked: it is changed in its file alone.
    """

    __tablename__ = "provisioned_board"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    dashboard_id: Mapped[int] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"), unique=True)
    provider: Mapped[str] = mapped_column(exact(190), index=True)
    path: Mapped[str] = mapped_column(String(2000))
    checksum: Mapped[str] = mapped_column(exact(64))
    locked: Mapped[bool] = mapped_column(default=True)
