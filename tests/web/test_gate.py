import ast
from pathlib import Path

import pytest
from flask import Flask

from web.access import can, public, signed_in
from web.operation import Operations, refuse_undeclared


def test_a_route_without_declared_access_stops_the_start(app: Flask) -> None:
    bare = Flask("bare", static_folder=None)
    bare.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(RuntimeError, match=r"/open \(open\)"):
        refuse_undeclared(bare)
    refuse_undeclared(app)


def test_an_operation_cannot_leave_its_access_out() -> None:
    api = Operations("x", __name__)
    with pytest.raises(TypeError):
        api.operation("GET", "/x")  # type: ignore[call-arg]


def test_access_states_what_it_asks() -> None:
    assert can("a:read", "b:read").words == "a:read or b:read"
    assert not public("probes").known
    assert signed_in.known


def test_app_only_wires() -> None:
    """`app.py` has the factory and nothing that decides."""
    tree = ast.parse((Path(__file__).parent.parent.parent / "app.py").read_text())
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert names == ["create_app", "_observe"]


def test_form_without_token_is_refused(client) -> None:  # type: ignore[no-untyped-def]
    browser = client.sign_in("editor")
    reply = browser.post("/dashboards/folder/new", data={"title": "Box"})
    assert reply.status_code == 403
    assert browser.get("/api/folders").get_json() == []


def test_form_with_token_is_taken(client) -> None:  # type: ignore[no-untyped-def]
    import re

    browser = client.sign_in("editor")
    token = re.search(r'name="csrf_token" value="(\w+)"', browser.get("/dashboards/folder/new").text)
    assert token
    reply = browser.post("/dashboards/folder/new", data={"title": "Box", "csrf_token": token[1]})
    assert reply.status_code == 302
    assert [one["title"] for one in browser.get("/api/folders").get_json()] == ["Box"]


def test_json_from_another_origin_is_refused_under_a_cookie(client) -> None:  # type: ignore[no-untyped-def]
    browser = client.sign_in("editor")
    reply = browser.post("/api/folders", json={"title": "Box"}, headers={"Origin": "https://evil.example"})
    assert reply.status_code == 403
    assert "origin not allowed" in reply.get_json()["message"]
    assert (
        browser.post(
            "/api/folders", json={"title": "Box"}, headers={"Origin": "http://localhost"}
        ).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{", "application/json"),
        ("[]", "application/json"),
        ('"x"', "application/json"),
        ('{"name":1}', "application/json"),
        ('{"name":"a"}', "text/plain"),
    ],
)
def test_malformed_bodies_get_400_and_change_nothing(client, body: str, kind: str) -> None:  # type: ignore[no-untyped-def]
    admin = client.as_admin()
    before = admin.get("/api/orgs").get_json()
    reply = admin.post("/api/orgs", data=body, content_type=kind)
    assert (reply.status_code, reply.get_json()["message"]) == (400, "bad request data")
    assert admin.get("/api/orgs").get_json() == before


def test_ids_that_are_no_numbers_get_400(client) -> None:  # type: ignore[no-untyped-def]
    assert client.as_admin().get("/api/teams/abc").get_json()["message"] == "teamId is invalid"
    assert client.as_admin().get("/api/users/9999999999999999999999").status_code == 400


def test_unknown_paths_are_404_for_who_is_in_and_401_for_who_is_not(client) -> None:  # type: ignore[no-untyped-def]
    assert client.as_viewer().get("/api/nope").status_code == 404
    assert client.get("/api/nope").status_code == 401
    assert client.get("/nope").headers["Location"] == "/login"
