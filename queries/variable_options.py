"""What a dashboard's settings and variables can be told, declared once for the pages that edit them."""

from core.options import Flag, Number, Option, Pick, Text

GENERAL = (
    Text("title", "Title"),
    Text("description", "Description", kind="area"),
    Option("tags", "Tags", [], kind="list", help="Separated by commas"),
    Flag("editable", "Editable", default=True),
    Pick(
        "graphTooltip",
        "Graph tooltip",
        0,
        ("0", "Default"),
        ("1", "Shared crosshair"),
        ("2", "Shared tooltip"),
    ),
)
TIME = (
    Text("timezone", "Time zone", help="Empty: each person's own. utc, browser, or a name such as Europe/Berlin"),
    Text("time.from", "From", help="now-6h, now/d, or 2024-05-01 12:00"),
    Text("time.to", "To"),
    Text("refresh", "Refresh every", help="For example 30s; empty: not by itself"),
    Option("timepicker.refresh_intervals", "Auto refresh choices", [], kind="list", help="5s, 10s, 1m …"),
    Text("timepicker.nowDelay", "Now delay", help="For example 1m, where the latest data comes late"),
    Flag("timepicker.hidden", "Hide time picker"),
    Pick("weekStart", "Week start", "", ('""', "Default"), ('"monday"', "Monday"), ('"saturday"', "Saturday"), ('"sunday"', "Sunday")),
    Pick("liveNow", "Refresh live dashboards", False, ("false", "No"), ("true", "Yes")),
)  # fmt: skip
LINK = (
    Text("title", "Title"),
    Option(
        "type", "Type", "dashboards", kind="choice", choices=(("dashboards", "Dashboards"), ("link", "Link"))
    ),
    Option("tags", "With tags", [], kind="list", only=("type", ("dashboards",))),
    Flag("asDropdown", "Show as dropdown", only=("type", ("dashboards",))),
    Text("url", "URL", only=("type", ("link",))),
    Text("tooltip", "Tooltip", only=("type", ("link",))),
    Flag("keepTime", "Include current time range"),
    Flag("includeVars", "Include current template variable values"),
    Flag("targetBlank", "Open link in new tab"),
)
_ALWAYS = (
    Text("name", "Name"),
    Option(
        "type", "Type", "query", kind="choice",
        choices=(("query", "Query"), ("custom", "Custom"), ("textbox", "Text box"), ("constant", "Constant"), ("datasource", "Data source"), ("interval", "Interval")),
    ),
    Text("label", "Label", help="What stands before it; empty: its name"),
    Text("description", "Description"),
    Pick("hide", "Hide", 0, ("0", "Nothing"), ("1", "Label"), ("2", "Variable")),
)  # fmt: skip
_SEVERAL = (
    Flag("multi", "Multi-value", help="Several values can be chosen"),
    Flag("includeAll", "Include All option"),
    Text("allValue", "Custom all value", only=("includeAll", ("true",))),
)
_SORT = Pick(
    "sort", "Sort", 0, ("0", "Disabled"), ("1", "Alphabetical (asc)"), ("2", "Alphabetical (desc)"), ("3", "Numerical (asc)"), ("4", "Numerical (desc)"),
    ("5", "Alphabetical (case-insensitive, asc)"), ("6", "Alphabetical (case-insensitive, desc)"),
)  # fmt: skip
_KINDS = {
    "query": (
        Option("datasource", "Data source", None, kind="source"),
        Option("query", "Query", "", kind="findquery", help="label_values(up, instance)"),
        Text(
            "regex",
            "Regex",
            help="/a pattern/ that cuts a part out, by groups or by the names text and value",
        ),
        _SORT,
        Pick("refresh", "Refresh", 1, ("1", "On dashboard load"), ("2", "On time range change")),
        *_SEVERAL,
    ),
    "custom": (Text("query", "Values separated by comma", help="a, b, or Shown : value"), *_SEVERAL),
    "textbox": (Text("query", "Default value"),),
    "constant": (Text("query", "Value"),),
    "datasource": (
        Text("query", "Type", help="For example prometheus"),
        Text("regex", "Instance name filter", help="/a pattern/"),
        *_SEVERAL,
    ),
    "interval": (
        Text("query", "Values", help="1m,10m,30m,1h,6h,12h,1d"),
        Flag("auto", "Auto option"),
        Number("auto_count", "Step count", 30, only=("auto", ("true",))),
        Text("auto_min", "Min interval", "10s", only=("auto", ("true",))),
    ),
}


def of_kind(kind: str) -> tuple[Option, ...]:
    """Return the options of a variable of a kind."""
    return (*_ALWAYS, *_KINDS.get(kind, ()))
