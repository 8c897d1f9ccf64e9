"""Forms of panels and of settings, one test a flow."""

import json
import time

from playwright.sync_api import Page, expect

from tests.browser.drafts import board_of, kept, panel, save_draft, write
from tests.browser.steps import save, serious_faults


def test_options_thresholds_mappings_and_overrides(signed_in: Page, server: str, board: str) -> None:
    page = signed_in
    page.goto(f"/edit/{board}/panel/1")
    with kept(page):
        page.get_by_label("Visualization").select_option(label="Stat")
    expect(page.locator("[data-panel-content] > *", has=page.locator(".stat-tile"))).to_be_visible()
    page.get_by_label("Search options").fill("unit")
    expect(page.get_by_label("Decimals")).to_be_hidden()
    write(page, "Unit", "ms")
    page.get_by_label("Search options").fill("")
    with kept(page):
        page.get_by_role("button", name="Add threshold").click()
    write(page, "Value of threshold 3", "95")
    with kept(page):
        page.get_by_role("button", name="Add range").click()
    write(page, "Text of mapping 1", "fine")
    with kept(page):
        page.get_by_role("button", name="Add value", exact=True).click()
    write(page, "Value", "42")
    with kept(page):
        page.get_by_role("button", name="Add override").click()
    write(page, "Match", "series 1")
    with kept(page):
        page.get_by_label("Add a property to override 1").select_option(label="Decimals")
    with kept(page):
        page.locator("#override-1-1").fill("3")
        page.locator("#override-1-1").press("Tab")
    save_draft(page, "options")
    made = board_of(server, board)["panels"][0]
    config = made["fieldConfig"]
    assert made["type"] == "stat"
    assert config["defaults"]["unit"] == "ms"
    assert [one["value"] for one in config["defaults"]["thresholds"]["steps"]] == [None, 80, 95]
    first, second = config["defaults"]["mappings"]
    assert first["options"]["result"] == {"text": "fine"}
    assert list(second["options"]) == ["42"]
    assert config["overrides"] == [
        {"matcher": {"id": "byName", "options": "series 1"}, "properties": [{"id": "decimals", "value": 3}]}
    ]
    assert made["kept"] == {"by": "nobody knows"}


def test_variables_links_and_settings(signed_in: Page, server: str, board: str) -> None:
    page = signed_in
    page.goto(f"/edit/{board}/variables")
    page.get_by_role("button", name="Add variable").click()
    page.wait_for_url("**/variables/0")
    write(page, "Name", "letter")
    page.get_by_label("Type").select_option(label="Custom")
    write(page, "Values separated by comma", "alpha, beta")
    expect(page.locator(".chip", has_text="beta")).to_be_visible()
    page.get_by_role("link", name="Links", exact=True).click()
    page.get_by_role("button", name="Add link").click()
    write(page, "Title", "Elsewhere")
    page.get_by_label("Title", exact=True).fill("Somewhere else")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog").get_by_label("What was changed")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Settings", exact=True).click()
    write(page, "Tags", "one, two")
    tooltip = page.get_by_label("Graph tooltip", exact=True)
    with kept(page):
        tooltip.select_option(label="Shared crosshair")
    tooltip.focus()
    page.keyboard.press("Control+z")
    expect(tooltip).to_have_value("0")
    page.keyboard.press("Control+y")
    expect(tooltip).to_have_value("1")
    save_draft(page)
    made = board_of(server, board)
    (variable,) = made["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == ("letter", "custom", "alpha, beta")
    assert made["links"][0]["title"] == "Somewhere else"
    assert (made["tags"], made["graphTooltip"]) == (["one", "two"], 1)
    expect(page.get_by_label("letter")).to_be_visible()


def test_a_form_is_brought_up_to_date_around_the_one_who_types(signed_in: Page, board: str) -> None:
    page = signed_in
    page.goto(f"/edit/{board}/variables")
    page.get_by_role("button", name="Add variable").click()
    page.wait_for_url("**/variables/0")
    shown = page.get_by_label("Label", exact=True)
    page.route("**/variables/0*", lambda route: (time.sleep(0.3), route.continue_()))
    with page.expect_response("**/variables/0*"):
        write(page, "Name", "letter")
        shown.focus()
        page.keyboard.type("Which let")
    expect(page.get_by_role("heading", level=1)).to_have_text("letter")
    page.keyboard.type("ter")
    expect(shown).to_have_value("Which letter")
    with kept(page):
        page.keyboard.press("Tab")
    expect(shown).not_to_be_focused()
    page.reload()
    expect(shown).to_have_value("Which letter")
    page.keyboard.press("Control+z")
    expect(shown).to_have_value("")
    expect(page.get_by_label("Name", exact=True)).to_have_value("letter")


def test_settings_fit_a_phone(signed_in: Page, board: str) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 800})
    for view in ("settings", "variables", "annotations", "links", "versions", "json"):
        page.goto(f"/edit/{board}/{view}")
        expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, view


def test_editors_follow_the_queries_of_the_form(signed_in: Page, server: str, node_board: str) -> None:
    page = signed_in
    source = {"type": "prometheus", "uid": "node-prom"}
    targets = [
        {"refId": ref, "expr": expr, "datasource": source} for ref, expr in (("A", "up"), ("B", "node_load1"))
    ]
    made = panel(1, datasource=source, targets=targets)
    page.goto(f"/edit/{save(server, uid='editors', title='Editors', panels=[made], id=None)}/panel/1")
    editors = page.get_by_role("textbox", name="PromQL")
    expect(editors).to_have_text(["up", "node_load1"])
    page.get_by_role("button", name="Remove query A").click()
    expect(editors).to_have_text(["node_load1"])
    page.get_by_label("Data source", exact=True).select_option(label="TestData")
    expect(page.get_by_label("Scenario")).to_be_visible()
    expect(editors).to_have_count(0)


def test_an_annotation_query_is_made_and_shown_in_chosen_panels(
    signed_in: Page, server: str, board: str
) -> None:
    page = signed_in
    page.goto(f"/edit/{board}/annotations")
    page.get_by_role("button", name="Add annotation query").click()
    page.wait_for_url("**/annotations/0")
    write(page, "Name", "Deployments")
    write(page, "Tags", "deploy, live")
    page.get_by_label("Show in").select_option(label="Chosen panels")
    expect(page.get_by_label("Chosen panels")).to_be_visible()
    assert serious_faults(page) == []
    with kept(page):
        page.get_by_label("Chosen panels").select_option(["2"])
    save_draft(page)
    (made,) = board_of(server, board)["annotations"]["list"]
    assert (made["name"], made["target"]["tags"]) == ("Deployments", ["deploy", "live"])
    assert made["filter"] == {"exclude": False, "ids": [2]}
    expect(page.get_by_role("switch", name="Deployments")).to_be_visible()


def test_json_of_a_panel_and_of_the_dashboard(signed_in: Page, server: str, board: str) -> None:
    page = signed_in
    page.goto(f"/edit/{board}/panel/2")
    page.locator("summary", has_text="Panel JSON").click()
    area = page.locator("#panel-json")
    with kept(page):
        area.fill(json.dumps({**json.loads(area.input_value()), "title": "By JSON", "id": 77}))
        area.press("Tab")
    expect(page.get_by_label("Title", exact=True)).to_have_value("By JSON")
    page.goto(f"/edit/{board}/json")
    area = page.get_by_label("JSON model")
    area.fill("{no")
    area.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("This is not JSON")
    with kept(page):
        area.fill(json.dumps({**board_of(server, board), "refresh": "30s"}))
        area.press("Tab")
    expect(page.get_by_role("alert")).to_be_hidden()
    save_draft(page)
    assert board_of(server, board)["refresh"] == "30s"
