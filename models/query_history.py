"""What somebody asked data sources while exploring."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, JsonText, exact


class PastQuery(Base):
    """Queries that were asked together; each is its person's own. queries: JSON."""

    __tablename__ = "query_history"
    __table_args__ = (Index("ix_query_history_person", "org_id", "created_by", "created"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(exact(40), unique=True)
    source_uid: Mapped[str] = mapped_column(exact(40), default="")
    created_by: Mapped[int] = mapped_column(Id, default=0)
    created: Mapped[datetime] = mapped_column(index=True)
    comment: Mapped[str] = mapped_column(JsonText, default="")
    queries: Mapped[str] = mapped_column(JsonText)
    starred: Mapped[bool] = mapped_column(default=False)
