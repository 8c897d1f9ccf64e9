"""SVG paths from numbers: tenths of a pixel as integers, a few points per pixel column, gaps where data has them.

Paths are written inside `<g transform="scale(.1)">`: integers are the smallest text and the fastest to make.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
_BLANK = bytes.maketrans(b",", b" ")


@dataclass(frozen=True)
class Plot:
    """The drawing area in pixels, and the ends of its x axis."""

    left: float
    top: float
    width: float
    height: float
    x_low: float
    x_high: float

    def x(self, values: Floats) -> Floats:
        """Return pixels from the left for values of the x axis."""
        span = self.x_high - self.x_low or 1.0
        return self.left + (values - self.x_low) / span * self.width

    def y(self, parts: Floats) -> Floats:
        """Return pixels from the top for parts of the y axis (0 at its low end)."""
        return self.top + (1 - parts) * self.height


def thin(times: Floats, values: Floats, columns: int) -> tuple[Floats, Floats]:
    """Return at most four points per pixel column: its first, least, greatest and last, gaps kept."""
    count = len(times)
    if count <= 4 * columns or columns < 1:
        return times, values
    edges = np.linspace(0, count, columns + 1).astype(np.int64)
    keep = np.zeros(count, dtype=bool)
    keep[edges[:-1]] = True
    keep[edges[1:] - 1] = True
    safe_low, safe_high = (
        np.where(np.isnan(values), np.inf, values),
        np.where(np.isnan(values), -np.inf, values),
    )
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        if high > low:
            keep[low + int(np.argmin(safe_low[low:high]))] = True
            keep[low + int(np.argmax(safe_high[low:high]))] = True
    keep |= np.isnan(values)
    return times[keep], values[keep]


def runs(present: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield (from, to) of each stretch without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], present, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _numbers(points: Ints) -> bytes:
    return orjson.dumps(points.ravel(), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].translate(_BLANK)


def _tenths(xs: Floats, ys: Floats) -> Ints:
    points = np.empty((len(xs), 2), dtype=np.float64)
    points[:, 0], points[:, 1] = xs, ys
    return np.clip(np.rint(points * 10), -(10**6), 10**6).astype(np.int32)


def line(xs: Floats, ys: Floats, shape: str = "linear") -> tuple[str, list[tuple[Any, ...]]]:
    """Return the path of a line and, for fills, its runs as (from, to).

    xs, ys: pixels; NaN in ys is a gap. shape: linear, smooth, stepBefore, stepAfter. A run of one point draws nothing.
    """
    parts: list[bytes] = []
    found: list[tuple[Any, ...]] = []
    for begin, end in runs(~np.isnan(ys)):
        found.append((begin, end))
        if end - begin < 2:
            continue
        parts.append(_run(xs[begin:end], ys[begin:end], shape))
    return b" ".join(parts).decode(), found


def _run(xs: Floats, ys: Floats, shape: str) -> bytes:
    if shape in {"stepBefore", "stepAfter"}:
        mid_x, mid_y = (xs[:-1], ys[1:]) if shape == "stepBefore" else (xs[1:], ys[:-1])
        full_x, full_y = np.empty(2 * len(xs) - 1), np.empty(2 * len(xs) - 1)
        full_x[0::2], full_y[0::2], full_x[1::2], full_y[1::2] = xs, ys, mid_x, mid_y
        xs, ys = full_x, full_y
    points = _tenths(xs, ys)
    if shape == "smooth" and len(xs) > 2:
        return _smooth(xs, ys)
    start = b"M%d %d" % (points[0, 0], points[0, 1])
    return start + b"l" + _numbers(np.diff(points, axis=0))


def _smooth(xs: Floats, ys: Floats) -> bytes:
    """A monotone cubic: it passes through every point and never swings beyond its neighbours."""
    dx, slopes = np.diff(xs), np.diff(ys) / np.where(np.diff(xs) == 0, 1e-9, np.diff(xs))
    tangents = np.empty(len(xs))
    tangents[0], tangents[-1] = slopes[0], slopes[-1]
    before, after = slopes[:-1], slopes[1:]
    common = dx[:-1] + dx[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        harmonic = 3 * common / ((common + dx[1:]) / before + (common + dx[:-1]) / after)
    tangents[1:-1] = np.where(before * after > 0, harmonic, 0.0)
    third = dx / 3
    points = np.empty((len(dx), 6))
    points[:, 0], points[:, 1] = xs[:-1] + third, ys[:-1] + tangents[:-1] * third
    points[:, 2], points[:, 3] = xs[1:] - third, ys[1:] - tangents[1:] * third
    points[:, 4], points[:, 5] = xs[1:], ys[1:]
    curve = np.clip(np.rint(np.nan_to_num(points) * 10), -(10**6), 10**6).astype(np.int32)
    return b"M%d %dC" % (round(xs[0] * 10), round(ys[0] * 10)) + _numbers(curve)


def area(xs: Floats, ys: Floats, base: Floats, shape: str = "linear") -> str:
    """Return the path of the area between a line and its base (pixels both), run by run."""
    parts = []
    for begin, end in runs(~np.isnan(ys + base)):
        if end - begin < 2:
            continue
        top = _run(xs[begin:end], ys[begin:end], shape)
        if np.ptp(base[begin:end]) < 0.05:
            floor = round(float(base[begin]) * 10)
            parts.append(top + b"V%dH%dZ" % (floor, round(float(xs[begin]) * 10)))
            continue
        back = _run(
            xs[begin:end][::-1],
            base[begin:end][::-1],
            {"stepBefore": "stepAfter", "stepAfter": "stepBefore"}.get(shape, shape),
        )
        parts.append(top + b"L" + back[1:] + b"Z")
    return b" ".join(parts).decode()


def bars(xs: Floats, ys: Floats, base: Floats, width: float) -> str:
    """Return the path of bars around xs."""
    present = ~np.isnan(ys)
    left, right = np.rint((xs[present] - width / 2) * 10), np.rint((xs[present] + width / 2) * 10)
    tops, floors = np.rint(ys[present] * 10), np.rint(base[present] * 10)
    columns = np.stack([left, floors, tops, right, floors], axis=1).astype(np.int64).tolist()
    return "".join(f"M{a} {b}V{c}H{d}V{e}Z" for a, b, c, d, e in columns)


def dots(xs: Floats, ys: Floats, size: float) -> str:
    """Return the path of round points."""
    radius = max(1, round(size * 5))
    present = ~np.isnan(ys)
    points = _tenths(xs[present], ys[present]).tolist()
    return "".join(
        f"M{x - radius} {y}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0 {-2 * radius} 0"
        for x, y in points
    )
