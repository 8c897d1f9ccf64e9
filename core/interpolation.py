"""Filling variables into texts: `$name`, `${name}`, `${name:format}`, `[[name]]`.

Source: Grafana 9.3 documentation, "advanced variable format options".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

_PATTERN = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}")


@dataclass(frozen=True)
class Variable:
    """A variable's chosen values with their texts.

    multi: several may be chosen. all_value: what All stands for. members: what `${name.member}` means.
    """

    name: str
    values: Sequence[str]
    texts: Sequence[str] = field(default_factory=tuple)
    multi: bool = False
    all_value: str = ""
    is_all: bool = False
    members: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_list(self) -> bool:
        """Whether it is written as a list."""
        return len(self.values) > 1


def fill(
    text: str,
    variables: Mapping[str, Variable],
    scope: Mapping[str, Any] | None = None,
    default_format: str = "glob",
) -> str:
    """Return a text with what is known filled in; unknown names stay as they are.

    scope: what else is known here, by name: texts, numbers, or objects whose members are named after a dot.
    default_format: how a list is written where the text does not say.
    """
    if "$" not in text and "[[" not in text:
        return text

    def replace(found: re.Match[str]) -> str:
        name = found[1] or found[2] or found[4]
        path, form = found[5], found[6] or found[3]
        if scope and name in scope:
            value = _member(scope[name], path)
            return (
                found[0]
                if value is None
                else _formatted([str(value)], [str(value)], form or "raw", name, is_list=False)
            )
        variable = variables.get(name)
        if variable is None:
            return found[0]
        if path and path in variable.members:
            return _formatted([variable.members[path]], [], form or default_format, name, is_list=False)
        if variable.is_all and variable.all_value and form not in {"text", "queryparam"}:
            return variable.all_value
        if default_format == "prometheus" and form is None:
            return prometheus(variable.values, multi=variable.multi)
        values = ["All"] if variable.is_all and form == "queryparam" else variable.values
        texts = variable.texts or variable.values
        if form == "text":
            return "All" if variable.is_all else " + ".join(texts)
        return _formatted(
            values,
            texts,
            form or default_format,
            name,
            is_list=variable.is_list or (variable.multi and form in {"regex", "csv"}),
        )

    return _PATTERN.sub(replace, text)


def _member(value: Any, path: str | None) -> Any:
    if not path:
        if isinstance(value, Mapping):
            return value.get("raw", value.get("name"))
        return value if isinstance(value, str | int | float) else getattr(value, "name", value)
    for part in re.findall(r"[\w-]+|\[[\"']([^\"']+)[\"']\]", path) and [
        p or q for p, q in re.findall(r"([\w-]+)|\[[\"']([^\"']+)[\"']\]", path)
    ]:
        if part == "labels" and hasattr(value, "field"):
            value = value.field.labels or {}
        elif part in {"displayName", "name"} and hasattr(value, "field"):
            value = value.field.name if part == "name" and hasattr(value, "field") else value.name
        elif isinstance(value, Mapping):
            value = value.get(part)
        else:
            value = getattr(value, part, None)
        if value is None:
            return None
    return value


def _formatted(values: Sequence[str], texts: Sequence[str], form: str, name: str, *, is_list: bool) -> str:
    kind, _, argument = form.partition(":")
    if kind == "date":
        return _date(values[0] if values else "", argument)
    if kind == "join":
        return (argument or ",").join(values)
    if kind == "customqueryparam":
        first, _, prefix = argument.partition(":")
        return "&".join(f"{first or 'var-' + name}={quote(prefix + one, safe='')}" for one in values)
    writer = _FORMATS.get(kind, _glob)
    return writer(values, texts, name, is_list)


def _date(value: str, pattern: str) -> str:
    from zoneinfo import ZoneInfo

    from core.datetimes import format_time

    if not value.lstrip("-").isdecimal():
        return {"": "null", "iso": "null", "seconds": "NaN"}.get(pattern, "Invalid date")
    utc = ZoneInfo("UTC")
    if pattern == "seconds":
        return str(round(int(value) / 1000))
    return format_time(int(value), "YYYY-MM-DD[T]HH:mm:ss.SSS[Z]" if pattern in {"", "iso"} else pattern, utc)


def regex_escape(text: str) -> str:
    """Return a text in which nothing is special to a regular expression."""
    return re.sub(r"[-\\^$*+?.()|[\]{}/]", r"\\\g<0>", text)


def _lucene(text: str) -> str:
    return re.sub(r"([!*+\-=<>\s&|()\[\]{}^~?:\\/\"])", r"\\\1", text)


def _glob(values: Sequence[str], _texts: Sequence[str], _name: str, is_list: bool) -> str:
    return "{" + ",".join(values) + "}" if is_list else "".join(values[:1])


def _pipe_regex(values: Sequence[str], _texts: Sequence[str], _name: str, is_list: bool) -> str:
    parts = [regex_escape(one) for one in values]
    return "(" + "|".join(parts) + ")" if is_list and len(parts) > 1 else "".join(parts[:1])


def _lucene_list(values: Sequence[str], _texts: Sequence[str], _name: str, is_list: bool) -> str:
    if not values:
        return "__empty__"
    return "(" + " OR ".join(f'"{_lucene(one)}"' for one in values) + ")" if is_list else _lucene(values[0])


def _quoted(
    mark: str, escape: Callable[[str], str]
) -> Callable[[Sequence[str], Sequence[str], str, bool], str]:
    return lambda values, _texts, _name, _is_list: ",".join(mark + escape(one) + mark for one in values)


def _json(values: Sequence[str], _texts: Sequence[str], _name: str, is_list: bool) -> str:
    return orjson.dumps(list(values) if is_list else "".join(values[:1])).decode()


_FORMATS: dict[str, Callable[[Sequence[str], Sequence[str], str, bool], str]] = {
    "glob": _glob,
    "regex": _pipe_regex,
    "lucene": _lucene_list,
    "pipe": lambda values, _t, _n, _l: "|".join(values),
    "csv": lambda values, _t, _n, _l: ",".join(values),
    "raw": lambda values, _t, _n, _l: ",".join(values),
    "text": lambda _v, texts, _n, _l: " + ".join(texts),
    "json": _json,
    "html": lambda values, _t, _n, _l: ", ".join(
        one.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        for one in values
    ),
    "distributed": lambda values, _t, name, _l: ",".join(
        one if i == 0 else f"{name}={one}" for i, one in enumerate(values)
    ),
    "percentencode": lambda values, _t, _n, is_list: quote(
        "{" + ",".join(values) + "}" if is_list else "".join(values[:1]), safe=""
    ),
    "singlequote": _quoted("'", lambda one: one.replace("'", "\\'")),
    "doublequote": _quoted('"', lambda one: one.replace('"', '\\"')),
    "sqlstring": _quoted("'", lambda one: one.replace("'", "''")),
    "queryparam": lambda values, _t, name, _l: "&".join(
        f"var-{name}={quote(one, safe='')}" for one in values
    ),
}


def prometheus(values: Sequence[str], *, multi: bool) -> str:
    """Write values for a PromQL matcher: plain, or (several may be chosen) as a pattern."""
    if not multi:
        return "".join(one.replace("\\", "\\\\").replace("'", "\\\\'") for one in values[:1])
    parts = [re.sub(r"[$^*{}\[\]'+?.()|]", r"\\\\\g<0>", one.replace("\\", "\\\\\\\\")) for one in values]
    return parts[0] if len(parts) == 1 else "(" + "|".join(parts) + ")"
