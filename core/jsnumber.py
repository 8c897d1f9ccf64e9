"""Numbers as browsers print and round them; dashboards were made by looking at those."""

import math
from decimal import ROUND_HALF_UP, Decimal


def js_round(value: float) -> float:
    """Round half up, as Math.round does."""
    return math.floor(value + 0.5) if abs(value) < 2**52 else value


def js_text(value: float) -> str:
    """Return String(value): the shortest digits, an exponent from 1e21 and below 1e-6."""
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    digits, _, exponent = f"{value!r}".partition("e")
    sign = "-" if digits.startswith("-") else ""
    whole, _, fraction = digits.lstrip("-").partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent or 0)
    significant = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(significant)
    significant = significant.rstrip("0")
    if 0 < point <= 21:
        padded = significant.ljust(point, "0")
        return sign + padded[:point] + ("." + padded[point:] if len(padded) > point else "")
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{significant}"
    power = point - 1
    mantissa = significant[0] + ("." + significant[1:] if len(significant) > 1 else "")
    return f"{sign}{mantissa}e{'+' if power >= 0 else '-'}{abs(power)}"


def js_fixed(value: float, digits: int) -> str:
    """Return value.toFixed(digits) for numbers below 1e21."""
    return f"{value:.{max(0, digits)}f}"


def js_hex(value: float) -> str:
    """Return value.toString(16) in capitals."""
    sign = "-" if value < 0 else ""
    value = abs(value)
    whole, rest = divmod(value, 1)
    text = f"{int(whole):X}"
    if not rest:
        return sign + text
    digits, places = [], 0
    precision = 52 - (math.frexp(value)[1] - 1)  # bits after the point that a double of this size holds
    while rest and places < (precision + 3) // 4:
        digit, rest = divmod(rest * 16, 1)
        digits.append(f"{int(digit):X}")
        places += 1
    return f"{sign}{text}.{''.join(digits).rstrip('0')}"


def grouped(value: float, most_digits: int = 3, least_digits: int = 0) -> str:
    """Return value.toLocaleString("en-US"): groups of three, at most so many decimals."""
    if not math.isfinite(value):
        return js_text(value).replace("Infinity", "∞")
    exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-most_digits), ROUND_HALF_UP)
    text = f"{exact:,f}"
    if "." in text:
        whole, _, fraction = text.partition(".")
        fraction = fraction.rstrip("0").ljust(least_digits, "0")
        text = whole + ("." + fraction if fraction else "")
    return "0" if text == "-0" else text
