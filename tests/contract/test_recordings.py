"""The recorded answers of the original, played against a server of ours over a real socket."""

import importlib.util
import json
from argparse import Namespace
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import URL
from werkzeug.serving import make_server

from app import create_app
from models import db
from tests.conftest import settings_for
from tests.servers import make_database

HERE = Path(__file__).parent
# Share of steps that must pass. What is left out comes with its own families: expressions,
# rules, live; a few steps record faults of the original, or what its caches had not heard of yet.
LEAST = {
    "access_control": 0.97,
    "admin": 0.97,
    "annotations": 0.97,
    "apikeys": 0.97,
    "correlations": 0.97,
    "dashboard_permissions": 0.97,
    "dashboard_versions": 0.97,
    "library": 0.97,
    "orgs": 0.97,
    "playlists": 0.97,
    "query_history": 0.97,
    "serviceaccounts": 0.97,
    "short_urls": 0.97,
    "snapshots": 0.97,
    "teams": 0.97,
    "users": 0.97,
    "search": 0.97,
    "datasources": 0.95,
    "dashboards": 0.97,
    "prometheus": 0.85,
    "folders": 0.97,
    "http": 0.97,
    "ds_query": 0.75,
    "ds_proxy": 0.95,
}


# Families that were recorded with other settings, which stand in their files.
ELSEWHERE = {
    "annotation_tags": 0.97,
    "anonymous": 0.97,
    "authproxy": 0.97,
    "options": 0.97,
    "public_dashboards": 0.97,
    "quota": 0.97,
}


def _replay() -> Any:
    spec = importlib.util.spec_from_file_location("replay", HERE / "replay.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def served(folder: Path, url: URL | None, **settings: str) -> Iterator[str]:
    """Serve fresh data without sample content."""
    app = create_app(settings_for(folder, url, **settings))
    made = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()
    with app.app_context():
        db.engine.dispose()


def played(base: str, *, but: Container[str] = (), only: str = "") -> dict[str, tuple[int, int, list[str]]]:
    """Return per family: steps that passed, steps in all, and what failed. Steps about a new server come first."""
    replay = _replay()
    asked = Namespace(headers=False, lenient=True, upstream_port=0)
    first = replay.Vars(
        {"APP_URL": "http://localhost:3000", "ADMIN_USER": "admin", "ADMIN_PASSWORD": "admin"}
    )
    done: dict[str, tuple[int, int, list[str]]] = {}
    families = [one for one in replay.load([str(HERE / "recorded")]) if only in {"", one["family"]}]
    for fresh in (True, False):
        for family in families:
            if family["family"] in but:
                continue
            subs = [sub for sub in family["subs"] if bool(sub.get("first")) == fresh]
            failed: list[str] = []

            def note(
                step: str, _what: Any, verdict: str, wrong: list[Any], failed: list[str] = failed
            ) -> None:
                if verdict != "ok":
                    failed.append(f"{step}: {wrong[:2]}")

            ok, bad, blocked = replay.run_family(base, {**family, "subs": subs}, first, asked, note)
            before = done.get(family["family"], (0, 0, []))
            done[family["family"]] = (before[0] + ok, before[1] + ok + bad + blocked, before[2] + failed)
    return done


@pytest.fixture(scope="module")
def outcome(
    tmp_path_factory: pytest.TempPathFactory, database_server: URL | None
) -> dict[str, tuple[int, int, list[str]]]:
    url = make_database(database_server, "replay") if database_server is not None else None
    with served(tmp_path_factory.mktemp("replay"), url) as base:
        return played(base, but=ELSEWHERE)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("family", sorted(ELSEWHERE))
def test_recorded_answers_with_other_settings(
    tmp_path: Path, database_server: URL | None, family: str
) -> None:
    told = json.loads((HERE / "recorded" / f"{family}.json").read_text())["settings"]
    settings = {"GF_" + name.replace(".", "_").upper(): value for name, value in told.items()}
    url = make_database(database_server, f"replay_{family}") if database_server is not None else None
    with served(tmp_path, url, **settings) as base:
        passed, steps, failed = played(base, only=family)[family]
    assert steps > 0
    assert passed / steps >= ELSEWHERE[family], f"{passed} of {steps}\n" + "\n".join(failed)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("family", sorted(LEAST))
def test_recorded_answers(outcome: dict[str, tuple[int, int, list[str]]], family: str) -> None:
    passed, steps, failed = outcome[family]
    assert steps > 0
    assert passed / steps >= LEAST[family], f"{passed} of {steps}\n" + "\n".join(failed)


@pytest.mark.filterwarnings("ignore")
def test_no_step_fails_inside_the_server(outcome: dict[str, tuple[int, int, list[str]]]) -> None:
    broken = [line for _, _, failed in outcome.values() for line in failed if "got 500" in line]
    assert broken == []
