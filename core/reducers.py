"""Calculations that turn a column into one value: last, mean, range and others.

Nulls do not count, except for `last` and `first`, which say what stands there.
"""

import math
import sys
from typing import Any

import numpy as np

from core.frames import Field, Kind

NAMES = {
    "lastNotNull": "Last *", "last": "Last", "firstNotNull": "First *", "first": "First", "min": "Min", "max": "Max", "mean": "Mean",
    "sum": "Total", "count": "Count", "range": "Range", "delta": "Delta", "step": "Step", "diff": "Difference", "logmin": "Min (above zero)",
    "allIsZero": "All zeros", "allIsNull": "All nulls", "changeCount": "Change count", "distinctCount": "Distinct count",
    "diffperc": "Difference percent", "allValues": "All values", "uniqueValues": "All unique values", "stdDev": "StdDev", "variance": "Variance",
}  # fmt: skip
# What old dashboards call them.
ALIASES = {
    "current": "lastNotNull", "avg": "mean", "average": "mean", "total": "sum", "previous": "first", "nonNullCount": "count", "diffperc": "diffperc",
}  # fmt: skip
COUNTS = frozenset({"count", "changeCount", "distinctCount"})


def reduce(field: Field, name: str) -> Any:
    """Return one calculation of a column; None where there is nothing to calculate."""
    name = ALIASES.get(name, name)
    values = field.items
    present = [one for one in values if one is not None]
    plain = _plain(name, values, present)
    if plain is not _NUMERIC:
        return plain
    if field.kind not in {Kind.NUMBER, Kind.TIME}:
        return {"sum": 0, "delta": 0, "diffperc": 0}.get(name)
    numbers = np.array(present, dtype=np.float64)
    return _numeric(name, numbers, values)


_NUMERIC = object()


def _plain(name: str, values: list[Any], present: list[Any]) -> Any:
    if name == "last":
        return values[-1] if values else None
    if name == "first":
        return values[0] if values else None
    if name == "lastNotNull":
        return present[-1] if present else None
    if name == "firstNotNull":
        return present[0] if present else None
    if name == "count":
        return len(values)
    if name == "allIsNull":
        return not present
    if name == "distinctCount":
        return len(set(map(_hashable, values)))
    if name == "changeCount":
        return sum(1 for a, b in zip(values, values[1:], strict=False) if a != b)
    if name == "allValues":
        return values
    if name == "uniqueValues":
        return list({_hashable(one): one for one in values}.values())
    return _NUMERIC


def _hashable(one: Any) -> Any:
    return one if isinstance(one, str | int | float | bool | None) else str(one)


def _numeric(name: str, numbers: "np.ndarray[Any, Any]", values: list[Any]) -> Any:
    if name == "allIsZero":
        return bool(len(numbers)) and not numbers.any()
    if not len(numbers):
        return {"sum": 0, "delta": 0, "diffperc": 0, "stdDev": 0, "variance": 0}.get(name)
    if name in {"min", "max", "range", "logmin"}:
        return _extreme(name, numbers[~np.isnan(numbers)])
    if name == "sum":
        return float(numbers.sum())
    if name == "mean":
        return float(numbers.sum() / len(numbers))
    if name in {"diff", "diffperc"}:
        diff = float(numbers[-1] - numbers[0])
        return (
            diff
            if name == "diff"
            else (diff / float(numbers[0]) if numbers[0] else (math.inf if diff else math.nan))
        )
    if name == "step":
        return float(np.diff(numbers).min()) if len(numbers) > 1 else None
    if name == "delta":
        return _delta(numbers, last_present=values[-1] is not None)
    if name in {"stdDev", "variance"}:
        variance = float(numbers.var())
        return variance if name == "variance" else math.sqrt(variance)
    return None


def _extreme(name: str, numbers: "np.ndarray[Any, Any]") -> float | None:
    if name == "logmin":
        numbers = numbers[numbers > 0]
        return float(numbers.min()) if len(numbers) else sys.float_info.max
    if not len(numbers):
        return None
    if name == "range":
        return float(numbers.max() - numbers.min())
    return float(numbers.max() if name == "max" else numbers.min())


def _delta(numbers: "np.ndarray[Any, Any]", *, last_present: bool) -> float:
    """The growth of a counter: what is added after each reset counts from zero."""
    total, up = 0.0, True
    for i in range(1, len(numbers)):
        step = numbers[i] - numbers[i - 1]
        if step < 0:
            up = False
            if i == len(numbers) - 1 and last_present:
                total += numbers[i]
        else:
            total += step if up else numbers[i]
            up = True
    return float(total)
