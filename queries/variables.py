"""Dashboard variables: what is chosen, what could be, and what follows from what.

Source: Grafana 9.3 documentation, "variables"; `find` asks a data source and is handed in.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.durations import short_duration
from core.interpolation import Variable, fill
from core.intervals import round_interval
from core.timerange import TimeRange

ALL = "$__all"
Find = Callable[[Any, str, Mapping[str, Variable]], list[str]]
KINDS = ("query", "custom", "constant", "interval", "textbox", "datasource")


@dataclass(frozen=True)
class Choice:
    """One thing that could be chosen."""

    text: str
    value: str


@dataclass(frozen=True)
class State:
    """A variable of a dashboard as it stands.

    chosen: values; all of them where is_all. options: what could be chosen (without All).
    """

    name: str
    kind: str
    label: str
    hide: int
    multi: bool
    include_all: bool
    all_value: str
    model: Mapping[str, Any]
    chosen: tuple[str, ...]
    texts: tuple[str, ...]
    options: tuple[Choice, ...]
    is_all: bool = False
    error: str = ""

    @property
    def variable(self) -> Variable:
        """The form in which it is filled in; All without a value of its own stands for every option."""
        values, texts = self.chosen, self.texts
        if self.is_all:
            values, texts = tuple(one.value for one in self.options), tuple(one.text for one in self.options)
        return Variable(
            self.name, values, texts or values, self.multi or self.include_all, self.all_value, self.is_all
        )

    @property
    def shown(self) -> str:
        """What the control shows."""
        if self.is_all:
            return "All"
        words = self.texts or self.chosen
        return words[0] + (f" + {len(words) - 1}" if len(words) > 1 else "") if words else "None"


def built_in(
    span: TimeRange, dashboard: Mapping[str, str], org: Mapping[str, str], user: Mapping[str, str]
) -> dict[str, Variable]:
    """Return the variables that every dashboard has.

    dashboard: name, uid. org: name, id. user: id, login, email; the first of each is what the plain name stands for.
    Source: Grafana 9.3 documentation, "global variables".
    """
    texts = {
        "__from": str(span.from_ms),
        "__to": str(span.to_ms),
        "__url_time_range": f"from={span.raw_from or span.from_ms}&to={span.raw_to or span.to_ms}",
        "timeFilter": f"time >= {span.from_ms}ms and time <= {span.to_ms}ms",
    }
    texts["__timeFilter"] = texts["timeFilter"]
    made = {name: Variable(name, [text]) for name, text in texts.items()}
    for name, members in (("__dashboard", dashboard), ("__org", org), ("__user", user)):
        made[name] = Variable(name, list(members.values())[:1], members=members)
    return made


def in_address(states: Sequence[State]) -> str:
    """Return all variables as a query string: what `__all_variables` stands for."""
    parts = (
        fill("${" + state.name + ":queryparam}", {state.name: state.variable})
        for state in states
        if state.chosen or state.is_all
    )
    return "&".join(parts)


def read(board: Mapping[str, Any], given: Mapping[str, Sequence[str]]) -> list[State]:
    """Return a dashboard's variables with what the address chose (`var-name`, several times for several)."""
    templating = board.get("templating")
    listed = templating.get("list") if isinstance(templating, Mapping) else None
    return [
        _read(one, given.get(f"var-{one.get('name')}"))
        for one in listed or []
        if isinstance(one, Mapping) and one.get("name")
    ]


def _read(model: Mapping[str, Any], given: Sequence[str] | None) -> State:
    kind = str(model.get("type") or "query")
    options = tuple(
        Choice(_text(one.get("text")), _text(one.get("value")))
        for one in model.get("options") or []
        if isinstance(one, Mapping) and one.get("value") != ALL
    )
    if kind == "custom":
        options = _custom(str(model.get("query") or ""))
    elif kind == "interval":
        options = tuple(Choice(one, one) for one in _words(str(model.get("query") or "")))
    current = model.get("current") if isinstance(model.get("current"), Mapping) else {}
    values, texts = _list((current or {}).get("value")), _list((current or {}).get("text"))
    if kind in {"constant", "textbox"} and (kind == "constant" or not values):
        values = texts = [_text(model.get("query"))]
    if given is not None:
        values, texts = list(given), []
    is_all = values == [ALL] or (given is not None and values == ["All"] and bool(model.get("includeAll")))
    if not values and options:
        values, texts = [options[0].value], [options[0].text]
    names = {one.value: one.text for one in options}
    if len(texts) != len(values):
        texts = [names.get(one, one) for one in values]
    return State(
        str(model["name"]), kind, _text(model.get("label")), int(model.get("hide") or 0), bool(model.get("multi")), bool(model.get("includeAll")),
        _text(model.get("allValue")), model, () if is_all else tuple(values), () if is_all else tuple(texts), options, is_all,
    )  # fmt: skip


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _list(value: Any) -> list[str]:
    if isinstance(value, list):
        return [_text(one) for one in value]
    return [] if value is None or value == "" or isinstance(value, Mapping) else [_text(value)]


def _words(text: str) -> list[str]:
    return [part.strip().replace("\\,", ",") for part in re.split(r"(?<!\\),", text) if part.strip()]


def _custom(text: str) -> tuple[Choice, ...]:
    found = []
    for word in _words(text):
        name, colon, value = word.partition(" : ")
        found.append(Choice(name.strip(), value.strip()) if colon else Choice(word, word))
    return tuple(found)


@dataclass
class Resolver:
    """Works out options in the order in which variables depend on each other.

    find: asks a data source (its reference, the query, what to fill into it). sources: (name, uid, type) of all data
    sources.
    """

    find: Find
    sources: Sequence[tuple[str, str, str]]
    span: TimeRange
    on_time_change: bool = False
    known: dict[str, Variable] = field(default_factory=dict)

    def resolve(self, states: Sequence[State]) -> list[State]:
        """Return the variables with fresh options, each chosen value kept if it is still there."""
        done: dict[str, State] = {}
        for state in _by_need(states):
            fresh = self._fresh(state)
            self.known[fresh.name] = fresh.variable
            done[fresh.name] = fresh
        return [done[state.name] for state in states]

    def _fresh(self, state: State) -> State:
        if state.kind == "datasource":
            return _settled(replace(state, options=self._source_options(state)))
        if state.kind == "interval":
            return self._interval(state)
        if state.kind != "query":
            return _settled(state) if state.kind == "custom" else state
        query = state.model.get("query")
        text = str(query.get("query") if isinstance(query, Mapping) else query or "")
        needs = bool(state.model.get("refresh")) or not state.options or "$" in text or "[[" in text
        if not needs:
            return _settled(state)
        try:
            words = self.find(self._source_of(state.model.get("datasource")), text, self.known)
        except Exception as fault:  # noqa: BLE001 - whatever a source does wrong is this variable's error
            return replace(state, error=str(fault))
        return _settled(
            replace(
                state,
                options=_sorted(
                    _matched(words, str(state.model.get("regex") or "")), int(state.model.get("sort") or 0)
                ),
            )
        )

    def _source_of(self, reference: Any) -> Any:
        if isinstance(reference, Mapping):
            return {**reference, "uid": fill(str(reference.get("uid") or ""), self.known)}
        return fill(reference, self.known) if isinstance(reference, str) else reference

    def _source_options(self, state: State) -> tuple[Choice, ...]:
        kind, pattern = str(state.model.get("query") or ""), str(state.model.get("regex") or "")
        test = regex(pattern) if pattern else None
        return tuple(
            Choice(name, uid)
            for name, uid, type_ in self.sources
            if type_ == kind and (test is None or test.search(name))
        )

    def _interval(self, state: State) -> State:
        if not state.model.get("auto"):
            return _settled(state)
        step = max(round_interval(self.span.span_ms / max(1, int(state.model.get("auto_count") or 30))), 1)
        name = f"$__auto_interval_{state.name}"
        self.known[f"__auto_interval_{state.name}"] = Variable(name, [short_duration(step)])
        settled = _settled(replace(state, options=(Choice("auto", name), *state.options)))
        return replace(settled, chosen=(short_duration(step),)) if settled.chosen == (name,) else settled


def _by_need(states: Sequence[State]) -> list[State]:
    """Return the variables so that each comes after those it names; those that name each other keep their order."""
    waiting = {state.name: state for state in states}
    needs = {name: _named_in(state) & (waiting.keys() - {name}) for name, state in waiting.items()}
    ordered: list[State] = []
    while waiting:
        ready = next((name for name in waiting if not needs[name] & waiting.keys()), next(iter(waiting)))
        ordered.append(waiting.pop(ready))
    return ordered


def _named_in(state: State) -> set[str]:
    text = f"{state.model.get('query')} {state.model.get('datasource')} {state.model.get('regex')}"
    return {a or b for a, b in re.findall(r"\$\{?(\w+)|\[\[(\w+)", text)}


def regex(text: str) -> re.Pattern[str]:
    """Return `/pattern/flags` or a plain pattern; a broken one matches nothing."""
    found = re.fullmatch(r"/(.*)/([gimsuy]*)", text, re.DOTALL)
    body, flags = (found[1], found[2]) if found else (text, "")
    try:
        return re.compile(re.sub(r"\(\?<(\w+)>", r"(?P<\1>", body), re.IGNORECASE if "i" in flags else 0)
    except re.error:
        return re.compile(r"(?!)")


def _matched(words: Sequence[str], pattern: str) -> list[Choice]:
    """Return options: what the pattern's groups `value` and `text`, its first group, or all of it found."""
    if not pattern:
        return [Choice(one, one) for one in dict.fromkeys(words)]
    test, found = regex(pattern), dict[str, Choice]()
    for word in words:
        for match in (
            test.finditer(word) if "g" in pattern.rpartition("/")[2] else filter(None, [test.search(word)])
        ):
            groups = match.groupdict()
            value = (
                groups.get("value") or groups.get("text") or (match[1] if match.lastindex else match[0]) or ""
            )
            found.setdefault(value, Choice(groups.get("text") or value, value))
    return list(found.values())


def _sorted(options: list[Choice], order: int) -> tuple[Choice, ...]:
    """Sort: 1, 2 by text; 3, 4 by the first number; 5, 6 by text in any case; even ones from the end."""
    if not order:
        return tuple(options)

    def number(one: Choice) -> float:
        digits = re.search(r"\d+", one.text)
        return float(digits[0]) if digits else -1.0

    keys: dict[int, Callable[[Choice], Any]] = {
        0: lambda one: one.text,
        1: number,
        2: lambda one: one.text.lower(),
    }
    return tuple(sorted(options, key=keys[min(2, (order - 1) // 2)], reverse=order % 2 == 0))


def _settled(state: State) -> State:
    """Keep what is chosen where it is still among the options; else choose All or the first."""
    if state.is_all and state.include_all:
        return state
    names = {one.value: one.text for one in state.options}
    by_text = {one.text: one.value for one in state.options}
    kept = [one if one in names else by_text[one] for one in state.chosen if one in names or one in by_text]
    if not kept and state.options:
        if state.include_all and not state.chosen:
            return replace(state, is_all=True, chosen=(), texts=())
        if state.chosen and state.kind == "custom":
            return state
        kept = [state.options[0].value]
    if not kept:
        return state
    return replace(state, chosen=tuple(kept), texts=tuple(names[one] for one in kept), is_all=False)
