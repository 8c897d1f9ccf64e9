"""Public dashboards: anybody sees what is shown, chooses what may be chosen, and asks nothing else."""

from typing import Any

import pytest


def panel(source: str, values: str = "1,2") -> dict[str, Any]:
    target = {"refId": "A", "scenarioId": "csv_metric_values", "stringInput": values}
    return {"id": 1, "type": "timeseries", "title": "T", "datasource": {"uid": source}, "targets": [target]}


@pytest.fixture
def token(client: Any, testdata: str) -> str:
    """The token of a shown dashboard, in a folder that nobody but admins may look into."""
    admin = client.as_orgadmin()
    admin.post("/api/folders", {"title": "Closed", "uid": "closed"})
    admin.post("/api/folders/closed/permissions", {"items": []})
    time = {"from": "2020-09-13T12:26:40.000Z", "to": "2020-09-13T12:31:40.000Z"}
    row = {"type": "row", "id": 5, "panels": [{**panel(testdata, "7"), "id": 6}]}
    board = {"title": "Public", "uid": "pub", "time": time, "panels": [panel(testdata), row]}
    assert admin.post("/api/dashboards/db", {"dashboard": board, "folderUid": "closed"}).status_code == 200
    return str(share(client)["accessToken"])


def share(client: Any, **more: Any) -> dict[str, Any]:
    made = client.as_orgadmin().post("/api/dashboards/uid/pub/public-dashboards", {"isEnabled": True, **more})
    assert made.status_code == 200, made.text
    return dict(made.get_json())


def ask(client: Any, token: str, number: object = 1, **more: Any) -> Any:
    body = {"intervalMs": 60000, "maxDataPoints": 10, **more}
    return client.post(f"/api/public/dashboards/{token}/panels/{number}/query", body)


def times(reply: Any) -> list[int]:
    return list(reply.get_json()["results"]["A"]["frames"][0]["data"]["values"][0])


def test_anybody_sees_it_without_its_number(client: Any, token: str) -> None:
    shown = client.get(f"/api/public/dashboards/{token}").get_json()
    assert (shown["dashboard"]["title"], "id" in shown["dashboard"]) == ("Public", False)
    assert client.get("/api/dashboards/uid/pub").status_code == 401


def test_panels_in_folded_rows_answer_too(client: Any, token: str) -> None:
    assert ask(client, token, 6).get_json()["results"]["A"]["frames"][0]["data"]["values"][1] == [7]
    for number, status in ((5, 404), (9, 404), ("x", 400), ("1" * 12, 400)):
        assert ask(client, token, number).status_code == status


def test_variables_are_filled_in_as_they_were_saved(client: Any, token: str, testdata: str) -> None:
    variable = {"name": "n", "type": "custom", "query": "3,4", "current": {"text": "4", "value": "4"}}
    board = {
        "title": "Public",
        "uid": "pub",
        "panels": [panel(testdata, "$n")],
        "templating": {"list": [variable]},
    }
    saved = client.as_orgadmin().post(
        "/api/dashboards/db", {"dashboard": board, "folderUid": "closed", "overwrite": True}
    )
    assert saved.status_code == 200
    values = ask(client, token).get_json()["results"]["A"]["frames"][0]["data"]["values"][1]
    assert set(values) == {4}


def test_a_visitor_chooses_the_time_only_where_that_is_allowed(client: Any, token: str) -> None:
    chosen = {"from": "1500000000000", "to": "1500000300000"}
    assert times(ask(client, token, timeRange=chosen))[0] == 1600000000000
    other = share(client, timeSelectionEnabled=True)["accessToken"]
    assert times(ask(client, other, timeRange=chosen))[0] == 1500000000000


def test_annotations_are_shown_without_names_where_that_is_allowed(client: Any, token: str) -> None:
    admin = client.as_orgadmin()
    admin.post("/api/annotations", {"text": "here", "dashboardUID": "pub", "time": 1600000100000})
    admin.post("/api/annotations", {"text": "elsewhere", "time": 1600000100000})
    query = "from=1600000000000&to=1600000300000"
    assert client.get(f"/api/public/dashboards/{token}/annotations?{query}").get_json() == []
    other = share(client, annotationsEnabled=True)["accessToken"]
    (found,) = client.get(f"/api/public/dashboards/{other}/annotations?{query}").get_json()
    assert found["text"] == "here"
    assert "orgadmin" not in str(found)


def test_only_admins_show_a_dashboard_and_others_do_not_learn_of_it(client: Any, token: str) -> None:
    path = "/api/dashboards/uid/pub/public-dashboards"
    for caller in (client.as_viewer(), client.as_editor()):
        assert caller.post(path, {"isEnabled": True}).status_code == 403
        assert caller.get(path).status_code == 403
        assert caller.get("/api/dashboards/public-dashboards").get_json() == []
    assert client.as_stranger().post(path, {"isEnabled": True}).status_code == 404
    assert client.as_stranger().get("/api/dashboards/public-dashboards").get_json() == []


def test_pausing_deleting_and_the_trash_shut_it(client: Any, token: str) -> None:
    admin = client.as_orgadmin()
    path = f"/api/dashboards/uid/pub/public-dashboards/{admin.get('/api/dashboards/uid/pub/public-dashboards').get_json()['uid']}"
    assert admin.put(path, {"isEnabled": False}).status_code == 200
    assert ask(client, token).status_code == 404
    admin.put(path, {"isEnabled": True})
    assert ask(client, token).status_code == 200
    admin.delete("/api/dashboards/uid/pub")
    assert ask(client, token).status_code == 404
    admin.post(f"/api/trash/{admin.get('/api/trash').get_json()[0]['id']}/restore")
    assert ask(client, token).status_code == 404


@pytest.mark.parametrize("body", [{"isEnabled": 1}, {"variables": "x"}, {"timeSelectionEnabled": "yes"}])
def test_what_is_no_way_of_being_shown_is_refused(client: Any, token: str, body: Any) -> None:
    reply = client.as_orgadmin().post("/api/dashboards/uid/pub/public-dashboards", body)
    assert (reply.status_code, reply.get_json()["messageId"]) == (400, "publicdashboards.badRequest")
    assert len(client.as_orgadmin().get("/api/dashboards/public-dashboards").get_json()) == 1


def test_a_folder_keeps_what_is_in_it_from_being_public(client: Any, token: str) -> None:
    admin = client.as_orgadmin()
    path = "/api/folders/closed/limits"
    assert admin.get(path).get_json() == {"publicDashboards": True, "effective": {"publicDashboards": True}}
    assert client.get(f"/api/public/dashboards/{token}").status_code == 200
    assert admin.put(path, {"publicDashboards": False}).status_code == 200
    assert client.get(f"/api/public/dashboards/{token}").status_code == 404
    assert client.get(f"/public-dashboards/{token}").status_code == 404
    admin.post("/api/folders", {"title": "Inner", "uid": "inner", "parentUid": "closed"})
    inner = admin.get("/api/folders/inner/limits").get_json()
    assert inner == {"publicDashboards": True, "effective": {"publicDashboards": False}}
    admin.post("/api/dashboards/db", {"dashboard": {"title": "New", "uid": "new"}, "folderUid": "inner"})
    refused = admin.post("/api/dashboards/uid/new/public-dashboards", {"isEnabled": True})
    assert (refused.status_code, "not to be public" in refused.text) == (403, True)
    assert "kept private by its folder" in admin.get("/dashboard/public").text
    admin.delete("/api/folders/closed")
    (entry,) = admin.get("/api/trash").get_json()
    admin.post(f"/api/trash/{entry['id']}/restore")
    assert admin.get(path).get_json()["publicDashboards"] is False
    assert admin.put(path, {"publicDashboards": True}).status_code == 200
    assert admin.post("/api/dashboards/uid/new/public-dashboards", {"isEnabled": True}).status_code == 200


def test_who_may_not_give_rights_sets_no_limits(client: Any, token: str) -> None:
    del token
    client.as_orgadmin().post(
        "/api/folders/closed/permissions", {"items": [{"role": "Editor", "permission": 2}]}
    )
    path = "/api/folders/closed/limits"
    assert client.as_editor().put(path, {"publicDashboards": False}).status_code == 403
    assert client.as_editor().get(path).status_code == 200
    assert client.as_orgadmin().put(path, {}).status_code == 400
    assert (
        client.as_orgadmin().put("/api/folders/none/limits", {"publicDashboards": False}).status_code == 404
    )
