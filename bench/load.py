"""make bench OURS=url PEER=url: requests per second of two servers that speak the API, paired in one run.

Both are seeded alike through the API; then wrk (apt: wrk) asks one and the other in turn. Printed are medians over the
rounds and OURS/PEER: above 1 for requests per second, below 1 for latency, is in OURS's favour. `--upstream` names a
Prometheus (`python -m bench.upstream PORT` serves a canned one) for the query case.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

WORDS = ["api", "billing", "cache", "disk", "edge", "fleet", "gateway", "host", "ingest", "jobs", "kafka", "latency", "memory", "node", "orders", "payments", "queue", "redis", "search", "traffic", "users", "video", "web", "zone"]  # fmt: skip
FOLDERS = 10


@dataclass(frozen=True)
class Case:
    """One kind of request. credential: cookie, key, basic or none. needs: a family that a server may lack."""

    name: str
    method: str
    path: str
    credential: str
    body: Any = None
    needs: str = ""


def _queries() -> dict[str, Any]:
    one = {"datasource": {"type": "prometheus", "uid": "benchprom"}, "expr": "node_load1", "range": True, "intervalMs": 15000, "maxDataPoints": 1000}  # fmt: skip
    return {
        "from": "1700000000000",
        "to": "1700015000000",
        "queries": [{"refId": f"A{i}", **one} for i in range(8)],
    }


SAVE = {"dashboard": {"uid": "bsave", "title": "Bench save", "panels": []}, "overwrite": True}
CASES = (
    Case("health", "GET", "/api/health", "none"),
    Case("user, cookie", "GET", "/api/user", "cookie"),
    Case("org, api key", "GET", "/api/org", "key"),
    Case("user, basic", "GET", "/api/user", "basic"),
    Case("search all (limit 1000)", "GET", "/api/search?limit=1000", "cookie"),
    Case("search query", "GET", "/api/search?query=payments&limit=50", "cookie"),
    Case("dashboard small", "GET", "/api/dashboards/uid/b1", "cookie"),
    Case("dashboard big", "GET", "/api/dashboards/uid/bigone", "cookie"),
    Case("save dashboard", "POST", "/api/dashboards/db", "cookie", SAVE),
    Case("annotations find", "GET", "/api/annotations?tags=deploy&limit=100", "cookie"),
    Case("data sources list", "GET", "/api/datasources", "cookie"),
    Case("frontend settings", "GET", "/api/frontend/settings", "cookie"),
    Case("query 8x20x1000", "POST", "/api/ds/query", "cookie", _queries(), "upstream"),
)


class Server:
    """A seeded server and ways to prove who asks."""

    def __init__(self, base: str, user: str, password: str) -> None:
        self.base = base.rstrip("/")
        self.session = requests.Session()
        self.basic = requests.auth._basic_auth_str(user, password)  # noqa: SLF001 - the header as wrk must send it
        reply = self.session.post(self.base + "/login", json={"user": user, "password": password})
        reply.raise_for_status()
        self.cookie = "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())
        self.key = ""

    def post(self, path: str, body: Any) -> requests.Response:
        return self.session.post(self.base + path, json=body)

    def seed(self, dashboards: int, big: dict[str, Any], upstream: str) -> None:
        """Make dashboards up to a number, one large one, annotations, a data source and a key."""
        found = self.session.get(
            self.base + "/api/search", params={"type": "dash-db", "limit": 5000, "query": "Bench"}
        )
        have = len(found.json())
        self.key = (
            self.post("/api/auth/keys", {"name": f"bench-{have}", "role": "Admin"}).json().get("key", "")
        )
        for i in range(FOLDERS):
            self.post("/api/folders", {"uid": f"bf{i}", "title": f"Bench folder {i}"})
        for i in range(have, dashboards):
            self._save(i)
        large = {**big, "uid": "bigone", "id": None, "title": "Big one"}
        self.post("/api/dashboards/db", {"dashboard": large, "overwrite": True}).raise_for_status()
        if upstream:
            source = {"name": "bench-prom", "uid": "benchprom", "type": "prometheus", "url": upstream, "access": "proxy"}  # fmt: skip
            self.post("/api/datasources", source)
        for i in range(200 if have == 0 else 0):
            self.post("/api/annotations", {"text": f"deploy {i}", "tags": ["deploy"], "time": 1_700_000_000_000 + i * 1000})  # fmt: skip

    def _save(self, i: int) -> None:
        words = WORDS[i % 24], WORDS[(i * 7) % 24]
        panel = {"id": 1, "type": "text", "title": "t"}
        board = {
            "uid": f"b{i}",
            "title": f"Bench {words[0]} {words[1]} {i}",
            "tags": [words[0]],
            "panels": [panel],
        }
        body = {
            "dashboard": {**board, "schemaVersion": 37},
            "folderUid": f"bf{i % FOLDERS}",
            "overwrite": True,
        }
        reply = self.post("/api/dashboards/db", body)
        if reply.status_code != 200:
            sys.exit(f"{self.base}: dashboard {i}: {reply.status_code} {reply.text[:200]}")

    def headers(self, case: Case) -> dict[str, str]:
        found = {"Content-Type": "application/json"} if case.body is not None else {}
        if case.credential == "cookie":
            found["Cookie"] = self.cookie
        elif case.credential == "key":
            found["Authorization"] = "Bearer " + self.key
        elif case.credential == "basic":
            found["Authorization"] = self.basic
        return found


@dataclass(frozen=True)
class Outcome:
    """Requests per second and the 99th percentile of latency in ms, or why there are none."""

    rate: float = float("nan")
    p99: float = float("nan")
    fault: str = ""


def measure(server: Server, case: Case, seconds: int, connections: int) -> Outcome:
    """Run wrk once."""
    headers = server.headers(case)
    first = requests.request(
        case.method, server.base + case.path, json=case.body, headers=headers, timeout=60
    )
    if first.status_code != 200:
        return Outcome(fault=f"{first.status_code} {first.text[:80]}")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("\n".join(_lua(case, headers)))
        script.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--latency",
            "--timeout",
            "30s",
            "-s",
            script.name,
        ]
        out = subprocess.run(
            [*command, server.base + case.path], capture_output=True, text=True, check=True
        ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    assert rate, out
    factor = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    p99 = float(late[1]) * factor[late[2]] if late else float("nan")
    return Outcome(float(rate[1]), p99, f"{bad[1]} refused" if bad else "")


def _lua(case: Case, headers: dict[str, str]) -> Iterator[str]:
    yield f'wrk.method = "{case.method}"'
    for name, value in headers.items():
        yield f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}"
    if case.body is not None:
        yield f"wrk.body = {json.dumps(json.dumps(case.body))}"


def median(outcomes: list[Outcome]) -> Outcome:
    faults = {one.fault for one in outcomes if one.fault}
    rates = [one for one in outcomes if one.rate == one.rate]
    if not rates:
        return Outcome(fault=", ".join(faults))
    middle = [
        statistics.median(values) for values in ((one.rate for one in rates), (one.p99 for one in rates))
    ]
    return Outcome(middle[0], middle[1], ", ".join(faults))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ours")
    parser.add_argument("peer", nargs="?", help="left out: only OURS is measured")
    parser.add_argument("--dashboards", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only", default="", help="names of cases, separated by semicolons")
    parser.add_argument("--upstream", default="")
    parser.add_argument("--big", type=Path, help="JSON of a large dashboard")
    parser.add_argument("--auth", default="admin:admin")
    parser.add_argument("--json", type=Path, help="write the rows here as well")
    asked = parser.parse_args()
    many = [{"id": i, "type": "timeseries", "title": f"p{i}", "gridPos": {"x": 0, "y": i, "w": 12, "h": 8}, "targets": [{"refId": "A", "expr": "up" * 20}]} for i in range(800)]  # fmt: skip
    big = json.loads(asked.big.read_text()) if asked.big else {"panels": many}
    user, _, password = asked.auth.partition(":")
    servers = [Server(base, user, password) for base in (asked.ours, asked.peer) if base]
    for server in servers:
        server.seed(asked.dashboards, big, asked.upstream)
    print(f"{'case':26}{'ours/s':>10}{'peer/s':>10}{'ratio':>8}{'p99 ms':>10}{'peer':>9}{'ratio':>8}")
    rows = []
    for case in CASES:
        if (asked.only and case.name not in asked.only.split(";")) or (
            case.needs == "upstream" and not asked.upstream
        ):
            continue
        got: list[list[Outcome]] = [[] for _ in servers]
        for _ in range(asked.rounds):
            for server, outcomes in zip(servers, got, strict=True):
                outcomes.append(measure(server, case, asked.seconds, asked.connections))
        ours, peer = median(got[0]), median(got[1]) if len(got) > 1 else Outcome()
        ratio, late = ours.rate / peer.rate, ours.p99 / peer.p99
        notes = "  ".join(filter(None, [ours.fault, peer.fault and f"peer: {peer.fault}"]))
        print(
            f"{case.name:26}{ours.rate:10.0f}{peer.rate:10.0f}{ratio:8.2f}{ours.p99:10.1f}{peer.p99:9.1f}{late:8.2f}  {notes}",
            flush=True,
        )
        rows.append(
            {
                "case": case.name,
                "ours": ours.rate,
                "peer": peer.rate,
                "ratio": ratio,
                "ours_p99": ours.p99,
                "peer_p99": peer.p99,
            }
        )
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
