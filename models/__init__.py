"""SQLAlchemy models, one module per aggregate; `models.session` is the only code that commits."""

from models.access import (
    AccessRevision,
    AccessRole,
    ObjectPermission,
    Quota,
    RoleAssignment,
    RolePermission,
)
from models.annotations import Annotation, AnnotationTag, AnnotationTerm
from models.audit import AuditEntry
from models.base import Base, db
from models.correlations import Correlation
from models.dashboards import (
    Dashboard,
    DashboardTag,
    DashboardVersion,
    FolderAncestor,
    FolderLimit,
    TitleGram,
)
from models.data_sources import DataSource
from models.drafts import Draft, DraftStep
from models.kept_aside import KeptAside
from models.library import LibraryConnection, LibraryElement, LibraryVersion
from models.links import ShortUrl
from models.mail import Invitation, OutboxMessage, ResetCode
from models.orgs import Org, OrgUser, Preferences, Team, TeamGroup, TeamMember
from models.playlists import Playlist, PlaylistItem
from models.provisioning import ProvisionedBoard
from models.public_dashboards import PublicDashboard
from models.query_history import PastQuery
from models.snapshots import Snapshot
from models.trash import TrashEntry
from models.users import ApiKey, AuthSession, LoginAttempt, Star, User

__all__ = [
    "AccessRevision",
    "AccessRole",
    "Annotation",
    "AnnotationTag",
    "AnnotationTerm",
    "ApiKey",
    "AuditEntry",
    "AuthSession",
    "Base",
    "Correlation",
    "Dashboard",
    "DashboardTag",
    "DashboardVersion",
    "DataSource",
    "Draft",
    "DraftStep",
    "FolderAncestor",
    "FolderLimit",
    "Invitation",
    "KeptAside",
    "LibraryConnection",
    "LibraryElement",
    "LibraryVersion",
    "LoginAttempt",
    "ObjectPermission",
    "Org",
    "OrgUser",
    "OutboxMessage",
    "PastQuery",
    "Playlist",
    "PlaylistItem",
    "Preferences",
    "ProvisionedBoard",
    "PublicDashboard",
    "Quota",
    "ResetCode",
    "RoleAssignment",
    "RolePermission",
    "ShortUrl",
    "Snapshot",
    "Star",
    "Team",
    "TeamGroup",
    "TeamMember",
    "TitleGram",
    "TrashEntry",
    "User",
    "db",
]
