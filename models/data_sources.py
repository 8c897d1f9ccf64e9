"""Where data comes from."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, JsonText, exact


class DataSource(Base):
    """A configured source; sealed holds its secrets, encrypted. restricted: only those may query it who were named."""

    __tablename__ = "data_source"
    __table_args__ = (UniqueConstraint("org_id", "uid"), UniqueConstraint("org_id", "name"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(exact(40))
    name: Mapped[str] = mapped_column(exact(190))
    type: Mapped[str] = mapped_column(String(255))
    access: Mapped[str] = mapped_column(String(20), default="proxy")
    url: Mapped[str] = mapped_column(String(2000), default="")
    user: Mapped[str] = mapped_column(String(255), default="")
    database: Mapped[str] = mapped_column(String(255), default="")
    basic_auth: Mapped[bool] = mapped_column(default=False)
    basic_auth_user: Mapped[str] = mapped_column(String(255), default="")
    with_credentials: Mapped[bool] = mapped_column(default=False)
    is_default: Mapped[bool] = mapped_column(default=False)
    read_only: Mapped[bool] = mapped_column(default=False)
    json_data: Mapped[str] = mapped_column(JsonText, default="{}")
    sealed: Mapped[str] = mapped_column(JsonText, default="")
    secret_names: Mapped[str] = mapped_column(JsonText, default="[]")
    version: Mapped[int] = mapped_column(default=1)
    created: Mapped[datetime]
    updated: Mapped[datetime]
    restricted: Mapped[bool] = mapped_column(default=False)
