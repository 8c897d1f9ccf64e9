"""Public dashboards: shown to anybody who has the address."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, JsonText, exact


class PublicDashboard(Base):
    """How a dashboard is shown to anybody. variables: names of those that visitors may set, as JSON."""

    __tablename__ = "public_dashboard"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"), index=True)
    dashboard_id: Mapped[int] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"), index=True)
    uid: Mapped[str] = mapped_column(exact(40), unique=True)
    access_token: Mapped[str] = mapped_column(exact(64), unique=True)
    enabled: Mapped[bool] = mapped_column(default=False)
    annotations_enabled: Mapped[bool] = mapped_column(default=False)
    time_selection_enabled: Mapped[bool] = mapped_column(default=False)
    variables: Mapped[str] = mapped_column(JsonText, default="[]")
    created: Mapped[datetime]
    updated: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(Id, default=0)
    updated_by: Mapped[int] = mapped_column(Id, default=0)
