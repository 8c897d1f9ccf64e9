"""What panels see of Prometheus answers in the formats table and heatmap."""

import math

import numpy as np

from core.frames import Field, Frame, Kind


def table(frames: list[Frame]) -> list[Frame]:
    """Return one frame a query: time, a column per label, the value (`Value #A` where several queries answer)."""
    by_query: dict[str, list[Frame]] = {}
    for one in frames:
        by_query.setdefault(one.ref_id, []).append(one)
    return [_table(ref_id, group, several=len(by_query) > 1) for ref_id, group in by_query.items()]


def _table(ref_id: str, group: list[Frame], *, several: bool) -> Frame:
    names: list[str] = []
    for one in group:
        names += [name for name in sorted(one.fields[1].labels or {}) if name not in names]
    times = np.concatenate([one.fields[0].numbers for one in group])
    values = np.concatenate([one.fields[1].numbers for one in group])
    columns = [Field("Time", Kind.TIME, times)]
    for name in names:
        texts = [text for one in group for text in [(one.fields[1].labels or {}).get(name, "")] * len(one)]
        columns.append(Field(name, Kind.STRING, texts, config={"filterable": True}))
    columns.append(Field(f"Value #{ref_id}" if several else "Value", Kind.NUMBER, values))
    return Frame(columns, "", ref_id, dict(group[0].meta))


def heatmap(frames: list[Frame]) -> list[Frame]:
    """Return cumulative `le` buckets as one frame with a column per bucket, each less the one below."""
    buckets = [one for one in frames if "le" in (one.fields[1].labels or {})]
    if not buckets:
        return frames
    buckets.sort(key=lambda one: _bound((one.fields[1].labels or {})["le"]))
    times = np.unique(np.concatenate([one.fields[0].numbers for one in buckets]))
    columns = [Field("Time", Kind.TIME, times)]
    below = np.zeros(len(times))
    for one in buckets:
        full = np.full(len(times), np.nan)
        full[np.searchsorted(times, one.fields[0].numbers)] = one.fields[1].numbers
        labels = one.fields[1].labels or {}
        columns.append(
            Field(
                labels["le"],
                Kind.NUMBER,
                np.maximum(full - below, 0),
                labels,
                {"displayNameFromDS": labels["le"]},
            )
        )
        below = np.nan_to_num(full)
    return [Frame(columns, "", buckets[0].ref_id, dict(buckets[0].meta))]


def _bound(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.inf
