import gzip
import json
import zlib
from typing import Any

PACKED = {"Accept-Encoding": "gzip"}


def test_pages_are_compressed_for_who_understands_it(client: Any) -> None:
    plain = client.as_viewer().get("/dashboards")
    packed = client.as_viewer().get("/dashboards", headers=PACKED)
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"<h1" in gzip.decompress(packed.data)
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2


def test_each_line_of_a_stream_can_be_read_when_it_arrives(
    client: Any, testdata: str, make_dashboard: Any
) -> None:
    target = {
        "refId": "A",
        "scenarioId": "csv_metric_values",
        "stringInput": "1,2",
        "datasource": {"uid": testdata},
    }
    panels = [
        {
            "id": i,
            "type": "stat",
            "title": "S",
            "gridPos": {"x": 0, "y": i, "w": 4, "h": 4},
            "targets": [target],
        }
        for i in (1, 2, 3)
    ]
    make_dashboard(panels=panels)
    reply = client.as_viewer().get("/d/board/panels?ids=1,2,3", headers=PACKED, buffered=False)
    unpacker = zlib.decompressobj(wbits=31)
    seen = []
    for part in reply.iter_encoded():
        text = unpacker.decompress(part).decode()
        assert text == "" or text.endswith("\n")
        seen += [json.loads(line)["panelId"] for line in text.splitlines()]
    assert sorted(seen) == ["1", "2", "3"]


def test_the_api_is_compressed_on_request_of_the_settings(make_app: Any) -> None:
    for flag, packed in (("false", False), ("true", True)):
        app = make_app(GF_SERVER_ENABLE_GZIP=flag)
        reply = app.test_client().get("/public/openapi3.json", headers=PACKED)
        assert ("Content-Encoding" in reply.headers) is packed
