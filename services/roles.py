"""Roles beyond the basic ones, and who has them: listed, made, changed, given to people, teams and service accounts.

Fixed roles are part of the program; basic roles can be changed and put back; custom roles belong to one organisation or
(global) to all. Nobody gives by a role what they may not do themselves, unless they administer the server.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access import Actor
from core.errors import BadRequest, Conflict, Forbidden, NotFound
from core.identifiers import is_uid, new_uid
from core.roles import FIXED, OPEN_SOURCES, Grants
from models import AccessRole, OrgUser, RoleAssignment, RolePermission, Team, User, audit, db
from services import access
from services.access import BASIC_UIDS

_ACTION = re.compile(r"[a-zA-Z0-9._-]+:[a-zA-Z0-9._-]+")
_SCOPE = re.compile(r"\*|[a-zA-Z0-9._-]+:(\*|[a-zA-Z0-9._-]+:[^\s]+)")
_EPOCH = datetime(2022, 11, 1)  # noqa: DTZ001 - stored times have no zone; when fixed roles are said to have been made
_BASIC_NAMES = {"basic_viewer": "basic:viewer", "basic_editor": "basic:editor", "basic_admin": "basic:admin", "basic_grafana_admin": "basic:grafana_admin"}  # fmt: skip


class RoleNotFound(NotFound):
    """No such role in the caller's reach."""

    message = "Role not found"


class NotYours(Forbidden):
    """A role would give what the caller does not hold."""

    early = False
    message = "You can only give permissions that you have yourself"


class FixedRole(BadRequest):
    """A fixed role is part of the program."""

    message, traced = "Fixed roles cannot be changed", False


class NameTaken(Conflict):
    """Another role has the name or the uid."""

    message = "A role with this name or uid already exists"


class OldVersion(Conflict):
    """Somebody changed the role since the caller read it."""

    message = "The role has been changed by someone else; its version must grow"


@dataclass(frozen=True)
class Role:
    """A role of any sort. org_id 0 is every organisation; kind: fixed, basic or custom."""

    uid: str
    name: str
    kind: str
    permissions: Sequence[tuple[str, str]]
    org_id: int = 0
    display_name: str = ""
    description: str = ""
    group: str = ""
    hidden: bool = False
    version: int = 1
    created: datetime = _EPOCH
    updated: datetime = _EPOCH

    @property
    def title(self) -> str:
        """What people call it."""
        return self.display_name or self.name


def _pairs(grants: Grants) -> list[tuple[str, str]]:
    return [
        (action, access.shown_scope(scope)) for action, scopes in sorted(grants.items()) for scope in scopes
    ]


def _fixed() -> list[Role]:
    return [
        Role(
            name.replace(":", "_"),
            name,
            "fixed",
            _pairs(grants),
            display_name=" ".join(name.replace(".", " ").split(":")[1:]).capitalize(),
            group=name.split(":")[1].replace(".", " ").capitalize(),
        )
        for name, grants in FIXED.items()
    ]


def _kept(actor: Actor) -> dict[str, Role]:
    query = select(AccessRole).where(AccessRole.org_id.in_((0, actor.org_id)))
    rows = {row.id: row for row in db.session.scalars(query)}
    held: dict[int, list[tuple[str, str]]] = {number: [] for number in rows}
    columns = RolePermission.role_id, RolePermission.action, RolePermission.scope
    for role_id, action, scope in db.session.execute(
        select(*columns)
        .where(RolePermission.role_id.in_(rows))
        .order_by(RolePermission.action, RolePermission.scope)
    ):
        held[role_id].append((action, access.shown_scope(scope)))
    return {
        row.uid: Role(
            row.uid,
            row.name,
            "basic" if row.uid in BASIC_UIDS else "custom",
            held[row.id],
            row.org_id,
            row.display_name,
            row.description,
            row.group_name,
            row.hidden,
            row.version,
            row.created,
            row.updated,
        )
        for row in rows.values()
    }


def every(actor: Actor) -> list[Role]:
    """Return all roles in the caller's reach: basic, fixed, custom."""
    kept = _kept(actor)
    basic = [kept.pop(uid) if uid in kept else _delivered(uid) for uid in BASIC_UIDS]
    custom = sorted(kept.values(), key=lambda role: role.title.lower())
    return [*basic, *_fixed(), *custom]


def _delivered(uid: str) -> Role:
    """Return a basic role as nobody has changed it."""
    name = BASIC_UIDS[uid]
    return Role(
        uid, _BASIC_NAMES[uid], "basic", _pairs(access.delivered(name)), display_name=str(name), group="Basic"
    )


def find(actor: Actor, uid: str) -> Role:
    """Return a role by its uid. Raises RoleNotFound."""
    found = next((role for role in every(actor) if role.uid == uid), None)
    if found is None:
        raise RoleNotFound
    return found


def shown(role: Role, *, with_permissions: bool = True, delegatable: bool | None = None) -> dict[str, Any]:
    """Return a role as the API shows it."""
    members: dict[str, Any] = {
        "version": role.version,
        "uid": role.uid,
        "name": role.name,
        "displayName": role.title,
        "description": role.description,
        "group": role.group,
        "hidden": role.hidden,
        "global": role.org_id == 0,
        "updated": clock.iso(role.updated),
        "created": clock.iso(role.created),
    }
    if delegatable is not None:
        members["delegatable"] = delegatable
    if with_permissions:
        stamps = {"updated": members["updated"], "created": members["created"]}
        members["permissions"] = [
            {"action": action, "scope": scope, **stamps} for action, scope in role.permissions
        ]
    return members


def may_give(actor: Actor, permissions: Iterable[tuple[str, str]]) -> bool:
    """Say whether the caller holds all that a role would give."""
    if actor.server_admin:
        return True
    return all(actor.may(action, *([scope] if scope else [])) for action, scope in permissions)


@dataclass(frozen=True)
class Wanted:
    """What a role is to be."""

    name: str
    permissions: Sequence[tuple[str, str]] = field(default=())
    uid: str = ""
    display_name: str = ""
    description: str = ""
    group: str = ""
    hidden: bool = False
    version: int = 0
    is_global: bool = False


def _check(actor: Actor, wanted: Wanted) -> None:
    if not wanted.name or len(wanted.name) > 190:
        raise BadRequest("A role needs a name of at most 190 characters", field="name", traced=False)
    if wanted.name.startswith(("fixed:", "basic:", "managed:")):
        raise BadRequest(
            "Names that begin with fixed:, basic: or managed: are taken", field="name", traced=False
        )
    if wanted.uid and not is_uid(wanted.uid):
        raise BadRequest("The uid may hold 40 letters, digits, - and _", field="uid", traced=False)
    if wanted.uid in BASIC_UIDS or wanted.uid.startswith("fixed_"):
        raise NameTaken
    _check_permissions(actor, wanted.permissions)


def _check_permissions(actor: Actor, permissions: Sequence[tuple[str, str]]) -> None:
    for action, scope in permissions:
        if not _ACTION.fullmatch(action) or len(action) > 190:
            raise BadRequest(
                f"{action!r} is no action, such as dashboards:read", field="permissions", traced=False
            )
        if scope and (not _SCOPE.fullmatch(scope) or len(scope) > 190):
            raise BadRequest(
                f"{scope!r} is no scope, such as dashboards:uid:abc", field="permissions", traced=False
            )
    if not may_give(actor, permissions):
        raise NotYours


def create(actor: Actor, wanted: Wanted) -> Role:
    """Make a custom role. Raises BadRequest, NameTaken, NotYours."""
    _check(actor, wanted)
    if wanted.is_global and not actor.server_admin:
        raise NotYours("Only server administrators make global roles")
    uid = wanted.uid or new_uid()
    _store(uid, 0 if wanted.is_global else actor.org_id, wanted, wanted.version or 1)
    return find(actor, uid)


def _store(uid: str, org_id: int, wanted: Wanted, version: int) -> None:
    now = clock.now()
    values = {
        "org_id": org_id, "uid": uid, "name": wanted.name, "display_name": wanted.display_name[:190],
        "description": wanted.description[:1000], "group_name": wanted.group[:190], "hidden": wanted.hidden,
        "version": version, "created": now, "updated": now,
    }  # fmt: skip
    try:
        with db.session.begin_nested():
            number = int(db.session.execute(insert(AccessRole).values(**values)).inserted_primary_key[0])  # type: ignore[attr-defined]
    except IntegrityError:
        raise NameTaken from None
    _keep_permissions(number, uid, wanted.permissions)
    access.changed()


def _keep_permissions(role_id: int, uid: str, permissions: Sequence[tuple[str, str]]) -> None:
    """Set what a role allows; all data sources are for viewers and editors those that are open to everybody."""
    if uid in {"basic_viewer", "basic_editor"}:
        everyones = {(action, "datasources:*") for action in ("datasources:read", "datasources:query")}
        permissions = [(one[0], OPEN_SOURCES) if one in everyones else one for one in permissions]
    now, mine = clock.now(), RolePermission.role_id == role_id
    held = db.session.execute(select(RolePermission.action, RolePermission.scope).where(mine)).all()
    db.session.execute(delete(RolePermission).where(mine))
    before, after = ([" ".join(one).strip() for one in pairs] for pairs in (held, permissions))
    audit.note(
        "changed", "access_role", role_id, uid, before={"permissions": before}, after={"permissions": after}
    )
    for action, scope in dict.fromkeys(permissions):
        values = {"role_id": role_id, "action": action, "scope": scope, "created": now, "updated": now}
        db.session.execute(insert(RolePermission).values(**values))


def change(actor: Actor, role: Role, wanted: Wanted, permissions: Sequence[tuple[str, str]] | None) -> Role:
    """Change a custom or a basic role; permissions None leaves them. Raises FixedRole, BadRequest, OldVersion, NotYours."""
    if role.kind == "fixed":
        raise FixedRole
    held = list(role.permissions) if permissions is None else list(permissions)
    _check_permissions(actor, [one for one in held if one not in set(role.permissions)])
    if (role.org_id == 0 or role.kind == "basic") and not actor.server_admin:
        raise NotYours("Only server administrators change global and basic roles")
    if wanted.version and wanted.version <= role.version:
        raise OldVersion
    version = wanted.version or role.version + 1
    row = db.session.scalar(select(AccessRole).where(AccessRole.uid == role.uid))
    if row is None:  # a basic role as it was delivered
        kept = Wanted(
            role.name, held, display_name=role.display_name, group=role.group, description=wanted.description
        )
        _store(role.uid, 0, kept, version)
        return find(actor, role.uid)
    if role.kind == "custom":
        _check(actor, Wanted(wanted.name or role.name))
        row.name = wanted.name or role.name
        row.display_name, row.group_name = wanted.display_name[:190], wanted.group[:190]
        row.hidden = wanted.hidden
    row.description = wanted.description[:1000]
    row.version, row.updated = version, clock.now()
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError:
        raise NameTaken from None
    _keep_permissions(row.id, role.uid, held)
    access.changed()
    return find(actor, role.uid)


def remove(actor: Actor, role: Role, *, force: bool) -> None:
    """Delete a custom role. Raises FixedRole, Conflict where it is given to somebody and force does not say so."""
    if role.kind != "custom":
        raise FixedRole("Only custom roles can be deleted")
    if role.org_id == 0 and not actor.server_admin:
        raise NotYours("Only server administrators delete global roles")
    given = RoleAssignment.role_uid == role.uid
    if not force and db.session.scalar(select(RoleAssignment.id).where(given).limit(1)):
        raise BadRequest("The role is given to somebody; take it away first, or use force", traced=False)
    db.session.execute(delete(RoleAssignment).where(given))
    db.session.execute(delete(AccessRole).where(AccessRole.uid == role.uid))
    access.changed()


def reset_basic() -> None:
    """Put all basic roles back to what they were delivered as."""
    db.session.execute(delete(AccessRole).where(AccessRole.uid.in_(BASIC_UIDS)))
    access.changed()


# Who has a role ------------------------------------------------------------------------------------------------------


class HolderNotFound(NotFound):
    """No such person, team or service account in the organisation."""

    message = "Not found in this organization"


def _require_member(actor: Actor, user_id: int) -> None:
    here = select(OrgUser.id).where(OrgUser.org_id == actor.org_id, OrgUser.user_id == user_id)
    if db.session.scalar(here) is None:
        raise HolderNotFound


def _require_team(actor: Actor, team_id: int) -> None:
    if db.session.scalar(select(Team.id).where(Team.org_id == actor.org_id, Team.id == team_id)) is None:
        raise HolderNotFound


@dataclass(frozen=True)
class Holder:
    """Who has a role: a person or service account, or a team."""

    user_id: int = 0
    team_id: int = 0

    def mine(self) -> Any:
        """Return the condition for its assignments."""
        return (
            RoleAssignment.user_id == self.user_id if self.user_id else RoleAssignment.team_id == self.team_id
        )


def _require(actor: Actor, holder: Holder) -> None:
    if holder.user_id:
        _require_member(actor, holder.user_id)
    else:
        _require_team(actor, holder.team_id)


def of(actor: Actor, holder: Holder, *, hidden: bool = False) -> list[Role]:
    """Return the roles that somebody was given. Raises HolderNotFound."""
    _require(actor, holder)
    uids = _given(actor, holder)
    return [role for role in every(actor) if role.uid in uids and (hidden or not role.hidden)]


def _given(actor: Actor, holder: Holder) -> set[str]:
    query = select(RoleAssignment.role_uid).where(RoleAssignment.org_id.in_((0, actor.org_id)), holder.mine())
    return set(db.session.scalars(query))


def give(actor: Actor, holder: Holder, uid: str, *, everywhere: bool = False) -> None:
    """Give a role. everywhere: in every organisation. Raises HolderNotFound, RoleNotFound, NotYours, Conflict."""
    _require(actor, holder)
    role = find(actor, uid)
    if role.kind == "basic":
        raise BadRequest("Basic roles are given by the organisation's list of users", traced=False)
    if not may_give(actor, role.permissions) or (everywhere and not actor.server_admin):
        raise NotYours
    if uid in _given(actor, holder):
        raise Conflict("The role is already given")
    _assign(0 if everywhere else actor.org_id, holder, uid)
    access.changed()


def _assign(org_id: int, holder: Holder, uid: str) -> None:
    values = {"user_id": holder.user_id or None, "team_id": holder.team_id or None}
    db.session.execute(
        insert(RoleAssignment).values(org_id=org_id, role_uid=uid, builtin="", created=clock.now(), **values)
    )


def take(actor: Actor, holder: Holder, uid: str, *, everywhere: bool = False) -> None:
    """Take a role away. Raises HolderNotFound, NotYours, NotFound where it was not given."""
    _require(actor, holder)
    role = next((one for one in every(actor) if one.uid == uid), None)
    if (role is not None and not may_give(actor, role.permissions)) or (
        everywhere and not actor.server_admin
    ):
        raise NotYours
    where = RoleAssignment.org_id == (0 if everywhere else actor.org_id)
    gone = delete(RoleAssignment).where(holder.mine(), where, RoleAssignment.role_uid == uid)
    if not db.session.execute(gone).rowcount:  # type: ignore[attr-defined]
        raise NotFound("The role is not given")
    access.changed()


def set_all(
    actor: Actor, holder: Holder, uids: Sequence[str], *, everywhere: bool = False, hidden: bool = False
) -> None:
    """Have somebody hold exactly these roles. hidden: hidden ones are meant as well. Raises what give and take raise."""
    _require(actor, holder)
    org_id = 0 if everywhere else actor.org_id
    query = select(RoleAssignment.role_uid).where(RoleAssignment.org_id == org_id, holder.mine())
    by_uid = {role.uid: role for role in every(actor)}
    now = {uid for uid in db.session.scalars(query) if hidden or uid not in by_uid or not by_uid[uid].hidden}
    for uid in sorted(set(uids) - now):
        give(actor, holder, uid, everywhere=everywhere)
    for uid in sorted(now - set(uids)):
        take(actor, holder, uid, everywhere=everywhere)


def holders(actor: Actor, role: Role) -> dict[str, Any]:
    """Return who has a role in the organisation: ids of people, teams and service accounts."""
    query = (
        select(RoleAssignment.user_id, RoleAssignment.team_id, User.is_service_account)
        .outerjoin(User, User.id == RoleAssignment.user_id)
        .where(RoleAssignment.org_id.in_((0, actor.org_id)), RoleAssignment.role_uid == role.uid)
        .order_by(RoleAssignment.id)
    )
    found: dict[str, Any] = {"role_uid": role.uid, "users": [], "teams": [], "service_accounts": []}
    for user_id, team_id, is_account in db.session.execute(query):
        if team_id:
            found["teams"].append(team_id)
        elif user_id:
            found["service_accounts" if is_account else "users"].append(user_id)
    return found


def set_holders(actor: Actor, role: Role, wanted: Mapping[str, Sequence[int]]) -> None:
    """Have exactly these hold a role in the organisation. Raises HolderNotFound, NotYours."""
    people = [*wanted["users"], *wanted["service_accounts"]]
    now = holders(actor, role)
    targets = {Holder(user_id=number) for number in people} | {
        Holder(team_id=number) for number in wanted["teams"]
    }
    held = {Holder(user_id=number) for number in [*now["users"], *now["service_accounts"]]}
    held |= {Holder(team_id=number) for number in now["teams"]}
    for holder in targets - held:
        give(actor, holder, role.uid)
    for holder in held - targets:
        take(actor, holder, role.uid)
