"""What came from another server and has no table of its own here yet."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, JsonText, exact


class KeptAside(Base):
    """A row of another server's table, as JSON. name: what tells it from others of its kind."""

    __tablename__ = "kept_aside"
    __table_args__ = (UniqueConstraint("org_id", "kind", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(exact(40))
    name: Mapped[str] = mapped_column(exact(190))
    content: Mapped[str] = mapped_column(JsonText)
