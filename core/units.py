"""Value formats: every unit id that dashboards may name, and how a number reads in it.

Source: Grafana 9.3 documentation, "standard options: unit"; checked against recorded displays of all ids.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core import clock
from core.datetimes import FULL, format_time, from_now
from core.jsnumber import grouped, js_fixed, js_hex, js_round, js_text

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A number in words: prefix and suffix are set apart, since they are drawn smaller."""

    text: str
    prefix: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        return f"{self.prefix}{self.text}{self.suffix}"


Format = Callable[[float, int | None, ZoneInfo], Formatted]


def _with_recipe(form: Format, recipe: dict[str, object]) -> Format:
    """Keep what a script in the browser needs to write the same."""
    form.recipe = recipe  # type: ignore[attr-defined]
    return form


def recipe(unit: str) -> dict[str, object] | None:
    """Return how a browser writes a unit: a suffix, a factor, a scale or steps; None where only the server knows."""
    found: dict[str, object] | None = getattr(unit_format(unit or "none"), "recipe", None)
    return found


def auto_decimals(value: float) -> int:
    """Return how many decimals show a number to about three digits."""
    if value == 0 or not math.isfinite(value):
        return 0
    exponent = math.floor(math.log(abs(value)) / math.log(10))
    decimals = 1 - exponent
    if abs(value) / 10.0**-decimals > 2.25:
        decimals += 1
    return 0 if value % 1 == 0 else max(0, decimals)


def fixed(value: float, decimals: int | None) -> str:
    """Return a number with so many decimals, or (None) with as many as it needs."""
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value != value:
        return "NaN"
    places = auto_decimals(value) if decimals is None else decimals
    if value == 0:
        return js_fixed(0.0, places)
    factor = 10.0 ** max(0, places) if places else 1.0
    text = js_text(js_round(value * factor) / factor)
    if "e" in text:
        return text
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(places, '0')}" if len(fraction) < places else text


def _logb(base: float, value: float) -> float:
    return math.log10(value) / math.log10(base)


def _plain(unit: str, *, before: bool = False) -> Format:
    def form(value: float, decimals: int | None, _tz: ZoneInfo) -> Formatted:
        text = fixed(value, decimals)
        return Formatted(text, prefix=unit) if before else Formatted(text, suffix=" " + unit if unit else "")

    return _with_recipe(form, {"prefix": unit} if before else {"suffix": " " + unit if unit else ""})


def _scaled(factor: float, suffixes: Sequence[str], offset: int = 0) -> Format:
    def form(value: float, decimals: int | None, _tz: ZoneInfo) -> Formatted:
        if not math.isfinite(value):
            return Formatted(fixed(value, None))
        index = 0 if value == 0 else math.floor(_logb(factor, abs(value)))
        place = max(0, min(offset + index, len(suffixes) - 1))
        index = max(-offset, min(index, len(suffixes) - offset - 1))
        return Formatted(fixed(value / factor**index, decimals), suffix=suffixes[place])

    return _with_recipe(form, {"base": factor, "suffixes": list(suffixes), "offset": offset})


_SI = ("f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
_COUNTS = ("", "K", "M", "B", "T")


def _si(unit: str, offset: int = 0) -> Format:
    return _scaled(1000, [f" {prefix}{unit}" for prefix in _SI], 5 + offset)


def _binary(unit: str, offset: int = 0) -> Format:
    return _scaled(1024, [f" {prefix}{unit}" for prefix in _BINARY], offset)


def _count(symbol: str) -> Format:
    scale = _scaled(1000, _COUNTS)

    def form(value: float, decimals: int | None, tz: ZoneInfo) -> Formatted:
        found = scale(value, decimals, tz)
        return Formatted(found.text, suffix=f"{found.suffix} {symbol}")

    return form


def _currency(symbol: str, *, after: bool = False) -> Format:
    scale = _scaled(1000, _COUNTS)

    def form(value: float, decimals: int | None, tz: ZoneInfo) -> Formatted:
        found = scale(value, decimals, tz)
        return (
            Formatted(found.text, suffix=found.suffix + symbol)
            if after
            else Formatted(found.text, symbol, found.suffix)
        )

    return form


def _boolean(true: str, false: str) -> Format:
    return lambda value, _decimals, _tz: Formatted(true if value else false)


def _percent(factor: float) -> Format:
    def form(value: float, decimals: int | None, _tz: ZoneInfo) -> Formatted:
        return Formatted(fixed(factor * value, decimals), suffix="%")

    return _with_recipe(form, {"factor": factor, "suffix": "%"})


def _hex(prefix: str) -> Format:
    def form(value: float, decimals: int | None, _tz: ZoneInfo) -> Formatted:
        digits = js_hex(float(fixed(value, decimals).replace("∞", "inf")))
        return Formatted("-" + prefix + digits[1:] if digits.startswith("-") else prefix + digits)

    return form


def _scientific(value: float, decimals: int | None, _tz: ZoneInfo) -> Formatted:
    if decimals is None:
        digits = js_text(value).lstrip("-").replace(".", "").split("e", maxsplit=1)[0].strip("0")
        decimals = max(0, len(digits) - 1)
    mantissa, _, power = f"{value:.{decimals}e}".partition("e")
    return Formatted(f"{mantissa}e{power[0]}{power[1:].lstrip('0') or '0'}")


def _locale(value: float, decimals: int | None, _tz: ZoneInfo) -> Formatted:
    return Formatted(grouped(value, 3 if decimals is None else decimals))


def _steps(*rows: tuple[float, float, str]) -> Format:
    """Rows of (below, factor, suffix): the first whose limit is above the number's size."""

    def form(value: float, decimals: int | None, _tz: ZoneInfo) -> Formatted:
        for limit, factor, suffix in rows:
            if abs(value) < limit:
                return Formatted(fixed(value * factor, decimals), suffix=suffix)
        return Formatted(fixed(value, decimals))

    return _with_recipe(
        form, {"steps": [[min(limit, 1e300), factor, suffix] for limit, factor, suffix in rows]}
    )


_INF = math.inf
_NS = _steps(
    (1e3, 1, " ns"),
    (1e6, 1e-3, " µs"),
    (1e9, 1e-6, " ms"),
    (6e10, 1e-9, " s"),
    (3.6e12, 1 / 6e10, " min"),
    (8.64e13, 1 / 3.6e12, " hour"),
    (_INF, 1 / 8.64e13, " day"),
)
_US = _steps((1e3, 1, " µs"), (1e6, 1e-3, " ms"), (_INF, 1e-6, " s"))
_MS = _steps(
    (1e3, 1, " ms"),
    (6e4, 1e-3, " s"),
    (3.6e6, 1 / 6e4, " min"),
    (8.64e7, 1 / 3.6e6, " hour"),
    (3.1536e10, 1 / 8.64e7, " day"),
    (_INF, 1 / 3.1536e10, " year"),
)
_S = _steps(
    (1e-6, 1e9, " ns"), (1e-3, 1e6, " µs"), (1, 1e3, " ms"), (60, 1, " s"), (3600, 1 / 60, " min"), (86400, 1 / 3600, " hour"),
    (604800, 1 / 86400, " day"), (31536000, 1 / 604800, " week"), (_INF, 1 / 3.15569e7, " year"),
)  # fmt: skip
_M = _steps(
    (60, 1, " min"),
    (1440, 1 / 60, " hour"),
    (10080, 1 / 1440, " day"),
    (604800, 1 / 10080, " week"),
    (_INF, 1 / 5.25948e5, " year"),
)
_H = _steps((24, 1, " hour"), (168, 1 / 24, " day"), (8760, 1 / 168, " week"), (_INF, 1 / 8760, " year"))
_D = _steps((7, 1, " day"), (365, 1 / 7, " week"), (_INF, 1 / 365, " year"))
_PARTS = (
    ("year", 31_536_000_000), ("month", 2_592_000_000), ("week", 604_800_000), ("day", 86_400_000), ("hour", 3_600_000),
    ("minute", 60_000), ("second", 1000), ("millisecond", 1),
)  # fmt: skip


def _seconds(value: float, decimals: int | None, tz: ZoneInfo) -> Formatted:
    return Formatted("0", suffix=" s") if value == 0 else _S(value, decimals, tz)


_with_recipe(_seconds, _S.recipe)  # type: ignore[attr-defined]


def _duration(scale: str, factor: float) -> Format:
    def form(value: float, decimals: int | None, tz: ZoneInfo) -> Formatted:
        if value == 0:
            return Formatted("0", suffix=f" {scale}s")
        if value < 0:
            return Formatted(form(-value, decimals, tz).text, suffix=" ago")
        words: list[str] = []
        left, more = value * factor, decimals or 0
        for name, size in _PARTS:
            if more < 0:
                break
            count = left / size
            if count >= 1 or words:
                whole = math.floor(count)
                words.append(f"{whole} {name}{'' if whole == 1 else 's'}")
                left %= size
                more -= 1
        return Formatted(", ".join(words))

    return form


def _hms(value: float, decimals: int | None, tz: ZoneInfo) -> Formatted:
    if value < 0:
        return Formatted(_hms(-value, decimals, tz).text, suffix=" ago")
    return Formatted(
        f"{math.floor(value / 3600):02d}:{math.floor(value % 3600 / 60):02d}:{math.floor(value % 60):02d}"
    )


def _dhms(value: float, decimals: int | None, tz: ZoneInfo) -> Formatted:
    if value < 0:
        return Formatted(_dhms(-value, decimals, tz).text, suffix=" ago")
    days = math.floor(value / 86400)
    return Formatted((f"{days} d " if days else "") + _hms(value - days * 86400, decimals, tz).text)


def _clock(factor: float) -> Format:
    """Write hours, minutes, seconds and milliseconds, as many parts as decimals ask for."""

    def form(value: float, decimals: int | None, _tz: ZoneInfo) -> Formatted:
        ms = value * factor
        parts = [format_time(ms, pattern, UTC) for pattern in ("mm\\m", "ss\\s", "SSS\\m\\s")]
        if ms < 1000:
            return Formatted(parts[2])
        if ms < 60_000:
            shown = parts[1:]
        elif ms < 3_600_000:
            shown = parts
        else:
            shown = [f"{math.floor(ms / 3_600_000):02d}"[-2:] + "h", *parts]
        return Formatted(":".join(shown if decimals is None else shown[: decimals + 1]))

    return form


def _date(pattern: str, today: str = "") -> Format:
    def form(value: float, _decimals: int | None, tz: ZoneInfo) -> Formatted:
        is_today = today and format_time(value, "YYYYMMDD", tz) == format_time(clock.now_ms(), "YYYYMMDD", tz)
        return Formatted(format_time(value, today if is_today else pattern, tz))

    return form


def _group(kind: Callable[..., Format], **units: str | tuple[str, int]) -> dict[str, Format]:
    return {name: kind(*what) if isinstance(what, tuple) else kind(what) for name, what in units.items()}


_FORMATS: dict[str, Format] = {
    "none": _plain(""),
    "string": lambda value, _decimals, _tz: Formatted(js_text(value)),
    "short": _scaled(1000, ("", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept")),
    "percent": _percent(1),
    "percentunit": _percent(100),
    "hex0x": _hex("0x"),
    "hex": _hex(""),
    "sci": _scientific,
    "locale": _locale,
    **_group(_plain, humidity="%H", dB="dB", pixel="px", accMS2="m/sec²", accFS2="f/sec²", accG="g"),
    **_group(_plain, degree="°", radian="rad", grad="grad", arcmin="arcmin", arcsec="arcsec", areaM2="m²", areaF2="ft²", areaMI2="mi²"),
    **_group(_si, flops="FLOPS", mflops=("FLOPS", 2), gflops=("FLOPS", 3), tflops=("FLOPS", 4), pflops=("FLOPS", 5), eflops=("FLOPS", 6)),
    **_group(_si, zflops=("FLOPS", 7), yflops=("FLOPS", 8)),
    **_group(_plain, ppm="ppm", conppb="ppb", conngm3="ng/m³", conngNm3="ng/Nm³", conμgm3="μg/m³", conμgNm3="μg/Nm³", conmgm3="mg/m³"),
    **_group(_plain, conmgNm3="mg/Nm³", congm3="g/m³", congNm3="g/Nm³", conmgdL="mg/dL", conmmolL="mmol/L"),
    **_group(_currency, currencyUSD="$", currencyGBP="£", currencyEUR="€", currencyJPY="¥", currencyRUB="₽", currencyUAH="₴", currencyBRL="R$"),
    **_group(_currency, currencyCZK="czk", currencyCHF="CHF", currencyPLN="PLN", currencyBTC="฿", currencymBTC="mBTC", currencyμBTC="μBTC"),
    **_group(_currency, currencyZAR="R", currencyINR="₹", currencyKRW="₩", currencyIDR="Rp", currencyPHP="PHP"),
    **{f"currency{code}": _currency("kr", after=True) for code in ("DKK", "ISK", "NOK", "SEK")},
    "currencyVND": _currency("đ", after=True),
    **_group(_binary, bytes="B", bits="b", kbytes=("B", 1), mbytes=("B", 2), gbytes=("B", 3), tbytes=("B", 4), pbytes=("B", 5)),
    **_group(_si, decbytes="B", decbits="b", deckbytes=("B", 1), decmbytes=("B", 2), decgbytes=("B", 3), dectbytes=("B", 4), decpbytes=("B", 5)),
    **_group(_si, pps="p/s", Bps="B/s", bps="b/s", KBs=("B/s", 1), Kbits=("b/s", 1), MBs=("B/s", 2), Mbits=("b/s", 2), GBs=("B/s", 3)),
    **_group(_si, Gbits=("b/s", 3), TBs=("B/s", 4), Tbits=("b/s", 4), PBs=("B/s", 5), Pbits=("b/s", 5)),
    **_group(_binary, binBps="B/s", binbps="b/s", KiBs=("B/s", 1), Kibits=("b/s", 1), MiBs=("B/s", 2), Mibits=("b/s", 2), GiBs=("B/s", 3)),
    **_group(_binary, Gibits=("b/s", 3), TiBs=("B/s", 4), Tibits=("b/s", 4), PiBs=("B/s", 5), Pibits=("b/s", 5)),
    "dateTimeAsIso": _date(FULL),
    "dateTimeAsIsoNoDateIfToday": _date(FULL, "HH:mm:ss"),
    "dateTimeAsUS": _date("MM/DD/YYYY h:mm:ss a"),
    "dateTimeAsUSNoDateIfToday": _date("MM/DD/YYYY h:mm:ss a", "h:mm:ss a"),
    "dateTimeAsLocal": _date("MM/DD/YYYY, hh:mm:ss A"),
    "dateTimeAsLocalNoDateIfToday": _date("MM/DD/YYYY, hh:mm:ss A", "hh:mm:ss A"),
    "dateTimeAsSystem": _date(FULL),
    "dateTimeFromNow": lambda value, _decimals, _tz: Formatted(from_now(value, clock.now_ms())),
    **_group(_si, watt="W", kwatt=("W", 1), megwatt=("W", 2), gwatt=("W", 3), mwatt=("W", -1), voltamp="VA", kvoltamp=("VA", 1)),
    **_group(_si, voltampreact="VAr", kvoltampreact=("VAr", 1), watth="Wh", watthperkg="Wh/kg", kwatth=("Wh", 1), kwattm=("W-Min", 1)),
    **_group(_si, amph="Ah", kamph=("Ah", 1), mamph=("Ah", -1), joule="J", ev="eV", amp="A", kamp=("A", 1), mamp=("A", -1), volt="V"),
    **_group(_si, kvolt=("V", 1), mvolt=("V", -1), dBm="dBm", ohm="Ω", kohm=("Ω", 1), Mohm=("Ω", 2), farad="F", nfarad=("F", -3)),
    **_group(_si, pfarad=("F", -4), ffarad=("F", -5), henry="H", mhenry=("H", -1), lumens="Lm"),
    "µfarad": _si("F", -2),
    "µhenry": _si("H", -2),
    "Wm2": _plain("W/m²"),
    **_group(_plain, flowgpm="gpm", flowcms="cms", flowcfs="cfs", flowcfm="cfm", litreh="L/h", flowlpm="L/min", flowmlpm="mL/min", lux="lux"),
    **_group(_si, forceNm="Nm", forcekNm=("Nm", 1), forceN="N", forcekN=("N", 1)),
    **_group(_si, Hs="H/s", KHs=("H/s", 1), MHs=("H/s", 2), GHs=("H/s", 3), THs=("H/s", 4), PHs=("H/s", 5), EHs=("H/s", 6)),
    **_group(_si, massmg=("g", -1), massg="g", masskg=("g", 1), lengthmm=("m", -1), lengthm="m", lengthkm=("m", 1)),
    **_group(_plain, masslb="lb", masst="t", lengthin="in", lengthft="ft", lengthmi="mi"),
    **_group(_si, pressurembar=("bar", -1), pressurebar="bar", pressurekbar=("bar", 1), pressurepa="Pa"),
    **_group(_plain, pressurehpa="hPa", pressurekpa="kPa", pressurehg='"Hg'),
    "pressurepsi": _scaled(1000, ("psi", "ksi", "Mpsi")),
    **_group(_si, radbq="Bq", radci="Ci", radgy="Gy", radrad="rad", radsv="Sv", radmsv=("Sv", -1), radusv=("Sv", -2), radrem="rem"),
    **_group(_si, radexpckg="C/kg", radr="R", radsvh="Sv/h", radmsvh=("Sv/h", -1), radusvh=("Sv/h", -2), rothz="Hz", hertz="Hz"),
    **_group(_plain, rotrpm="rpm", rotrads="rad/s", rotdegs="°/s", celsius="°C", fahrenheit="°F", kelvin="K"),
    "ns": _NS, "µs": _US, "ms": _MS, "s": _seconds, "m": _M, "h": _H, "d": _D,
    "dtdurationms": _duration("millisecond", 1), "dtdurations": _duration("second", 1000), "dthms": _hms, "dtdhms": _dhms,
    "timeticks": lambda value, decimals, tz: _seconds(value / 100, decimals, tz),
    "clockms": _clock(1), "clocks": _clock(1000),
    **_group(_count, cps="c/s", ops="ops/s", reqps="req/s", rps="rd/s", wps="wr/s", iops="io/s", cpm="c/m", opm="ops/m", rpm="rd/m", wpm="wr/m"),
    **_group(_plain, velocityms="m/s", velocitykmh="km/h", velocitymph="mph", velocityknot="kn"),
    **_group(_si, mlitre=("L", -1), litre="L"),
    **_group(_plain, m3="m³", Nm3="Nm³", dm3="dm³", gallons="gal"),
    "bool": _boolean("True", "False"), "bool_yes_no": _boolean("Yes", "No"), "bool_on_off": _boolean("On", "Off"),
}  # fmt: skip
BINARY_UNITS = frozenset(
    ("bytes", "bits", "kbytes", "mbytes", "gbytes", "tbytes", "pbytes", "binBps", "binbps", "KiBs", "Kibits", "MiBs", "Mibits", "GiBs", "Gibits",
     "TiBs", "Tibits", "PiBs", "Pibits")
)  # fmt: skip
_cache: dict[str, Format] = {}


def is_date(unit: str) -> bool:
    """Say whether a unit writes times."""
    return unit.startswith(("dateTime", "time:"))


def is_boolean(unit: str) -> bool:
    """Say whether a unit writes yes or no."""
    return unit in {"bool", "bool_yes_no", "bool_on_off"} or unit.startswith("bool:")


def known() -> list[str]:
    """Return all unit ids."""
    return list(_FORMATS)


def unit_format(unit: str) -> Format:
    """Return how a unit is written; `prefix:`, `suffix:`, `time:`, `si:`, `count:`, `currency:`, `bool:` make units of their own."""
    found = _FORMATS.get(unit) or _cache.get(unit)
    if found is None:
        if len(_cache) > 10_000:
            _cache.clear()
        found = _cache[unit] = _made(unit)
    return found


def _made(unit: str) -> Format:
    key, colon, rest = unit.partition(":")
    if not colon or not key:
        return _plain(unit)
    if key == "si" and rest:
        offset = (_SI.index(rest[0]) - 5) if rest[0] in _SI and len(rest) > 1 else 0
        return _si(rest[1:] if offset else rest, offset)
    if key == "bool":
        true, slash, false = rest.partition("/")
        return _boolean(true, false if slash else "-")
    makers: dict[str, Callable[[str], Format]] = {
        "prefix": lambda text: _plain(text, before=True),
        "suffix": _plain,
        "time": _date,
        "count": _count,
        "currency": _currency,
    }
    return makers[key](rest) if key in makers else _plain(unit)
