"""Dashboards, panels and lists as files: the same data, range, variables and rights as their pages."""

import csv
import io
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from openpyxl import load_workbook

pytestmark = pytest.mark.once
T = 1_700_000_000_000
RANGE = f"from={T}&to={T + 300_000}"


@pytest.fixture
def board(client: Any, testdata: str) -> str:
    """A chart that a variable names, a table whose texts look like formulas, and a panel whose source is gone."""
    listed = [
        {"name": "env", "type": "custom", "query": "prod,test", "current": {"text": "prod", "value": "prod"}}
    ]
    series = {"refId": "A", "scenarioId": "csv_metric_values", "stringInput": "1,2,4"}
    rows = {"refId": "A", "scenarioId": "csv_content", "csvContent": "name,n\n=1+1,5\n|x|,6"}
    panels = [
        {
            "id": 1,
            "type": "timeseries",
            "title": "Of $env",
            "datasource": {"uid": testdata},
            "targets": [series],
        },
        {"id": 2, "type": "table", "title": "T/*", "datasource": {"uid": testdata}, "targets": [rows]},
        {"id": 3, "type": "stat", "title": "Gone", "datasource": {"uid": "gone"}, "targets": [series]},
    ]
    places = [{"x": 0, "y": 10 * n, "w": 12, "h": 8} for n in range(3)]
    panels = [{**one, "gridPos": place} for one, place in zip(panels, places, strict=True)]
    body = {"uid": "b", "title": "Board", "templating": {"list": listed}, "panels": panels}
    assert client.as_editor().post("/api/dashboards/db", {"dashboard": body}).status_code == 200
    return "b"


def test_json_holds_the_frames_of_all_panels_in_order(client: Any, board: str) -> None:
    found = client.as_viewer().get(f"/d/b.json?{RANGE}&var-env=test").get_json()
    assert [(one["title"], one["type"], bool(one["error"])) for one in found["panels"]] == [
        ("Of test", "timeseries", False), ("T/*", "table", False), ("Gone", "stat", True),
    ]  # fmt: skip
    assert found["panels"][0]["frames"][0]["data"]["values"][1] == [1, 2, 4]
    assert (found["from"], found["to"]) == (T, T + 300_000)


def test_csv_is_harmless_to_spreadsheets(client: Any, board: str) -> None:
    reply = client.as_viewer().get(f"/d/b/board.csv?{RANGE}")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="board.csv"'
    rows = list(csv.reader(io.StringIO(reply.text.removeprefix("\ufeff"))))
    assert ["# Of prod"] in rows
    assert ["'=1+1", "5"] in rows
    assert rows[rows.index(["# Gone"]) + 2] == ["Data source not found"]


def test_a_workbook_has_a_sheet_for_each_panel_and_numbers_in_it(client: Any, board: str) -> None:
    reply = client.as_viewer().get(f"/d/b.xlsx?{RANGE}")
    book = load_workbook(io.BytesIO(reply.data))
    assert book.sheetnames == ["Of prod", "T--", "Gone"]
    assert [one.value for one in book["T--"]["B"]][:3] == ["n", 5, 6]
    assert book["T--"]["A2"].data_type == "s"


def test_text_shows_the_course_of_series_and_markdown_is_escaped(client: Any, board: str) -> None:
    text = client.as_viewer().get(f"/d/b.txt?{RANGE}").text
    assert text.startswith("Board\n=====\n\nOf prod\n-------\nSeries")
    assert "▁▃█" in text
    marked = client.as_viewer().get(f"/d/b.md?{RANGE}").text
    assert "## T/\\*" in marked
    assert "| \\|x\\| | 6 |" in marked


def test_one_panel_is_a_file_too(client: Any, board: str) -> None:
    found = client.as_viewer().get(f"/d-solo/b/board.json?panelId=2&{RANGE}").get_json()
    assert [one["id"] for one in found["panels"]] == [2]
    assert client.as_viewer().get(f"/d-solo/b/board.csv?panelId=9&{RANGE}").status_code == 404
    assert client.as_viewer().get("/d-solo/b/board.csv").status_code == 404


@pytest.mark.parametrize("suffix", ["json", "csv", "xlsx", "md", "txt"])
def test_rights_are_those_of_the_page(client: Any, board: str, suffix: str) -> None:
    admin = client.as_orgadmin()
    admin.post("/api/dashboards/uid/b/permissions", {"items": [{"role": "Editor", "permission": 2}]})
    assert client.as_editor().get(f"/d/b.{suffix}").status_code == 200
    assert client.as_viewer().get(f"/d/b.{suffix}").status_code == 403
    assert client.as_stranger().get(f"/d/b.{suffix}").status_code == 404
    assert client.get(f"/d/b.{suffix}").status_code == 302
    assert (
        "Board"
        not in client.as_viewer().get(f"/dashboards.{suffix}").get_data(as_text=suffix != "xlsx").__str__()
    )


def test_a_list_is_filtered_as_its_page_is(client: Any, board: str) -> None:
    client.as_editor().post("/api/dashboards/db", {"dashboard": {"title": "Other", "tags": ["x"]}})
    found = client.as_viewer().get("/dashboards.json?tag=x").get_json()
    assert [(one["title"], one["folder"], one["tags"]) for one in found] == [("Other", "General", "x")]
    rows = list(
        csv.reader(
            io.StringIO(client.as_viewer().get("/dashboards.csv?query=boa").text.removeprefix("\ufeff"))
        )
    )
    assert [row[0] for row in rows if row] == ["Title", "Board"]


def test_an_uid_with_no_known_suffix_is_still_a_dashboard(client: Any, board: str) -> None:
    assert client.as_viewer().get("/d/b").status_code == 200
    assert client.as_viewer().get("/d/b/board.v2").status_code == 200
    assert client.as_viewer().get("/d/b.exe").status_code == 404


KINDS = {
    "timeseries": {"legend": {"displayMode": "table", "calcs": ["max"]}},
    "stat": {"textMode": "value_and_name", "colorMode": "background"},
    "gauge": {},
    "bargauge": {"displayMode": "lcd"},
    "table": {"footer": {"show": True, "reducer": ["sum"]}},
    "text": {"content": "# Hello <b>there</b> & all", "mode": "markdown"},
    "nothing-known": {},
}


def texts(reply: Any) -> list[str]:
    """Return the texts of an SVG."""
    assert reply.content_type == "image/svg+xml; charset=utf-8"
    return [one for one in ET.fromstring(reply.data).itertext() if one.strip()]


def test_every_kind_of_panel_is_a_picture(client: Any, testdata: str) -> None:
    target = {
        "refId": "A",
        "scenarioId": "csv_metric_values",
        "stringInput": "1,2,4",
        "alias": "</text><script>x",
    }
    panels = [
        {
            "id": n, "type": kind, "title": f"{kind} & <i>", "datasource": {"uid": testdata}, "targets": [target], "options": options,
            "gridPos": {"x": 12 * (n % 2), "y": 8 * (n // 2), "w": 12, "h": 8},
        }
        for n, (kind, options) in enumerate(KINDS.items(), 1)
    ]  # fmt: skip
    body = {"uid": "p", "title": "Pictures", "panels": panels}
    assert client.as_editor().post("/api/dashboards/db", {"dashboard": body}).status_code == 200
    for theme in ("dark", "light"):
        reply = client.as_viewer().get(f"/d/p.svg?{RANGE}&theme={theme}")
        found = texts(reply)
        assert [one for one in found if one.endswith("& <i>")] == [f"{kind} & <i>" for kind in KINDS]
        assert "<script" not in reply.text
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    for n, (kind, shown) in enumerate(
        (
            ("timeseries", "Max"),
            ("stat", "4"),
            ("gauge", "4"),
            ("bargauge", "4"),
            ("table", "7"),
            ("text", "Hello"),
        ),
        1,
    ):
        found = texts(client.as_viewer().get(f"/d-solo/p/x.svg?panelId={n}&{RANGE}"))
        assert any(shown in one for one in found), (kind, found)


def test_a_thumbnail_is_the_dashboard_as_it_opens(client: Any, board: str) -> None:
    dark, light = (
        client.as_viewer().get(f"/api/dashboards/uid/{board}/img/thumb/{theme}")
        for theme in ("dark", "light")
    )
    assert "Of prod" in texts(dark)
    assert dark.data != light.data
    for path, status in (("b/img/other/dark", 404), ("b/img/thumb/blue", 404), ("no/img/thumb/dark", 404)):
        reply = client.as_viewer().get(f"/api/dashboards/uid/{path}")
        assert (reply.status_code, "message" in reply.get_json()) == (status, True)
    assert client.as_stranger().get("/api/dashboards/uid/b/img/thumb/dark").status_code == 404


def test_a_panel_that_failed_says_so_in_its_picture(client: Any, board: str) -> None:
    assert "Data source not found" in texts(client.as_viewer().get(f"/d-solo/b/x.svg?panelId=3&{RANGE}"))
    assert "Of test" in texts(client.as_viewer().get(f"/d/{board}.svg?{RANGE}&var-env=test"))
    assert client.as_stranger().get("/d/b.svg").status_code == 404
    assert client.as_viewer().get("/d-solo/b/x.svg?panelId=9").status_code == 404


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("/playlists", "Name,Interval,UID"),
        ("/dashboard/snapshots", "Name,Created,Expires,Key"),
        ("/library-panels", "Name,Type,Folder,Dashboards,Version,Updated,UID"),
        ("/dashboard/public", "Dashboard,Shown,Address"),
        ("/dashboard/trash", "Title,Type,Deleted,By,Gone for good"),
        ("/profile/queries", "Query,Data source,Comment,Starred,Asked"),
        ("/datasources", "Name,Type,URL,Default,UID"),
        ("/org/users", "Login,Email,Name,Role,Last seen"),
        ("/org/teams", "Name,Email,Members"),
        ("/admin/users", "Login,Email,Name,Admin,Disabled,Last seen"),
        ("/admin/orgs", "Name,ID"),
    ],
)
def test_lists_are_files_for_whom_their_pages_are(client: Any, path: str, head: str) -> None:
    for login in ("viewer", "orgadmin", "admin"):
        caller = getattr(client, f"as_{login}")()
        reply = caller.get(path + ".csv")
        assert reply.status_code == caller.get(path).status_code, login
    assert reply.text.removeprefix("\ufeff").splitlines()[0] == head
    assert client.get(path + ".csv").status_code in {302, 401}


def test_a_list_as_a_file_holds_what_its_page_lists(client: Any) -> None:
    for name in ("Wall", "Door"):
        body = {"name": name, "interval": "5m", "items": [{"type": "dashboard_by_tag", "value": "a"}]}
        client.as_editor().post("/api/playlists", body)
    found = client.as_viewer().get("/playlists.json?query=wa").get_json()
    assert [(one["name"], one["interval"]) for one in found] == [("Wall", "5m")]
    assert "Door" in client.as_viewer().get("/playlists.txt").text
    people = client.as_orgadmin().get("/org/users.json?query=view").get_json()
    assert [(one["login"], one["role"]) for one in people] == [("viewer", "Viewer")]
