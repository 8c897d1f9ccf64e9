"""People whom somebody else vouches for: the one place where proxies (and later LDAP, OAuth, JWT, SAML) hand them over.

A way in proves who somebody is and says so with `External`; `person` finds or makes the account, brings names, roles and
teams up to date, and returns its id. Nothing else of the server knows which way it was.
"""

import time
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.errors import Unauthorized
from core.roles import Role
from core.settings import Settings
from models import OrgUser, User, db
from models.session import transaction
from services import quotas, teams, users

_KEPT_MOST = 10_000
_synced: dict["External", tuple[int, float]] = {}


class NoAccount(Unauthorized):
    """Whoever was vouched for has no account here, and none is made."""

    message = "There is no account of this name"


@dataclass(frozen=True)
class External:
    """Who somebody is, says another server. None of groups and role leaves them as they are here.

    module: which way in (`authproxy`, `ldap`, `oauth_…`). by_email: the e-mail finds the account, not the login.
    """

    module: str
    login: str
    email: str = ""
    name: str = ""
    groups: tuple[str, ...] | None = None
    role: str | None = None
    by_email: bool = False


def person(settings: Settings, who: External, *, make: bool, keep_s: int = 0) -> int:
    """Return the id of somebody's account, made or brought up to date as needed.

    make: whether an unknown person gets an account. keep_s: for how long the same word about them changes nothing, so that
    it costs nothing. Raises NoAccount, UserExists, Reached.
    """
    kept = _synced.get(who)
    if kept is not None and time.monotonic() < kept[1] and _exists(kept[0]):
        return kept[0]
    user_id = _found(who)
    if user_id is None:
        if not make:
            raise NoAccount
        user_id = _made(settings, who)
    with transaction():
        _bring_up(user_id, who)
    if len(_synced) >= _KEPT_MOST:
        _synced.clear()
    _synced[who] = user_id, time.monotonic() + keep_s
    return user_id


def _exists(user_id: int) -> bool:
    return db.session.scalar(select(User.id).where(User.id == user_id)) is not None


def _found(who: External) -> int | None:
    names = [User.email == (who.email or who.login)] if who.by_email else [User.login == who.login]
    if who.email and not who.by_email:
        names.append(User.email == who.email)
    query = (
        select(User.id)
        .where(or_(*names), User.is_service_account.is_(False))
        .order_by(User.login != who.login)
    )
    found = db.session.scalar(query.limit(1))
    db.session.rollback()
    return found


def _made(settings: Settings, who: External) -> int:
    quotas.require("user")
    db.session.rollback()
    login = who.login or who.email
    where = users.first_org(settings, own=who.email or login)
    try:
        return users.create(
            login=login,
            email=who.email or login,
            name=who.name,
            password="",
            org_id=0,
            auth_module=who.module,
            **where,
        )
    except users.UserExists:
        found = _found(who)  # another request made it at the same moment
        if found is None:
            raise
        return found


def _bring_up(user_id: int, who: External) -> None:
    """Set what the other server says of a person; a login or e-mail that is taken stays as it is."""
    user = users.find(user_id)
    values = {
        name: value
        for name, value in (("email", who.email), ("name", who.name))
        if value and value != getattr(user, name)
    }
    if values:
        try:
            with db.session.begin_nested():
                db.session.execute(
                    update(User).where(User.id == user_id).values(**values, updated=clock.now())
                )
        except IntegrityError:
            values = {}
    if who.role in set(Role):
        mine = OrgUser.user_id == user_id, OrgUser.org_id == user.org_id, OrgUser.role != who.role
        db.session.execute(update(OrgUser).where(*mine).values(role=who.role, updated=clock.now()))
    if who.groups is not None:
        teams.sync_groups(user_id, who.groups)
