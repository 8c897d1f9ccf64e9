"""Sign-up, invitations and a forgotten password, with a real mail server."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import AsyncMessage
from flask import Flask
from sqlalchemy import select, update

from core import clock
from models import Invitation, OutboxMessage, ResetCode, db
from models.session import transaction
from services import housekeeping, mail
from tests.servers import free_port


class Inbox(AsyncMessage):  # type: ignore[misc]  # the library is not typed
    """What a real SMTP server received."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[Message] = []

    async def handle_message(self, message: Message) -> None:
        self.got.append(message_from_bytes(message.as_bytes()))


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    handler, port = Inbox(), free_port()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    yield handler, f"127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def mailing(make_app: Any, inbox: tuple[Inbox, str]) -> Any:
    def make(**more: str) -> Flask:
        made: Flask = make_app(
            GF_SMTP_ENABLED="true",
            GF_SMTP_HOST=inbox[1],
            GF_SMTP_FROM_ADDRESS="boards@example.test",
            GF_SMTP_FROM_NAME="Boards",
            **more,
        )
        return made

    return make


def _deliver(app: Flask) -> int:
    with app.app_context():
        return mail.deliver(app.config["SETTINGS"])


def _link(message: Message, path: str) -> str:
    text = str(message.get_payload(decode=True), "utf-8")
    found = re.search(rf"http://localhost:3000/({path}[^\"<\s]+)", text)
    assert found, text
    return "/" + found[1].replace("&amp;", "&")


def test_an_invitation_goes_out_and_brings_somebody_in(mailing: Any, inbox: tuple[Inbox, str]) -> None:
    app = mailing()
    inner = app.test_client()
    reply = inner.post(
        "/api/org/invites",
        json={"loginOrEmail": "new@example.test", "name": "New", "role": "Editor", "sendEmail": True},
        auth=("orgadmin", "secret"),
    )
    assert reply.get_json() == {"message": "Sent invite to new@example.test"}
    assert _deliver(app) == 1
    assert _deliver(app) == 0, "it is sent once"
    (message,) = inbox[0].got
    assert (message["To"], message["From"]) == ("new@example.test", "Boards <boards@example.test>")
    assert message["Subject"] == "Orgadmin has invited you to Belvedere"
    link = _link(message, "invite/")
    assert "Orgadmin has invited you" in inner.get(link).text
    form = {
        "code": "",
        "email": "new@example.test",
        "name": "New",
        "username": "newbie",
        "password": "secret",
        "again": "secret",
    }
    assert inner.post(link, data={**form, "again": "other"}).status_code == 400
    assert inner.post(link, data=form).status_code == 302
    assert inner.get("/api/user/orgs").get_json() == [{"orgId": 1, "name": "Main Org.", "role": "Editor"}]
    assert inner.get(link).status_code == 412


def test_an_invitation_that_is_too_old_holds_no_more(mailing: Any, inbox: tuple[Inbox, str]) -> None:
    app = mailing()
    inner = app.test_client()
    inner.post(
        "/api/org/invites",
        json={"loginOrEmail": "new@example.test", "role": "Viewer"},
        auth=("orgadmin", "secret"),
    )
    with app.app_context(), transaction():
        db.session.execute(update(Invitation).values(created=clock.now() - timedelta(hours=25)))
        code = db.session.scalar(select(Invitation.code))
    assert inner.get(f"/api/user/invite/{code}").status_code == 404
    assert (
        inner.post(
            "/api/user/invite/complete", json={"inviteCode": code, "username": "x", "password": "secret"}
        ).status_code
        == 404
    )


def test_who_has_an_account_is_added_at_once_and_told(mailing: Any, inbox: tuple[Inbox, str]) -> None:
    app = mailing()
    reply = app.test_client().post(
        "/api/org/invites",
        json={"loginOrEmail": "stranger", "role": "Viewer", "sendEmail": True},
        auth=("orgadmin", "secret"),
    )
    assert reply.get_json()["message"] == "Existing Grafana user stranger added to org Main Org."
    assert _deliver(app) == 1
    assert inbox[0].got[0]["Subject"] == "Orgadmin has added you to Main Org."


def test_signing_up_with_a_code(mailing: Any, inbox: tuple[Inbox, str]) -> None:
    app = mailing(
        GF_USERS_ALLOW_SIGN_UP="true",
        GF_USERS_VERIFY_EMAIL_ENABLED="true",
        GF_EMAILS_WELCOME_EMAIL_ON_SIGN_UP="true",
    )
    inner = app.test_client()
    assert inner.post("/signup", data={"email": "me@example.test"}).status_code == 200
    _deliver(app)
    link = _link(inbox[0].got[0], "signup")
    page = inner.get(link).text
    code = re.search(r'name="code" type="hidden" value="([^"]+)"', page)
    assert code
    form = {
        "code": code[1],
        "email": "me@example.test",
        "name": "Me",
        "username": "me",
        "password": "secret",
        "again": "secret",
    }
    assert inner.post("/signup/account", data={**form, "email": "other@example.test"}).status_code == 404
    assert inner.post("/signup/account", data={**form, "code": "guess"}).status_code == 404
    assert inner.post("/signup/account", data=form).status_code == 302
    assert inner.get("/api/user").get_json()["login"] == "me"
    assert _deliver(app) == 1
    assert inbox[0].got[1]["Subject"] == "Welcome to Belvedere"
    assert (
        app.test_client()
        .post(
            "/api/user/signup/step2",
            json={"email": "me@example.test", "code": code[1], "username": "me2", "password": "secret"},
        )
        .status_code
        == 404
    )


def test_signing_up_without_a_code_and_into_an_organisation_of_ones_own(make_app: Any) -> None:
    app = make_app(GF_USERS_ALLOW_SIGN_UP="true", GF_USERS_AUTO_ASSIGN_ORG="false")
    inner = app.test_client()
    reply = inner.post(
        "/api/user/signup/step2",
        json={"email": "me@example.test", "username": "me", "password": "secret", "orgName": "Mine"},
    )
    assert reply.get_json() == {
        "message": "User sign up completed successfully",
        "code": "redirect-to-landing-page",
    }
    assert [(one["name"], one["role"]) for one in inner.get("/api/user/orgs").get_json()] == [
        ("Mine", "Admin")
    ]
    assert (
        app.test_client()
        .post(
            "/api/user/signup/step2",
            json={"email": "me@example.test", "username": "me", "password": "secret"},
        )
        .status_code
        == 401
    )


def test_open_invitations_are_taken_up_by_signing_up(mailing: Any, inbox: tuple[Inbox, str]) -> None:
    app = mailing(GF_USERS_ALLOW_SIGN_UP="true", GF_USERS_VERIFY_EMAIL_ENABLED="true")
    inner = app.test_client()
    inner.post(
        "/api/org/invites",
        json={"loginOrEmail": "me@example.test", "role": "Editor"},
        auth=("stranger", "secret"),
    )
    inner.post("/api/user/signup", json={"email": "me@example.test"})
    _deliver(app)
    code = re.search(r"code=([\w-]+)", _link(inbox[0].got[0], "signup"))
    assert code
    done = inner.post(
        "/api/user/signup/step2",
        json={"email": "me@example.test", "username": "me", "password": "secret", "code": code[1]},
    )
    assert done.get_json()["code"] == "redirect-to-select-org"
    assert {(one["name"], one["role"]) for one in inner.get("/api/user/orgs").get_json()} == {
        ("Main Org.", "Viewer"),
        ("Other Org.", "Editor"),
    }


def test_a_forgotten_password(mailing: Any, inbox: tuple[Inbox, str]) -> None:
    app = mailing()
    inner = app.test_client()
    signed_in = app.test_client()
    signed_in.post("/login", json={"user": "viewer", "password": "secret"})
    for _ in range(5):
        assert inner.post(
            "/api/user/password/send-reset-email", json={"userOrEmail": "viewer"}
        ).get_json() == {"message": "Email sent"}
    assert _deliver(app) == 3, "nobody's mail box is filled"
    link = _link(inbox[0].got[0], "user/password/reset")
    code = link.partition("code=")[2]
    assert code in inner.get(link).text
    assert (
        inner.post(
            "/api/user/password/reset",
            json={"code": code, "newPassword": "fresh", "confirmPassword": "other"},
        ).status_code
        == 400
    )
    assert (
        inner.post(
            "/user/password/reset", data={"code": code, "password": "fresh", "again": "fresh"}
        ).status_code
        == 200
    )
    assert inner.get("/api/user", auth=("viewer", "fresh")).status_code == 200
    assert signed_in.get("/api/user").status_code == 401, "whoever was in is out"
    again = inner.post(
        "/api/user/password/reset", json={"code": code, "newPassword": "third", "confirmPassword": "third"}
    )
    assert (again.status_code, again.get_json()["message"]) == (400, "Invalid or expired reset password code")
    other = _link(inbox[0].got[1], "user/password/reset").partition("code=")[2]
    assert (
        inner.post(
            "/api/user/password/reset",
            json={"code": other, "newPassword": "third", "confirmPassword": "third"},
        ).status_code
        == 400
    )


def test_a_code_that_is_too_old_sets_no_password(mailing: Any, inbox: tuple[Inbox, str]) -> None:
    app = mailing()
    inner = app.test_client()
    inner.post("/api/user/password/send-reset-email", json={"userOrEmail": "viewer"})
    _deliver(app)
    code = _link(inbox[0].got[0], "user/password/reset").partition("code=")[2]
    with app.app_context(), transaction():
        db.session.execute(update(ResetCode).values(created=clock.now() - timedelta(hours=3)))
    assert (
        inner.post(
            "/api/user/password/reset",
            json={"code": code, "newPassword": "fresh", "confirmPassword": "fresh"},
        ).status_code
        == 400
    )


def test_a_message_waits_while_the_mail_server_is_away(make_app: Any, inbox: tuple[Inbox, str]) -> None:
    app = make_app(GF_SMTP_ENABLED="true", GF_SMTP_HOST="127.0.0.1:9")
    app.test_client().post("/api/user/password/send-reset-email", json={"userOrEmail": "viewer"})
    assert _deliver(app) == 0
    with app.app_context(), transaction():
        row = db.session.execute(
            select(OutboxMessage.attempts, OutboxMessage.fault, OutboxMessage.sent, OutboxMessage.due)
        ).one()
        assert (row.attempts, row.sent) == (1, None)
        assert "refused" in row.fault
        assert row.due > clock.now()
        db.session.execute(update(OutboxMessage).values(due=clock.now()))
    later = make_app(GF_SMTP_ENABLED="true", GF_SMTP_HOST=inbox[1])
    assert _deliver(later) == 1
    assert inbox[0].got[0]["To"] == "viewer@example.test"


def test_nothing_is_sent_for_what_was_refused(mailing: Any, inbox: tuple[Inbox, str]) -> None:
    app = mailing()
    reply = app.test_client().post(
        "/api/org/invites",
        json={"loginOrEmail": "viewer", "role": "Editor", "sendEmail": True},
        auth=("orgadmin", "secret"),
    )
    assert reply.status_code == 412
    assert _deliver(app) == 0


def test_messages_are_written_from_ones_own_templates(
    mailing: Any, inbox: tuple[Inbox, str], tmp_path: Any
) -> None:
    (tmp_path / "reset_password.txt").write_text("Ours for {{ name }}\n\n{{ url }}")
    (tmp_path / "reset_password.html").write_text("<p>{{ name }}: {{ url }}</p>")
    pattern = f"emails/*.html, emails/*.txt, {tmp_path}/*.html, {tmp_path}/*.txt"
    app = mailing(GF_EMAILS_TEMPLATES_PATTERN=pattern, GF_EMAILS_CONTENT_TYPES="text/plain,text/html")
    app.test_client().post("/api/user/password/send-reset-email", json={"userOrEmail": "viewer"})
    _deliver(app)
    (message,) = inbox[0].got
    assert message["Subject"] == "Ours for Viewer"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_names_stay_text_in_messages(mailing: Any, inbox: tuple[Inbox, str]) -> None:
    app = mailing()
    app.test_client().post(
        "/api/org/invites",
        json={"loginOrEmail": "new@example.test", "name": "<b>x</b>", "role": "Viewer", "sendEmail": True},
        auth=("orgadmin", "secret"),
    )
    _deliver(app)
    assert "&lt;b&gt;x&lt;/b&gt;" in str(inbox[0].got[0].get_payload(decode=True), "utf-8")


def test_what_nobody_needs_any_more_is_cleared_away(mailing: Any, inbox: tuple[Inbox, str]) -> None:
    app = mailing()
    inner = app.test_client()
    inner.post("/login", json={"user": "viewer", "password": "secret"})
    inner.post("/api/user/password/send-reset-email", json={"userOrEmail": "viewer"})
    with app.app_context():
        housekeeping.clear(app.config["SETTINGS"])
    assert inner.get("/api/user").status_code == 200
    with app.app_context(), transaction():
        db.session.execute(update(ResetCode).values(created=clock.now() - timedelta(hours=3)))
        db.session.execute(update(OutboxMessage).values(created=clock.now() - timedelta(days=31)))
    with app.app_context():
        housekeeping.clear(app.config["SETTINGS"])
        assert db.session.scalar(select(ResetCode.id)) is None
        assert db.session.scalar(select(OutboxMessage.id)) is None
