"""Correlations: how a value of one data source leads to a query of another."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, JsonText, exact


class Correlation(Base):
    """A link between two data sources of one organisation; it goes with either of them. config: JSON."""

    __tablename__ = "correlation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"), index=True)
    uid: Mapped[str] = mapped_column(exact(40), unique=True)
    source_id: Mapped[int] = mapped_column(Id, ForeignKey("data_source.id", ondelete="CASCADE"), index=True)
    target_id: Mapped[int] = mapped_column(Id, ForeignKey("data_source.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(255), default="")
    description: Mapped[str] = mapped_column(JsonText, default="")
    config: Mapped[str] = mapped_column(JsonText)
