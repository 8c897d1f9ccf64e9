import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.timerange import zone
from drawing import paths
from drawing.ticks import (
    Bounds,
    linear_range,
    log_range,
    log_ticks,
    numeric_ticks,
    time_labels,
    time_space,
    time_ticks,
)

CONTRACT = Path(__file__).parent.parent / "contract"
UTC = zone("utc")


@pytest.mark.parametrize(
    ("low", "high", "width", "labels"), json.loads((CONTRACT / "time-axes.json").read_text())
)
def test_recorded_time_axes(low: float, high: float, width: float, labels: list[str]) -> None:
    ticks = time_ticks(low, high, width, UTC, time_space(low, high, width, UTC))
    assert time_labels(ticks, low, high, UTC) == labels


def test_recorded_value_axes() -> None:
    """Data from 0 to 90, times a thousandth, one, a thousand and a thousand millions."""
    binary = ("bytes ", "bits ", "binBps ", "kbytes ")
    factors = {"0-90": 1, "0-90k": 1000, "0-0.09": 0.001, "0-9e10": 1e9}
    for height, title, splits in json.loads((CONTRACT / "value-axes.json").read_text()):
        if title.startswith("bool"):
            continue  # data of yes and no is 0 and 1
        low, high = linear_range(0, 90 * factors[title.rpartition(" ")[2]], Bounds())
        ticks = numeric_ticks(low, high, height, binary=title.startswith(binary))
        assert ticks.at == pytest.approx(splits), title


@pytest.mark.parametrize(
    ("low", "high", "bounds", "want"),
    [
        (0, 0, Bounds(), (0, 100)),
        (5, 5, Bounds(), (0, 10)),
        (10, 20, Bounds(), (9, 21)),
        (-5, 5, Bounds(), (-6, 6)),
        (10, 20, Bounds(low=0), (0, 22)),
        (10, 20, Bounds(low=0, high=15), (0, 15)),
        (10, 20, Bounds(soft_low=0, soft_high=100), (0, 100)),
        (10, 200, Bounds(soft_low=0, soft_high=100), (0, 220)),
        (-1, 4, Bounds(centered=True), (-4.8, 4.8)),
        (-1.4e-45, 5e-324, Bounds(), (0, 100)),
    ],
)
def test_ends_of_an_axis(low: float, high: float, bounds: Bounds, want: tuple[float, float]) -> None:
    assert linear_range(low, high, bounds) == pytest.approx(want)


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12), st.floats(20, 2000))
def test_ticks_stand_inside_and_far_enough_apart(a: float, b: float, length: float) -> None:
    low, high = linear_range(min(a, b), max(a, b), Bounds())
    assert low < high
    ticks = numeric_ticks(low, high, length)
    slack = (high - low) * 1e-6
    assert all(low - slack <= one <= high + slack for one in ticks.at)
    assert all((y - x) / (high - low) * length >= 29.9 for x, y in zip(ticks.at, ticks.at[1:], strict=False))


def test_logarithmic_axes() -> None:
    assert log_range(3, 4000, 10, Bounds()) == (1, 10000)
    assert log_ticks(1, 8, 2).at == [1, 2, 4, 8]
    assert log_ticks(1, 100, 10).at[-2:] == [90, 100]


def test_days_in_a_zone_that_changes_its_clock() -> None:
    berlin = zone("Europe/Berlin")
    low, high = (
        1_679_612_400_000,
        1_680_037_200_000,
    )  # 24 to 29 March 2023; the clock goes forward on the 26th
    ticks = time_ticks(low, high, 700, berlin, 60)
    assert {label[-5:] for label in time_labels(ticks, low, high, berlin)} <= {
        "00:00",
        "12:00",
        "03/24",
        "03/25",
        "03/26",
        "03/27",
        "03/28",
    }


def test_lines_break_at_gaps() -> None:
    d, runs = paths.line(np.array([0.0, 1, 2, 3, 4]), np.array([0, 1, np.nan, 3, 4.0]))
    assert runs == [(0, 2), (3, 5)]
    assert d == "M0 0l10 10 M30 30l10 10"


def test_thinning_keeps_the_extremes() -> None:
    times = np.arange(10_000.0)
    values = np.zeros(10_000)
    values[1234], values[8765] = 99, -99
    _, kept = paths.thin(times, values, 100)
    assert len(kept) <= 400
    assert (kept.max(), kept.min()) == (99, -99)


@given(
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(math.nan)), min_size=1, max_size=50),
    st.sampled_from(["linear", "smooth", "stepBefore", "stepAfter"]),
)
def test_any_data_makes_a_path(values: list[float], shape: str) -> None:
    xs = np.arange(float(len(values)))
    ys = np.array(values)
    d, _ = paths.line(xs, ys, shape)
    assert "nan" not in d.lower()
    assert "nan" not in paths.area(xs, ys, np.zeros(len(ys)), shape).lower()
