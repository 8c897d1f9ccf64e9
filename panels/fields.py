"""Field configuration: defaults, overrides, names, and the display of values (text, colour, percent).

Source: Grafana 9.3 documentation, "standard options", "thresholds", "value mappings", "overrides"; recorded displays.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from core import colors, reducers
from core.frames import Field, Frame, Kind
from core.jsnumber import js_text
from core.units import is_boolean, is_date, unit_format

Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Display:
    """A value as it is shown."""

    text: str
    prefix: str = ""
    suffix: str = ""
    color: str = ""
    percent: float = 0.0
    numeric: float = math.nan

    def __str__(self) -> str:
        return f"{self.prefix}{self.text}{self.suffix}"


@dataclass(frozen=True)
class Context:
    """What displays depend on besides data: zone, theme, and how variables are filled in.

    fill: called with a text, what else is known by name, and the format of values where the text names none.
    """

    tz: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    dark: bool = True
    fill: Callable[[str, Mapping[str, Any], str], str] = field(default=lambda text, _scope, _form: text)


@dataclass
class Shown:
    """A column with its final configuration.

    name: what people read. index: its place in the palette. range: of all columns where the configuration leaves it open.
    """

    field: Field
    frame: Frame
    config: Config
    name: str
    index: int
    range: tuple[float, float]
    context: Context

    @property
    def kind(self) -> Kind:
        """What the column holds."""
        return self.field.kind

    def custom(self, name: str, default: Any = None) -> Any:
        """Return a setting of the panel kind for this column."""
        found: Any = self.config.get("custom") or {}
        for part in name.split("."):
            if not isinstance(found, Mapping) or found.get(part) is None:
                return default
            found = found[part]
        return found

    @property
    def display(self) -> "Displayer":
        """What writes this column's values."""
        return Displayer(self)


def prepare(
    frames: Sequence[Frame], field_config: Mapping[str, Any], defaults: Mapping[str, Any], context: Context
) -> list[list[Shown]]:
    """Return every frame's columns with defaults and overrides applied.

    field_config: the panel's `fieldConfig`. defaults: what the panel kind sets where the panel says nothing.
    """
    given = _merged(defaults, field_config.get("defaults") or {})
    overrides = [one for one in field_config.get("overrides") or [] if isinstance(one, Mapping)]
    index = 0
    made: list[list[Shown]] = []
    for frame in frames:
        row = []
        for one in frame.fields:
            config = _merged(one.config, given)
            if one.config.get("displayName") and not (field_config.get("defaults") or {}).get("displayName"):
                config["displayName"] = one.config["displayName"]
            shown = Shown(one, frame, config, "", index, (0.0, 0.0), context)
            shown.name = display_name(one, frame, frames, config)
            row.append(shown)
            if one.kind is not Kind.TIME:
                index += 1
        made.append(row)
    for row in made:
        for shown in row:
            for override in overrides:
                if _matches(override.get("matcher") or {}, shown, frames):
                    for change in override.get("properties") or []:
                        _set(shown.config, str(change.get("id") or ""), change.get("value"))
            shown.name = display_name(shown.field, shown.frame, frames, shown.config)
            shown.name = (
                context.fill(shown.name, {"__field": shown, "__series": shown}, "glob")
                if "$" in shown.name
                else shown.name
            )
    _set_ranges(made)
    return made


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Config:
    result = dict(base)
    for name, value in over.items():
        if isinstance(value, Mapping) and isinstance(result.get(name), Mapping):
            result[name] = dict(value) if name == "thresholds" else _merged(result[name], value)
        elif value is not None:
            result[name] = value
    return result


def _set(config: Config, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    target = config
    for part in parents:
        inner = target.get(part)
        target[part] = dict(inner) if isinstance(inner, Mapping) else {}
        target = target[part]
    if value is None:
        target.pop(last, None)
    else:
        target[last] = value


def _set_ranges(made: list[list[Shown]]) -> None:
    """Set each number column's range; one that leaves an end open takes it from all columns together."""
    low, high = math.inf, -math.inf
    for shown in (one for row in made for one in row if one.kind is Kind.NUMBER):
        numbers = shown.field.numbers
        finite = numbers[(numbers == numbers) & (abs(numbers) != math.inf)]
        if len(finite):
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    for shown in (one for row in made for one in row):
        least, most = _number(shown.config.get("min")), _number(shown.config.get("max"))
        shown.range = (low if least is None else least, high if most is None else most)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _single_label(frames: Iterable[Frame]) -> str | None:
    names = {name for frame in frames for one in frame.fields for name in one.labels or {}}
    return names.pop() if len(names) == 1 else None


def display_name(one: Field, frame: Frame, frames: Sequence[Frame], config: Mapping[str, Any]) -> str:
    """Return what a column is called: as configured, as the source says, or from frame, name and labels."""
    if config.get("displayName"):
        return str(config["displayName"])
    if config.get("displayNameFromDS"):
        return str(config["displayNameFromDS"])
    if one.kind is Kind.TIME and not one.labels:
        return one.name or "Time"
    parts = [frame.name] if frame.name and len({other.name for other in frames}) > 1 else []
    if one.name and one.name != "Value":
        parts.append(one.name)
    if one.labels:
        single = _single_label(frames)
        if single is None:
            parts.append("{" + ", ".join(f'{name}="{value}"' for name, value in one.labels.items()) + "}")
        elif one.labels.get(single):
            parts.append(one.labels[single])
    name = " ".join(parts) or frame.name or one.name or "Value"
    if name == one.name:
        same = [other for other in frame.fields if other.name == name]
        if len(same) > 1:
            return f"{name} {next(i for i, other in enumerate(same) if other is one) + 1}"
    return name


def regex(text: str) -> re.Pattern[str]:
    """Return a pattern for `/…/flags` or a plain text that must match as a whole. Never raises: a broken one matches nothing."""
    found = re.fullmatch(r"/(.*)/([gimsuy]*)", text, re.DOTALL)
    try:
        if found:
            return re.compile(found[1], re.IGNORECASE if "i" in found[2] else 0)
        return re.compile(f"^(?:{text})$")
    except re.error:
        return re.compile(r"(?!)")


def _matches(matcher: Mapping[str, Any], shown: Shown, frames: Sequence[Frame]) -> bool:
    kind, options = matcher.get("id"), matcher.get("options")
    if kind == "byName":
        return options in {
            shown.name,
            shown.field.name,
            display_name(shown.field, shown.frame, frames, shown.field.config),
        }
    if kind == "byRegexp":
        return bool(regex(str(options)).search(shown.name))
    if kind == "byType":
        return shown.kind == options
    if kind in {"numeric", "byNumeric"}:
        return shown.kind is Kind.NUMBER
    if kind == "time":
        return shown.kind is Kind.TIME
    if kind == "byFrameRefID":
        return shown.frame.ref_id == options
    if kind == "byNames":
        wanted = options if isinstance(options, Mapping) else {}
        among = shown.name in (wanted.get("names") or [])
        return not among if wanted.get("mode") == "exclude" else among
    if kind == "byValue" and isinstance(options, Mapping):
        return _compares(
            reducers.reduce(shown.field, str(options.get("reducer"))),
            str(options.get("op")),
            options.get("value"),
        )
    return False


def _compares(left: Any, op: str, right: Any) -> bool:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return False
    tests = {
        "gte": left >= right,
        "gt": left > right,
        "lte": left <= right,
        "lt": left < right,
        "eq": left == right,
        "neq": left != right,
    }
    return tests.get(op, False)


class Displayer:
    """Writes the values of one column."""

    def __init__(self, shown: Shown) -> None:
        config, kind = shown.config, shown.kind
        self._shown = shown
        self._decimals = config.get("decimals") if isinstance(config.get("decimals"), int) else None
        unit = str(config.get("unit") or "")
        self._date = is_date(unit)
        if kind is Kind.TIME and not self._date:
            unit, self._date = "dateTimeAsSystem", True
            values = shown.field.items
            if (
                len(values) > 1
                and values[0] is not None
                and values[-1] is not None
                and abs(values[-1] - values[0]) < 60_000
            ):
                unit = "time:YYYY-MM-DD HH:mm:ss.SSS"
        elif kind is Kind.BOOLEAN:
            unit = unit if is_boolean(unit) else "bool"
        elif not unit and kind is Kind.STRING:
            unit = "string"
        self._is_text = unit == "string"
        self._form = unit_format(unit or "none")
        currency = unit.startswith("currency")
        self._trims = (
            kind is Kind.NUMBER
            and self._decimals is None
            and not (self._date or currency or is_boolean(unit) or unit == "locale")
        )
        self._mappings = [one for one in config.get("mappings") or [] if isinstance(one, Mapping)]
        self._scale = Scale(shown)

    def __call__(self, value: Any, near_decimals: int | None = None) -> Display:
        """Return a value's display. near_decimals: decimals that the neighbours on an axis have."""
        context = self._shown.context
        text = color = None
        mapped = mapping_result(self._mappings, value)
        if mapped is not None:
            text = mapped.get("text")
            if mapped.get("color"):
                color = colors.by_name(str(mapped["color"]), dark=context.dark)
        numeric = math.nan if self._is_text else _any_number(value)
        prefix = suffix = ""
        percent = 0.0
        if numeric == numeric:
            if text is None and (not isinstance(value, bool) or self._shown.kind is Kind.BOOLEAN):
                if self._trims and near_decimals is not None:
                    made = self._form(numeric, near_decimals, context.tz)
                    text = _trimmed(made.text)
                else:
                    made = self._form(numeric, self._decimals, context.tz)
                    text = made.text
                prefix, suffix = made.prefix, made.suffix
            if color is None:
                color, percent = self._scale(numeric)
            else:
                percent = self._scale.percent(numeric)
        if text is None:
            text = _plain_text(value) or str(self._shown.config.get("noValue") or "")
        if color is None:
            color, percent = self._scale(-math.inf)
        return Display(str(text), prefix, suffix, color, percent, numeric)


def _trimmed(text: str) -> str:
    try:
        return js_text(float(text))
    except ValueError:
        return text


def _plain_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return js_text(float(value))
    if isinstance(value, list):
        return ", ".join(_plain_text(one) for one in value)
    return str(value)


def _any_number(value: Any) -> float:
    if isinstance(value, bool | int | float):
        return float(value)
    if isinstance(value, str) and value.strip():
        try:
            return float(value)
        except ValueError:
            return math.nan
    return math.nan


def mapping_result(mappings: Sequence[Mapping[str, Any]], value: Any) -> Any:
    """Return what the first fitting value mapping says of a value."""
    for one in mappings:
        options = one.get("options")
        if not isinstance(options, Mapping):
            continue
        kind = one.get("type")
        result = options.get("result") if isinstance(options.get("result"), Mapping) else None
        if kind == "value" and value is not None:
            found = options.get(_plain_text(value))
            if isinstance(found, Mapping):
                return found
        elif kind == "range" and result is not None and _in_range(options, value):
            return result
        elif kind == "regex" and result is not None and isinstance(value, str):
            pattern = regex(str(options.get("pattern") or ""))
            if pattern.search(value):
                if result.get("text") is not None:
                    replaced = pattern.sub(re.sub(r"\$(\d+)", r"\\\1", str(result["text"])), value)
                    return {**result, "text": replaced}
                return result
        elif kind == "special" and result is not None and _is_special(str(options.get("match")), value):
            return result
    return None


def _in_range(options: Mapping[str, Any], value: Any) -> bool:
    number = _any_number(value)
    if number != number:
        return False
    low, high = _number(options.get("from")), _number(options.get("to"))
    return (low is None or number >= low) and (high is None or number <= high)


def _is_special(match: str, value: Any) -> bool:
    is_nan = isinstance(value, float) and math.isnan(value)
    tests = {
        "null": value is None,
        "nan": is_nan,
        "null+nan": value is None or is_nan,
        "null+NaN": value is None or is_nan,
        "true": value is True or value == "true",
        "false": value is False or value == "false",
        "empty": value == "",
    }
    return bool(tests.get(match))


class Scale:
    """Turns a number into its colour and its part of the range."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        color = shown.config.get("color") if isinstance(shown.config.get("color"), Mapping) else {}
        self._color: Mapping[str, Any] = color or {}
        thresholds = (
            shown.config.get("thresholds") if isinstance(shown.config.get("thresholds"), Mapping) else {}
        )
        self.is_percentage = (thresholds or {}).get("mode") == "percentage"
        self.steps = threshold_steps(thresholds or {})
        self._dark = shown.context.dark

    @property
    def mode(self) -> str:
        """How the column is coloured."""
        return str(self._color.get("mode") or "thresholds")

    def percent(self, value: float) -> float:
        """Return a value's part of the range (0 to 1, beyond it outside)."""
        low, high = self._shown.range
        if value == -math.inf or high == low:
            return 0.0 if value in {-math.inf, low} or math.isinf(low) else math.inf
        part = (value - low) / (high - low)
        return 0.0 if math.isnan(part) else part

    def threshold(self, value: float) -> str:
        """Return the colour of the highest threshold that a value reaches."""
        if not self.steps:
            return colors.by_name("gray", dark=self._dark)
        level = self.percent(value) * 100 if self.is_percentage else value
        chosen = self.steps[0][1]
        for least, color in self.steps:
            if level >= least:
                chosen = color
        return colors.by_name(chosen, dark=self._dark)

    def __call__(self, value: float) -> tuple[str, float]:
        """Return colour and part of the range."""
        part = self.percent(value)
        mode = self.mode
        if mode == "fixed":
            return colors.by_name(str(self._color.get("fixedColor") or "gray"), dark=self._dark), part
        if mode in {"palette-classic", "palette-classic-by-name"}:
            return colors.classic(self._shown.index, dark=self._dark), part
        if mode.startswith("continuous-"):
            return colors.scheme(mode, part, dark=self._dark), part
        return self.threshold(value), part


def threshold_steps(thresholds: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Return (from, colour) in order; the first begins at minus infinity."""
    steps = []
    for i, one in enumerate(thresholds.get("steps") or []):
        if isinstance(one, Mapping):
            value = _number(one.get("value"))
            steps.append((-math.inf if value is None or i == 0 else value, str(one.get("color") or "gray")))
    return steps


def series_color(shown: Shown) -> str:
    """Return the one colour that stands for a whole series: of its palette place, or of its last value."""
    scale = Scale(shown)
    if scale.mode in {"fixed", "palette-classic"}:
        return scale(0.0)[0]
    by = str((shown.config.get("color") or {}).get("seriesBy") or "last")
    value = reducers.reduce(shown.field, {"last": "lastNotNull"}.get(by, by))
    return scale(float(value) if isinstance(value, int | float) else -math.inf)[0]
