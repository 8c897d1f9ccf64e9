"""What a hand can do on a dashboard."""

import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.steps import save, serious_faults, settled
from tests.servers import free_port
from tests.serving import belvedere, running, wait_for

CHARTS, OVERVIEW = "/d/sample-charts/x", "/d/sample-overview/x"
EVIL = "<img src=x onerror=\"window.hit='name'\"><script>window.hit='script'</script>'\"`"


def test_crosshair_and_tooltip_on_all_charts(signed_in: Page) -> None:
    page = signed_in
    page.goto(OVERVIEW)
    settled(page)
    chart = page.locator("svg.plot").first
    box = chart.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#crosshair-tip")).to_be_visible()
    expect(page.locator("svg.plot .crosshair")).to_have_count(page.locator("svg.plot").count())
    page.mouse.move(5, 5)
    expect(page.locator("#crosshair-tip")).to_be_hidden()


def test_dragging_over_a_chart_zooms_in_and_the_button_out_again(signed_in: Page) -> None:
    page = signed_in
    page.goto(OVERVIEW)
    settled(page)
    box = page.locator("svg.plot").first.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.4, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile(r"from=\d{13}&to=\d{13}"))
    span = page.evaluate("Number(document.body.dataset.to) - Number(document.body.dataset.from)")
    assert 3_600_000 < span < 2 * 3_600_000
    settled(page)
    zoomed = page.url
    page.get_by_role("button", name="Zoom out").click()
    page.wait_for_url(lambda url: url != zoomed)
    assert page.evaluate("Number(document.body.dataset.to) - Number(document.body.dataset.from)") > 1.9 * span


def test_a_variable_changes_titles_and_repeats(signed_in: Page) -> None:
    page = signed_in
    page.goto(CHARTS)
    settled(page)
    control = page.locator("[data-variable=host]")
    titles = page.locator(".panel h2").all_inner_texts()
    control.locator("summary").click()
    boxes = control.get_by_role("checkbox")
    chosen = [box.is_checked() for box in boxes.all()]
    boxes.nth(chosen.index(False)).check()
    page.keyboard.press("Escape")
    page.wait_for_url("**var-host=**")
    assert set(settled(page)) == {"done"}
    assert page.locator(".panel h2").all_inner_texts() != titles


def test_rows_fold(signed_in: Page) -> None:
    page = signed_in
    page.goto(CHARTS)
    settled(page)
    row = page.locator("details.row").first
    row.locator("summary").first.click()
    expect(row.locator("[data-panel-id]").first).to_be_hidden()
    page.keyboard.press("d")
    page.keyboard.press("Shift+E")
    expect(row.locator("[data-panel-id]").first).to_be_visible()


def test_one_panel_alone_and_back(signed_in: Page) -> None:
    page = signed_in
    page.goto(OVERVIEW)
    settled(page)
    count = page.locator("[data-panel-id]").count()
    page.locator(".panel", has=page.locator("svg.plot")).first.hover()
    page.keyboard.press("v")
    page.wait_for_url("**viewPanel=**")
    assert settled(page) == {"done": 1}
    page.get_by_role("link", name="All panels").click()
    page.wait_for_url(lambda url: "viewPanel" not in url)
    assert settled(page) == {"done": count}


@pytest.mark.parametrize("path", [f"{OVERVIEW}?viewPanel=7", "/d-solo/sample-overview/x?panelId=7"])
def test_a_panel_alone_fills_its_room_and_follows_the_window(signed_in: Page, path: str) -> None:
    page = signed_in
    for width, height in ((1300, 900), (700, 600)):
        page.set_viewport_size({"width": width, "height": height})
        if width == 1300:
            page.goto(path)
        fits = """() => {
          const panel = document.querySelector("[data-panel-id='7']"), legend = panel.querySelector(".legend");
          const gap = panel.getBoundingClientRect().bottom - legend.getBoundingClientRect().bottom;
          const side = panel.clientWidth - panel.querySelector("svg.plot").clientWidth;
          return panel.dataset.state === "done" && gap < 30 && gap > 0 && side < 30 && side > 0;
        }"""
        expect(page.locator("svg.plot")).to_be_visible()
        until = time.monotonic() + 10
        while not page.evaluate(fits):
            assert time.monotonic() < until, page.evaluate(
                fits.replace("return panel", "return [gap, side]; return panel")
            )
            time.sleep(0.1)


def test_a_legend_shows_one_series_alone(signed_in: Page) -> None:
    page = signed_in
    page.goto(OVERVIEW)
    settled(page)
    chart = page.locator(".chart", has=page.locator(".legend button")).first
    chart.locator(".legend button").first.click()
    shown = chart.locator("svg .series:not(.off)")
    expect(shown).to_have_count(1)
    chart.locator(".legend button").first.click()
    expect(chart.locator("svg .series.off")).to_have_count(0)


def test_refreshing_swaps_the_content_of_panels(signed_in: Page) -> None:
    page = signed_in
    page.goto(OVERVIEW)
    settled(page)
    page.locator("[data-panel-content]").first.evaluate("one => one.firstElementChild.dataset.old = 1")
    page.get_by_label("Refresh every").select_option("5s")
    page.wait_for_url("**refresh=5s**")
    expect(page.locator("[data-old]")).to_have_count(0, timeout=12_000)
    assert set(settled(page)) == {"done"}


def test_a_hidden_tab_asks_for_nothing_and_catches_up(signed_in: Page) -> None:
    page = signed_in
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/panels?" in request.url else None)
    page.goto(f"{OVERVIEW}?refresh=5s")
    settled(page)
    hide = """hidden => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.wait_for_timeout(500)
    before = len(asked)
    page.wait_for_timeout(6000)
    assert len(asked) == before
    with page.expect_request("**/panels?**"):
        page.evaluate(hide, False)


def test_nothing_in_any_name_runs(signed_in: Page, server: str) -> None:
    target = {
        "refId": "A",
        "scenarioId": "csv_metric_values",
        "stringInput": "1,2,3",
        "alias": EVIL,
        "labels": f"a={EVIL}",
        "datasource": {"uid": "testdata"},
    }
    kinds = ["timeseries", "stat", "gauge", "bargauge", "table", "text", EVIL]
    panels: list[dict[str, Any]] = [
        {
            "id": i,
            "type": kind,
            "title": EVIL,
            "description": EVIL,
            "gridPos": {"x": 0, "y": i * 8, "w": 12, "h": 8},
            "targets": [target],
            "links": [{"title": EVIL, "url": "javascript:window.hit='link'"}],
            "fieldConfig": {
                "defaults": {"unit": f"suffix:{EVIL}", "displayName": EVIL, "noValue": EVIL},
                "overrides": [],
            },
            "options": {
                "content": EVIL,
                "mode": "html",
                "legend": {"calcs": ["last"], "displayMode": "table"},
            },
        }
        for i, kind in enumerate(kinds, 1)
    ]
    variable = {
        "name": "v",
        "label": EVIL,
        "type": "custom",
        "query": EVIL,
        "current": {"text": EVIL, "value": EVIL},
    }
    save(
        server,
        uid="evil",
        title=EVIL,
        tags=[EVIL],
        panels=[
            *panels,
            {"id": 99, "type": "row", "title": EVIL, "gridPos": {"x": 0, "y": 90, "w": 24, "h": 1}},
        ],
        templating={"list": [variable]},
        links=[{"type": "link", "title": EVIL, "tooltip": EVIL, "url": "javascript:window.hit='link'"}],
    )
    for path in (
        "/d/evil/x",
        "/d/evil/x?inline=1",
        "/d-solo/evil/x?panelId=1",
        "/dashboards",
        "/",
        "/d/evil/x?editview=dashboard_json",
    ):
        signed_in.goto(path)
        if "/d/evil/x" in path and "editview" not in path:
            settled(signed_in)
        signed_in.mouse.move(400, 300)
        assert signed_in.evaluate("window.hit") is None, path
        assert signed_in.locator("[onerror], [href^=javascript]").count() == 0


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/dashboards",
        "/datasources",
        "/datasources/new?type=prometheus",
        "/dashboard/import",
        OVERVIEW,
        CHARTS,
        "/dashboard/new",
        "/edit/sample-charts",
        "/edit/sample-charts/panel/4",
        "/edit/sample-charts/settings",
        "/edit/sample-charts/variables",
        "/edit/sample-charts/variables/0",
        "/edit/sample-charts/annotations",
        "/edit/sample-charts/links",
        "/edit/sample-charts/json",
        "/profile",
        "/org",
        "/org/apikeys",
        "/swagger-ui",
        "/nowhere",
    ],
)
def test_pages_are_accessible(signed_in: Page, path: str, theme: str) -> None:
    signed_in.goto(f"{path}{'&' if '?' in path else '?'}theme={theme}")
    if signed_in.locator("[data-panel-id]").count():
        settled(signed_in)
    assert serious_faults(signed_in) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_dialogs_are_accessible(signed_in: Page, theme: str) -> None:
    page = signed_in
    page.goto(f"{CHARTS}?theme={theme}")
    settled(page)
    for key, words in (("?", "Keys"), ("i", "Download CSV"), ("ps", "Copy"), ("", "Share")):
        page.get_by_role("region", name="Bars").hover()
        for one in key:
            page.keyboard.press(one)
        if not key:
            page.get_by_role("button", name="Share", exact=True).click()
        expect(page.get_by_role("dialog").get_by_text(words).first).to_be_visible()
        assert serious_faults(page) == []
        page.keyboard.press("Escape")
    page.goto(f"/edit/sample-charts?theme={theme}")
    settled(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog").get_by_label("What was changed")).to_be_visible()
    assert serious_faults(page) == []


def test_a_range_of_a_legend_is_chosen_with_shift(signed_in: Page) -> None:
    page = signed_in
    page.goto(CHARTS)
    settled(page)
    stacked = page.get_by_role("region", name="Stacked")
    for name, modifiers in (("a", []), ("b", ["Shift"])):
        stacked.locator(".legend button", has_text=name).first.click(modifiers=modifiers)
    off = stacked.locator(".legend button.off")
    expect(off).to_have_count(1)
    expect(off).to_have_text("c")


def test_tv_and_kiosk_and_back(signed_in: Page) -> None:
    page = signed_in
    page.goto(CHARTS)
    settled(page)
    rail, save_time = page.locator(".rail"), page.locator("#range")
    for shown in ((False, True), (False, False), (True, True)):
        with page.expect_navigation():
            page.keyboard.press("d")
            page.keyboard.press("k")
        assert (rail.is_visible(), save_time.is_visible()) == shown
    page.goto(f"{CHARTS}?kiosk")
    with page.expect_navigation():
        page.keyboard.press("Escape")
    expect(rail).to_be_visible()


def test_what_was_looked_at_stands_on_the_home_page(signed_in: Page) -> None:
    page = signed_in
    for path in (OVERVIEW, CHARTS):
        page.goto(path)
        settled(page)
    page.goto("/")
    links = page.locator("[data-viewed] a")
    expect(links).to_have_text(["Sample: charts and variables", "Sample: overview"])
    links.first.click()
    page.wait_for_url("**/d/sample-charts/**")


@pytest.mark.parametrize("path", [CHARTS, "/edit/sample-charts"])
def test_on_a_phone_panels_stand_in_one_column_and_fill_it(signed_in: Page, path: str) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    settled(page)
    for name in ("Stacked", "Bars"):
        panel = page.get_by_role("region", name=name)
        whole, plot = panel.bounding_box(), panel.locator("svg.plot").bounding_box()
        legend = panel.locator(".legend").bounding_box()
        assert whole
        assert plot
        assert legend
        assert whole["width"] > 340
        assert whole["width"] - 30 < plot["width"] < whole["width"]
        assert 0 < whole["y"] + whole["height"] - legend["y"] - legend["height"] < 30
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_panel_stands_in_a_page_of_another_origin(page: Page, tmp_path: Path) -> None:
    with belvedere(tmp_path, GF_SECURITY_ALLOW_EMBEDDING="true") as base:
        key = requests.post(base + "/login", json={"user": "admin", "password": "admin"}, timeout=10)
        page.context.add_cookies(
            [{"name": "grafana_session", "value": key.cookies["grafana_session"], "url": base}]
        )
        (tmp_path / "index.html").write_text(
            f'<iframe width="600" height="300" src="{base}/d-solo/sample-overview/x?panelId=7"></iframe>'
        )
        port = free_port()
        site = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(tmp_path)]
        with running(site, tmp_path / "site.log"):
            wait_for(f"http://127.0.0.1:{port}/index.html")
            page.goto(f"http://127.0.0.1:{port}/index.html")
            frame = page.frame_locator("iframe")
            expect(frame.locator("[data-panel-id='7'][data-state=done] svg.plot")).to_be_visible()


def test_a_long_table_grows_when_somebody_scrolls_it(signed_in: Page, server: str) -> None:
    csv = "n\n" + "\n".join(str(n) for n in range(400))
    target = {"refId": "A", "scenarioId": "csv_content", "csvContent": csv, "datasource": {"uid": "testdata"}}
    panel = {
        "id": 1,
        "type": "table",
        "title": "T",
        "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
        "targets": [target],
    }
    save(
        server,
        uid="long",
        title="Long",
        panels=[panel, {**panel, "id": 2, "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8}}],
    )
    page = signed_in
    page.goto("/d/long/x")
    assert settled(page) == {"done": 2}
    rows = page.locator("[data-panel-id='1'] tbody tr")
    expect(rows).to_have_count(20)
    page.locator("[data-panel-id='1'] .table-scroll").evaluate("one => { one.scrollTop = 300 }")
    expect(rows).to_have_count(400)
    assert page.locator("[data-panel-id='1'] .table-scroll").evaluate("one => one.scrollTop") == 300
    button = page.locator("[data-panel-id='2']").get_by_role("button", name="Show more")
    button.dispatch_event("click")
    expect(page.locator("[data-panel-id='2'] tbody tr")).to_have_count(400)
