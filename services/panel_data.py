"""From a stored dashboard to drawn panels: everything needed from the database first, then queries, then views."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from queue import SimpleQueue
from typing import Any

import orjson

from core import clock
from core.access import Actor
from core.durations import parse_duration
from core.errors import BadRequest
from core.frames import Frame
from core.interpolation import Variable, fill
from core.intervals import panel_interval
from core.members import mappings
from core.notes import Note, on_panel
from core.timerange import TimeRange, parse_range, zone
from dashboards.layout import Placed, Section, sections
from dashboards.migration import modern
from dashboards.tree import every_panel
from datasources.base import Deadline, Query, SourceConfig, SourceError
from panels import registry
from panels.base import MOST_ROWS, Message, PanelData, Size, View
from panels.fields import Context
from panels.upgrade import upgraded
from queries import found, run
from queries.annotation_queries import MOST_POINTS as MOST_NOTE_POINTS
from queries.annotation_queries import Definition, definitions, notes, step_ms
from queries.frozen import frames_of, is_frozen
from queries.panel_range import shifted, words
from queries.variables import Resolver, State, built_in, in_address, read
from services import data_sources, library_panels, orgs, panel_notes

HEAD_PX, BORDER_PX = 33, 2
MOST_POINTS = 100_000
ROW_PX, MORE_ROWS = 29, 10  # of a table: as high as one is, and how many below those in sight
FLAT, FLAT_PX, TALL_PX = (
    frozenset({"stat", "gauge"}),
    150.0,
    300.0,
)  # in one column, as static/src/kinds.css has them
MIXED, DASHBOARD, OWN = "-- Mixed --", "-- Dashboard --", "-- Grafana --"


@dataclass(frozen=True)
class Asked:
    """What the address asks of a dashboard.

    browser_zone: where the browser is, for boards that follow it. box_px: width and height of a panel that stands alone;
    without it panels are as large as their place on the grid. all_rows: write tables out to their end, not only what is in sight of them.
    editing: show each panel once, where it stands, repeated or not. one_column: panels are as wide as the grid, as on phones.
    switched: annotation queries that are shown though the dashboard hides them, or the other way round.
    """

    raw_from: str = ""
    raw_to: str = ""
    variables: Mapping[str, Sequence[str]] = field(default_factory=dict)
    grid_px: float = 1380
    box_px: tuple[float, float] | None = None
    all_rows: bool = True
    timezone: str = ""
    browser_zone: str = ""
    dark: bool = True
    editing: bool = False
    one_column: bool = False
    switched: tuple[str, ...] = ()


@dataclass
class Page:
    """A dashboard ready to be drawn; nothing here needs the database any more."""

    uid: str
    title: str
    slug: str
    board: Mapping[str, Any]
    span: TimeRange
    timezone: str
    states: list[State]
    sources: list[SourceConfig]
    asked: Asked
    globals: Mapping[str, Variable]
    notes: Sequence[tuple[Definition, Note]] = ()

    @cached_property
    def annotation_queries(self) -> list[Definition]:
        """The dashboard's annotation queries, as the address switches them."""
        return definitions(self.board, self.asked.switched)

    @property
    def known(self) -> dict[str, Variable]:
        """All variables by name."""
        chosen = {state.name: state.variable for state in self.states}
        address = Variable("__all_variables", [in_address(self.states)])
        return {**self.globals, address.name: address, **chosen}

    def box_of(self, place: Placed) -> tuple[float, float]:
        """Return a panel's width and height in pixels, its border included."""
        if self.asked.one_column and self.asked.box_px is None:
            return self.asked.grid_px, FLAT_PX if place.panel.get("type") in FLAT else TALL_PX
        return self.asked.box_px or (place.width_px(self.asked.grid_px), float(place.height_px))

    def layout(self) -> list[Section]:
        """Return the sections with repeats for what is chosen now."""
        chosen: dict[str, list[tuple[str, str]]] = {}
        if self.asked.editing:
            return sections(self.board, chosen)
        for state in self.states:
            variable = state.variable
            texts = variable.texts or variable.values
            chosen[state.name] = list(zip(variable.values, texts, strict=False))
        return sections(self.board, chosen)

    def filled(self, text: Any, scope: Mapping[str, tuple[str, str]]) -> str:
        """Return a text with variables filled in as a repeat sees them."""
        return fill(str(text or ""), self.scoped(scope))

    def title_of(self, place: Placed) -> str:
        """Return a panel's title."""
        return self.filled(place.panel.get("title"), place.scope)

    def row_title(self, section: Section) -> str:
        """Return a row's title."""
        return self.filled(section.title, section.scope)

    def scoped(self, scope: Mapping[str, tuple[str, str]]) -> dict[str, Variable]:
        """Return all variables as a repeat sees them."""
        return {
            **self.known,
            **{
                name: Variable(name, [value], [text], members={"text": text, "value": value})
                for name, (value, text) in scope.items()
            },
        }


@dataclass(frozen=True)
class Drawn:
    """One panel's outcome. frames: its data as it is shown; asked: the queries as they were sent, each with its source."""

    place: Placed
    view: View
    error: str = ""
    note: str = ""
    results: tuple[run.Result, ...] = ()
    frames: tuple[Frame, ...] = ()
    asked: tuple[tuple[SourceConfig, Mapping[str, Any]], ...] = ()

    @property
    def state(self) -> str:
        """Done or error."""
        return "error" if self.error else "done"

    @property
    def has_data(self) -> bool:
        """Whether any query found anything; what did is shown beside a fault."""
        return any(len(frame) for result in self.results for frame in result.frames) or any(
            len(frame) for frame in self.frames
        )


def load(actor: Actor, dashboard: Any, asked: Asked, timeout_s: float) -> Page:
    """Read a dashboard and all data sources it may ask. Raises BadRequest for a range that is none."""
    board = orjson.loads(dashboard.body)
    if library_panels.shows_some(dashboard.body):
        is_draft = getattr(dashboard, "is_draft", False)
        library_panels.fill(actor.org_id, board, at=getattr(dashboard, "at", None), is_draft=is_draft)
    modern(board)
    for held, i, panel in every_panel(board):
        held[i] = upgraded(panel)
    theme, own_zone, week = orgs.effective(actor)
    del theme
    time = board.get("time") if isinstance(board.get("time"), dict) else {}
    name = asked.timezone or str(board.get("timezone") or "") or own_zone
    if name.lower() in {"", "browser", "default"}:
        name = asked.browser_zone or "utc"
    raw_from, raw_to = (
        asked.raw_from or str(time.get("from") or "now-6h"),
        asked.raw_to or str(time.get("to") or "now"),
    )
    try:
        span = parse_range(
            raw_from,
            raw_to,
            clock.now_ms(),
            zone(name),
            6 if week == "sunday" else 5 if week == "saturday" else 0,
        )
    except (ValueError, OverflowError):
        raise BadRequest(
            f"The time range {raw_from!r} to {raw_to!r} is none", field="from", traced=False
        ) from None
    if span.from_ms >= span.to_ms or not -(10**14) < span.from_ms < span.to_ms < 10**15:
        raise BadRequest("The time range ends before it begins", field="from", traced=False)
    rows = data_sources.listed(actor, "datasources:query")
    sources = [data_sources.config(row, timeout_s) for row in rows]
    known = built_in(
        span,
        {"name": str(dashboard.title), "uid": str(dashboard.uid)},
        {"id": str(actor.org_id), "name": actor.org_name},
        {"id": str(actor.user_id), "login": actor.login, "email": actor.email},
    )
    page = Page(
        dashboard.uid,
        dashboard.title,
        dashboard.slug,
        board,
        span,
        name,
        read(board, asked.variables),
        sources,
        asked,
        known,
    )
    page.notes = panel_notes.kept(actor, dashboard.id, page.annotation_queries, span)
    return page


def resolve_variables(page: Page, *, fresh: bool = True) -> None:
    """Ask data sources for the options of variables, in the order in which they depend on each other.

    fresh: ask again even where the answer of a moment ago is at hand.
    """

    def find(reference: Any, text: str, known: Mapping[str, Variable]) -> list[str]:
        config = source_for(page, reference, {})
        if config is None:
            raise SourceError("Data source not found")
        source = run.source(config)
        filled = fill(text, known, default_format=source.variable_format)
        key = (str(config.id), config.uid, config.url, page.span.raw_from, page.span.raw_to, filled)
        span, deadline = page.span, Deadline.after(config.timeout_s)
        return found.remembered(
            key, lambda: source.find(filled, span.from_ms, span.to_ms, deadline), fresh=fresh
        )

    listed = [(one.name, one.uid, one.type) for one in page.sources]
    page.states = Resolver(find, listed, page.span, known=dict(page.globals)).resolve(page.states)


def source_for(page: Page, reference: Any, scope: Mapping[str, tuple[str, str]]) -> SourceConfig | None:
    """Return the data source that a panel names: by uid, by name, by a variable, or the default."""
    name = reference.get("uid") if isinstance(reference, Mapping) else reference
    if isinstance(name, str) and "$" in name:
        name = fill(name, page.scoped(scope), default_format="raw")
    if not name or name == "default":
        kind = reference.get("type") if isinstance(reference, Mapping) else None
        chosen = next((one for one in page.sources if one.is_default), None)
        return chosen or next((one for one in page.sources if kind is None or kind == one.type), None)
    return next((one for one in page.sources if name in (one.uid, one.name)), None)


def places(page: Page) -> dict[str, Placed]:
    """Return all panels by their key."""
    return {place.key: place for section in page.layout() for place in section.panels}


def draw(page: Page, wanted: Sequence[Placed]) -> Iterator[Drawn]:
    """Yield panels as they are ready. Equal queries are sent once; a fault is its panel's own."""
    batch = run.Batch()
    asked_notes = _submit_notes(page, wanted, batch)
    ready: SimpleQueue[Future[Drawn]] = SimpleQueue()

    def draw_when_done(place: Placed, waiting: _Waiting) -> None:
        told = asked_notes if _shows_notes(place) else []

        def start() -> None:
            run.drawing_threads().submit(_finish, page, place, waiting, told).add_done_callback(ready.put)

        run.when_done([*waiting.pending, *(one.pending for one in told)], start)

    for place in wanted:
        draw_when_done(place, _submit(page, place, batch))
    for _ in wanted:
        yield ready.get().result()


@dataclass
class _Waiting:
    pending: list[run.Pending]
    models: list[tuple[SourceConfig, Mapping[str, Any]]]
    span: TimeRange
    error: str = ""
    frozen: Sequence[Frame] = ()


def _targets(page: Page, panel: Mapping[str, Any]) -> tuple[Any, list[Mapping[str, Any]]]:
    """Return a panel's source and queries; one that shows another panel's data takes that panel's."""
    targets = [one for one in mappings(panel.get("targets")) if not one.get("hide")]
    reference = panel.get("datasource")
    name = reference.get("uid") if isinstance(reference, Mapping) else reference
    if name == DASHBOARD and targets:
        wanted = targets[0].get("panelId")
        other = next((place.panel for place in places(page).values() if place.id == wanted), None)
        if other is not None and other is not panel and other.get("datasource") != reference:
            return _targets(page, other)
    return reference, targets


def _submit(page: Page, place: Placed, batch: run.Batch) -> _Waiting:
    span = shifted(page.span, place.panel)
    made = _Waiting([], [], span)
    if not registry.kind(str(place.panel.get("type"))).queries:
        return made
    if is_frozen(place.panel):
        made.frozen = frames_of(place.panel)
        return made
    reference, targets = _targets(page, place.panel)
    known = page.scoped(place.scope)
    width = int(page.box_of(place)[0])
    points = place.panel.get("maxDataPoints")
    points = min(points, MOST_POINTS) if isinstance(points, int) and points > 0 else max(1, width)
    for target in targets:
        own = target.get("datasource")
        config = source_for(
            page, own if own not in (None, "") else None if reference == MIXED else reference, place.scope
        )
        named = (own or reference or {}) if isinstance(own or reference or {}, Mapping) else {}
        if config is None:
            if named.get("uid") not in {OWN, "grafana", DASHBOARD}:
                made.error = "Data source not found"
            continue
        kind = run.kind_of(config)
        model = filled(target, known, kind.variable_format)
        if not kind.asks(model):
            continue
        least = _least_ms(page, place.panel, config, known)
        query = Query(
            str(target.get("refId") or "A"),
            model,
            span.from_ms,
            span.to_ms,
            panel_interval(span.span_ms, points, least),
            points,
        )
        made.pending.append(batch.submit(config, query))
        made.models.append((config, model))
    return made


def _least_ms(
    page: Page, panel: Mapping[str, Any], config: SourceConfig, known: Mapping[str, Variable]
) -> int:
    del page
    given = panel.get("interval") or config.json_data.get("timeInterval") or ""
    try:
        return (
            max(1, parse_duration(fill(str(given), known)))
            if given
            else (15_000 if config.type == "prometheus" else 1)
        )
    except ValueError:
        return 1


def filled(value: Any, known: Mapping[str, Variable], form: str, name: str = "") -> Any:
    """Return a query's model with variables filled into every text; form is for the query itself, `expr`."""
    if isinstance(value, str):
        return fill(value, known, default_format=form if name == "expr" else "glob")
    if isinstance(value, Mapping):
        return {key: filled(inner, known, form, str(key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, known, form, name) for inner in value]
    return value


@dataclass(frozen=True)
class _AskedNotes:
    """An annotation query on its way. step_ms: between two points of an answer over time."""

    definition: Definition
    config: SourceConfig
    pending: run.Pending
    step_ms: int


def _shows_notes(place: Placed) -> bool:
    return registry.kind(str(place.panel.get("type"))).notes


def _submit_notes(page: Page, wanted: Sequence[Placed], batch: run.Batch) -> list[_AskedNotes]:
    """Ask data sources for the annotations of the panels that show any; once for all of them."""
    asked: list[_AskedNotes] = []
    if not any(_shows_notes(place) for place in wanted):
        return asked
    for one in page.annotation_queries:
        sent = _submit_note(page, one, batch) if one.shown else None
        if sent is not None:
            asked.append(sent)
    return asked


def _submit_note(page: Page, wanted: Definition, batch: run.Batch) -> _AskedNotes | None:
    config = None if wanted.native else source_for(page, wanted.datasource, {})
    if config is None:
        return None
    kind = run.kind_of(config)
    model = {"refId": "Anno", **filled(wanted.target, page.known, kind.variable_format)}
    if not kind.asks(model):
        return None
    step = step_ms(wanted, page.span.span_ms)
    query = Query("Anno", model, page.span.from_ms, page.span.to_ms, step, MOST_NOTE_POINTS)
    return _AskedNotes(wanted, config, batch.submit(config, query), step)


def found_by(page: Page, wanted: Definition) -> tuple[list[Note], str]:
    """Return what one annotation query finds in the page's range, also where it is switched off, and what went wrong."""
    if wanted.native:
        return [note for definition, note in page.notes if definition.model is wanted.model], ""
    sent = _submit_note(page, wanted, run.Batch())
    if sent is None:
        return [], ""
    result = sent.pending.result()
    return notes(wanted, sent.config.type, result.frames, sent.step_ms), result.error


def _notes_on(page: Page, place: Placed, asked: Sequence[_AskedNotes]) -> tuple[tuple[Note, ...], str]:
    """Return the annotations that a panel shows, and what went wrong with any of their queries."""
    found = [note for definition, note in page.notes if definition.is_for(place.id)]
    fault = ""
    for one in asked:
        result = one.pending.result()
        fault = fault or (f"Annotations {one.definition.name}: {result.error}" if result.error else "")
        if one.definition.is_for(place.id):
            found += notes(one.definition, one.config.type, result.frames, one.step_ms)
    return on_panel(found, place.id), fault


def _finish(page: Page, place: Placed, waiting: _Waiting, told: Sequence[_AskedNotes] = ()) -> Drawn:
    results = [one.result() for one in waiting.pending]
    error = waiting.error or next((one.error for one in results if one.error), "")
    frames: list[Frame] = []
    trouble = ""
    try:
        frames = [*waiting.frozen, *_presented(results, waiting.models)]
        marks, trouble = _notes_on(page, place, told) if _shows_notes(place) else ((), "")
        view = draw_frames(page, place, frames, waiting.span, marks)
    except Exception as fault:  # noqa: BLE001 - a panel that cannot be drawn says so; the page goes on
        run.log.exception("panel %s of %s cannot be drawn", place.key, page.uid)
        view, error = (
            Message("This panel cannot be drawn", str(fault)),
            error or f"{type(fault).__name__}: {fault}",
        )
    said = " ".join(one for one in (words(place.panel), trouble) if one)
    return Drawn(place, view, error, said, tuple(results), tuple(frames), tuple(waiting.models))


def _presented(
    results: Sequence[run.Result], models: Sequence[tuple[SourceConfig, Mapping[str, Any]]]
) -> list[Frame]:
    frames: list[Frame] = []
    for config in dict.fromkeys(config.uid for config, _ in models):
        mine = [
            (one, model) for one, (source, model) in zip(results, models, strict=True) if source.uid == config
        ]
        source = next(source for source, _ in models if source.uid == config)
        if mine and all(one.status != 404 for one, _ in mine):
            frames += run.source(source).present(
                [frame for one, _ in mine for frame in one.frames], [model for _, model in mine]
            )
    return frames


def draw_frames(
    page: Page, place: Placed, frames: list[Frame], span: TimeRange, marks: Sequence[Note] = ()
) -> View:
    """Return the view of one panel."""
    panel = place.panel
    known = page.scoped(place.scope)
    context = Context(
        zone(page.timezone), page.asked.dark, lambda text, scope, form: fill(text, known, scope, form)
    )
    head = 0 if panel.get("type") == "row" else HEAD_PX if page.title_of(place) else 8
    width, height = page.box_of(place)
    size = Size(width - BORDER_PX, max(20, height - head - BORDER_PX + 1))
    rows = MOST_ROWS if page.asked.all_rows else int(height / ROW_PX) + MORE_ROWS
    data = PanelData(panel, frames, size, span, context, f"p{place.key}", rows, marks)
    return registry.kind(str(panel.get("type"))).view(data)
