"""Declared options: name, type, default, label, section. Validation, forms and documentation come from the declaration."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Option:
    """One setting of a kind.

    path: dotted name in the JSON. secret: kept encrypted, never sent out. kind: what it is edited with (text, area, number,
    flag, choice, json, jsonchoice, list, reducers, color, unit, promql). only: another option and the values of it for
    which this one means anything.
    """

    path: str
    label: str
    default: Any = None
    section: str = ""
    help: str = ""
    secret: bool = False
    choices: Sequence[tuple[str, str]] = ()
    kind: str = "text"
    only: tuple[str, tuple[str, ...]] | None = None

    def read(self, options: Mapping[str, Any]) -> Any:
        """Return the option's value in a JSON object, or its default."""
        found: Any = options
        for part in self.path.split("."):
            if not isinstance(found, Mapping) or part not in found or found[part] is None:
                return self.default
            found = found[part]
        return found


def Text(path: str, label: str, default: str = "", **more: Any) -> Option:  # noqa: N802 - reads as a type where options are declared
    """Declare a line of text."""
    return Option(path, label, default, **more)


def Secret(path: str, label: str, **more: Any) -> Option:  # noqa: N802
    """Declare a text that is kept encrypted."""
    return Option(path, label, "", secret=True, **more)


def Number(path: str, label: str, default: float | None = None, **more: Any) -> Option:  # noqa: N802
    """Declare a number."""
    return Option(path, label, default, kind="number", **more)


def Flag(path: str, label: str, *, default: bool = False, **more: Any) -> Option:  # noqa: N802
    """Declare a yes or no."""
    return Option(path, label, default, kind="flag", **more)


def Choice(path: str, label: str, default: str, *choices: str, **more: Any) -> Option:  # noqa: N802
    """Declare one of several words."""
    return Option(
        path, label, default, kind="choice", choices=tuple((one, spoken(one)) for one in choices), **more
    )


def spoken(word: str) -> str:
    """Return a word of JSON as people say it: "stepBefore" is "Step before"."""
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])|_|(?<=[a-z])-(?=[a-z])", " ", word).lower()
    return parts[:1].upper() + parts[1:]


def Pick(path: str, label: str, default: Any, *choices: tuple[str, str], **more: Any) -> Option:  # noqa: N802
    """Declare one of several JSON values, each with its words."""
    return Option(path, label, default, kind="jsonchoice", choices=choices, **more)
