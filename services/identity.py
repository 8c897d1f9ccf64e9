"""From a credential to an Actor. One joined select each; slow hashes are checked outside any write."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, case, delete, func, or_, select, update

from core import clock, crypto
from core.access import Actor, Credential, Role
from core.errors import BadRequest, DomainError, NotFound, Unauthorized
from core.settings import Settings
from models import ApiKey, AuthSession, LoginAttempt, Org, OrgUser, User, audit, db
from models.session import fetch, transaction
from services import access, quotas

log = logging.getLogger("belvedere.identity")
LOCK_AFTER, LOCK_FOR = 5, timedelta(minutes=5)
ADDRESS_AFTER = 100
SEEN_EVERY = timedelta(minutes=5)
NO_ORG = -1


class WrongPassword(Unauthorized):
    """The name or the password is wrong; which of the two is not said."""

    message = "Invalid username or password"
    traced, early = True, False


class WrongOldPassword(Unauthorized):
    """The password that is to be replaced is another one."""

    message, early = "Invalid old password", False


class TooMany(DomainError):
    """One address tried too often; whoever shares it waits as well."""

    status = 429
    message = "Too many failed sign-ins from your address; try again in a few minutes"


class WrongKey(DomainError):
    """No such API key. The original answers 500 here; a client learns more from 401."""

    status = 401
    message = "invalid API key"
    traced, early = True, True


class ExpiredKey(Unauthorized):
    """The key's time is over."""

    message = "Expired API key"
    traced = True


# The organisation that a request asks for, or (0) the one its person looks at now.
_org = func.coalesce(func.nullif(bindparam("org_id", type_=User.id.type), 0), User.org_id)
_PERSON = (
    select(
        User.id,
        User.login,
        User.email,
        User.name,
        User.theme,
        User.is_admin,
        User.is_disabled,
        User.last_seen,
        OrgUser.role,
        Org.id.label("org_id"),
        Org.name.label("org_name"),
        access.revision_column.label("revision"),
    )
    .select_from(User)
    .outerjoin(OrgUser, (OrgUser.user_id == User.id) & (OrgUser.org_id == _org))
    .outerjoin(Org, Org.id == OrgUser.org_id)
)
_BY_LOGIN = _PERSON.add_columns(User.password).where(
    or_(User.login == bindparam("login"), User.email == bindparam("login"))
)
_BY_SESSION = (
    _PERSON.add_columns(
        AuthSession.id.label("session_id"), AuthSession.csrf_secret, AuthSession.created, AuthSession.seen
    )
    .join(AuthSession, AuthSession.user_id == User.id)
    .where(AuthSession.token_hash == bindparam("token_hash"))
)
_BY_KEY = (
    select(
        ApiKey.id,
        ApiKey.name,
        ApiKey.role,
        ApiKey.expires,
        ApiKey.last_used,
        ApiKey.account_id,
        User.is_disabled,
        User.name.label("account_name"),
        User.login.label("account_login"),
        OrgUser.role.label("account_role"),
        Org.id.label("org_id"),
        Org.name.label("org_name"),
        access.revision_column.label("revision"),
    )
    .select_from(ApiKey)
    .join(Org, Org.id == ApiKey.org_id)
    .outerjoin(User, User.id == ApiKey.account_id)
    .outerjoin(OrgUser, (OrgUser.user_id == ApiKey.account_id) & (OrgUser.org_id == ApiKey.org_id))
    .where(ApiKey.key_hash == bindparam("key_hash"))
)
_of_name, _from_address = (
    LoginAttempt.login == bindparam("login"),
    LoginAttempt.client_ip == bindparam("client_ip"),
)
_FAILURES = select(func.sum(case((_of_name, 1), else_=0)), func.sum(case((_from_address, 1), else_=0))).where(
    LoginAttempt.created.between(bindparam("since"), bindparam("until")), or_(_of_name, _from_address)
)
_GUESTS = select(Org.id, access.revision_column.label("revision")).where(Org.name == bindparam("name"))


def _actor(row, credential: Credential, credential_id: int = 0, csrf_secret: str = "") -> Actor:  # type: ignore[no-untyped-def]  # noqa: ANN001 - the row of the select above
    return Actor(
        user_id=row.id,
        account_id=row.id,
        login=row.login,
        email=row.email,
        name=row.name,
        theme=row.theme,
        org_id=row.org_id or NO_ORG,
        org_name=row.org_name or "",
        role=row.role or "",
        server_admin=row.is_admin,
        credential=credential,
        credential_id=credential_id,
        csrf_secret=csrf_secret,
        grants=access.grants_for(
            row.org_id or NO_ORG, row.role or "", row.id, server_admin=row.is_admin, revision=row.revision
        ),
    )


def by_session(token: str, *, org_id: int, idle: int, lifetime: int) -> Actor | None:
    """Return who holds a session cookie, or None when it is unknown, too old (lifetime) or unused for too long (idle)."""
    row = fetch(_BY_SESSION, org_id=org_id, token_hash=crypto.token_hash(token)).first()
    now = clock.now()
    if (
        row is None
        or row.is_disabled
        or row.created + timedelta(seconds=lifetime) < now
        or row.seen + timedelta(seconds=idle) < now
    ):
        return None
    if row.seen + SEEN_EVERY < now:
        touch_session(row.session_id, row.id)
    return _actor(row, Credential.SESSION, row.session_id, row.csrf_secret)


_ROLE_IN = select(
    select(OrgUser.role)
    .where(OrgUser.org_id == bindparam("org_id"), OrgUser.user_id == bindparam("user_id"))
    .scalar_subquery()
    .label("role"),
    access.revision_column.label("revision"),
)


def in_org(actor: Actor, org_id: int) -> Actor:
    """Return the caller as they are in another organisation: with their role there, or as a server administrator alone."""
    if org_id == actor.org_id:
        return actor
    row = fetch(_ROLE_IN, org_id=org_id, user_id=actor.user_id or -1).one()
    role = row.role or ""
    grants = access.grants_for(
        org_id, role, actor.user_id, server_admin=actor.server_admin, revision=row.revision
    )
    return replace(actor, org_id=org_id, role=role, grants=grants)


_ACCOUNT = _PERSON.where(User.id == bindparam("account_id"), OrgUser.id.is_not(None))


def as_account(actor: Actor, account_id: int) -> Actor:
    """Return somebody of the caller's organisation as the server sees them when they ask. Raises NotFound."""
    row = fetch(_ACCOUNT, org_id=actor.org_id, account_id=account_id).first()
    if row is None:
        raise NotFound("user not found")
    return _actor(row, Credential.NONE)


_BY_ID = _PERSON.where(User.id == bindparam("user_id"))


def by_proxy(user_id: int, *, org_id: int, secret: str) -> Actor | None:
    """Return somebody whom a proxy has named; None where they are disabled. secret: from which forms have their token."""
    row = fetch(_BY_ID, org_id=org_id, user_id=user_id).first()
    if row is None or row.is_disabled:
        return None
    _note_seen(row)
    return _actor(row, Credential.PROXY, csrf_secret=crypto.token_hash(f"{secret}:{row.id}"))


def touch_session(session_id: int, user_id: int) -> None:
    """Note that a session was used."""
    db.session.rollback()
    with transaction(separate=True) as session:
        session.execute(update(AuthSession).where(AuthSession.id == session_id).values(seen=clock.now()))
        session.execute(update(User).where(User.id == user_id).values(last_seen=clock.now()))


def by_password(
    login: str, password: str, *, org_id: int, client_ip: str, credential: Credential, locks: bool = True
) -> Actor:
    """Return who has this name (or e-mail) and password.

    locks: failures count; they lock the name, and in larger numbers the address, for a while.

    Raises TooMany; WrongPassword alike, and after as long, for an unknown name, a wrong password and a locked name.
    """
    row = fetch(_BY_LOGIN, org_id=org_id, login=login).first()
    locked = locks and _is_locked(login, client_ip)
    fits = crypto.verify_password(row.password if row else None, password)
    if row is None or not fits or locked or row.is_disabled:
        db.session.rollback()
        if locks and not locked:
            with transaction(separate=True) as session:
                with audit.acting(audit.Who(0, login[:190], credential, 0, client_ip)):
                    number = row.id if row is not None else 0
                    audit.note("refused", "user", number, login[:190], connection=session.connection())
                session.add(LoginAttempt(login=login[:190], client_ip=client_ip, created=clock.now()))
        raise WrongPassword
    if crypto.is_foreign(row.password):
        _take_over(row, password)
    _note_seen(row)
    return _actor(row, credential)


def _take_over(row: Any, password: str) -> None:
    """Keep a password that came from elsewhere under our own hash, now that it is known."""
    db.session.rollback()
    hashed = crypto.hash_password(password)
    same = User.id == row.id, User.password == row.password
    with audit.acting(audit.SILENT), transaction(separate=True) as session:
        session.execute(update(User).where(*same).values(password=hashed))


def _note_seen(row: Any) -> None:
    """Note that somebody who has no session was here, every few minutes."""
    if row.last_seen + SEEN_EVERY < clock.now():
        db.session.rollback()
        with transaction(separate=True) as session:
            session.execute(update(User).where(User.id == row.id).values(last_seen=clock.now()))


def _is_locked(login: str, client_ip: str) -> bool:
    """Say whether a name is locked. Raises TooMany where its address is."""
    now = (
        clock.now()
    )  # failures that a clock set back has left in the future do not count: they would for days
    window = {"since": now - LOCK_FOR, "until": now + LOCK_FOR}
    row = fetch(_FAILURES, **window, login=login, client_ip=client_ip or "-").one()
    of_name, from_address = row[0], row[1]
    if (from_address or 0) >= ADDRESS_AFTER:
        raise TooMany
    return bool((of_name or 0) >= LOCK_AFTER)


def by_api_key(text: str) -> Actor:
    """Return what a key or a service account's token stands for; its own organisation wins over any header.

    Raises WrongKey, ExpiredKey, Unauthorized for a service account that is disabled.
    """
    digest = crypto.key_digest(text)
    row = (fetch(_BY_KEY, key_hash=digest).first() or _foreign(text, digest)) if digest else None
    if row is None:
        raise WrongKey
    if row.expires is not None and row.expires < clock.now():
        raise ExpiredKey
    if row.is_disabled:
        raise Unauthorized("Service account is disabled")
    if row.account_id and (row.last_used is None or row.last_used + SEEN_EVERY < clock.now()):
        touch_key(row.id)
    role = row.account_role or "" if row.account_id else row.role
    return Actor(
        account_id=row.account_id or 0,
        login=row.account_login or "",
        name=row.account_name or row.name,
        org_id=row.org_id,
        org_name=row.org_name,
        role=role,
        credential=Credential.API_KEY,
        credential_id=row.id,
        grants=access.grants_for(
            row.org_id, role, row.account_id or 0, server_admin=False, revision=row.revision
        ),
    )


def _foreign(text: str, digest: str) -> Any:
    """Return the row of a key that came from a Grafana, and keep it under our own digest from now on."""
    old = crypto.foreign_key_digest(text)
    row = fetch(_BY_KEY, key_hash=old).first() if old else None
    if row is not None:
        db.session.rollback()
        with audit.acting(audit.SILENT), transaction(separate=True) as session:
            session.execute(update(ApiKey).where(ApiKey.id == row.id).values(key_hash=digest))
    return row


def touch_key(key_id: int) -> None:
    """Note that a token was used."""
    db.session.rollback()
    with transaction(separate=True) as session:
        session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used=clock.now()))


def guest(org_name: str, role: str) -> Actor | None:
    """Return who looks on without signing in, or None (and a line in the log) where the organisation is not there."""
    row = fetch(_GUESTS, name=org_name).first()
    if row is None:
        log.warning(
            "auth.anonymous: there is no organisation %r; nobody looks on without signing in", org_name
        )
        return None
    grants = access.grants_for(row.id, role, 0, server_admin=False, revision=row.revision)
    return Actor(org_id=row.id, org_name=org_name, role=role, credential=Credential.ANONYMOUS, grants=grants)


@dataclass(frozen=True)
class SignedIn:
    """A fresh session: the token for the browser, and whose it is."""

    token: str
    user_id: int


def sign_in(login: str, password: str, *, client_ip: str, user_agent: str, settings: Settings) -> SignedIn:
    """Check a password and open a session. Raises WrongPassword, Reached."""
    locks = not settings.flag("security", "disable_brute_force_login_protection")
    actor = by_password(
        login, password, org_id=0, client_ip=client_ip, credential=Credential.SESSION, locks=locks
    )
    db.session.rollback()
    with transaction(separate=True) as session:
        old = or_(LoginAttempt.login == login, LoginAttempt.created < clock.now() - LOCK_FOR)
        session.execute(delete(LoginAttempt).where(old))
    return open_session(actor.user_id, client_ip=client_ip, user_agent=user_agent, settings=settings)


def open_session(user_id: int, *, client_ip: str, user_agent: str, settings: Settings) -> SignedIn:
    """Open a session for who has proved who they are. Beyond `belvedere.sessions_per_user` the oldest one ends.

    Raises Reached.
    """
    quotas.require("session")
    db.session.rollback()
    most = settings.number("belvedere", "sessions_per_user")
    token, now = crypto.new_token(), clock.now()
    with transaction(separate=True) as session:
        session.execute(update(User).where(User.id == user_id).values(last_seen=now))
        login = str(session.scalar(select(User.login).where(User.id == user_id)))
        with audit.acting(audit.Who(user_id, login, Credential.SESSION, 0, client_ip)):
            audit.note("signed in", "user", user_id, login, connection=session.connection())
        if most > 0:
            mine = (
                select(AuthSession.id).where(AuthSession.user_id == user_id).order_by(AuthSession.id.desc())
            )
            over = list(session.scalars(mine.offset(most - 1).limit(1000)))
            session.execute(delete(AuthSession).where(AuthSession.id.in_(over)))
        session.add(
            AuthSession(
                user_id=user_id,
                token_hash=crypto.token_hash(token),
                csrf_secret=crypto.new_token(),
                client_ip=client_ip,
                user_agent=user_agent[:255],
                created=now,
                seen=now,
            )
        )
    return SignedIn(token, user_id)


def sign_out(actor: Actor) -> None:
    """End the session of the caller."""
    if actor.credential is Credential.SESSION:
        db.session.execute(delete(AuthSession).where(AuthSession.id == actor.credential_id))


class VouchedFor(BadRequest):
    """Somebody else vouches for the person; a password is set there."""

    message, traced = "Not allowed to reset password for LDAP or Auth Proxy user", False


def change_password(actor: Actor, old: str, new: str) -> None:
    """Set a person's own password and end their other sessions. Raises WrongOldPassword, VouchedFor, BadRequest."""
    stored, module = db.session.execute(
        select(User.password, User.auth_module).where(User.id == actor.user_id)
    ).one()
    if module:
        raise VouchedFor
    if not crypto.verify_password(stored, old):
        raise WrongOldPassword
    if len(new) < 4:
        raise BadRequest("New password is too short", field="new", traced=False)
    hashed = crypto.hash_password(new)
    with transaction():
        db.session.execute(
            update(User).where(User.id == actor.user_id).values(password=hashed, updated=clock.now())
        )
        db.session.execute(
            delete(AuthSession).where(
                AuthSession.user_id == actor.user_id, AuthSession.id != actor.credential_id
            )
        )


def is_first_password(actor: Actor, password: str) -> bool:
    """Say whether the server administrator still uses the password that everybody knows."""
    return actor.server_admin and actor.login == "admin" and password == "admin"  # noqa: S105 - the well-known default


ROLES = frozenset(Role)
