"""python -m bench.upstream PORT: a canned Prometheus on loopback; nginx (apt) answers every range query with one matrix."""

import argparse
import json
import os
import random
import tempfile
from pathlib import Path
from typing import Any

START, STEP = 1_700_000_000, 15
CONF = """worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{ worker_connections 1024; }}
http {{ access_log off; default_type application/json;
client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
server {{ listen 127.0.0.1:{port}; root {dir}/www; keepalive_requests 1000000;
 location = /api/v1/query_range {{ error_page 405 =200 /matrix.json; try_files /matrix.json =404; }}
 location = /api/v1/query {{ error_page 405 =200 /vector.json; try_files /vector.json =404; }}
 location / {{ error_page 405 =200 /empty.json; try_files $uri /empty.json; }} }} }}
"""


def series(number: int, points: int, rng: random.Random) -> dict[str, Any]:
    value, values = rng.random() * 100, []
    for k in range(points):
        value += rng.gauss(0, 1)
        values.append([START + k * STEP, f"{value:.6g}"])
    return {
        "metric": {"__name__": "node_load1", "instance": f"host-{number:03d}:9100", "job": "node"},
        "values": values,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--series", type=int, default=20)
    parser.add_argument("--points", type=int, default=1000)
    asked = parser.parse_args()
    folder, rng = Path(tempfile.mkdtemp(prefix="belvedere-upstream-")), random.Random(7)
    folder.chmod(0o755)  # nginx's workers run as somebody else where it is started by root
    (folder / "www").mkdir()
    matrix = [series(i, asked.points, rng) for i in range(asked.series)]
    vector = [{"metric": {"job": "node"}, "value": [START, "1"]}]
    answers = {
        "matrix": {"resultType": "matrix", "result": matrix},
        "vector": {"resultType": "vector", "result": vector},
        "empty": [],
    }
    for name, data in answers.items():
        (folder / "www" / f"{name}.json").write_text(json.dumps({"status": "success", "data": data}))
    (folder / "nginx.conf").write_text(CONF.format(dir=folder, port=asked.port))
    os.execvp("nginx", ["nginx", "-c", str(folder / "nginx.conf")])


if __name__ == "__main__":
    main()
