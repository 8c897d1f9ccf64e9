"""A dashboard as others can import it: data sources become inputs that are chosen there.

Source: Grafana 9.3 documentation, "export for sharing externally"; `__inputs` and `__requires` of published dashboards.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.tree import Tree, every_panel

BUILT_IN = ("grafana", "-- Grafana --", "-- Mixed --", "-- Dashboard --")


def external(
    tree: Tree, sources: Sequence[Mapping[str, str]], version: str, titles: Mapping[str, str]
) -> Tree:
    """Return a dashboard with `__inputs` and `__requires`, its data sources replaced by inputs.

    sources: uid, name, type and type_name of each source that could be meant, the default one first. titles: of panel kinds.
    """
    inputs: dict[str, dict[str, str]] = {}
    known = {key: one for one in reversed(sources) for key in (one["uid"], one["name"])}

    def named(reference: Any) -> Any:
        name = reference.get("uid") if isinstance(reference, Mapping) else reference
        if (isinstance(name, str) and ("$" in name or name in BUILT_IN)) or (name is None and not sources):
            return reference
        source = known.get(name) if isinstance(name, str) else sources[0]
        if source is None:
            return reference
        key = "DS_" + re.sub(r"\W", "_", source["name"]).upper()
        inputs[key] = {
            "name": key,
            "label": source["name"],
            "description": "",
            "type": "datasource",
            "pluginId": source["type"],
            "pluginName": source["type_name"],
        }
        return {"type": source["type"], "uid": "${" + key + "}"}

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: named(inner) if key == "datasource" else walk(inner) for key, inner in value.items()}
        return [walk(one) for one in value] if isinstance(value, list) else value

    made = walk({name: value for name, value in tree.items() if name not in {"id", "__inputs", "__requires"}})
    for _, _, panel in every_panel(made):
        if "datasource" not in panel and panel.get("targets"):
            panel["datasource"] = named(None)
    kinds = sorted({str(one.get("type")) for _, _, one in every_panel(made)} - {"row", "None"})
    requires = [
        {"type": "grafana", "id": "grafana", "name": "Grafana", "version": version},
        *({"type": "panel", "id": one, "name": titles.get(one, one), "version": ""} for one in kinds),
        *(
            {"type": "datasource", "id": kind, "name": name, "version": "1.0.0"}
            for kind, name in sorted({(one["pluginId"], one["pluginName"]) for one in inputs.values()})
        ),
    ]
    return {"__inputs": list(inputs.values()), "__requires": requires, **made, "id": None}
