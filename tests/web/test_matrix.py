"""Every operation × every sort of caller → refused or not, as the reference tables and recordings say."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models.session import transaction
from services import users
from web.operation import declared

OPERATIONS = Path(__file__).parent.parent / "contract" / "operations.csv"
ORDER = ("anyone", "viewer", "editor", "orgadmin", "admin")
BY_RBAC = {"viewer": "viewer", "editor": "editor", "org-admin": "orgadmin", "admin": "orgadmin", "server-admin": "admin", "grafana_admin": "admin"}  # fmt: skip
BY_AUTH = {
    "anonymous": "anyone",
    "signed-in": "viewer",
    "editor": "editor",
    "org-admin": "orgadmin",
    "server-admin": "admin",
}
# The least role where the tables say another, and why.
OTHERWISE = {
    # asked in the organisation that the address names, where these callers are nobody (as recorded)
    **{("GET", f"/api/orgs/{{}}{tail}"): "admin" for tail in ("", "/users", "/quotas")},
    **{("PUT", f"/api/orgs/{{}}{tail}"): "admin" for tail in ("", "/address")},
    ("POST", "/api/orgs/{}/users"): "admin",
    ("PATCH", "/api/orgs/{}/users/{}"): "admin",
    ("DELETE", "/api/orgs/{}/users/{}"): "admin",
    # every organisation's, though the right of the same name is everybody's for the own one (as recorded)
    ("GET", "/api/orgs"): "admin",
    ("GET", "/api/orgs/name/{}"): "admin",
    # an editor makes teams with users.editors_can_admin alone, and is let in there as recorded
    ("GET", "/api/teams/search"): "orgadmin",
    ("GET", "/api/teams/{}"): "orgadmin",
    ("GET", "/api/teams/{}/preferences"): "orgadmin",
    # a data source that is not there is not found for who may read data sources
    ("GET", "/api/dashboards/uid/{}/permissions"): "orgadmin",
    ("GET", "/api/dashboards/id/{}/permissions"): "orgadmin",
    ("POST", "/api/dashboards/uid/{}/permissions"): "orgadmin",
    ("POST", "/api/dashboards/id/{}/permissions"): "orgadmin",
    ("GET", "/api/folders/{}/permissions"): "orgadmin",
    ("POST", "/api/folders/{}/permissions"): "orgadmin",
    # annotations of the organisation, which viewers read alone
    ("POST", "/api/annotations/graphite"): "editor",
    ("POST", "/api/annotations/mass-delete"): "editor",
}
# What answers 401 or 403 for reasons of its own, whoever asks, as recorded.
ITS_OWN = {
    "/api/user/signup": "sign-up is closed", "/api/user/signup/step2": "sign-up is closed", "/api/login/ping": "it says who is in",
    "/api/comments/get": "comments are off", "/api/user/using/{}": "no organisation of the caller's",
    "/api/users/{}/using/{}": "no organisation of the person's", "/api/user/password": "the old password is wrong",
    "/api/live/push/{}": "who may add data sources, not who may look",
}  # fmt: skip
PERSON = re.compile(r"^/api/user(/|$)|^/api/preferences/|/stars|^/api/frontend/settings$")


def _least(method: str, shape: str, row: dict[str, str] | None, words: str) -> str:
    if (method, shape) in OTHERWISE:
        return OTHERWISE[method, shape]
    if row is not None:
        return BY_RBAC.get(row["rbac_min_role"], "") or BY_AUTH.get(row["auth"], "")
    return {"a server administrator": "admin"}.get(
        words, "viewer" if not words.startswith("anyone:") else "anyone"
    )


def _cases(app: Flask) -> list[tuple[str, str, str, str]]:
    with OPERATIONS.open(newline="") as file:
        known = {
            (one["method"], re.sub(r"\{[^}]*\}", "{}", one["path"])): one for one in csv.DictReader(file)
        }
    found = []
    for rule, operation in declared(app):
        if operation.is_page or not rule.rule.startswith("/api/"):
            continue
        shape = re.sub(r"<[^>]*>", "{}", rule.rule)
        row = known.get((operation.method, shape))
        path = re.sub(r"<(?:\w+:)?\w*(?:id|number|account|key|token|org|whom)>", "999999", rule.rule)
        path = re.sub(r"<[^>]*>", "none", path)
        own = row is None and not operation.access.words.startswith(("anyone", "a "))
        found.append(
            (
                operation.method,
                path,
                "" if own else _least(operation.method, shape, row, operation.access.words),
                shape,
            )
        )
    return found


@pytest.fixture
def callers(app: Flask, client: Any) -> dict[str, tuple[str, Any]]:
    """Callers by name: what they count as, and how they send."""
    admin, orgadmin = client.as_admin(), client.as_orgadmin()
    orgadmin.post("/api/folders", {"title": "There is one", "uid": "one"})
    made: dict[str, tuple[str, Any]] = {
        "nobody": ("anyone", client),
        "viewer": ("viewer", client.as_viewer()),
        "editor": ("editor", client.as_editor()),
        "organisation's admin": ("orgadmin", orgadmin),
        "other organisation's admin": ("orgadmin", client.as_stranger()),
        "server admin": ("admin", admin),
    }
    client.as_stranger().post("/api/folders", {"title": "Theirs", "uid": "theirs"})

    def bearer(key: str) -> Any:
        def send(method: str, path: str, **more: Any) -> Any:
            return client.inner.open(path, method=method, headers={"Authorization": f"Bearer {key}"}, **more)

        return type("Bearer", (), {"send": staticmethod(send)})

    for role, counts in (("Viewer", "viewer"), ("Editor", "editor"), ("Admin", "orgadmin")):
        key = orgadmin.post("/api/auth/keys", {"name": f"k{role}", "role": role}).get_json()["key"]
        made[f"API key {role}"] = (counts, bearer(key))
        account = orgadmin.post("/api/serviceaccounts", {"name": f"s{role}", "role": role}).get_json()["id"]
        token = orgadmin.post(f"/api/serviceaccounts/{account}/tokens", {"name": f"t{role}"}).get_json()[
            "key"
        ]
        made[f"service account {role}"] = (counts, bearer(token))
    return made


@pytest.mark.once
def test_every_operation_for_every_caller(app: Flask, callers: dict[str, tuple[str, Any]]) -> None:
    cases = _cases(app)
    assert len(cases) > 230
    wrong = []
    for method, path, least, shape in cases:
        if not least or shape in ITS_OWN or (method == "GET" and path.endswith("/live/ws")):
            continue
        for name, (counts, caller) in callers.items():
            if (
                counts != "anyone"
                and PERSON.search(shape)
                and name.startswith(("API key", "service account"))
            ):
                continue  # what only people have; told by the next test
            if name == "server admin" and path == "/api/admin/users/999999/logout":
                continue
            body = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
            status = caller.send(method, path, **body).status_code
            refused = status in {401, 403}
            if refused != (ORDER.index(counts) < ORDER.index(least)):
                wrong.append(f"{method} {path} as {name} (least {least}): {status}")
    assert not wrong, "\n".join(wrong)


def test_who_is_out_is_out_everywhere(app: Flask, client: Any) -> None:
    """A disabled person, an expired key, a disabled service account: 401 on every operation that asks who it is."""
    admin, orgadmin = client.as_admin(), client.as_orgadmin()
    number = admin.get("/api/users/lookup?loginOrEmail=editor").get_json()["id"]
    account = orgadmin.post("/api/serviceaccounts", {"name": "s", "role": "Admin"}).get_json()["id"]
    token = orgadmin.post(f"/api/serviceaccounts/{account}/tokens", {"name": "t"}).get_json()["key"]
    orgadmin.send("PATCH", f"/api/serviceaccounts/{account}", json={"isDisabled": True})
    key = orgadmin.post("/api/auth/keys", {"name": "k", "role": "Admin", "secondsToLive": 60}).get_json()[
        "key"
    ]
    assert admin.post(f"/api/admin/users/{number}/disable").status_code == 200
    from datetime import timedelta

    from sqlalchemy import update

    from core import clock
    from models import ApiKey, db

    with app.app_context(), transaction():
        db.session.execute(
            update(ApiKey).where(ApiKey.name == "k").values(expires=clock.now() - timedelta(1))
        )
    inner, answered = client.inner, []
    for rule, operation in declared(app):
        if not rule.rule.startswith("/api/"):
            continue
        if operation.is_page or (not operation.access.known and not operation.access.actions):
            continue
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        for name, sent in (
            ("disabled person", {"auth": ("editor", "secret")}),
            ("expired key", {"headers": {"Authorization": f"Bearer {key}"}}),
            ("disabled service account", {"headers": {"Authorization": f"Bearer {token}"}}),
        ):
            status = inner.open(path, method=operation.method, **sent).status_code
            if status not in {401, 429}:
                answered.append(f"{operation.method} {path} as {name}: {status}")
    assert answered == []


def test_what_only_people_have_is_refused_to_keys(app: Flask, callers: dict[str, tuple[str, Any]]) -> None:
    open_to_keys = {"/api/user/stars/dashboard/{}", "/api/user/stars/dashboard/uid/{}"}  # as recorded
    answered = []
    for rule, operation in declared(app):
        if not operation.access.person or operation.is_page:
            continue
        shape = re.sub(r"<[^>]*>", "{}", rule.rule)
        if shape in open_to_keys:
            continue
        for name in ("API key Admin", "service account Admin"):
            body = {"json": {}} if operation.method in {"POST", "PUT", "PATCH"} else {}
            status = (
                callers[name][1]
                .send(operation.method, re.sub(r"<[^>]*>", "1", rule.rule), **body)
                .status_code
            )
            if status not in {401, 403, 404}:
                answered.append(f"{operation.method} {shape} as {name}: {status}")
    assert answered == []


FAMILIES = (
    "admin", "admin_users", "users", "user", "org", "orgs", "org_invites", "team", "auth_keys", "service_accounts", "preferences",
    "access_control", "access_control_resources", "dashboard_permissions", "folder_permissions", "datasource_permissions", "team_sync",
    "licensing", "login_signup",
)  # fmt: skip
LATER = re.compile(r"saml")  # comes with the other ways in


def test_no_operation_of_these_families_is_missing(app: Flask) -> None:
    served = {(one.method, re.sub(r"<[^>]*>", "{}", rule.rule)) for rule, one in declared(app)}
    with OPERATIONS.open(newline="") as file:
        asked = [
            (one["method"], re.sub(r"\{[^}]*\}", "{}", one["path"]))
            for one in csv.DictReader(file)
            if one["family"] in FAMILIES
        ]
    assert [one for one in asked if one not in served and not LATER.search(one[1])] == []


def test_people_of_the_template_are_who_the_matrix_takes_them_for(app: Flask) -> None:
    with app.app_context():
        assert users.orgs_of(users.find_by_name("stranger").id)[0]["role"] == "Admin"
