import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.units import known, recipe, unit_format

UTC = ZoneInfo("UTC")
GOLD = json.loads((Path(__file__).parent.parent / "contract" / "units.json").read_text())


def test_all_247_unit_ids_are_known() -> None:
    assert len(known()) == 247


def test_recorded_displays() -> None:
    """Every recorded value of 147 units, with decimals automatic, 2 and 0."""
    assert len(GOLD) > 6000
    wrong = []
    for unit, decimals, value, prefix, text, suffix in GOLD:
        shown = unit_format(unit)(value, decimals, UTC)
        if (shown.prefix, shown.text, shown.suffix) != (prefix, text, suffix):
            wrong.append((unit, decimals, value, str(shown), prefix + text + suffix))
    assert wrong == []


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("prefix:about ", 5, "about 5"),
        ("suffix:items", 5, "5 items"),
        ("si:mF", 1500, "1.50 F"),
        ("count:apples", 1500, "1.50K apples"),
        ("currency:Kč", 1500, "Kč1.50K"),
        ("time:YYYY", 0, "1970"),
        ("bool:up/down", 0, "down"),
        ("furlongs", 3, "3 furlongs"),
        ("s", 0, "0 s"),
        ("s", 90, "1.50 min"),
        ("ms", 1500, "1.50 s"),
        ("dtdurations", 3661, "1 hour"),
        ("dthms", 3661, "01:01:01"),
        ("dtdhms", 90061, "1 d 01:01:01"),
        ("clocks", 3661, "01h:01m:01s:000ms"),
        ("reqps", 1234, "1.23K req/s"),
    ],
)  # fmt: skip
def test_units_of_ones_own_and_of_time(unit: str, value: float, text: str) -> None:
    assert str(unit_format(unit)(value, None, UTC)) == text


@given(
    st.sampled_from(known()),
    st.floats(allow_nan=True, allow_infinity=True, width=32),
    st.one_of(st.none(), st.integers(0, 8)),
)
def test_no_number_breaks_a_unit(unit: str, value: float, decimals: int | None) -> None:
    if unit in {"string"} or (
        unit.startswith(("hex", "dt", "clock", "dateTime", "sci")) and (value != value or abs(value) > 1e15)
    ):
        return
    assert isinstance(str(unit_format(unit)(value, decimals, UTC)), str)


def test_browsers_get_recipes_for_scaled_units() -> None:
    assert recipe("bytes")["base"] == 1024  # type: ignore[index]
    assert recipe("dateTimeAsIso") is None
