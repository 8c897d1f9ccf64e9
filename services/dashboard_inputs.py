"""The `__inputs` of exported dashboards, filled in."""

from typing import Any

import msgspec
import orjson

from core.errors import BadRequest
from dashboards import document


def fill(body: document.Members, given: list[dict[str, Any]]) -> document.Members:
    """Fill the `__inputs` of an exported dashboard. Raises BadRequest for an input that was not given."""
    declared = msgspec.json.decode(body["__inputs"], type=list[dict[str, Any]]) if "__inputs" in body else []
    values = {str(one.get("name")): str(one.get("value", "")) for one in given}
    text = document.text({name: raw for name, raw in body.items() if name not in {"__inputs", "__requires"}})
    for one in declared:
        name = str(one.get("name"))
        if name not in values and one.get("type") != "constant":
            raise BadRequest(f"The input {name} needs a value", field=name, traced=False)
        value = orjson.dumps(values.get(name, str(one.get("value", "")))).decode()[1:-1]
        text = text.replace("${" + name + "}", value)
    return document.read(text.encode())
