"""People of the server: made, found, changed, removed."""

from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from core import clock, crypto
from core.access import Actor
from core.errors import BadRequest, DomainError, NotFound
from core.identifiers import avatar_url
from models import AuthSession, Dashboard, Org, OrgUser, Star, User, db
from models.session import transaction
from services import orgs


class UserNotFound(NotFound):
    """No such person."""

    message = "user not found"


class UserExists(DomainError):
    """Login or e-mail is taken."""

    status = 412
    message = "User with email '{email}' or username '{login}' already exists"
    traced = True


def create(
    *,
    login: str,
    email: str,
    name: str,
    password: str,
    org_id: int,
    default_org: int,
    default_role: str,
    is_admin: bool = False,
) -> int:
    """Make a person and a member of an organisation. Opens its own transaction, after the slow hash.

    Raises BadRequest, UserExists, NotFound for an organisation that is not there.
    """
    login, email = login.strip() or email.strip(), email.strip() or login.strip()
    if not login:
        raise BadRequest(
            "Validation error, need specify either username or email", field="login", traced=False
        )
    if len(password) < 4:
        raise BadRequest("Password is missing or too short", field="password", traced=False)
    hashed, now = crypto.hash_password(password), clock.now()
    with transaction():
        if org_id and not db.session.scalar(select(Org.id).where(Org.id == org_id)):
            raise BadRequest("Organization not found", field="OrgId")
        try:
            values = {
                "login": login,
                "email": email,
                "name": name,
                "password": hashed,
                "org_id": org_id or default_org,
                "is_admin": is_admin,
            }
            fresh = insert(User).values(
                **values,
                last_seen=now.replace(year=now.year - 10, day=min(now.day, 28)),
                created=now,
                updated=now,
            )
            number = int(db.session.execute(fresh).inserted_primary_key[0])  # type: ignore[attr-defined]
        except IntegrityError:
            raise UserExists(UserExists.message.format(email=email, login=login)) from None
        orgs.add_member(org_id or default_org, number, default_role)
    return number


def find(user_id: int) -> User:
    """Return a person. Raises UserNotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise UserNotFound
    return user


def find_by_name(login_or_email: str) -> User:
    """Return a person by login or e-mail. Raises UserNotFound."""
    user = db.session.scalar(
        select(User).where(or_(User.login == login_or_email, User.email == login_or_email))
    )
    if user is None or not login_or_email:
        raise UserNotFound
    return user


def shown(user: User) -> dict[str, Any]:
    """Return a person as the API shows them."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "login": user.login,
        "theme": user.theme,
        "orgId": user.org_id,
        "isGrafanaAdmin": user.is_admin,
        "isDisabled": user.is_disabled,
        "isExternal": False,
        "authLabels": [],
        "updatedAt": clock.iso(user.updated),
        "createdAt": clock.iso(user.created),
        "avatarUrl": avatar_url(user.email),
    }


def listed(*, query: str, limit: int, page: int) -> tuple[int, list[dict[str, Any]]]:
    """Return how many people there are and a page of them, by login."""
    like = f"%{query.lower()}%"
    matching = (
        [
            or_(
                func.lower(User.login).like(like),
                func.lower(User.email).like(like),
                func.lower(User.name).like(like),
            )
        ]
        if query
        else []
    )
    columns = (User.id, User.name, User.login, User.email, User.is_admin, User.is_disabled, User.last_seen)
    rows = db.session.execute(
        select(*columns).where(*matching).order_by(User.login).limit(limit).offset(limit * (page - 1))
    )
    now = clock.now()
    page_of = [
        {
            "id": row.id,
            "name": row.name,
            "login": row.login,
            "email": row.email,
            "avatarUrl": avatar_url(row.email),
            "isAdmin": row.is_admin,
            "isDisabled": row.is_disabled,
            "lastSeenAt": clock.iso(row.last_seen),
            "lastSeenAtAge": clock.age(row.last_seen, now),
            "authLabels": [],
        }
        for row in rows
    ]
    return db.session.scalar(select(func.count()).select_from(User).where(*matching)) or 0, page_of


def change(user_id: int, profile: dict[str, str]) -> None:
    """Change what a person is called. Raises BadRequest, UserNotFound, UserExists."""
    if not profile["login"] and not profile["email"]:
        raise BadRequest("Validation error, need to specify either username or email", traced=False)
    user = find(user_id)
    values = {
        **profile,
        "login": profile["login"] or profile["email"],
        "email": profile["email"] or profile["login"],
    }
    values["theme"] = values["theme"] or user.theme
    try:
        db.session.execute(update(User).where(User.id == user_id).values(**values, updated=clock.now()))
    except IntegrityError:
        raise UserExists(UserExists.message.format(email=values["email"], login=values["login"])) from None


def set_password(user_id: int, password: str) -> None:
    """Set a person's password and end their sessions. Opens its own transaction, after the slow hash."""
    if len(password) < 4:
        raise BadRequest("New password too short", field="password", traced=False)
    hashed = crypto.hash_password(password)
    with transaction():
        if not db.session.execute(update(User).where(User.id == user_id).values(password=hashed)).rowcount:  # type: ignore[attr-defined]
            raise UserNotFound
        db.session.execute(delete(AuthSession).where(AuthSession.user_id == user_id))


def set_server_admin(user_id: int, *, is_admin: bool) -> None:
    """Make a person an administrator of the server, or not. Raises UserNotFound, BadRequest for the last one."""
    if not db.session.execute(update(User).where(User.id == user_id).values(is_admin=is_admin)).rowcount:  # type: ignore[attr-defined]
        raise UserNotFound
    if not db.session.scalar(select(User.id).where(User.is_admin).limit(1)):
        raise BadRequest("cannot remove last grafana admin", traced=True)


def remove(user_id: int) -> None:
    """Delete a person. Raises UserNotFound."""
    if not db.session.execute(delete(User).where(User.id == user_id)).rowcount:  # type: ignore[attr-defined]
        raise UserNotFound


def orgs_of(user_id: int) -> list[dict[str, Any]]:
    """Return the organisations of a person with their role in each."""
    query = (
        select(Org.id, Org.name, OrgUser.role)
        .join(OrgUser, OrgUser.org_id == Org.id)
        .where(OrgUser.user_id == user_id)
    )
    return [
        {"orgId": row.id, "name": row.name, "role": row.role}
        for row in db.session.execute(query.order_by(Org.name))
    ]


def use_org(user_id: int, org_id: int) -> None:
    """Have a person look at another of their organisations. Raises Unauthorized-like BadRequest if it is not theirs."""
    if not db.session.scalar(select(OrgUser.id).where(OrgUser.user_id == user_id, OrgUser.org_id == org_id)):
        raise NotAMember
    db.session.execute(update(User).where(User.id == user_id).values(org_id=org_id))


class NotAMember(DomainError):
    """The organisation is not one of the person's; the original answers 401 here."""

    status = 401
    message = "Not a valid organization"


def sessions(actor: Actor) -> list[dict[str, Any]]:
    """Return a person's sessions, newest first."""
    rows = db.session.scalars(
        select(AuthSession).where(AuthSession.user_id == actor.user_id).order_by(AuthSession.id.desc())
    )
    return [
        {
            "id": row.id,
            "isActive": row.id == actor.credential_id,
            "clientIp": row.client_ip,
            "device": "Other",
            "os": "Other",
            "osVersion": "",
            "browser": "Other",
            "browserVersion": "",
            "createdAt": clock.iso(row.created),
            "seenAt": clock.iso(row.seen),
        }
        for row in rows
    ]


def end_session(actor: Actor, session_id: int) -> None:
    """End one of a person's other sessions. Raises BadRequest for the present one, NotFound."""
    if session_id == actor.credential_id:
        raise BadRequest("Cannot revoke active user auth token", traced=False)
    mine = AuthSession.id == session_id, AuthSession.user_id == actor.user_id
    if not db.session.execute(delete(AuthSession).where(*mine)).rowcount:  # type: ignore[attr-defined]
        raise NotFound("User auth token not found", traced=True)


def star(actor: Actor, dashboard_id: int) -> None:
    """Mark a dashboard; marking it twice is marking it."""
    if not db.session.scalar(
        select(Star.id).where(Star.user_id == actor.user_id, Star.dashboard_id == dashboard_id)
    ):
        db.session.execute(insert(Star).values(user_id=actor.user_id, dashboard_id=dashboard_id))


def unstar(actor: Actor, dashboard_id: int) -> None:
    """Take the mark away."""
    db.session.execute(delete(Star).where(Star.user_id == actor.user_id, Star.dashboard_id == dashboard_id))


def stars(actor: Actor) -> list[str]:
    """Return the uids of marked dashboards."""
    query = (
        select(Dashboard.uid)
        .join(Star, Star.dashboard_id == Dashboard.id)
        .where(Star.user_id == actor.user_id)
    )
    return list(db.session.scalars(query.where(Dashboard.org_id == actor.org_id).order_by(Dashboard.uid)))


def is_starred(actor: Actor, dashboard_id: int) -> bool:
    """Say whether a person marked a dashboard."""
    query = select(Star.id).where(Star.user_id == actor.user_id, Star.dashboard_id == dashboard_id)
    return db.session.scalar(query) is not None
