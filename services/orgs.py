"""Organisations, their members and their preferences."""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access import Actor, Role
from core.errors import BadRequest, Conflict, NotFound
from core.identifiers import avatar_url
from models import (
    AccessRole,
    Dashboard,
    Invitation,
    ObjectPermission,
    Org,
    OrgUser,
    Preferences,
    Quota,
    RoleAssignment,
    Team,
    TeamMember,
    User,
    db,
)
from services import access, dashboards

MAIN = "Main Org."
_ADDRESS = ("address1", "address2", "city", "zip_code", "state", "country")


class OrgNotFound(NotFound):
    """No such organisation."""

    message = "Organization not found"
    traced = True


class AlreadyMember(Conflict):
    """The person belongs to the organisation."""

    message = "User is already member of this organization"

    def __init__(self, user_id: int) -> None:
        super().__init__()
        self.user_id = user_id

    def body(self) -> dict[str, Any]:
        """Return the members, the person's number among them."""
        return {**super().body(), "userId": self.user_id}


class LastAdmin(BadRequest):
    """An organisation keeps at least one administrator."""

    message = "Cannot remove last organization admin"
    traced = False


def find(org_id: int) -> Org:
    """Return an organisation. Raises OrgNotFound."""
    org = db.session.get(Org, org_id)
    if org is None:
        raise OrgNotFound
    return org


def find_by_name(name: str) -> Org:
    """Return an organisation by its name. Raises OrgNotFound."""
    org = db.session.scalar(select(Org).where(Org.name == name))
    if org is None:
        raise OrgNotFound
    return org


def shown(org: Org) -> dict[str, Any]:
    """Return an organisation as the API shows it."""
    address = {("zipCode" if name == "zip_code" else name): getattr(org, name) for name in _ADDRESS}
    return {"id": org.id, "name": org.name, "address": address}


def listed(*, query: str, name: str, limit: int, page: int) -> list[dict[str, Any]]:
    """Return organisations by name; pages count from 0 here, as recorded."""
    found = select(Org.id, Org.name).order_by(Org.name).limit(limit).offset(limit * page)
    if query:
        found = found.where(func.lower(Org.name).like(f"%{query.lower()}%"))
    if name:
        found = found.where(Org.name == name)
    return [{"id": row.id, "name": row.name} for row in db.session.execute(found)]


def count(query: str) -> int:
    """Return how many organisations match beyond a page."""
    found = select(func.count()).select_from(Org)
    return (
        db.session.scalar(found.where(func.lower(Org.name).like(f"%{query.lower()}%")) if query else found)
        or 0
    )


def create(name: str, owner: Actor | None) -> int:
    """Make an organisation whose first administrator is the owner. Raises Conflict when the name is taken."""
    if db.session.scalar(select(Org.id).where(Org.name == name)):
        raise Conflict("Organization name taken", traced=True)
    now = clock.now()
    org = Org(name=name, created=now, updated=now)
    db.session.add(org)
    db.session.flush()
    if owner is not None and owner.user_id:
        add_member(org.id, owner.user_id, Role.ADMIN)
    return org.id


def rename(org_id: int, name: str) -> None:
    """Give an organisation another name. Raises OrgNotFound, BadRequest when the name is taken."""
    other = db.session.scalar(select(Org.id).where(Org.name == name))
    if other is not None and other != org_id:
        raise BadRequest("Organization name taken")
    if not db.session.execute(
        update(Org).where(Org.id == org_id).values(name=name, updated=clock.now())
    ).rowcount:  # type: ignore[attr-defined]
        raise OrgNotFound


def move(org_id: int, address: dict[str, str]) -> None:
    """Set an organisation's address."""
    db.session.execute(update(Org).where(Org.id == org_id).values(**address, updated=clock.now()))


def remove(org_id: int) -> None:
    """Delete an organisation with all it owns, service accounts too; people who looked at it look at another of theirs."""
    accounts = select(OrgUser.user_id).where(OrgUser.org_id == org_id)
    db.session.execute(delete(User).where(User.is_service_account, User.id.in_(accounts)))
    for owned in (AccessRole, RoleAssignment, Invitation, Quota):
        db.session.execute(delete(owned).where(owned.org_id == org_id, owned.org_id != 0))
    if not db.session.execute(delete(Org).where(Org.id == org_id)).rowcount:  # type: ignore[attr-defined]
        raise NotFound("Failed to delete organization. ID not found")
    first = select(func.min(OrgUser.org_id)).where(OrgUser.user_id == User.id).scalar_subquery()
    db.session.execute(update(User).where(User.org_id == org_id).values(org_id=func.coalesce(first, 0)))


def members(
    org_id: int, *, query: str = "", limit: int = 0, page: int = 1, hide: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Return people of an organisation by login. hide: logins that are left out (`users.hidden_users`)."""
    found = select(
        OrgUser.org_id,
        OrgUser.role,
        *(User.id, User.email, User.name, User.login, User.last_seen, User.is_disabled),
    )
    found = (
        found.join(User, User.id == OrgUser.user_id)
        .where(OrgUser.org_id == org_id, *_matching(query))
        .order_by(User.login)
    )
    if limit:
        found = found.limit(limit).offset(limit * (page - 1))
    hidden = set(hide)
    now = clock.now()
    return [
        {
            "orgId": row.org_id,
            "userId": row.id,
            "email": row.email,
            "name": row.name,
            "avatarUrl": avatar_url(row.email),
            "login": row.login,
            "role": row.role,
            "lastSeenAt": clock.iso(row.last_seen),
            "lastSeenAtAge": clock.age(row.last_seen, now),
            "isDisabled": row.is_disabled,
        }
        for row in db.session.execute(found)
        if row.login not in hidden
    ]


def _matching(query: str) -> list[Any]:
    like, people = f"%{query.lower()}%", User.is_service_account.is_(False)
    if not query:
        return [people]
    return [
        people,
        or_(
            func.lower(User.login).like(like),
            func.lower(User.email).like(like),
            func.lower(User.name).like(like),
        ),
    ]


def count_members(org_id: int, query: str = "") -> int:
    """Return how many people there are beyond the page."""
    found = select(func.count()).select_from(OrgUser).join(User, User.id == OrgUser.user_id)
    return db.session.scalar(found.where(OrgUser.org_id == org_id, *_matching(query))) or 0


def add_member(org_id: int, user_id: int, role: str) -> None:
    """Let a person in. Raises AlreadyMember, OrgNotFound."""
    now = clock.now()
    if db.session.scalar(select(OrgUser.id).where(OrgUser.org_id == org_id, OrgUser.user_id == user_id)):
        raise AlreadyMember(user_id)
    try:
        db.session.execute(
            insert(OrgUser).values(org_id=org_id, user_id=user_id, role=role, created=now, updated=now)
        )
    except IntegrityError:
        raise OrgNotFound from None
    db.session.execute(update(User).where(User.id == user_id, User.org_id == 0).values(org_id=org_id))


def change_role(org_id: int, user_id: int, role: str) -> None:
    """Give a member another role. Raises NotFound, LastAdmin."""
    if _is_account(user_id):
        raise NotFound("cannot change role for user not member of organization", traced=True)
    mine = (OrgUser.org_id == org_id) & (OrgUser.user_id == user_id)
    if not db.session.execute(update(OrgUser).where(mine).values(role=role, updated=clock.now())).rowcount:  # type: ignore[attr-defined]
        raise NotFound("cannot change role for user not member of organization", traced=True)
    _keep_an_admin(org_id)


def remove_member(org_id: int, user_id: int) -> None:
    """Take a person out; nothing happens if they are no member. Raises LastAdmin."""
    if _is_account(user_id):
        return  # it is deleted where it was made
    db.session.execute(delete(OrgUser).where(OrgUser.org_id == org_id, OrgUser.user_id == user_id))
    teams = select(Team.id).where(Team.org_id == org_id)
    db.session.execute(delete(TeamMember).where(TeamMember.user_id == user_id, TeamMember.team_id.in_(teams)))
    for given in (ObjectPermission, RoleAssignment):
        db.session.execute(delete(given).where(given.user_id == user_id, given.org_id == org_id))
    access.changed()
    if db.session.scalar(_people_of(org_id)):
        _keep_an_admin(org_id)
    first = select(func.min(OrgUser.org_id)).where(OrgUser.user_id == user_id).scalar_subquery()
    db.session.execute(
        update(User)
        .where(User.id == user_id, User.org_id == org_id)
        .values(org_id=func.coalesce(first, User.org_id))
    )


def _is_account(user_id: int) -> bool:
    return bool(db.session.scalar(select(User.is_service_account).where(User.id == user_id)))


def _people_of(org_id: int) -> Any:
    people = select(OrgUser.id).join(User, User.id == OrgUser.user_id)
    return people.where(OrgUser.org_id == org_id, User.is_service_account.is_(False)).limit(1)


def _keep_an_admin(org_id: int) -> None:
    if not db.session.scalar(_people_of(org_id).where(OrgUser.role == Role.ADMIN)):
        raise LastAdmin


def preferences(org_id: int, user_id: int = 0, team_id: int = 0) -> dict[str, Any]:
    """Return preferences as the API shows them."""
    mine = Preferences.org_id == org_id, Preferences.user_id == user_id, Preferences.team_id == team_id
    row = db.session.execute(
        select(
            Preferences.theme,
            Preferences.timezone,
            Preferences.week_start,
            Preferences.home_dashboard_id,
            Preferences.more,
            Dashboard.uid,
        )
        .outerjoin(Dashboard, Dashboard.id == Preferences.home_dashboard_id)
        .where(*mine)
    ).first()
    more = orjson.loads(row.more) if row and row.more else {}
    shown_: dict[str, Any] = {
        "theme": row.theme if row else "",
        "homeDashboardId": row.home_dashboard_id if row else 0,
        "timezone": row.timezone if row else "",
        "weekStart": row.week_start if row else "",
        "locale": more.get("locale", ""),
        "navbar": {"savedItems": None, **more.get("navbar", {})},
        "queryHistory": {"homeTab": "", **more.get("query_history", {})},
    }
    if row and row.uid:
        shown_["homeDashboardUID"] = row.uid
    return shown_


_MORE = ("locale", "navbar", "query_history")


def prefer(actor: Actor, given: dict[str, Any], *, user_id: int = 0, team_id: int = 0, partly: bool) -> None:
    """Set preferences; partly leaves alone what was not given. Raises BadRequest, DashboardNotFound."""
    if given.get("theme", "") not in {"", "light", "dark"}:
        raise BadRequest("Invalid theme", field="theme", traced=False)
    values: dict[str, Any] = {
        name: given[name]
        for name in ("theme", "timezone", "week_start", "home_dashboard_id")
        if name in given
    }
    if "home_dashboard_uid" in given:
        uid = given["home_dashboard_uid"]
        values["home_dashboard_id"] = dashboards.find_by_uid(actor, uid).id if uid else 0
    # As recorded: replacing sets the locale and empties the others, changing a part sets those that are given.
    kept = _MORE if partly else ("locale",)
    more = {
        name: given[name] for name in kept if isinstance(given.get(name), str if name == "locale" else dict)
    }
    if partly:
        held = db.session.scalar(
            select(Preferences.more).where(
                Preferences.org_id == actor.org_id,
                Preferences.user_id == user_id,
                Preferences.team_id == team_id,
            )
        )
        more = {**orjson.loads(held or "{}"), **more}
    values["more"] = orjson.dumps(more).decode()
    if not partly:
        values = {"theme": "", "timezone": "", "week_start": "", "home_dashboard_id": 0} | values
    mine = (
        (Preferences.org_id == actor.org_id)
        & (Preferences.user_id == user_id)
        & (Preferences.team_id == team_id)
    )
    if db.session.scalar(select(Preferences.id).where(mine)):
        if values:
            db.session.execute(update(Preferences).where(mine).values(**values))
    else:
        db.session.execute(
            insert(Preferences).values(org_id=actor.org_id, user_id=user_id, team_id=team_id, **values)
        )


def home_dashboard(actor: Actor) -> tuple[str, str] | None:
    """Return uid and slug of the person's or else the organisation's home dashboard, if one is set."""
    query = select(Dashboard.uid, Dashboard.slug).join(
        Preferences, Preferences.home_dashboard_id == Dashboard.id
    )
    mine = (
        Preferences.org_id == actor.org_id,
        Preferences.team_id == 0,
        Preferences.user_id.in_((0, actor.user_id)),
    )
    row = db.session.execute(
        query.where(*mine, Dashboard.org_id == actor.org_id).order_by(Preferences.user_id.desc())
    ).first()
    return (row.uid, row.slug) if row else None


def effective(actor: Actor) -> tuple[str, str, str]:
    """Return theme, time zone and week start for a person: their own, else the organisation's, else ""."""
    query = select(Preferences.theme, Preferences.timezone, Preferences.week_start).where(
        Preferences.org_id == actor.org_id,
        Preferences.team_id == 0,
        Preferences.user_id.in_((0, actor.user_id)),
    )
    rows = db.session.execute(query.order_by(Preferences.user_id.desc())).all()
    return tuple(next((row[i] for row in rows if row[i]), "") for i in range(3))  # type: ignore[return-value]  # three of them
