"""The `meta` member of boards that stand in no table: all that clients look for, and nothing in it."""

from typing import Any

from core import clock

_NO = (
    "canSave", "canEdit", "canAdmin", "canStar", "canDelete", "hasAcl", "isFolder", "provisioned", "hasPublicDashboard",
    "publicDashboardEnabled",
)  # fmt: skip
_EMPTY = (
    "slug", "url", "updatedBy", "createdBy", "folderUid", "folderTitle", "folderUrl", "provisionedExternalId",
    "publicDashboardAccessToken", "publicDashboardUid",
)  # fmt: skip
_NEVER = ("expires", "created", "updated")


def blank(**told: Any) -> dict[str, Any]:
    """Return it. told: the members that say something."""
    return {
        **dict.fromkeys(_NO, False),
        **dict.fromkeys(_EMPTY, ""),
        **dict.fromkeys(_NEVER, clock.iso(clock.ZERO)),
        "version": 0,
        "folderId": 0,
        "annotationsPermissions": None,
        **told,
    }
