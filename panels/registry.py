"""Finds the panel kinds."""

import importlib
import pkgutil
from functools import cache

from panels import kinds
from panels.base import PanelKind


@cache
def all_kinds() -> dict[str, PanelKind]:
    """Return every kind by its type."""
    found: dict[str, PanelKind] = {}
    for module in pkgutil.iter_modules(kinds.__path__):
        for one in vars(importlib.import_module(f"{kinds.__name__}.{module.name}")).values():
            if (
                isinstance(one, type)
                and issubclass(one, PanelKind)
                and one is not PanelKind
                and hasattr(one, "type")
            ):
                found[one.type] = one()
    return found


def kind(type_: str) -> PanelKind:
    """Return the kind of a type; an unknown one shows its name and its data as a table."""
    return all_kinds().get(type_) or all_kinds()["unknown"]
