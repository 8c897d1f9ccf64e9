"""Data frames: columns of equal length, one to one with the data frame JSON that clients send and expect."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

Column = npt.NDArray[Any] | list[Any]
Floats = npt.NDArray[np.float64]


class Kind(StrEnum):
    """What a column holds. TIME is milliseconds since 1970, UTC."""

    TIME = "time"
    NUMBER = "number"
    STRING = "string"
    BOOLEAN = "boolean"
    OTHER = "other"


@dataclass
class Field:
    """A column.

    values: a numpy array, or a list in which None is null. config: unit, decimals, displayName, … as the JSON has them.
    type_info: the `typeInfo` member. real_nan: NaN in a number column is a value that was measured, not a null.
    """

    name: str
    kind: Kind
    values: Column
    labels: dict[str, str] | None = None
    config: dict[str, Any] = field(default_factory=dict)
    type_info: dict[str, Any] | None = None
    real_nan: bool = False

    @cached_property
    def numbers(self) -> Floats:
        """The column as float64; what is no number is NaN."""
        if isinstance(self.values, np.ndarray):
            return (
                self.values.astype(np.float64, copy=False)
                if self.values.dtype != object
                else _floats(self.values.tolist())
            )
        return _floats(self.values)

    @cached_property
    def items(self) -> list[Any]:
        """The column as Python values; null is None."""
        values = self.values.tolist() if isinstance(self.values, np.ndarray) else self.values
        if self.kind in {Kind.NUMBER, Kind.TIME} and not self.real_nan:
            return [None if one is None or one != one else one for one in values]
        return list(values)

    def __len__(self) -> int:
        return len(self.values)

    def with_values(self, values: Column, **changes: Any) -> "Field":
        """Return the same column with other values."""
        return replace(self, values=values, **changes)


def _floats(values: Sequence[Any]) -> Floats:
    return np.array([_float(one) for one in values], dtype=np.float64)


def _float(one: Any) -> float:
    if isinstance(one, bool | int | float):
        return float(one)
    if isinstance(one, str):
        try:
            return float(one)
        except ValueError:
            return float("nan")
    return float("nan")


@dataclass
class Frame:
    """Columns with a name, the query they answer, and what the source says of them."""

    fields: list[Field]
    name: str = ""
    ref_id: str = ""
    meta: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.fields[0]) if self.fields else 0

    def first(self, kind: Kind) -> Field | None:
        """Return the first column of a kind."""
        return next((one for one in self.fields if one.kind is kind), None)


Shared = dict[int, dict[str, Any]]


def to_json(frame: Frame, shared: Shared | None = None) -> dict[str, Any]:
    """Return a frame as `/api/ds/query` answers it.

    shared: what was encoded so far, by the columns' identity; equal queries share their columns, which are then encoded
    once for all of them.
    """
    if shared is None:
        return _to_json(frame)
    made = shared.get(id(frame.fields))
    if made is None:
        made = shared[id(frame.fields)] = _to_json(frame)
        made["schema"]["fields"] = orjson.Fragment(_dumped(made["schema"]["fields"]))
        made["data"] = orjson.Fragment(_dumped(made["data"]))
    return {"schema": {**made["schema"], "refId": frame.ref_id}, "data": made["data"]}


def _dumped(part: Any) -> bytes:
    return orjson.dumps(part, option=orjson.OPT_SERIALIZE_NUMPY)


def _to_json(frame: Frame) -> dict[str, Any]:
    schema: dict[str, Any] = {"name": frame.name} if frame.name else {}
    if frame.ref_id:
        schema["refId"] = frame.ref_id
    if frame.meta:
        schema["meta"] = frame.meta
    schema["fields"] = [_field_schema(one) for one in frame.fields]
    data: dict[str, Any] = {"values": [_column(one) for one in frame.fields]}
    entities = [_entities(one) for one in frame.fields]
    if any(entities):
        data["entities"] = entities
    return {"schema": schema, "data": data}


def _field_schema(one: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"name": one.name} if one.name else {}
    schema["type"] = one.kind.value
    schema["typeInfo"] = one.type_info or {"frame": _go_type(one)}
    if one.labels is not None:
        schema["labels"] = one.labels
    if one.config:
        schema["config"] = one.config
    return schema


def _go_type(one: Field) -> str:
    return {Kind.TIME: "time.Time", Kind.NUMBER: "float64", Kind.STRING: "string", Kind.BOOLEAN: "bool"}.get(
        one.kind, "json.RawMessage"
    )


def _column(one: Field) -> Column:
    if isinstance(one.values, np.ndarray) and one.values.dtype != object:
        whole = (one.type_info or {}).get("frame", "").startswith(
            ("int", "time")
        ) and one.values.dtype.kind == "f"
        return (
            [None if v != v else int(v) for v in one.values.tolist()]
            if whole
            else np.ascontiguousarray(one.values)
        )
    return one.items


def _entities(one: Field) -> dict[str, list[int]] | None:
    if not one.real_nan or not isinstance(one.values, np.ndarray):
        return None
    if np.isfinite(one.values).all():
        return None
    found = {
        "NaN": np.flatnonzero(np.isnan(one.values)).tolist(),
        "Inf": np.flatnonzero(np.isposinf(one.values)).tolist(),
        "NegInf": np.flatnonzero(np.isneginf(one.values)).tolist(),
    }
    return {name: rows for name, rows in found.items() if rows}


_BACK = {"NaN": np.nan, "Inf": np.inf, "NegInf": -np.inf}


def from_json(raw: dict[str, Any]) -> Frame:
    """Read a frame as a client or a recording sends it. Raises ValueError when columns differ in length."""
    schema = raw.get("schema") or {}
    data = raw.get("data") or {}
    columns = data.get("values") or []
    entities = data.get("entities") or []
    fields = []
    for i, one in enumerate(schema.get("fields") or []):
        kind = Kind(one["type"]) if one.get("type") in set(Kind) else Kind.OTHER
        values: Column = columns[i] if i < len(columns) else []
        special = entities[i] if i < len(entities) and entities[i] else None
        if kind is Kind.NUMBER:
            values = _floats(list(values))
            for name, rows in (special or {}).items():
                values[rows] = _BACK.get(name, np.nan)
        elif kind is Kind.TIME and None not in values:
            values = np.array(values, dtype=np.float64)
        made = Field(
            one.get("name") or "",
            kind,
            values,
            one.get("labels"),
            dict(one.get("config") or {}),
            one.get("typeInfo"),
            bool(special),
        )
        fields.append(made)
    if len({len(one) for one in fields}) > 1:
        raise ValueError("columns of one frame differ in length")
    return Frame(fields, schema.get("name") or "", schema.get("refId") or "", dict(schema.get("meta") or {}))
