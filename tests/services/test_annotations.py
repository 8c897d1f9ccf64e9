"""Annotations: who may see and write which, what a stretch of time holds, and how tags are counted."""

from typing import Any

import pytest

from models import AnnotationTag, db
from services import annotations

T = 1_700_000_000_000
DAY = 86_400_000


@pytest.fixture
def board(client: Any) -> int:
    """A dashboard in a folder that viewers may not look into; its number."""
    admin = client.as_orgadmin()
    admin.post("/api/folders", {"title": "Closed", "uid": "closed"})
    admin.post("/api/folders/closed/permissions", {"items": []})
    made = admin.post("/api/dashboards/db", {"dashboard": {"title": "B", "uid": "b"}, "folderUid": "closed"})
    return int(made.get_json()["id"])


def note(client: Any, text: str, **more: Any) -> int:
    reply = client.as_orgadmin().post("/api/annotations", {"text": text, "time": T, **more})
    assert reply.status_code == 200, reply.text
    return int(reply.get_json()["id"])


def texts(client: Any, query: str = "") -> list[str]:
    return [one["text"] for one in client.get(f"/api/annotations?{query}").get_json()]


def tags(client: Any) -> dict[str, int]:
    found = client.as_viewer().get("/api/annotations/tags").get_json()["result"]["tags"]
    return {one["tag"]: one["count"] for one in found}


def test_notes_on_a_dashboard_are_seen_by_who_may_read_it(client: Any, board: int) -> None:
    hidden = note(client, "hidden", dashboardId=board)
    note(client, "shown")
    assert texts(client.as_orgadmin()) == ["shown", "hidden"]
    assert texts(client.as_viewer()) == ["shown"]
    assert client.as_viewer().get(f"/api/annotations/{hidden}").status_code == 404
    assert client.as_stranger().get("/api/annotations").get_json() == []
    assert client.as_stranger().get(f"/api/annotations/{hidden}").status_code == 404


def test_a_viewer_writes_neither_on_the_organization_nor_on_a_dashboard_that_only_others_change(
    client: Any,
) -> None:
    client.as_editor().post("/api/dashboards/db", {"dashboard": {"title": "Open", "uid": "open"}})
    mine = note(client, "one", dashboardUID="open")
    general = note(client, "two")
    viewer = client.as_viewer()
    for body in ({"text": "x"}, {"text": "x", "dashboardUID": "open"}):
        assert viewer.post("/api/annotations", body).status_code == 403
    for number in (mine, general):
        assert viewer.put(f"/api/annotations/{number}", {"text": "x"}).status_code == 403
        assert viewer.patch(f"/api/annotations/{number}", {"text": "x"}).status_code == 403
        assert viewer.delete(f"/api/annotations/{number}").status_code == 403
    assert viewer.post("/api/annotations/mass-delete", {}).status_code == 403
    assert viewer.post("/api/annotations/graphite", {"what": "x"}).status_code == 403
    assert texts(viewer) == ["two", "one"]


@pytest.mark.parametrize("length", [0, 1, 60_000, 3_600_000, 3_600_001, DAY, 20 * DAY, 400 * DAY])
def test_what_touches_a_stretch_of_time_is_found_however_long_it_lasts(client: Any, length: int) -> None:
    note(client, "it", timeEnd=T + length)
    caller = client.as_viewer()
    for first, last, inside in (
        (T - 5, T - 1, False), (T - 5, T, True), (T, T, True), (T + length, T + length + 5, True),
        (T + length + 1, T + length + 9, False), (T - 5, T + length + 5, True),
    ):  # fmt: skip
        assert texts(caller, f"from={first}&to={last}") == (["it"] if inside else []), (first - T, last - T)


def test_several_tags_are_found_together_or_any_of_them_newest_first(client: Any) -> None:
    note(client, "a", tags=["x", "y"])
    note(client, "b", tags=["y"], time=T + 1)
    note(client, "c", tags=["z"], time=T + 2, timeEnd=T + DAY)
    caller = client.as_viewer()
    assert texts(caller, "tags=x&tags=y") == ["a"]
    assert texts(caller, "tags=y&limit=1") == ["b"]
    assert texts(caller, "tags=x&tags=y&tags=z&matchAny=true") == ["c", "b", "a"]
    assert texts(caller, "tags=x&tags=nosuch") == []
    assert texts(caller, "tags=x&tags=nosuch&matchAny=true") == ["a"]


def test_tags_are_counted_through_all_that_happens_to_their_annotations(client: Any, app: Any) -> None:
    board = (
        client.as_orgadmin().post("/api/dashboards/db", {"dashboard": {"title": "B", "uid": "b"}}).get_json()
    )
    first = note(client, "1", tags=[" x ", "x", "", "y"])
    note(client, "2", tags=["x"])
    note(client, "3", tags=["x", "w"], dashboardId=board["id"], panelId=2)
    note(client, "4", tags=["v"], dashboardId=board["id"])
    assert tags(client) == {"v": 1, "w": 1, "x": 3, "y": 1}
    client.as_orgadmin().patch(f"/api/annotations/{first}", {"tags": ["z"]})
    assert tags(client) == {"v": 1, "w": 1, "x": 2, "z": 1}
    client.as_orgadmin().delete(f"/api/annotations/{first}")
    client.as_orgadmin().post("/api/annotations/mass-delete", {"dashboardId": board["id"], "panelId": 2})
    assert tags(client) == {"v": 1, "x": 1}
    client.as_orgadmin().delete("/api/dashboards/uid/b")
    assert tags(client) == {"x": 1}
    with app.app_context():
        assert db.session.query(AnnotationTag).count() == 1


def test_changing_the_time_moves_it_also_where_its_tag_finds_it(client: Any) -> None:
    number = note(client, "it", tags=["x"])
    client.as_orgadmin().patch(f"/api/annotations/{number}", {"time": T + 10 * DAY})
    shown = client.as_viewer().get(f"/api/annotations/{number}").get_json()
    assert (shown["time"], shown["timeEnd"]) == (T + 10 * DAY, T + 10 * DAY)
    assert texts(client.as_viewer(), f"tags=x&from={T - 1}&to={T + 1}") == []
    assert texts(client.as_viewer(), f"tags=x&from={T + 9 * DAY}&to={T + 11 * DAY}") == ["it"]


@pytest.mark.parametrize(
    ("sent", "text", "kept"),
    [
        ({"what": "Deploy", "tags": "a b", "when": 1_700_000_000, "data": "v2"}, "Deploy\nv2", ["a", "b"]),
        ({"what": "Deploy", "tags": ["a", "b c"]}, "Deploy", ["a", "b c"]),
        ({"what": "Deploy"}, "Deploy", []),
    ],
)
def test_events_in_graphites_form_are_taken(client: Any, sent: Any, text: str, kept: list[str]) -> None:
    reply = client.as_editor().post("/api/annotations/graphite", sent)
    assert reply.get_json()["message"] == "Graphite annotation added"
    shown = client.as_viewer().get(f"/api/annotations/{reply.get_json()['id']}").get_json()
    assert (shown["text"], shown["tags"]) == (text, kept)
    assert not sent.get("when") or shown["time"] == sent["when"] * 1000


@pytest.mark.parametrize(
    "body", [{}, {"what": ""}, {"what": 7}, {"what": "x", "tags": 7}, {"what": "x", "tags": [7]}]
)
def test_what_is_no_event_of_graphites_is_refused(client: Any, body: Any) -> None:
    assert client.as_editor().post("/api/annotations/graphite", body).status_code == 400
    assert texts(client.as_viewer()) == []


@pytest.mark.parametrize(
    "more",
    [{"tags": ["x" * 101]}, {"tags": "x"}, {"time": -5}, {"timeEnd": 2**60}, {"time": True}, {"data": []}, {"text": ""}],
)  # fmt: skip
def test_what_is_no_annotation_is_refused_and_counts_no_tag(client: Any, more: Any) -> None:
    reply = client.as_editor().post("/api/annotations", {"text": "x", "time": T, "tags": ["t"], **more})
    assert reply.status_code == 400
    assert tags(client) == {}


def test_an_end_before_the_start_is_put_in_order(client: Any) -> None:
    number = note(client, "it", timeEnd=T - DAY)
    shown = client.as_viewer().get(f"/api/annotations/{number}").get_json()
    assert (shown["time"], shown["timeEnd"]) == (T - DAY, T)


def test_the_last_span_has_no_end() -> None:
    assert annotations.SPANS[-1] is None
    assert list(annotations.SPANS[:-1]) == sorted(annotations.SPANS[:-1])
