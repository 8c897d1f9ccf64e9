"""Files that provision: YAML, with `$NAME`, `${NAME}`, `$__env{NAME}` and `$__file{path}` filled in."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

_FILLED = re.compile(r"\$__(env|file)\{([^}]*)\}|\$\{(\w+)\}|\$(\w+)|\$\$")


class BadFile(Exception):
    """A file that cannot be read, or says what cannot be; the text says what."""


def configurations(folder: Path, wrong: list[str]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the YAML files of a folder in order; what cannot be read goes to the list of what is wrong."""
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]) if folder.is_dir() else []:
        try:
            content = filled(yaml.safe_load(path.read_text()))
        except (OSError, UnicodeDecodeError, yaml.YAMLError, BadFile) as fault:
            wrong.append(f"{path}: {fault}")
            continue
        if isinstance(content, dict):
            yield path, content
        elif content is not None:
            wrong.append(f"{path}: expected names with values")


def filled(value: Any) -> Any:
    """Return a value with every text's references filled in; `$$` is a dollar sign. Raises BadFile."""
    if isinstance(value, str):
        return _FILLED.sub(_one, value)
    if isinstance(value, dict):
        return {str(key): filled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(one) for one in value]
    return value


def _one(found: re.Match[str]) -> str:
    if found[0] == "$$":
        return "$"
    if found[1] == "file":
        try:
            return Path(found[2].strip()).read_text().strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise BadFile(f"{found[0]}: {fault}") from None
    return os.environ.get((found[2] or found[3] or found[4] or "").strip(), "")


def mappings_of(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the list of objects under a name. Raises BadFile."""
    found = content.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadFile(f"{name} is no list of entries")
    return found


def word(entry: dict[str, Any], name: str, default: str = "") -> str:
    """Return a text of an entry; numbers are written out. Raises BadFile."""
    value = entry.get(name)
    if value is None:
        return default
    if isinstance(value, dict | list):
        raise BadFile(f"{name} is no text")
    return str(value)


def number(entry: dict[str, Any], name: str, default: int) -> int:
    """Return a whole number of an entry. Raises BadFile."""
    value = entry.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,15}", str(value)):
        raise BadFile(f"{name} is no whole number")
    return int(value)


def flag(entry: dict[str, Any], name: str, *, default: bool = False) -> bool:
    """Return a yes or no of an entry. Raises BadFile."""
    value = entry.get(name)
    if value is None:
        return default
    if isinstance(value, str) and value.lower() in {"true", "false", ""}:
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise BadFile(f"{name} is neither true nor false")
    return value
