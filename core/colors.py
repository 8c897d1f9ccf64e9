"""Colours by the names that dashboards use, for dark and light; palettes; continuous schemes."""

import re
from functools import lru_cache

_HUES = {
    "red": ("#FFA6B0", "#FF7383", "#F2495C", "#E02F44", "#C4162A", "#AD0317"),
    "orange": ("#FFCB7D", "#FFB357", "#FF9830", "#FF780A", "#FA6400", "#E55400"),
    "yellow": ("#FFF899", "#FFEE52", "#FADE2A", "#F2CC0C", "#E0B400", "#CC9D00"),
    "green": ("#C8F2C2", "#96D98D", "#73BF69", "#56A64B", "#37872D", "#19730E"),
    "blue": ("#C0D8FF", "#8AB8FF", "#5794F2", "#3274D9", "#1F60C4", "#1250B0"),
    "purple": ("#DEB6F2", "#CA95E5", "#B877D9", "#A352CC", "#8F3BB8", "#7C2EA3"),
}
_SHADES = ("super-light-", "light-", "", "semi-dark-", "dark-")
_CSS = {
    "black": "#000000", "white": "#ffffff", "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0", "maroon": "#800000", "olive": "#808000",
    "lime": "#00ff00", "aqua": "#00ffff", "cyan": "#00ffff", "teal": "#008080", "navy": "#000080", "fuchsia": "#ff00ff", "magenta": "#ff00ff",
    "pink": "#ffc0cb", "brown": "#a52a2a", "gold": "#ffd700", "crimson": "#dc143c", "coral": "#ff7f50", "salmon": "#fa8072", "indigo": "#4b0082",
    "violet": "#ee82ee", "khaki": "#f0e68c", "tomato": "#ff6347", "turquoise": "#40e0d0", "lightblue": "#add8e6", "darkgreen": "#006400",
}  # fmt: skip
CLASSIC = (
    "green", "semi-dark-yellow", "light-blue", "semi-dark-orange", "red", "blue", "purple", "#705DA0", "dark-green", "yellow",
    "#447EBC", "#C15C17", "#890F02", "#0A437C", "#6D1F62", "#584477", "#B7DBAB", "#F4D598", "#70DBED", "#F9BA8F", "#F29191",
    "#82B5D8", "#E5A8E2", "#AEA2E0", "#629E51", "#E5AC0E", "#64B0C8", "#E0752D", "#BF1B00", "#0A50A1", "#962D82", "#614D93",
    "#9AC48A", "#F2C96D", "#65C5DB", "#F9934E", "#EA6460", "#5195CE", "#D683CE", "#806EB7", "#3F6833", "#967302", "#2F575E",
    "#99440A", "#58140C", "#052B51", "#511749", "#3F2B5B", "#E0F9D7", "#FCEACA", "#CFFAFF", "#F9E2D2", "#FCE2DE", "#BADFF4",
    "#F9D9F9", "#DEDAF7",
)  # fmt: skip
SCHEMES = {
    "continuous-GrYlRd": ("green", "yellow", "red"),
    "continuous-RdYlGr": ("red", "yellow", "green"),
    "continuous-BlYlRd": ("dark-blue", "super-light-yellow", "dark-red"),
    "continuous-YlRd": ("super-light-yellow", "dark-red"),
    "continuous-BlPu": ("blue", "purple"),
    "continuous-YlBl": ("super-light-yellow", "dark-blue"),
    "continuous-blues": ("panel-bg", "dark-blue"),
    "continuous-reds": ("panel-bg", "dark-red"),
    "continuous-greens": ("panel-bg", "dark-green"),
    "continuous-purples": ("panel-bg", "dark-purple"),
}
# What data colours are set against: they decide contrast, and stand for "text" and "panel-bg" in dashboards.
TEXT = {True: "#ccccdc", False: "#24292e"}
PANEL = {True: "#181b1f", False: "#ffffff"}
_HEX = re.compile(r"#?([0-9a-fA-F]{3,8})")
_RGB = re.compile(r"rgba?\(\s*([\d.]+)\s*,\s*([\d.]+)\s*,\s*([\d.]+)\s*(?:,\s*([\d.]+%?)\s*)?\)")


@lru_cache(maxsize=4096)
def by_name(name: str, *, dark: bool = True) -> str:
    """Return a colour as `#rrggbb` or `#rrggbbaa` for a name, a CSS name, a hex or an rgb() text; gray where it is none."""
    for hue, shades in _HUES.items():
        if name.endswith(hue) and name[: -len(hue)] in _SHADES:
            return shades[_SHADES.index(name[: -len(hue)]) + (0 if dark else 1)]
    if name == "transparent":
        return "#00000000"
    if name == "text":
        return TEXT[dark]
    if name == "panel-bg":
        return PANEL[dark]
    if name.lower() in _CSS:
        return _CSS[name.lower()]
    found = _RGB.fullmatch(name)
    if found:
        alpha = (
            1.0 if found[4] is None else float(found[4].rstrip("%")) / (100 if found[4].endswith("%") else 1)
        )
        rgb = "".join(f"{min(255, round(float(found[i]))):02x}" for i in (1, 2, 3))
        return f"#{rgb}" + ("" if alpha >= 1 else f"{round(alpha * 255):02x}")
    hexed = _HEX.fullmatch(name)
    if hexed and len(hexed[1]) in {3, 4}:
        return "#" + "".join(one * 2 for one in hexed[1])
    if hexed and len(hexed[1]) in {6, 8}:
        return "#" + hexed[1]
    return _CSS["gray"]


def classic(index: int, *, dark: bool = True) -> str:
    """Return a series colour of the classic palette."""
    return by_name(CLASSIC[index % len(CLASSIC)], dark=dark)


def channels(color: str) -> tuple[int, int, int, float]:
    """Return red, green, blue (0 to 255) and opacity (0 to 1)."""
    digits = color.lstrip("#")
    alpha = int(digits[6:8], 16) / 255 if len(digits) == 8 else 1.0
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16), alpha


def with_alpha(color: str, alpha: float) -> str:
    """Return a colour at another opacity."""
    return f"{color[:7]}{round(max(0.0, min(1.0, alpha)) * 255):02x}"


def scheme(mode: str, part: float, *, dark: bool = True) -> str:
    """Return the colour of a continuous scheme at a part (0 to 1): a smooth curve through its colours."""
    stops = [
        channels(by_name(name, dark=dark))[:3] for name in SCHEMES.get(mode, SCHEMES["continuous-GrYlRd"])
    ]
    return "#" + "".join(
        f"{max(0, min(255, round(_spline([stop[i] for stop in stops], part)))):02x}" for i in range(3)
    )


def _spline(values: list[int], part: float) -> float:
    """A uniform cubic B-spline that starts and ends at the outer values."""
    count = len(values) - 1
    part = max(0.0, min(1.0, part))
    place = min(int(part * count), count - 1)
    v1, v2 = values[place], values[place + 1]
    v0 = values[place - 1] if place > 0 else 2 * v1 - v2
    v3 = values[place + 2] if place < count - 1 else 2 * v2 - v1
    t = (part - place / count) * count
    t2, t3 = t * t, t * t * t
    return (
        (1 - 3 * t + 3 * t2 - t3) * v0
        + (4 - 6 * t2 + 3 * t3) * v1
        + (1 + 3 * t + 3 * t2 - 3 * t3) * v2
        + t3 * v3
    ) / 6


def contrasting(background: str) -> str:
    """Return the text colour that reads best on a background: near black or near white, by brightness."""
    red, green, blue, _ = channels(background)
    bright = (red * 299 + green * 587 + blue * 114) / 1000
    return "#1f2127" if bright > 180 else "#f7f8fa"
