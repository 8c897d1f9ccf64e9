"""Annotations: notes at a moment or over a stretch of time, on an organisation or on a dashboard."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, JsonText, exact


class Annotation(Base):
    """A note. All times are milliseconds since 1970; tags and data are JSON.

    span: 0 for a moment, then by how long it lasts (`services.annotations.SPANS`): with it, what touches a stretch of
    time is found in an index, however many annotations there are before and after.
    """

    __tablename__ = "annotation"
    __table_args__ = (
        Index("ix_annotation_org_time", "org_id", "span", "time_end", "id"),
        Index("ix_annotation_board_time", "dashboard_id", "span", "time_end", "id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    dashboard_id: Mapped[int | None] = mapped_column(Id, ForeignKey("dashboard.id", ondelete="CASCADE"))
    panel_id: Mapped[int] = mapped_column(Id, default=0)
    user_id: Mapped[int] = mapped_column(Id, default=0)
    alert_id: Mapped[int] = mapped_column(Id, default=0)
    new_state: Mapped[str] = mapped_column(String(25), default="")
    prev_state: Mapped[str] = mapped_column(String(25), default="")
    text: Mapped[str] = mapped_column(JsonText)
    tags: Mapped[str] = mapped_column(JsonText, default="[]")
    data: Mapped[str] = mapped_column(JsonText, default="{}")
    time: Mapped[int] = mapped_column(Id)
    time_end: Mapped[int] = mapped_column(Id)
    span: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(Id)
    updated: Mapped[int] = mapped_column(Id)


class AnnotationTag(Base):
    """A tag of an annotation, with the times that it is found and put in order by."""

    __tablename__ = "annotation_tag"
    __table_args__ = (
        UniqueConstraint("annotation_id", "term"),
        Index("ix_annotation_tag_time", "org_id", "term", "span", "time_end", "annotation_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id)
    annotation_id: Mapped[int] = mapped_column(Id, ForeignKey("annotation.id", ondelete="CASCADE"))
    term: Mapped[str] = mapped_column(exact(100))
    span: Mapped[int]
    time_end: Mapped[int] = mapped_column(Id)


class AnnotationTerm(Base):
    """How many annotations of an organisation carry a tag, so that nobody has to count them."""

    __tablename__ = "annotation_term"
    __table_args__ = (UniqueConstraint("org_id", "term"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    term: Mapped[str] = mapped_column(exact(100))
    uses: Mapped[int]
