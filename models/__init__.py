"""SQLAlchemy models, one module per aggregate; `models.session` is the only code that commits."""

from models.base import Base, db
from models.dashboards import Dashboard, DashboardTag, DashboardVersion
from models.data_sources import DataSource
from models.drafts import Draft, DraftStep
from models.orgs import Org, OrgUser, Preferences, Team, TeamMember
from models.users import ApiKey, AuthSession, LoginAttempt, Star, User

__all__ = [
    "ApiKey",
    "AuthSession",
    "Base",
    "Dashboard",
    "DashboardTag",
    "DashboardVersion",
    "DataSource",
    "Draft",
    "DraftStep",
    "LoginAttempt",
    "Org",
    "OrgUser",
    "Preferences",
    "Star",
    "Team",
    "TeamMember",
    "User",
    "db",
]
