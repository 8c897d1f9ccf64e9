"""Data that stands in a panel itself (`snapshotData`): written when a snapshot is taken, read in every form that was ever written."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.frames import Field, Frame, Kind, to_json
from core.members import mapping, mappings, text


def is_frozen(panel: Mapping[str, Any]) -> bool:
    """Say whether a panel carries its data."""
    return isinstance(panel.get("snapshotData"), list)


def written(frames: Sequence[Frame]) -> list[dict[str, Any]]:
    """Return frames as a panel carries them: columns with their values."""
    made = []
    for frame in frames:
        told = to_json(frame)
        columns = zip(told["schema"]["fields"], told["data"]["values"], strict=True)
        fields = [{"config": {}, **column, "values": values} for column, values in columns]
        for one in fields:
            one.pop("typeInfo", None)
        made.append({"name": frame.name, "refId": frame.ref_id, "meta": frame.meta, "fields": fields})
    return made


def frames_of(panel: Mapping[str, Any]) -> list[Frame]:
    """Return the data that a panel carries; what has the form of no data is left out."""
    found = []
    for one in mappings(panel.get("snapshotData")):
        made = _frame(one)
        if made is not None and len({len(column) for column in made.fields}) == 1:
            found.append(made)
    return found


def _frame(one: Mapping[str, Any]) -> Frame | None:
    if isinstance(one.get("fields"), list):
        fields = [_field(column) for column in mappings(one["fields"])]
        return Frame(fields, text(one.get("name")), text(one.get("refId")), dict(mapping(one.get("meta"))))
    if isinstance(one.get("datapoints"), list):
        return _series(one)
    if isinstance(one.get("columns"), list) and isinstance(one.get("rows"), list):
        return _table(one)
    return None


def _field(column: Mapping[str, Any]) -> Field:
    given = column.get("values")
    values = given if isinstance(given, list) else mapping(given).get("buffer")
    kind = Kind(column["type"]) if column.get("type") in set(Kind) else Kind.OTHER
    labels = column.get("labels")
    return _typed(
        text(column.get("name")),
        kind,
        values if isinstance(values, list) else [],
        {str(name): str(value) for name, value in labels.items()} if isinstance(labels, Mapping) else None,
        dict(mapping(column.get("config"))),
    )


def _typed(
    name: str,
    kind: Kind,
    values: Sequence[Any],
    labels: dict[str, str] | None = None,
    config: dict[str, Any] | None = None,
) -> Field:
    made = Field(name, kind, list(values), labels, config or {})
    if kind in {Kind.NUMBER, Kind.TIME}:
        made = Field(name, kind, made.numbers, labels, config or {})
    return made


def _series(one: Mapping[str, Any]) -> Frame:
    """Read a series of points, value before time, as it was written before there were frames."""
    points = [pair for pair in one["datapoints"] if isinstance(pair, list) and len(pair) == 2]
    name = text(one.get("target")) or text(one.get("alias"))
    values = _typed(name, Kind.NUMBER, [pair[0] for pair in points])
    return Frame([_typed("time", Kind.TIME, [pair[1] for pair in points]), values], name)


def _table(one: Mapping[str, Any]) -> Frame:
    columns, rows = mappings(one["columns"]), [row for row in one["rows"] if isinstance(row, list)]
    fields = []
    for at, column in enumerate(columns):
        values = [row[at] if at < len(row) else None for row in rows]
        known = [value for value in values if value is not None]
        if column.get("type") == "time":
            kind = Kind.TIME
        elif known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
            kind = Kind.NUMBER
        else:
            kind = Kind.STRING
        fields.append(_typed(text(column.get("text")), kind, values))
    return Frame(fields)
