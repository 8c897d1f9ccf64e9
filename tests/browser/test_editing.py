"""Making and changing dashboards by hand, one test a flow."""

import re

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.drafts import board_of, kept, save_draft, write
from tests.browser.steps import save, serious_faults, settled, sign_in
from tests.serving import ADMIN


def test_a_new_dashboard_with_panels_of_prometheus(
    signed_in: Page, server: str, prometheus: str, node_board: str
) -> None:
    page = signed_in
    page.goto("/dashboard/new?from=now-5m&to=now")
    for n, expr in enumerate(("node_load1", "node_memory_MemFree_bytes", "up")):
        page.get_by_role("button", name="Add a panel").click() if n == 0 else page.keyboard.press("a")
        page.wait_for_url("**/panel/*")
        page.get_by_label("Data source", exact=True).select_option(label="Prometheus")
        editor = page.get_by_role("textbox", name="PromQL")
        expect(editor).to_be_visible()
        editor.click()
        page.keyboard.type(expr[:-2])
        expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text(expr) if n == 0 else None
        page.keyboard.press("Escape")
        page.keyboard.type(expr[-2:])
        page.keyboard.press("Escape")
        with kept(page):
            page.keyboard.press("Shift+Enter")
        expect(page.locator(".panel svg.plot")).to_be_visible()
        write(page, "Title", expr)
        page.get_by_role("link", name="Done").click()
        page.wait_for_url(re.compile(r"/edit/[^/]+\?from"))
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("dialog").get_by_label("Title").fill("Made by hand")
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/d/*/made-by-hand?from=now-5m**")
    assert settled(page) == {"done": 3}
    uid = page.url.split("/d/")[1].split("/")[0]
    saved = board_of(server, uid)
    assert [one["targets"][0]["expr"] for one in saved["panels"]] == [
        "node_load1",
        "node_memory_MemFree_bytes",
        "up",
    ]
    assert [one["title"] for one in saved["panels"]] == ["node_load1", "node_memory_MemFree_bytes", "up"]


def test_panels_are_moved_and_resized_by_mouse_and_keys(signed_in: Page, server: str, board: str) -> None:
    page = signed_in
    page.goto(f"/edit/{board}")
    settled(page)
    first = page.locator("[gs-id='1']")
    head, target = first.locator("header").bounding_box(), page.locator("[gs-id='3']").bounding_box()
    assert head
    assert target
    with kept(page):
        page.mouse.move(head["x"] + 40, head["y"] + 10)
        page.mouse.down()
        page.mouse.move(target["x"] + 60, target["y"] + 120, steps=12)
        page.mouse.move(target["x"] + 60, target["y"] + 150, steps=4)
        page.mouse.up()
    with kept(page):
        page.locator("[gs-id='4'] [data-grip]").focus()
        page.keyboard.press("Shift+ArrowLeft")
    with kept(page):
        page.locator("[gs-id='4'] [data-grip]").focus()
        page.keyboard.press("ArrowRight")
    save_draft(page)
    places = {one["id"]: one["gridPos"] for one in board_of(server, board)["panels"]}
    assert places[1]["y"] > 0
    assert places[4] == {"x": 13, "y": 8, "w": 11, "h": 8}
    assert all(one["kept"] == {"by": "nobody knows"} for one in board_of(server, board)["panels"])


def test_a_panel_is_duplicated_copied_pasted_and_removed(signed_in: Page, server: str, board: str) -> None:
    page = signed_in
    page.goto(f"/edit/{board}")
    settled(page)
    for name in ("Duplicate", "Copy"):
        page.get_by_role("region", name="Panel 1").first.hover()
        page.get_by_role("region", name="Panel 1").first.locator(".panel-menu summary").click()
        if name == "Duplicate":
            with kept(page):
                page.get_by_role("region", name="Panel 1").first.get_by_role("button", name=name).click()
            expect(page.locator("[gs-id]")).to_have_count(5)
        else:
            page.get_by_role("region", name="Panel 1").first.get_by_role("button", name=name).click()
    page.get_by_text("Add", exact=True).click()
    with kept(page):
        page.get_by_role("button", name="Paste a panel").click()
    expect(page.locator("[gs-id]")).to_have_count(6)
    page.locator("[gs-id='2'] .panel-menu summary").click()
    with kept(page):
        page.locator("[gs-id='2']").get_by_role("button", name=re.compile("Remove")).click()
    expect(page.locator("[gs-id]")).to_have_count(5)
    save_draft(page)
    titles = sorted(one["title"] for one in board_of(server, board)["panels"])
    assert titles == ["Panel 1", "Panel 1", "Panel 1", "Panel 3", "Panel 4"]


def test_rows_are_added_named_folded_and_removed(signed_in: Page, server: str, board: str) -> None:
    page = signed_in
    page.goto(f"/edit/{board}")
    page.get_by_text("Add", exact=True).click()
    with kept(page):
        page.get_by_role("button", name="Row", exact=True).click()
    write(page, "Title of the row", "Down here")
    page.reload()
    with kept(page):
        page.get_by_role("button", name="Fold Down here").click()
    expect(page.get_by_role("button", name="Unfold Down here")).to_be_visible()
    save_draft(page)
    row = board_of(server, board)["panels"][-1]
    assert (row["type"], row["title"], row["collapsed"]) == ("row", "Down here", True)


def test_undo_and_redo_go_through_the_steps(signed_in: Page, board: str) -> None:
    page = signed_in
    page.goto(f"/edit/{board}/panel/1")
    for title in ("One", "Two"):
        write(page, "Title", title)
    page.locator("h1").click()
    for keys, title in (("Control+z", "One"), ("Control+z", "Panel 1"), ("Control+y", "One")):
        with page.expect_navigation():
            page.keyboard.press(keys)
        expect(page.get_by_label("Title", exact=True)).to_have_value(title)


def test_what_was_not_saved_is_offered_again_and_can_be_discarded(
    signed_in: Page, server: str, board: str
) -> None:
    page = signed_in
    page.goto(f"/edit/{board}/panel/1")
    write(page, "Title", "Unsaved")
    page.goto(f"/d/{board}/x")
    expect(page.get_by_role("status").filter(has_text="unsaved changes")).to_be_visible()
    expect(page.locator(".panel h2").first).to_have_text("Panel 1")
    page.get_by_role("link", name="Continue editing").click()
    expect(page.locator(".panel h2").first).to_have_text("Unsaved")
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    page.wait_for_url("**/d/**")
    expect(page.get_by_text("unsaved changes")).to_have_count(0)
    assert board_of(server, board)["panels"][0]["title"] == "Panel 1"


@pytest.mark.parametrize("way", ["Merge both", "Save a copy", "Save over it"])
def test_two_people_at_one_dashboard_lose_nothing(signed_in: Page, server: str, board: str, way: str) -> None:
    page = signed_in
    page.goto(f"/edit/{board}/panel/1")
    write(page, "Title", "Mine")
    theirs = board_of(server, board)
    theirs["panels"][1]["title"] = "Theirs"
    body = {"dashboard": theirs, "message": "a change of theirs"}
    assert requests.post(f"{server}/api/dashboards/db", json=body, auth=ADMIN, timeout=10).status_code == 200
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    with page.expect_response(lambda one: one.request.method == "POST") as reply:
        dialog.get_by_role("button", name="Save", exact=True).click()
    assert reply.value.status == 412
    expect(dialog).to_contain_text("a change of theirs")
    expect(dialog).to_contain_text("Theirs")
    if way == "Save a copy":
        dialog.get_by_label("Title of a copy").fill(f"Copy for {board}")
    dialog.get_by_role("button", name=way).click()
    page.wait_for_url("**/d/**")
    uid = page.url.split("/d/")[1].split("/")[0]
    titles = [one["title"] for one in board_of(server, uid)["panels"][:2]]
    assert titles == {"Merge both": ["Mine", "Theirs"]}.get(way, ["Mine", "Panel 2"])
    assert (uid == board) == (way != "Save a copy")
    if way == "Save a copy":
        assert board_of(server, board)["panels"][1]["title"] == "Theirs"


def test_the_same_panel_changed_by_two_is_not_merged(signed_in: Page, server: str, board: str) -> None:
    page = signed_in
    page.goto(f"/edit/{board}/panel/1")
    write(page, "Title", "Mine")
    theirs = board_of(server, board)
    theirs["panels"][0]["title"] = "Theirs"
    requests.post(f"{server}/api/dashboards/db", json={"dashboard": theirs}, auth=ADMIN, timeout=10)
    save_button = page.get_by_role("button", name="Save", exact=True)
    save_button.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_contain_text("Both of you changed: Panel Mine")
    expect(dialog.get_by_role("button", name="Merge both")).to_have_count(0)
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Mine")


def test_share_and_inspect(signed_in: Page, server: str, board: str) -> None:
    page = signed_in
    page.goto(f"/d/{board}/x")
    settled(page)
    menu = page.get_by_role("region", name="Panel 2")
    menu.hover()
    page.keyboard.press("p")
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    link, snippet = (
        dialog.get_by_label("Link", exact=True).input_value(),
        dialog.get_by_label("Embed").input_value(),
    )
    assert re.search(r"viewPanel=2", link)
    assert re.search(r"from=\d{13}", link)
    assert re.match(
        r'<iframe src="http.*/d-solo/.*panelId=2" width="450" height="200" frameborder="0"></iframe>$',
        snippet,
    )
    dialog.get_by_label("Lock the time range").uncheck()
    assert "from=now-1h" in dialog.get_by_label("Link", exact=True).input_value()
    dialog.get_by_role("button", name="Shorten").click()
    expect(dialog.get_by_label("Link", exact=True)).to_have_value(re.compile(r"/goto/\w{14}\?orgId=1$"))
    uid = re.findall(r"/goto/(\w+)", dialog.get_by_label("Link", exact=True).input_value())[0]
    other = page.request.get(f"{server}/goto/{uid}", max_redirects=0)
    assert re.search(rf"/d/{board}/x\?.*from=now-1h.*viewPanel=2", other.headers["location"])
    dialog.get_by_role("button", name="Close").click()
    menu.hover()
    page.keyboard.press("i")
    expect(dialog.get_by_role("columnheader", name="series 2")).to_be_visible()
    dialog.get_by_role("tab", name="Query").click()
    expect(dialog.get_by_role("tabpanel", name="Query")).to_contain_text("random_walk")
    dialog.get_by_role("tab", name="Stats").click()
    expect(dialog.get_by_text(re.compile(r"[\d.]+ ms")).first).to_be_visible()
    dialog.get_by_role("tab", name="Data").click()
    with page.expect_download() as file:
        dialog.get_by_role("link", name="Download CSV").click()
    assert "series 2" in file.value.path().read_text().splitlines()[0]


def test_a_viewer_sees_nothing_of_it_and_is_refused(browser: Browser, server: str, board: str) -> None:
    reply = requests.post(
        f"{server}/api/admin/users",
        json={"login": "looker", "password": "lookeronly", "OrgId": 1},
        auth=ADMIN,
        timeout=10,
    )
    assert reply.status_code in {200, 412}
    context = browser.new_context(base_url=server)
    page = context.new_page()
    sign_in(page, "looker", "lookeronly")
    page.goto(f"/d/{board}/x")
    settled(page)
    page.get_by_role("region", name="Panel 1").hover()
    page.get_by_role("region", name="Panel 1").locator(".panel-menu summary").click()
    expect(page.get_by_role("button", name="Inspect")).to_be_visible()
    for name in ("Edit", "Add panel", "Duplicate", "Remove", "Copy"):
        expect(page.get_by_role("button", name=re.compile(name))).to_have_count(0)
        expect(page.get_by_role("link", name=re.compile(name))).to_have_count(0)
    context.close()
    who = ("looker", "lookeronly")
    for path in ("", "/panel/1", "/settings", "/panels?ids=1", "/save"):
        assert requests.get(f"{server}/edit/{board}{path}", auth=who, timeout=10).status_code == 403
    change = {"changes": [{"do": "set", "path": ["title"], "value": "x"}]}
    for path, body in (("changes", change), ("save", None), ("discard", None)):
        assert (
            requests.post(f"{server}/edit/{board}/{path}", json=body, auth=who, timeout=10).status_code == 403
        )


def test_labels_and_their_values_are_completed(signed_in: Page, node_board: str) -> None:
    page = signed_in
    page.goto("/dashboard/new?from=now-5m&to=now")
    page.get_by_role("button", name="Add a panel").click()
    page.get_by_label("Data source", exact=True).select_option(label="Prometheus")
    editor, found = page.get_by_role("textbox", name="PromQL"), page.locator(".cm-tooltip-autocomplete")
    editor.click()
    page.keyboard.type("node_cpu_seconds_total{mo")
    expect(found).to_contain_text("mode")
    page.keyboard.type('de="idl')
    expect(found).to_contain_text("idle")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard").click()
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page).to_have_url(re.compile("/dashboards$"))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_two_versions_are_compared_and_one_comes_back(signed_in: Page, server: str, theme: str) -> None:
    save(server, title="Board of versions", uid="versions-board", panels=[])
    save(server, title="Board renamed", uid="versions-board", panels=[])
    page = signed_in
    page.goto(f"{server}/d/versions-board/x?editview=versions")
    page.goto(f"{server}/edit/versions-board/versions?theme={theme}")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_text("Line by line").click()
    expect(page.get_by_role("region", name="Line by line")).to_contain_text('+   "title": "Board renamed"')
    assert serious_faults(page) == []
    page.get_by_role("button", name="Restore version 1", exact=True).click()
    assert serious_faults(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(page).to_have_title(re.compile("Board of versions"))
