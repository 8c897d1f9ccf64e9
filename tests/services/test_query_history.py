"""What somebody asked: their own, found by words and time, and gone after a while."""

from datetime import timedelta
from typing import Any

from core import clock
from models import PastQuery, db
from models.session import transaction
from services import housekeeping

PATH = "/api/query-history"


def test_each_sees_and_changes_their_own_alone(client: Any) -> None:
    uid = client.as_viewer().post(PATH, {"datasourceUid": "a", "queries": [1]}).get_json()["result"]["uid"]
    editor = client.as_editor()
    assert editor.get(PATH).get_json()["result"]["totalCount"] == 0
    for reply in (editor.patch(f"{PATH}/{uid}", {"comment": "x"}), editor.post(f"{PATH}/star/{uid}")):
        assert reply.status_code == 500
    assert client.as_viewer().get(PATH).get_json()["result"]["queryHistory"][0]["comment"] == ""


def test_what_a_browser_remembered_is_brought_in(client: Any) -> None:
    given = [
        {"datasourceUid": "a", "createdAt": 1_600_000_000, "comment": "old", "starred": True, "queries": [1]},
        {"datasourceUid": "a", "createdAt": 1_700_000_000, "queries": [2]},
    ]
    told = client.as_viewer().post(f"{PATH}/migrate", {"queries": given}).get_json()
    assert told == {"message": "Query history successfully migrated", "totalCount": 2, "starredCount": 1}
    query = "from=1599999999&to=1600000001"
    found = client.as_viewer().get(f"{PATH}?{query}").get_json()["result"]["queryHistory"]
    assert [(one["comment"], one["createdAt"], one["starred"]) for one in found] == [
        ("old", 1_600_000_000, True)
    ]


def test_a_percent_sign_is_looked_for_as_such(client: Any) -> None:
    for text in ("100%", "100"):
        client.as_viewer().post(PATH, {"queries": [{"expr": text}]})
    found = client.as_viewer().get(f"{PATH}?searchString=100%25").get_json()["result"]
    assert found["totalCount"] == 1


def test_old_queries_without_a_star_go(client: Any, app: Any) -> None:
    for text in ("kept", "starred", "gone"):
        uid = client.as_viewer().post(PATH, {"queries": [text]}).get_json()["result"]["uid"]
        if text == "starred":
            client.as_viewer().post(f"{PATH}/star/{uid}")
    with app.app_context():
        with transaction():
            old = PastQuery.queries.in_(('["starred"]', '["gone"]'))
            db.session.query(PastQuery).filter(old).update({"created": clock.now() - timedelta(days=15)})
        housekeeping.clear(app.config["SETTINGS"])
        left = {row.queries for row in db.session.query(PastQuery)}
    assert left == {'["kept"]', '["starred"]'}


def test_where_queries_are_not_kept_there_are_no_such_routes(make_app: Any) -> None:
    caller = make_app(GF_QUERY_HISTORY_ENABLED="false").test_client()
    assert caller.get(PATH, auth=("viewer", "secret")).status_code == 404
    assert caller.post(PATH, json={"queries": []}, auth=("viewer", "secret")).status_code == 404


def test_bad_input_is_refused(client: Any) -> None:
    for body in ({"datasourceUid": "x" * 41}, {"datasourceUid": 7}):
        assert client.as_viewer().post(PATH, body).status_code == 400
    given = {"queries": [{"createdAt": 10**17, "queries": []}]}
    assert client.as_viewer().post(f"{PATH}/migrate", given).status_code == 400
    assert client.as_viewer().get(PATH).get_json()["result"]["totalCount"] == 0
