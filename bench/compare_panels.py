"""make compare DIR=…: draws recorded panels in process and compares what they say with what a browser showed.

DIR is laid out like a recording folder: `dashboards/*.json` (with `index.json`), `recorded/<uid>.json`,
`recorded/<uid>.queries.json.gz`. Strings and axis ticks are compared exactly, colours of values exactly, boxes not at
all. Prints a table by panel kind; `--verbose` says what differs, `--only UID` picks boards.
"""

import argparse
import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.frames import Frame, from_json
from core.interpolation import Variable, fill
from core.timerange import TimeRange, zone
from datasources.base import Deadline, Query, SourceConfig, SourceError
from datasources.kinds.prometheus import Prometheus
from datasources.kinds.testdata import TestData
from panels import registry
from panels.base import Message, PanelData, Size
from panels.fields import Context
from panels.kinds.table import Table
from panels.kinds.timeseries import Chart
from panels.upgrade import upgraded
from queries.panel_range import shifted
from queries.variables import Resolver, built_in, read

KINDS = {"timeseries", "stat", "gauge", "bargauge", "table", "text"}


def all_panels(board: dict[str, Any]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for panel in board.get("panels") or []:
        found[panel.get("id")] = panel
        for inner in panel.get("panels") or []:
            found[inner.get("id")] = inner
    return found


def needs_more(panel: dict[str, Any]) -> str:
    """Say what a panel needs besides the seven kinds, or "" if nothing."""
    if panel.get("transformations"):
        return "transformations"
    if panel.get("libraryPanel"):
        return "library panel"
    sources = [panel.get("datasource"), *(one.get("datasource") for one in panel.get("targets") or [])]
    names = {str(one.get("uid") if isinstance(one, dict) else one) for one in sources}
    if names & {"-- Dashboard --", "-- Grafana --", "grafana", "__expr__"}:
        return "own data"
    return ""


def frames_for(
    panel: dict[str, Any], record: dict[str, Any], exchanges: list[dict[str, Any]], span: TimeRange
) -> list[Frame]:
    """Return the recorded answers to a panel's queries, and what browsers make up themselves."""
    frames: list[Frame] = []
    answered: set[str] = set()
    for one in exchanges:
        results = (
            (one.get("response") or {}).get("results") if isinstance(one.get("response"), dict) else None
        )
        if str(one.get("panelId")) != str(record["panelId"]) or not isinstance(results, dict):
            continue
        body = one.get("body") if isinstance(one.get("body"), dict) else {}
        models = body.get("queries") or []
        mine: list[Frame] = []
        for ref_id, result in results.items():
            answered.add(ref_id)
            frames = [
                frame for frame in frames if frame.ref_id != ref_id
            ]  # a later answer took an earlier one's place
            for raw in result.get("frames") or []:
                frame = from_json(raw)
                frame.ref_id = frame.ref_id or ref_id
                mine.append(frame)
        kind = next(
            (
                model.get("datasource", {}).get("type")
                for model in models
                if isinstance(model.get("datasource"), dict)
            ),
            "",
        )
        frames += (
            Prometheus(SourceConfig(0, "", "", "prometheus")).present(mine, models)
            if kind == "prometheus"
            else mine
        )
    source = TestData(SourceConfig(0, "", "", "testdata"))
    for target in panel.get("targets") or []:
        if (
            target.get("hide")
            or target.get("refId") in answered
            or target.get("scenarioId") not in {"raw_frame", "manual_entry"}
        ):
            continue
        try:
            frames += source.query(
                Query(str(target.get("refId")), target, span.from_ms, span.to_ms), Deadline.after(5)
            )
        except SourceError:
            continue
    order = {str(target.get("refId")): i for i, target in enumerate(panel.get("targets") or [])}
    return sorted(frames, key=lambda frame: order.get(frame.ref_id, 99))


def plain(text: Any) -> str:
    return re.sub(r"\s+", " ", str(text)).strip()


def color(text: str) -> str:
    """Return a colour as recordings write it."""
    text = text.lower()
    if re.fullmatch(r"#[0-9a-f]{8}", text):
        alpha = int(text[7:], 16) / 255
        return text[:7] if alpha > 0.995 else f"{text[:7]}@{alpha:.2f}".rstrip("0")
    return text


def compare_chart(view: Chart, record: dict[str, Any]) -> list[str]:
    wrong = []
    plots = record.get("uplot") or []
    if not plots:
        return ["recorded without a chart"]
    wanted_axes = plots[0]["axes"]
    x_wanted = [v for v in next((a.get("values") or [] for a in wanted_axes if a["side"] in {0, 2}), []) if v]
    x_got = [text for _, text in view.x_ticks]
    if x_wanted != x_got:
        wrong.append(f"x ticks: want {x_wanted} got {x_got}")
    y_wanted = sorted(
        [str(v) for v in a.get("values") or [] if v not in {"", None}]
        for a in wanted_axes
        if a["side"] in {1, 3} and a.get("size")
    )
    y_got = sorted([text for _, text in axis.ticks if text] for axis in view.axes if axis.side != "hidden")
    if [one for one in y_wanted if one] != [one for one in y_got if one]:
        wrong.append(f"y ticks: want {y_wanted} got {y_got}")
    legend = record.get("legend") or []
    wanted = [
        (plain(one["label"]), color(one.get("color") or ""), [plain(s) for s in one.get("stats") or []])
        for one in legend
    ]
    got = [
        (
            plain(item.name),
            color(item.color),
            [plain(s.text if view.legend.mode == "table" else f"{s.name}: {s.text}") for s in item.stats],
        )
        for item in view.legend.items
    ]
    if wanted != got:
        differing = [(a, b) for a, b in zip(wanted, got, strict=False) if a != b][:2]
        wrong.append(f"legend: {len(wanted)} wanted, {len(got)} got; {differing or (wanted[:2], got[:2])}")
    return wrong


def compare_table(view: Table, record: dict[str, Any]) -> list[str]:
    tables = record.get("tables") or []
    if not tables:
        return ["recorded without a table"]
    wrong = []
    heads = [
        str(one.get("t", "") if isinstance(one, dict) else one) for one in tables[0].get("headers") or []
    ]
    got_heads = [one.name for one in view.columns] if view.header else []
    if any(heads) and heads != got_heads:
        wrong.append(f"heads: want {heads[:6]} got {got_heads[:6]}")
    for want_row, got_row in zip(tables[0].get("rows") or [], view.rows, strict=False):
        for want, got in zip(want_row, got_row, strict=False):
            text = want.get("t") if isinstance(want, dict) else want
            if isinstance(want, dict) and ("img" in want or (text is None and "gauge" not in want)):
                continue
            if plain(text or "") != plain(got.text):
                wrong.append(f"cell: want {text!r} got {got.text!r}")
            elif (
                isinstance(want, dict)
                and want.get("bg")
                and got.background
                and "gradient" not in str(want["bg"])
                and color(got.background) != want["bg"]
            ):
                wrong.append(f"cell background: want {want['bg']} got {got.background}")
    if len(tables[0].get("rows") or []) > len(view.rows):
        wrong.append(f"rows: want {len(tables[0]['rows'])} got {len(view.rows)}")
    return wrong


def compare_texts(strings: list[tuple[str, str]], record: dict[str, Any]) -> list[str]:
    wanted = [
        (plain(one["t"]), color(one.get("color") or ""))
        for one in record.get("texts") or []
        if one["t"].strip()
    ]
    wanted += [
        (plain(one["t"]), "") for part in record.get("canvas") or [] for one in part.get("texts") or []
    ]
    got = [(plain(text), color(tone)) for text, tone in strings if text.strip()]
    left = sorted(text for text, _ in wanted)
    right = sorted(text for text, _ in got)
    if left != right:
        return [f"texts: want {left[:10]} got {right[:10]}"]
    tones = defaultdict(set)
    for text, tone in wanted:
        tones[text].add(tone)
    return [
        f"colour of {text}: want {sorted(tones[text])} got {tone}"
        for text, tone in got
        if tone and tones[text] != {""} and tone not in tones[text]
    ]


def compare_prose(strings: list[tuple[str, str]], record: dict[str, Any]) -> list[str]:
    def words(text: str) -> str:
        return re.sub(r"\s+", "", text)

    wanted = words("".join(one["t"] for one in record.get("texts") or []))
    got = (
        words("".join(text for text, _ in strings))
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
    )
    return [] if wanted == got else [f"text: want {wanted[:120]!r} got {got[:120]!r}"]


def variables(board: dict[str, Any], panel_record: dict[str, Any], span: TimeRange) -> dict[str, Variable]:
    """Return the board's variables as they were chosen when it was recorded, repeats' own on top."""
    found = built_in(
        span,
        {"name": str(board.get("title")), "uid": str(board.get("uid"))},
        {"id": "1", "name": "Main Org."},
        {"id": "1", "login": "admin", "email": "admin@localhost"},
    )
    source = TestData(SourceConfig(0, "", "", "testdata"))

    def find(_reference: Any, text: str, known: Mapping[str, Variable]) -> list[str]:
        return source.find(fill(text, known), span.from_ms, span.to_ms, Deadline.after(5))

    states = read(board, {})
    if "testdata" in str((board.get("templating") or {}).get("list")):
        states = Resolver(find, [], span, known=dict(found)).resolve(states)
    found |= {state.name: state.variable for state in states}
    for name, value in (panel_record.get("scopedVars") or {}).items():
        found[name] = Variable(
            name, [str(value)], [str(value)], members={"text": str(value), "value": str(value)}
        )
    return found


def differences(
    board: dict[str, Any],
    record: dict[str, Any],
    one: dict[str, Any],
    panel: dict[str, Any],
    exchanges: list[dict[str, Any]],
) -> list[str]:
    span = TimeRange(int(record["from"]), int(record["to"]), "", "")
    known = variables(board, one, span)
    context = Context(
        zone(str(board.get("timezone") or "browser")),
        dark=True,
        fill=lambda text, scope, form: fill(text, known, scope, form),
    )
    box = one.get("contentInPanel") or {"w": 500, "h": 250}
    panel = upgraded(panel)
    span = shifted(span, panel)
    data = PanelData(panel, frames_for(panel, one, exchanges, span), Size(box["w"], box["h"]), span, context)
    view = registry.kind(panel["type"]).view(data)
    if isinstance(view, Chart):
        return compare_chart(view, one)
    if isinstance(view, Table):
        return compare_table(view, one)
    if panel["type"] == "text":
        return compare_prose(view.strings(), one)
    if isinstance(view, Message) and panel["type"] in {"timeseries", "table"}:
        shown = [text["t"] for text in one.get("texts") or []]
        shown += [text["t"] for part in one.get("canvas") or [] for text in part.get("texts") or []]
        return [] if view.text in shown else [f"message: want {shown[:3]} got {view.text}"]
    return compare_texts(view.strings(), one)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only")
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    boards: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    skipped: dict[str, int] = defaultdict(int)
    for path in sorted((asked.folder / "recorded").glob("*.json")):
        if asked.only and asked.only not in path.stem:
            continue
        record = json.loads(path.read_text())
        source = asked.folder / "dashboards" / str(record.get("file"))
        if not source.is_file():
            continue
        board = json.loads(source.read_text())
        board = board.get("dashboard") or board
        packed = path.with_name(path.stem + ".queries.json.gz")
        exchanges = json.loads(gzip.decompress(packed.read_bytes())) if packed.exists() else []
        panels = all_panels(board)
        for one in record["panels"]:
            panel = panels.get(one.get("panelId")) or next(
                (
                    p
                    for p in panels.values()
                    if p.get("title") == one.get("rawTitle") and p.get("type") == one["type"]
                ),
                None,
            )
            if one["type"] not in KINDS or panel is None or upgraded(panel).get("type") != one["type"]:
                skipped[one["type"] if one["type"] not in KINDS else "not found"] += 1
                continue
            more = needs_more(panel)
            if more:
                skipped[more] += 1
                continue
            try:
                wrong = differences(board, record, one, panel, exchanges)
            except Exception as fault:  # noqa: BLE001 - one panel's fault is one panel's row
                wrong = [f"{type(fault).__name__}: {fault}"]
            for key in (totals[one["type"]], boards[path.stem]):
                key[0] += not wrong
                key[1] += 1
            if wrong and asked.verbose:
                print(
                    f"{path.stem} #{one['panelId']} {one['type']} {one.get('title')!r}: "
                    + "; ".join(wrong[:3])[:420]
                )
    for title, rows in (("board", boards), ("kind", totals)):
        print(f"{title:34} {'equal':>6} {'of':>5}")
        for name, (equal, count) in sorted(rows.items()):
            print(f"{name:34} {equal:6} {count:5} {100 * equal / count:6.1f} %")
    equal, count = (sum(row[i] for row in totals.values()) for i in (0, 1))
    print(f"{'all':34} {equal:6} {count:5} {100 * equal / max(1, count):6.1f} %")
    print("left out: " + ", ".join(f"{name} {number}" for name, number in sorted(skipped.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
