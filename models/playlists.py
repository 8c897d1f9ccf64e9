"""Playlists: dashboards that are shown one after another."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, exact


class Playlist(Base):
    """A playlist. interval: how long each dashboard is shown, as "5m"."""

    __tablename__ = "playlist"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    org_id: Mapped[int] = mapped_column(Id, ForeignKey("org.id", ondelete="CASCADE"), index=True)
    uid: Mapped[str] = mapped_column(exact(40), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    interval: Mapped[str] = mapped_column(String(255))


class PlaylistItem(Base):
    """One entry: a dashboard by id or uid, or all with a tag. place: its turn, from 1."""

    __tablename__ = "playlist_item"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    playlist_id: Mapped[int] = mapped_column(Id, ForeignKey("playlist.id", ondelete="CASCADE"), index=True)
    type: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255), default="")
    place: Mapped[int]
