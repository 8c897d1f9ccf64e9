"""People of the server: made, found, changed, removed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from core import clock, crypto
from core.access import Actor, Role
from core.errors import BadRequest, Conflict, DomainError, NotFound
from core.identifiers import avatar_url
from core.settings import Settings
from models import AuthSession, Dashboard, Org, OrgUser, Preferences, Quota, Star, User, db
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


class ShortPassword(BadRequest):
    """A password has at least four characters."""

    message, traced = "New password too short", False


def create(
    *,
    login: str,
    email: str,
    name: str,
    password: str,
    org_id: int,
    default_org: int,
    default_role: str,
    own_org: str = "",
    is_admin: bool = False,
    auth_module: str = "",
    then: Callable[[int], None] | None = None,
) -> int:
    """Make a person and a member of an organisation. Opens its own transaction, after the slow hash.

    own_org: the name of an organisation that is made for them, instead of the default one. auth_module: who vouches for
    them, if no password does. then: what belongs into the same transaction, given the person's id.

    Raises BadRequest, UserExists, NotFound for an organisation that is not there.
    """
    login, email = login.strip() or email.strip(), email.strip() or login.strip()
    if not login:
        raise BadRequest(
            "Validation error, need specify either username or email", field="login", traced=False
        )
    if len(password) < 4 and not auth_module:
        raise BadRequest("Password is missing or too short", field="password", traced=False)
    hashed, now = None if auth_module else crypto.hash_password(password), clock.now()
    with transaction():
        if org_id and not db.session.scalar(select(Org.id).where(Org.id == org_id)):
            raise BadRequest("organization not found", field="OrgId", traced=False)
        try:
            values = {
                "login": login,
                "email": email,
                "name": name,
                "password": hashed,
                "org_id": org_id or default_org,
                "is_admin": is_admin,
                "auth_module": auth_module,
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
        if own_org and not org_id:
            _make_org(number, own_org)
        else:
            orgs.add_member(org_id or default_org, number, default_role)
        if then is not None:
            then(number)
    return number


def _make_org(user_id: int, name: str) -> None:
    """Give a person an organisation of their own; a name that is taken gets their number."""
    owner = Actor(user_id=user_id)
    try:
        org_id = orgs.create(name[:180], owner)
    except Conflict:
        org_id = orgs.create(f"{name[:170]} {user_id}", owner)
    db.session.execute(update(User).where(User.id == user_id).values(org_id=org_id))


def first_org(settings: Settings, *, own: str) -> dict[str, Any]:
    """Return where a new person begins, as `create` takes it: `auto_assign_org…` says, or an organisation of their own."""
    role = settings.text("users", "auto_assign_org_role")
    if not settings.flag("users", "auto_assign_org"):
        return {"default_org": 0, "default_role": Role.ADMIN, "own_org": own}
    return {"default_org": settings.number("users", "auto_assign_org_id") or 1, "default_role": role}


def find(user_id: int) -> User:
    """Return a person (service accounts are none). Raises UserNotFound."""
    user = db.session.get(User, user_id)
    if user is None or user.is_service_account:
        raise UserNotFound
    return user


def find_by_name(login_or_email: str) -> User:
    """Return a person by login or e-mail. Raises UserNotFound."""
    user = db.session.scalar(
        select(User).where(or_(User.login == login_or_email, User.email == login_or_email))
    )
    if user is None or user.is_service_account or not login_or_email:
        raise UserNotFound
    return user


_LABELS = {"authproxy": "Auth Proxy", "ldap": "LDAP", "jwt": "JWT", "auth.saml": "SAML"}


def account_called(org_id: int, name: str) -> int | None:
    """Return the id of an organisation's person or service account by login, e-mail or (a service account's) name."""
    called = or_(User.login == name, User.email == name, (User.name == name) & User.is_service_account)
    here = select(User.id).join(OrgUser, OrgUser.user_id == User.id).where(OrgUser.org_id == org_id, called)
    return db.session.scalar(here.limit(1)) if name else None


def auth_labels(module: str) -> list[str]:
    """Return who vouches for a person, as lists call it; nobody but this server for who has a password here."""
    return [_LABELS.get(module, module.removeprefix("oauth_").title())] if module else []


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
        "isExternal": bool(user.auth_module),
        "authLabels": auth_labels(user.auth_module),
        "updatedAt": clock.iso(user.updated),
        "createdAt": clock.iso(user.created),
        "avatarUrl": avatar_url(user.email),
    }


def listed(*, query: str, limit: int, page: int) -> tuple[int, list[dict[str, Any]]]:
    """Return how many people there are and a page of them, by login."""
    like = f"%{query.lower()}%"
    matching: list[Any] = [User.is_service_account.is_(False)]
    if query:
        names = User.login, User.email, User.name
        matching.append(or_(*(func.lower(name).like(like) for name in names)))
    columns = (
        *(User.id, User.name, User.login, User.email, User.is_admin, User.is_disabled, User.last_seen),
        User.auth_module,
    )
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
            "authLabels": auth_labels(row.auth_module),
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


def set_password(user_id: int, password: str, then: Callable[[], None] | None = None) -> None:
    """Set a person's password and end their sessions. Opens its own transaction, after the slow hash.

    then: what belongs into the same transaction.
    """
    if len(password) < 4:
        raise ShortPassword
    hashed = crypto.hash_password(password)
    with transaction():
        find(user_id)
        db.session.execute(update(User).where(User.id == user_id).values(password=hashed))
        db.session.execute(delete(AuthSession).where(AuthSession.user_id == user_id))
        if then is not None:
            then()


def set_disabled(user_id: int, *, disabled: bool) -> None:
    """Let a person in no more, ending their sessions, or let them in again. Raises UserNotFound, LastAdmin."""
    user = find(user_id)
    if disabled:
        _keep_an_admin(but=user.id)
        db.session.execute(delete(AuthSession).where(AuthSession.user_id == user.id))
    db.session.execute(update(User).where(User.id == user.id).values(is_disabled=disabled))


class LastAdmin(BadRequest):
    """A server keeps at least one administrator who can sign in."""

    message, traced = "cannot remove last grafana admin", False


def _keep_an_admin(but: int = 0) -> None:
    if not db.session.scalar(
        select(User.id).where(User.is_admin, User.is_disabled.is_(False), User.id != but).limit(1)
    ):
        raise LastAdmin


def end_sessions(user_id: int) -> None:
    """Sign a person out everywhere. Raises UserNotFound."""
    find(user_id)
    db.session.execute(delete(AuthSession).where(AuthSession.user_id == user_id))


def set_server_admin(user_id: int, *, is_admin: bool) -> None:
    """Make a person an administrator of the server, or not. Raises UserNotFound, BadRequest for the last one."""
    if not db.session.execute(update(User).where(User.id == user_id).values(is_admin=is_admin)).rowcount:  # type: ignore[attr-defined]
        raise UserNotFound
    _keep_an_admin()


def remove(user_id: int) -> None:
    """Delete a person. Raises UserNotFound, LastAdmin."""
    user = find(user_id)
    if user.is_admin:
        _keep_an_admin(but=user.id)
    db.session.execute(delete(User).where(User.id == user_id))
    db.session.execute(delete(Preferences).where(Preferences.user_id == user_id))
    db.session.execute(delete(Quota).where(Quota.user_id == user_id))
    db.session.expunge(user)


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


def sessions(user_id: int, present: int = 0) -> list[dict[str, Any]]:
    """Return a person's sessions, newest first. present: the one that asks."""
    rows = db.session.scalars(
        select(AuthSession).where(AuthSession.user_id == user_id).order_by(AuthSession.id.desc())
    )
    return [
        {
            "id": row.id,
            "isActive": row.id == present,
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


def end_session(user_id: int, session_id: int, present: int = 0) -> None:
    """End one of a person's sessions, which is not the one that asks. Raises BadRequest for that, NotFound."""
    if present and session_id == present:
        raise BadRequest("Cannot revoke active user auth token", traced=False)
    mine = AuthSession.id == session_id, AuthSession.user_id == user_id
    if not db.session.execute(delete(AuthSession).where(*mine)).rowcount:  # type: ignore[attr-defined]
        raise NotFound("User auth token not found", traced=True)


def set_help_flag(user_id: int, flag: int | None) -> int:
    """Note a hint that was seen (a bit), or (None) forget all, and return what was seen. Raises BadRequest."""
    if flag is not None and not 0 <= flag < 2**31:
        raise BadRequest("id is invalid")
    user = find(user_id)
    flags = 0 if flag is None else user.help_flags | flag
    db.session.execute(update(User).where(User.id == user_id).values(help_flags=flags))
    return flags


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
