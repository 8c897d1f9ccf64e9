"""python -m bench.growth BASE: how the cost of common reads grows with what is stored.

Seeds dashboards in 200 folders up to each size and prints the median milliseconds of a call, by an administrator and by a
viewer. What is flat but for the length of its answer stays the same from line to line.
"""

import argparse
import statistics
import sys
import time

import requests

from bench.load import WORDS

FOLDERS, TRIES = 200, 15
CALLS = (
    ("search page", "/api/search?limit=50"),
    ("search word", "/api/search?query=payments&limit=50"),
    ("search rare", "/api/search?query=zone+video&limit=50"),
    ("folder list", "/api/folders?limit=1000"),
    ("folder content", "/api/search?folderUIDs=gf1&limit=100"),
    ("read", "/api/dashboards/uid/g1"),
    ("tags", "/api/dashboards/tags"),
)


def board(i: int) -> dict[str, object]:
    title = f"Growth {WORDS[i % 24]} {WORDS[(i * 7 + i // 24) % 24]} {i}"
    panel = {"id": 1, "type": "text", "title": "t"}
    body = {"uid": f"g{i}", "title": title, "tags": [WORDS[i % 24]], "panels": [panel]}
    return {"dashboard": body, "folderUid": f"gf{i % FOLDERS}", "overwrite": True}


def median_ms(session: requests.Session, method: str, url: str, body: object = None) -> float:
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        reply = session.request(method, url, json=body)
        took.append((time.perf_counter() - began) * 1000)
        if reply.status_code != 200:
            return float("nan")
    return statistics.median(took)


def signed_in(base: str, user: str, password: str) -> requests.Session:
    session = requests.Session()
    session.post(base + "/login", json={"user": user, "password": password}).raise_for_status()
    return session


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--auth", default="admin:admin")
    asked = parser.parse_args()
    base = asked.base.rstrip("/")
    user, _, password = asked.auth.partition(":")
    admin = signed_in(base, user, password)
    person = {
        "name": "v",
        "login": "growthviewer",
        "email": "gv@example.org",
        "password": "viewer-1",
        "OrgId": 1,
    }
    admin.post(base + "/api/admin/users", json=person)
    viewer = signed_in(base, "growthviewer", "viewer-1")
    for i in range(FOLDERS):
        admin.post(base + "/api/folders", json={"uid": f"gf{i}", "title": f"Growth folder {i:03d}"})
    done = 0
    print(f"{'size':>8} {'call':16}{'admin ms':>10}{'viewer ms':>11}")
    for size in map(int, asked.sizes.split(",")):
        for i in range(done, size):
            reply = admin.post(base + "/api/dashboards/db", json=board(i))
            if reply.status_code != 200:
                sys.exit(f"dashboard {i}: {reply.status_code} {reply.text[:200]}")
        done = size
        for name, path in CALLS:
            print(f"{size:8} {name:16}{median_ms(admin, 'GET', base + path):10.1f}{median_ms(viewer, 'GET', base + path):11.1f}", flush=True)  # fmt: skip
        print(
            f"{size:8} {'save':16}{median_ms(admin, 'POST', base + '/api/dashboards/db', board(1)):10.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
