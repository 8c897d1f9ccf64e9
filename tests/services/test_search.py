"""Dashboards found by a part of their title, and tags counted for who sees a part."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from services import title_index
from tests.worked_out import drift


@pytest.fixture
def titled(client: Any) -> Callable[..., None]:
    """Save dashboards with some titles; uid: the words with hyphens."""

    def save(*titles: str, **more: Any) -> None:
        for title in titles:
            board = {"title": title, "uid": f"t{sum(title.encode())}", "tags": more.get("tags", [])}
            asked = {"dashboard": board, "folderUid": more.get("folder", ""), "overwrite": True}
            assert client.as_orgadmin().post("/api/dashboards/db", asked).status_code == 200

    return save


@pytest.fixture
def found(client: Any) -> Callable[..., list[str]]:
    """Return the titles that a search finds."""

    def search(query: str, **more: Any) -> list[str]:
        hits = client.as_viewer().get("/api/search", query_string={"query": query, **more}).get_json()
        return [hit["title"] for hit in hits]

    return search


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("cpu usage", ["CPU usage of nodes", "Nodes: cpu usage"]),
        ("USAGE OF", ["CPU usage of nodes"]),
        ("sage", ["CPU usage of nodes", "Nodes: cpu usage"]),
        ("pu", ["CPU usage of nodes", "Nodes: cpu usage"]),
        ("cpu%nodes", ["CPU usage of nodes"]),
        ("c_u usage", ["CPU usage of nodes", "Nodes: cpu usage"]),
        ("usage cpu", []),
        ("no such title", []),
        ("übersicht", ["Übersicht der Knoten"]),
        ("ÜBERSICHT DER", ["Übersicht der Knoten"]),
        ("обзор", ["ОБЗОР узлов"]),
        ("узлов", ["ОБЗОР узлов"]),
        ("ΚΟΜΒΟΣ", ["ΚΟΜΒΟΣΗΜΑ"]),
    ],
)
@pytest.mark.parametrize("most", [1, 1000], ids=["along the titles", "by runs"])
def test_a_part_of_a_title_finds_it(
    titled: Callable[..., None],
    found: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    titles: list[str],
    most: int,
) -> None:
    titled(
        "CPU usage of nodes", "Nodes: cpu usage", "Übersicht der Knoten", "ОБЗОР узлов", "ΚΟΜΒΟΣΗΜΑ", "Memory"
    )
    monkeypatch.setattr(title_index, "MOST", most)
    assert found(query) == titles


def test_a_part_of_a_title_goes_with_other_filters(
    titled: Callable[..., None], found: Callable[..., list[str]], client: Any
) -> None:
    client.as_orgadmin().post("/api/folders", {"title": "Zone video", "uid": "f"})
    titled("Zone video 1", "Zone video 2", folder="f", tags=["a"])
    titled("Zone video 3", tags=["b"])
    assert found("zone video") == ["Zone video", "Zone video 1", "Zone video 2", "Zone video 3"]
    assert found("zone video", type="dash-db", tag="a") == ["Zone video 1", "Zone video 2"]
    assert found("zone video", folderUIDs="f", limit=1, page=2) == ["Zone video 2"]
    client.as_orgadmin().post("/api/folders/f/permissions", {"items": []})
    assert found("zone video") == ["Zone video 3"]


def test_no_other_organization_is_looked_into(titled: Callable[..., None], client: Any) -> None:
    titled("Zone video 1")
    made = client.as_admin().post("/api/orgs", {"name": "Other"}).get_json()["orgId"]
    client.as_admin().post(f"/api/user/using/{made}")
    assert client.as_admin().get("/api/search?query=zone%20video").get_json() == []


def test_runs_and_folders_of_tags_follow_what_happens_to_dashboards(
    app: Flask, titled: Callable[..., None], found: Callable[..., list[str]], client: Any
) -> None:
    admin = client.as_orgadmin()
    for uid in ("f", "g"):
        admin.post("/api/folders", {"title": f"Folder {uid}", "uid": uid})
    titled("Zone video", folder="f", tags=["a", "b", "x" * 120, "x" * 110])
    uid = admin.get("/api/search?query=zone").get_json()[0]["uid"]
    board = {"title": "Zone audio", "uid": uid, "tags": ["a"]}
    admin.post("/api/dashboards/db", {"dashboard": board, "folderUid": "g", "overwrite": True})
    assert (found("video"), found("audio")) == ([], ["Zone audio"])
    admin.put("/api/folders/g", {"title": "Renamed", "version": 1})
    assert found("renamed") == ["Renamed"]
    admin.delete("/api/folders/g")
    assert found("audio") == []
    entry = admin.get("/api/trash").get_json()[0]["id"]
    assert admin.post(f"/api/trash/{entry}/restore").status_code == 200
    assert found("audio") == ["Zone audio"]
    with app.app_context():
        assert drift() == []


def test_tags_are_counted_over_what_one_sees(titled: Callable[..., None], client: Any) -> None:
    admin = client.as_orgadmin()
    for uid, parent in (("open", ""), ("inner", "open"), ("closed", ""), ("nested", "closed")):
        admin.post("/api/folders", {"title": uid, "uid": uid, "parentUid": parent})
    for n, folder in enumerate(("open", "inner", "closed", "nested", "")):
        titled(f"Board {n}", f"Other board {n}", folder=folder, tags=["all", f"in {folder}"])
    assert admin.get("/api/dashboards/tags").get_json()[0] == {"term": "all", "count": 10}

    def seen() -> dict[str, int]:
        return {
            one["term"]: one["count"] for one in client.as_viewer().get("/api/dashboards/tags").get_json()
        }

    assert seen()["all"] == 10
    assert admin.post("/api/folders/closed/permissions", {"items": []}).status_code == 200
    assert admin.post("/api/folders/nested/permissions", {"items": []}).status_code == 200
    assert seen() == {"all": 6, "in ": 2, "in inner": 2, "in open": 2}
    uid = admin.get("/api/search?query=Other board 3").get_json()[0]["uid"]
    given = {"items": [{"role": "Viewer", "permission": 1}]}
    assert admin.post(f"/api/dashboards/uid/{uid}/permissions", given).status_code == 200
    assert seen() == {"all": 7, "in ": 2, "in inner": 2, "in open": 2, "in nested": 1}
    hits = client.as_viewer().get("/api/search?type=dash-db").get_json()
    assert len(hits) == 7
