"""Service accounts: users without a password, whose tokens programs use; and API keys that become such."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from core import clock, crypto
from core.access import Actor, Loader, Role
from core.errors import BadRequest, Conflict, NotFound
from core.identifiers import avatar_url
from models import ApiKey, Org, OrgUser, User, db
from services import access, reach
from services.access import require_role

ROLES = frozenset(Role)
LONGEST_NAME = 190 - len("sa-")


class AccountNotFound(NotFound):
    """No such service account in the caller's organisation."""

    message = "Failed to retrieve service account"
    traced = True


class TokenExists(Conflict):
    """Another key or token of the organisation has this name."""

    message = "service account token with given name already exists in the organization"


_tokens = (
    select(func.count())
    .select_from(ApiKey)
    .where(ApiKey.account_id == User.id)
    .correlate(User)
    .scalar_subquery()
)
_COLUMNS = (
    User.id, User.name, User.login, User.is_disabled, User.created, User.updated, OrgUser.role, OrgUser.org_id,
    _tokens.label("tokens"),
)  # fmt: skip


def _accounts(actor: Actor) -> Any:
    return (
        select(*_COLUMNS)
        .join(OrgUser, OrgUser.user_id == User.id)
        .where(OrgUser.org_id == actor.org_id, User.is_service_account)
    )


def find(actor: Actor, account_id: int | str) -> Any:
    """Return a service account. Raises AccountNotFound, BadRequest for what is no number."""
    text = str(account_id)
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest("Service Account ID is invalid")
    row = db.session.execute(_accounts(actor).where(User.id == int(text))).first()
    if row is None:
        raise AccountNotFound
    return row


by_id = Loader(
    "account", ("account",), find, lambda row: (f"serviceaccounts:id:{row.id}",), access.on_account
)


def shown(row: Any) -> dict[str, Any]:
    """Return a service account as its own address shows it."""
    return {
        "id": row.id,
        "name": row.name,
        "login": row.login,
        "orgId": row.org_id,
        "isDisabled": row.is_disabled,
        "createdAt": clock.iso(row.created),
        "updatedAt": clock.iso(row.updated),
        "avatarUrl": avatar_url("", row.name),
        "role": row.role,
        "teams": None,
    }


def listed(
    actor: Actor, *, query: str, disabled: bool, expired: bool, limit: int, page: int
) -> tuple[int, list[dict[str, Any]]]:
    """Return how many service accounts match and a page of them by name.

    disabled: those alone that are; expired: those alone that have a token whose time is over.
    """
    matching: list[ColumnElement[bool]] = [reach.accounts_where(actor, "serviceaccounts:read", User.id)]
    if query:
        like = f"%{query.lower()}%"
        matching.append(or_(func.lower(User.name).like(like), func.lower(User.login).like(like)))
    if disabled:
        matching.append(User.is_disabled.is_(True))
    if expired:
        over = select(ApiKey.account_id).where(ApiKey.expires < clock.now(), ApiKey.account_id.is_not(None))
        matching.append(User.id.in_(over))
    found = _accounts(actor).where(*matching)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = db.session.execute(
        found.order_by(func.lower(User.name), User.id).limit(limit).offset(limit * (page - 1))
    )
    return total, [
        {
            "id": row.id,
            "name": row.name,
            "login": row.login,
            "orgId": row.org_id,
            "isDisabled": row.is_disabled,
            "role": row.role,
            "tokens": row.tokens,
            "avatarUrl": avatar_url("", row.name),
        }
        for row in rows
    ]


def create(actor: Actor, name: str, role: str, *, disabled: bool) -> Any:
    """Make a service account and return it. Raises BadRequest for a name that is taken or too long, RoleTooHigh."""
    require_role(actor, role)
    if len(name) > LONGEST_NAME - len(str(actor.org_id)) - 1:
        raise BadRequest("Failed to create service account: the name is too long", field="name")
    login = "sa-" + name.lower().replace(" ", "-")
    return find(actor, _add(actor.org_id, name, login, role, disabled=disabled))


def _add(org_id: int, name: str, login: str, role: str, *, disabled: bool = False) -> int:
    """Logins are one list for the whole server: what another organisation has taken gets this one's number."""
    holder = db.session.execute(
        select(User.id, OrgUser.org_id).join(OrgUser, OrgUser.user_id == User.id).where(User.login == login)
    ).first()
    if holder is not None and holder.org_id != org_id:
        login = f"{login}-{org_id}"
    now = clock.now()
    values = {
        "login": login, "email": login, "name": name, "password": None, "org_id": org_id, "is_admin": False,
        "is_disabled": disabled, "is_service_account": True, "last_seen": now, "created": now, "updated": now,
    }  # fmt: skip
    try:
        with db.session.begin_nested():
            number = int(db.session.execute(insert(User).values(**values)).inserted_primary_key[0])  # type: ignore[attr-defined]
    except IntegrityError:
        raise BadRequest("Failed to create service account", field="name") from None
    db.session.execute(
        insert(OrgUser).values(org_id=org_id, user_id=number, role=role, created=now, updated=now)
    )
    return number


def change(actor: Actor, row: Any, *, name: str | None, role: str | None, disabled: bool | None) -> Any:
    """Change a service account; None leaves as it is. Raises RoleTooHigh, BadRequest."""
    if role is not None:
        require_role(actor, role)
        mine = OrgUser.org_id == actor.org_id, OrgUser.user_id == row.id
        db.session.execute(update(OrgUser).where(*mine).values(role=role, updated=clock.now()))
    values: dict[str, Any] = {"updated": clock.now()}
    if name is not None:
        if not name or len(name) > LONGEST_NAME:
            raise BadRequest("Bad request data", field="name")
        values["name"] = name
    if disabled is not None:
        values["is_disabled"] = disabled
    db.session.execute(update(User).where(User.id == row.id).values(**values))
    return find(actor, row.id)


def remove(row: Any) -> None:
    """Delete a service account and its tokens."""
    db.session.execute(delete(User).where(User.id == row.id, User.is_service_account))


def tokens(actor: Actor, account_id: int) -> list[dict[str, Any]]:
    """Return a service account's tokens by name, without their secrets."""
    now = clock.now()
    query = select(ApiKey.id, ApiKey.name, ApiKey.created, ApiKey.last_used, ApiKey.expires).where(
        ApiKey.org_id == actor.org_id, ApiKey.account_id == account_id
    )
    return [
        {
            "id": row.id,
            "name": row.name,
            "created": clock.iso(row.created),
            "lastUsedAt": clock.iso(row.last_used) if row.last_used else None,
            "expiration": clock.iso(row.expires) if row.expires else None,
            "secondsUntilExpiration": max(0.0, (row.expires - now).total_seconds()) if row.expires else 0,
            "hasExpired": row.expires is not None and row.expires <= now,
            "isRevoked": False,
        }
        for row in db.session.execute(query.order_by(ApiKey.name))
    ]


def add_token(row: Any, name: str, seconds_to_live: int, *, longest: int) -> dict[str, Any]:
    """Make a token and return it, this once. longest: seconds a key may live, -1 for ever. Raises BadRequest, TokenExists."""
    if not name or len(name) > 190:
        raise BadRequest("Bad request data", field="name")
    if seconds_to_live < 0:
        raise BadRequest("invalid SecondsToLive value", field="secondsToLive", traced=False)
    if longest != -1 and not 0 < seconds_to_live <= longest:
        raise BadRequest(
            "Number of seconds before expiration is greater than the global limit",
            field="secondsToLive",
            traced=False,
        )
    token, digest = crypto.new_account_token()
    now = clock.now()
    expires = now + timedelta(seconds=min(seconds_to_live, 10**10)) if seconds_to_live else None
    values = {
        "org_id": row.org_id, "name": name, "key_hash": digest, "role": Role.VIEWER, "expires": expires,
        "created": now, "account_id": row.id,
    }  # fmt: skip
    try:
        with db.session.begin_nested():
            number = int(db.session.execute(insert(ApiKey).values(**values)).inserted_primary_key[0])  # type: ignore[attr-defined]
    except IntegrityError:
        raise TokenExists from None
    return {"id": number, "name": name, "key": token}


def remove_token(actor: Actor, account_id: int, token_id: str) -> None:
    """Delete a token. Raises BadRequest for what is no number, NotFound."""
    if not token_id.isdecimal() or len(token_id) > 18:
        raise BadRequest("Token ID is invalid")
    mine = ApiKey.org_id == actor.org_id, ApiKey.account_id == account_id, ApiKey.id == int(token_id)
    if not db.session.execute(delete(ApiKey).where(*mine)).rowcount:  # type: ignore[attr-defined]
        raise NotFound("Failed to delete service account token", traced=True)


def is_migrated(actor: Actor) -> bool:
    """Say whether all keys of the organisation were made tokens."""
    return bool(db.session.scalar(select(Org.keys_migrated).where(Org.id == actor.org_id)))


def keys_are_hidden(actor: Actor) -> bool:
    """Say whether the page of API keys was taken away."""
    return bool(db.session.scalar(select(Org.keys_hidden).where(Org.id == actor.org_id)))


def hide_keys(actor: Actor) -> None:
    """Take the page of API keys away."""
    db.session.execute(update(Org).where(Org.id == actor.org_id).values(keys_hidden=True))


def migrate(actor: Actor, key_id: int | None = None) -> None:
    """Make API keys (all of them, or one) tokens of service accounts of their own; keys that are such stay."""
    plain = ApiKey.org_id == actor.org_id, ApiKey.account_id.is_(None)
    query = select(ApiKey.id, ApiKey.name, ApiKey.role).where(*plain)
    if key_id is not None:
        query = query.where(ApiKey.id == key_id)
    for key in db.session.execute(query).all():
        require_role(actor, key.role)
        number = _add(
            actor.org_id,
            f"sa-autogen-{key.name}"[:250],
            f"sa-autogen-{actor.org_id}-{key.name}"[:190],
            key.role,
        )
        db.session.execute(update(ApiKey).where(ApiKey.id == key.id).values(account_id=number))
    if key_id is None:
        db.session.execute(update(Org).where(Org.id == actor.org_id).values(keys_migrated=True))


def revert(actor: Actor, row: Any, key_id: int) -> None:
    """Make a token an API key again, and remove the service account that was made for it. Raises NotFound."""
    mine = ApiKey.org_id == actor.org_id, ApiKey.account_id == row.id, ApiKey.id == key_id
    back = update(ApiKey).where(*mine).values(account_id=None, role=row.role)
    if not db.session.execute(back).rowcount:  # type: ignore[attr-defined]
        raise NotFound("error reverting to API key", traced=True)
    remove(row)
