"""Rights on single objects, as a Grafana keeps them: managed roles of people, teams and basic roles, an action a row."""

from collections.abc import Mapping
from typing import Any

from core.access import Role
from core.roles import Levels
from services.importing.source import Rows, text

Given = tuple[str, dict[str, Any], set[str]]  # a scope, the managed role, its actions on it


def given(source: Rows) -> list[Given]:
    """Return what managed roles grant, scope by scope."""
    managed = {row["id"]: row for row in source.rows("role") if text(row["name"]).startswith("managed:")}
    found: dict[tuple[str, int], set[str]] = {}
    for row in source.rows("permission"):
        if row["role_id"] in managed:
            found.setdefault((text(row["scope"]), row["role_id"]), set()).add(row["action"])
    return [(scope, managed[role], actions) for (scope, role), actions in sorted(found.items())]


def level(levels: Levels, actions: set[str]) -> int:
    """Return the highest level all of whose actions are granted; 0 for none."""
    return max((one for one, allowed in levels.items() if set(allowed) <= actions), default=0)


def holder(name: str, users: Mapping[int, int], teams: Mapping[int, int]) -> dict[str, Any] | None:
    """Return who a managed role belongs to, from its name (`managed:users:4:permissions`). users, teams: numbers here."""
    parts = name.split(":")
    if len(parts) != 4:
        return None
    if parts[1] == "builtins":
        known = {one.lower(): one for one in Role}
        return {"role": known[parts[2]]} if parts[2] in known else None
    number = int(parts[2]) if parts[2].isdecimal() else 0
    whom = users.get(number) if parts[1] == "users" else teams.get(number)
    return {"user_id" if parts[1] == "users" else "team_id": whom} if whom else None
