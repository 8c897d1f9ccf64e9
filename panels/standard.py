"""What every column of every panel can be told: unit, range, colour, thresholds, mappings, links.

Source: Grafana 9.3 documentation, "standard options".
"""

from core.options import Choice, Number, Option, Text, spoken

_SCHEMES = (
    "continuous-GrYlRd", "continuous-RdYlGr", "continuous-BlYlRd", "continuous-YlRd", "continuous-BlPu", "continuous-YlBl", "continuous-blues",
    "continuous-reds", "continuous-greens", "continuous-purples",
)  # fmt: skip
COLOR_MODES = (
    ("fixed", "Single color"),
    ("shades", "Shades of a color"),
    ("thresholds", "From thresholds"),
    ("palette-classic", "Classic palette"),
    *((one, spoken(one.replace("-", ", ")).replace("gr yl rd", "green-yellow-red")) for one in _SCHEMES),
)
STANDARD = (
    Option("unit", "Unit", "", section="Standard options", kind="unit"),
    Number("min", "Min", section="Standard options", help="Empty: from the data"),
    Number("max", "Max", section="Standard options"),
    Number("decimals", "Decimals", section="Standard options"),
    Text("displayName", "Display name", section="Standard options", help="For example ${__field.labels.host}"),
    Option("color.mode", "Color scheme", "", section="Standard options", kind="choice", choices=COLOR_MODES),
    Option("color.fixedColor", "Color", "green", section="Standard options", kind="color", only=("color.mode", ("fixed", "shades"))),
    Choice("color.seriesBy", "Color series by", "last", "last", "min", "max", section="Standard options"),
    Text("noValue", "No value", section="Standard options", help="What stands where nothing is"),
)  # fmt: skip
MATCHERS = (
    ("byName", "Fields with name"),
    ("byRegexp", "Fields with name matching regex"),
    ("byType", "Fields with type"),
    ("byFrameRefID", "Fields returned by query"),
)
MAPPINGS = (("value", "Value"), ("range", "Range"), ("regex", "Regex"), ("special", "Special"))
SPECIAL = (
    ("null", "Null"),
    ("nan", "NaN"),
    ("null+nan", "Null + NaN"),
    ("true", "True"),
    ("false", "False"),
    ("empty", "Empty"),
)
