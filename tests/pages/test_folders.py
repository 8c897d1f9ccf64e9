"""Folders on pages: browsing, settings, and several things at once."""

from typing import Any

import pytest

from tests.pages.steps import token


@pytest.fixture(autouse=True)
def places(client: Any) -> None:
    """Outer > Inner, Other beside them; a dashboard in Outer, one in Inner, one in General."""
    admin = client.as_orgadmin()
    for uid, parent in (("outer", ""), ("inner", "outer"), ("other", "")):
        admin.post("/api/folders", {"title": uid.capitalize(), "uid": uid, "parentUid": parent})
    for uid, folder in (("one", "outer"), ("two", "inner"), ("three", "")):
        admin.post("/api/dashboards/db", {"dashboard": {"title": uid, "uid": uid}, "folderUid": folder})


def send(browser: Any, path: str, **form: Any) -> Any:
    return browser.post(path, data={"csrf_token": token(browser.get("/profile").text), **form})


def where(client: Any, *uids: str) -> list[str]:
    viewer = client.as_orgadmin()
    return [viewer.get(f"/api/dashboards/uid/{uid}").get_json()["meta"]["folderUid"] for uid in uids]


def test_a_folder_lists_what_is_in_it_and_a_search_goes_further(client: Any) -> None:
    viewer = client.as_viewer()
    listed = viewer.get("/dashboards/f/outer/outer").text
    assert ">one</a>" in listed
    assert ">Inner</a>" in listed
    assert ">two</a>" not in listed
    assert ">two</a>" in viewer.get("/dashboards/f/outer/outer?query=two").text
    crumbs = viewer.get("/dashboards/f/inner/inner").text.partition("<h1>")[0]
    assert '<a href="/dashboards/f/outer/outer">Outer</a>' in crumbs
    at_the_top = viewer.get("/dashboards?layout=folders").text
    assert (">three</a>" in at_the_top, ">one</a>" in at_the_top) == (True, False)


def test_a_dashboard_leads_back_through_its_folders(client: Any) -> None:
    crumbs = client.as_viewer().get("/d/two").text.partition("<h1>")[0]
    assert '<a href="/dashboards/f/outer/outer">Outer</a>' in crumbs
    assert '<a href="/dashboards/f/inner/inner">Inner</a>' in crumbs


def test_several_move_at_once(client: Any) -> None:
    browser = client.sign_in("editor")
    reply = send(browser, "/dashboards/move", uid=["one", "three", "inner"], folder="other", here="outer")
    assert reply.headers["Location"] == "/dashboards/f/outer/outer?done=moved"
    assert where(client, "one", "three", "two") == ["other", "other", "inner"]
    assert client.as_viewer().get("/api/folders/inner").get_json()["parentUid"] == "other"
    versions = client.as_editor().get("/api/dashboards/uid/one/versions").get_json()
    assert versions[0]["message"] == "Moved to another folder"


def test_what_cannot_move_holds_all_back(client: Any) -> None:
    client.as_orgadmin().post("/api/dashboards/db", {"dashboard": {"title": "one"}, "folderUid": "other"})
    refused = send(client.sign_in("editor"), "/dashboards/move", uid=["three", "one"], folder="other")
    assert refused.status_code == 412
    assert "one: A dashboard with the same name in the folder already exists" in refused.text
    assert where(client, "one", "three") == ["outer", ""]
    for form in ({}, {"uid": ["nothing"]}, {"uid": ["one"], "folder": "nothing"}):
        assert 400 <= send(client.sign_in("editor"), "/dashboards/move", **form).status_code < 500


def test_several_are_deleted_at_once(client: Any) -> None:
    admin = client.sign_in("orgadmin")
    reply = send(admin, "/dashboards/delete", uid=["one", "outer", "inner", "three"])
    assert reply.headers["Location"] == "/dashboards?done=deleted"
    assert "stands in the trash for 30 days" in admin.get("/dashboards?done=deleted").text
    left = client.as_orgadmin().get("/api/search").get_json()
    assert [one["uid"] for one in left] == ["other"]
    entries = client.as_orgadmin().get("/api/trash").get_json()
    assert sorted(one["title"] for one in entries) == ["Outer", "three"]


def test_who_may_not_change_it_neither_moves_nor_deletes(client: Any) -> None:
    level = {"items": [{"role": "Editor", "permission": 1}, {"role": "Viewer", "permission": 1}]}
    client.as_orgadmin().post("/api/folders/outer/permissions", level)
    browser = client.sign_in("editor")
    for path in ("/dashboards/move", "/dashboards/delete"):
        assert send(browser, path, uid=["three", "two"], folder="other").status_code == 403
        assert send(client.sign_in("viewer"), path, uid=["three"]).status_code == 403
    assert where(client, "three", "two") == ["", "inner"]
    assert "data-choose-all" not in client.as_viewer().get("/dashboards").text


def test_settings_rename_and_move(client: Any) -> None:
    browser = client.sign_in("editor")
    page = browser.get("/dashboards/f/inner/inner/settings").text
    assert "holds 1 dashboard, 0 folders" in page
    assert '<option selected value="outer">Outer</option>' in page
    assert "Outer / Inner" not in page  # a folder does not go into itself
    saved = send(browser, "/dashboards/f/inner/inner/settings", title="Renamed", parent="other")
    assert saved.headers["Location"] == "/dashboards/f/inner/renamed/settings?done=saved"
    folder = client.as_viewer().get("/api/folders/inner").get_json()
    assert (folder["title"], folder["parentUid"]) == ("Renamed", "other")


def test_settings_keep_dashboards_from_being_public(client: Any) -> None:
    admin = client.sign_in("orgadmin")
    path = "/dashboards/f/outer/outer/settings"
    page = admin.get(path).text
    assert 'checked id="public"' in page
    for form, limited in (({}, True), ({"public": "y"}, False), ({}, True)):
        assert send(admin, path, title="Outer", parent="", **form).status_code == 302
        told = client.as_orgadmin().get("/api/folders/outer/limits").get_json()
        assert told["publicDashboards"] is not limited
    assert "A folder around it keeps" in admin.get("/dashboards/f/inner/inner/settings").text
    refused = send(admin, "/dashboard/public/two", enabled="y")
    assert (refused.status_code, "not to be public" in refused.text) == (403, True)


def test_settings_that_are_refused_change_nothing(client: Any) -> None:
    browser = client.sign_in("editor")
    for title, parent in (("", "other"), ("Renamed", "inner"), ("General", ""), ("Other", "")):
        refused = send(browser, "/dashboards/f/outer/outer/settings", title=title, parent=parent)
        assert 400 <= refused.status_code < 500, title
    folder = client.as_viewer().get("/api/folders/outer").get_json()
    assert (folder["title"], folder["parentUid"]) == ("Outer", "")


def test_a_folder_is_made_in_a_folder(client: Any) -> None:
    browser = client.sign_in("editor")
    assert '<option selected value="inner">' in browser.get("/dashboards/folder/new?parentUid=inner").text
    made = send(browser, "/dashboards/folder/new", title="Deeper", parent="inner")
    uid = made.headers["Location"].split("/")[3]
    assert [one["uid"] for one in client.as_viewer().get(f"/api/folders/{uid}").get_json()["parents"]] == [
        "outer",
        "inner",
    ]
    assert send(browser, "/dashboards/folder/new", title="Deeper", parent="inner").status_code == 409


def test_deleting_a_folder_from_its_settings(client: Any) -> None:
    reply = send(client.sign_in("editor"), "/dashboards/f/outer/outer/delete")
    assert reply.headers["Location"] == "/dashboards?done=deleted"
    assert client.as_viewer().get("/api/folders/inner").status_code == 404
