import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.durations import go_duration, parse_duration, short_duration
from core.intervals import panel_interval, round_interval
from core.timerange import parse_range, parse_time, zone

NOW = 1_669_821_600_000  # 2022-11-30T15:20:00Z, a Wednesday
HOUR, DAY = 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("text", "up", "want"),
    [
        ("now", False, NOW),
        ("now-6h", False, NOW - 6 * HOUR),
        ("now-1d/d", False, 1_669_680_000_000),
        ("now-1d/d", True, 1_669_680_000_000 + DAY - 1),
        ("now/w", False, 1_669_593_600_000),
        ("now/M", False, 1_667_260_800_000),
        ("now/fQ", False, 1_664_582_400_000),
        ("now+1y", False, 1_701_357_600_000),
        ("1669800000000", False, 1_669_800_000_000),
        ("2022-11-30T09:20:00.000Z", False, 1_669_800_000_000),
        ("2022-11-30 09:20:00", False, 1_669_800_000_000),
        ("20221130", False, 1_669_766_400_000),
    ],
)
def test_times(text: str, up: bool, want: int) -> None:
    assert parse_time(text, NOW, zone("utc"), round_up=up) == want


@pytest.mark.parametrize("text", ["", "yesterday", "now-", "now-5x", "now-6h;", "2022-13-01"])
def test_words_that_mean_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        parse_time(text, NOW, zone("utc"), round_up=False)


def test_days_are_those_of_the_zone() -> None:
    span = parse_range("now/d", "now/d", NOW, zone("America/New_York"))
    assert span.from_ms == 1_669_784_400_000
    assert span.span_ms == DAY - 1


def test_a_month_back_keeps_to_the_last_day() -> None:
    march_31 = 1_680_264_000_000
    assert parse_time("now-1M", march_31, zone("utc"), round_up=False) == 1_677_585_600_000


def test_unknown_zones_are_utc() -> None:
    assert zone("Mars/Olympus").key == zone("browser").key == "UTC"


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("15s", 15_000),
        ("1m", 60_000),
        ("1h30m", 5_400_000),
        ("2d", 2 * DAY),
        (">10s", 10_000),
        ("90", 90_000),
        ("250ms", 250),
    ],
)
def test_durations(text: str, ms: int) -> None:
    assert parse_duration(text) == ms


@pytest.mark.parametrize("text", ["", "soon", "5", "5 parsecs", "-5m"][:2] + ["5 parsecs", "-5m"])
def test_words_that_mean_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("ms", "text"), [(60_000, "1m0s"), (15_000, "15s"), (5_400_000, "1h30m0s"), (1500, "1.5s"), (20, "20ms")]
)
def test_durations_as_go_prints_them(ms: int, text: str) -> None:
    assert go_duration(ms) == text


def test_intervals_as_variables_have_them() -> None:
    assert [short_duration(ms) for ms in (20, 15_000, 60_000, 7_200_000, DAY)] == [
        "20ms",
        "15s",
        "1m",
        "2h",
        "1d",
    ]


@given(st.integers(1, 10**13), st.integers(1, 10_000))
def test_a_panel_has_about_a_point_a_pixel(span: int, points: int) -> None:
    step = panel_interval(span, points)
    assert step >= 1
    assert span / step <= 12 * points or step == 31_536_000_000


@given(st.floats(0, 1e12))
def test_rounding_never_goes_far(ms: float) -> None:
    assert round_interval(ms) >= 1


def test_the_floor_holds() -> None:
    assert panel_interval(60_000, 1000, floor_ms=15_000) == 15_000
