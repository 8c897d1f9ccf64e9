"""SQLAlchemy models, one module per aggregate; `models.session` is the only code that commits."""

from models.access import (
    AccessRevision,
    AccessRole,
    ObjectPermission,
    Quota,
    RoleAssignment,
    RolePermission,
)
from models.audit import AuditEntry
from models.base import Base, db
from models.correlations import Correlation
from models.dashboards import Dashboard, DashboardTag, DashboardVersion
from models.data_sources import DataSource
from models.drafts import Draft, DraftStep
from models.links import ShortUrl
from models.mail import Invitation, OutboxMessage, ResetCode
from models.orgs import Org, OrgUser, Preferences, Team, TeamGroup, TeamMember
from models.users import ApiKey, AuthSession, LoginAttempt, Star, User

__all__ = [
    "AccessRevision",
    "AccessRole",
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
    "Invitation",
    "LoginAttempt",
    "ObjectPermission",
    "Org",
    "OrgUser",
    "OutboxMessage",
    "Preferences",
    "Quota",
    "ResetCode",
    "RoleAssignment",
    "RolePermission",
    "ShortUrl",
    "Star",
    "Team",
    "TeamGroup",
    "TeamMember",
    "User",
    "db",
]
