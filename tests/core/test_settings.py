import re
from pathlib import Path

import pytest

from core.settings import ROOT, BadSetting, known_keys, load


def test_defaults_and_environment() -> None:
    settings = load(environment={"GF_SERVER_HTTP_PORT": "3111", "GF_AUTH_BASIC_ENABLED": "false"})
    assert settings.number("server", "http_port") == 3111
    assert settings.root_url == "http://localhost:3111/"
    assert settings.flag("auth.basic", "enabled") is False
    assert settings.seconds("auth", "login_maximum_lifetime_duration") == 30 * 86400


def test_a_file_named_by_the_environment(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    settings = load(environment={"GF_SECURITY_SECRET_KEY__FILE": str(tmp_path / "key")})
    assert settings.text("security", "secret_key") == "from a file"
    with pytest.raises(BadSetting, match="GF_SECURITY_SECRET_KEY__FILE"):
        load(environment={"GF_SECURITY_SECRET_KEY__FILE": str(tmp_path / "none")})


def test_an_ini_file_and_the_environment_over_it(tmp_path: Path) -> None:
    ini = tmp_path / "x.ini"
    ini.write_text("; a comment\n[server]\nhttp_port = 4000\ndomain = boards.example\n")
    settings = load(ini, {"GF_SERVER_HTTP_PORT": "5000"})
    assert settings.root_url == "http://boards.example:5000/"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("GF_SERVER_HTTP_PORT", "many", "a whole number"),
        ("GF_SERVER_HTTP_PORT", "70000", "a port"),
        ("GF_AUTH_BASIC_ENABLED", "perhaps", "true or false"),
        ("GF_DATABASE_TYPE", "oracle", "one of sqlite3"),
        ("GF_USERS_DEFAULT_THEME", "pink", "one of dark, light"),
        ("GF_AUTH_LOGIN_MAXIMUM_LIFETIME_DURATION", "soon", "a duration"),
    ],
)
def test_a_bad_value_stops_the_start_with_the_reason(name: str, value: str, words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        load(environment={name: value})


def test_every_key_that_claims_a_meaning_is_read_somewhere() -> None:
    rooms = ("blueprints", "web", "services", "core", "models", "queries")
    sources = [
        ROOT / "app.py",
        ROOT / "gunicorn.conf.py",
        *(path for room in rooms for path in (ROOT / room).rglob("*.py")),
    ]
    text = "".join(path.read_text() for path in sources)
    by_reference = {
        ("server", "domain"),
        ("server", "protocol"),
        ("server", "serve_from_sub_path"),
    }  # through root_url
    unread = {
        name
        for name, key in known_keys().items()
        if key.meant and not re.search(rf"""["']{re.escape(name[0])}["'],\s*["']{name[1]}["']""", text)
    }
    assert unread - by_reference == set()


def test_what_has_no_effect_is_named_once() -> None:
    remarks = load(
        environment={"GF_REMOTE_CACHE_TYPE": "redis", "GF_NOPE_X": "1", "GF_SESSION_COOKIE_NAME": "old"}
    ).remarks
    assert remarks == (
        "GF_NOPE_X: unknown setting",
        "GF_REMOTE_CACHE_TYPE: [remote_cache] type is known but has no effect here",
        "GF_SESSION_COOKIE_NAME: [session] cookie_name is read as [auth] login_cookie_name",
    ) or set(remarks) == {
        "GF_NOPE_X: unknown setting",
        "GF_REMOTE_CACHE_TYPE: [remote_cache] type is known but has no effect here",
        "GF_SESSION_COOKIE_NAME: [session] cookie_name is read as [auth] login_cookie_name",
    }


def test_names_of_2x_map_to_todays() -> None:
    settings = load(
        environment={
            "GF_SESSION_COOKIE_NAME": "old",
            "GF_SECURITY_LOGIN_REMEMBER_DAYS": "7",
            "GF_DASHBOARDS_JSON_PATH": "/boards",
        }
    )
    assert settings.session_cookie == "old"
    assert settings.seconds("auth", "login_maximum_lifetime_duration") == 7 * 86400
    assert settings.text("belvedere", "dashboard_files") == "/boards"


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    ini = tmp_path / "x.ini"
    ini.write_text("[server\nhttp_port = 1\n")
    with pytest.raises(BadSetting, match=r"x\.ini"):
        load(ini, {})
