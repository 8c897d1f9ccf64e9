"""Library panels in a draft: changed there, made there, and what saving does with them."""

import re
from typing import Any

import pytest

from tests.pages.steps import panel

MODEL = {**panel(), "title": "Shared", "options": {"kept": 1.50}}


@pytest.fixture
def element(client: Any, testdata: str) -> str:
    """An element that two dashboards show."""
    body = {"name": "Shared", "kind": 1, "uid": "shared", "model": MODEL}
    assert client.as_editor().post("/api/library-elements", body).status_code == 200
    for uid in ("one", "two"):
        shown = {"id": 5, "type": "timeseries", "libraryPanel": {"uid": "shared", "name": "Shared"}}
        board = {"title": uid, "uid": uid, "panels": [{**shown, "gridPos": {"x": 0, "y": 0, "w": 6, "h": 4}}]}
        assert client.as_editor().post("/api/dashboards/db", {"dashboard": board}).status_code == 200
    return "shared"


class Editor:
    """A browser that edits one dashboard."""

    def __init__(self, client: Any, uid: str) -> None:
        self.browser, self.path = client.sign_in("editor"), f"/edit/{uid}"
        found = re.search(r'data-token="(\w+)"', self.browser.get(self.path).text)
        assert found
        self.headers = {"X-CSRF-Token": found[1], "Accept": "application/json"}

    def change(self, **change: Any) -> None:
        body = {"changes": [change], "did": "A change"}
        assert self.browser.post(self.path + "/changes", json=body, headers=self.headers).status_code == 200

    def post(self, rest: str, **form: str) -> Any:
        return self.browser.post(
            self.path + rest, data=form, headers={"X-CSRF-Token": self.headers["X-CSRF-Token"]}
        )


def shown(client: Any, uid: str) -> dict[str, Any]:
    (found,) = client.as_viewer().get(f"/api/dashboards/uid/{uid}").get_json()["dashboard"]["panels"]
    return dict(found)


def test_a_changed_library_panel_changes_everywhere_or_here(client: Any, element: str) -> None:
    editor = Editor(client, "one")
    editor.change(do="set", panel=5, path=["title"], value="Renamed")
    assert "Renamed" in editor.browser.get("/edit/one").text
    assert shown(client, "two")["title"] == "Shared"
    dialog = editor.browser.get("/edit/one/save").text
    assert "Shared (on 2 dashboards)" in dialog
    assert editor.post("/save", title="one", library="everywhere").status_code == 200
    for uid in ("one", "two"):
        assert (shown(client, uid)["title"], shown(client, uid)["libraryPanel"]["version"]) == ("Renamed", 2)
        assert shown(client, uid)["gridPos"] == {"x": 0, "y": 0, "w": 6, "h": 4}
    kept = client.as_viewer().get(f"/api/library-elements/{element}").get_json()["result"]["model"]
    assert kept["options"] == {"kept": 1.5}
    assert "gridPos" not in kept
    assert "changedInDraft" not in str(shown(client, "one"))

    editor = Editor(client, "two")
    editor.change(do="set", panel=5, path=["title"], value="Own")
    assert editor.post("/save", title="two", library="here").status_code == 200
    assert shown(client, "two")["title"] == "Own"
    assert "libraryPanel" not in shown(client, "two")
    assert shown(client, "one")["title"] == "Renamed"


def test_a_panel_moves_without_touching_its_element(client: Any, element: str) -> None:
    del element
    editor = Editor(client, "one")
    place = {"id": 5, "x": 6, "y": 0, "w": 6, "h": 4}
    editor.change(do="arrange", sections=[{"row": None, "panels": [place]}])
    assert "library" not in editor.browser.get("/edit/one/save").text.lower()
    editor.post("/save", title="one")
    assert shown(client, "one")["libraryPanel"]["version"] == 1
    assert shown(client, "one")["gridPos"]["x"] == 6


def test_somebody_elses_change_of_the_element_is_not_lost(client: Any, element: str) -> None:
    editor = Editor(client, "one")
    editor.change(do="set", panel=5, path=["title"], value="Mine")
    theirs = {"model": {**MODEL, "title": "Theirs"}, "kind": 1, "version": 1}
    assert (
        client.as_orgadmin().send("PATCH", f"/api/library-elements/{element}", json=theirs).status_code == 200
    )
    refused = editor.post("/save", title="one", library="everywhere")
    assert (refused.status_code, "changed by someone else" in refused.text) == (412, True)
    assert shown(client, "one")["title"] == "Theirs"
    assert editor.post("/save", title="one", library="here").status_code == 200
    assert (shown(client, "one")["title"], shown(client, "two")["title"]) == ("Mine", "Theirs")


def test_a_panel_is_made_into_a_library_panel_and_taken_out_again(client: Any, testdata: str) -> None:
    del testdata
    client.as_editor().post(
        "/api/dashboards/db", {"dashboard": {"title": "B", "uid": "b", "panels": [panel()]}}
    )
    editor = Editor(client, "b")
    assert "Make a library panel" in editor.browser.get("/edit/b/library/new?panel=1&title=P").text
    assert editor.post("/library", panel="1", name=" ").status_code == 400
    assert editor.post("/library", panel="7", name="X").status_code == 400
    assert editor.post("/library", panel="1", name="Made").status_code == 302
    editor.post("/save", title="B")
    reference = shown(client, "b")["libraryPanel"]
    assert reference["name"] == "Made"
    assert "Made" in editor.browser.get("/edit/b/library?query=mad").text
    assert "No library panel fits" in editor.browser.get("/edit/b/library?query=other").text
    changed = {"model": {**panel(), "title": "Newer"}, "kind": 1, "version": 1}
    client.as_editor().send("PATCH", f"/api/library-elements/{reference['uid']}", json=changed)
    editor.change(do="unset", panel=1, path=["libraryPanel"])
    editor.post("/save", title="B")
    assert (shown(client, "b")["title"], "libraryPanel" in shown(client, "b")) == ("Newer", False)


def test_a_library_panel_is_added_and_filled(client: Any, element: str) -> None:
    client.as_editor().post("/api/dashboards/db", {"dashboard": {"title": "B", "uid": "b", "panels": []}})
    editor = Editor(client, "b")
    reference = {"uid": element, "name": "Shared"}
    editor.change(do="add panel", value={"type": "timeseries", "title": "Shared", "libraryPanel": reference})
    editor.post("/save", title="B")
    assert shown(client, "b")["targets"] == MODEL["targets"]
    assert (
        client.as_viewer()
        .get(f"/api/library-elements/{element}")
        .get_json()["result"]["meta"]["connectedDashboards"]
        == 3
    )
