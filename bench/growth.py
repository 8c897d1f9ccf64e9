"""python -m bench.growth BASE: how the cost of common reads grows with what is stored.

Seeds 1,000 people in 100 teams, and dashboards in 200 folders up to each size: half of the folders are open to everybody
with a role, half to a team alone; one dashboard in twenty lies in General, with rights of its own. Prints the median
milliseconds of a call by an administrator, who sees all, and by a viewer in five teams, who sees a part, and their ratio.
What is flat but for the length of its answer stays the same from line to line.
"""

import argparse
import statistics
import sys
import time

import requests

from bench.load import WORDS

FOLDERS, TEAMS, PEOPLE, TRIES = 200, 100, 1000, 31
CALLS = (
    ("search page", "/api/search?limit=50"),
    ("search word", "/api/search?query=payments&limit=50"),
    ("search rare", "/api/search?query=zone+video&limit=50"),
    ("folder list", "/api/folders?limit=1000"),
    ("folders in one", "/api/folders?parentUid=gf1&limit=1000"),
    ("folder content", "/api/search?folderUIDs=gf1&limit=100"),
    ("search 1000", "/api/search?limit=1000"),
    ("read in folder", "/api/dashboards/uid/g1"),
    ("read in General", "/api/dashboards/uid/g20"),
    ("versions", "/api/dashboards/uid/g1/versions"),
    ("tags", "/api/dashboards/tags"),
)


def board(i: int) -> dict[str, object]:
    title = f"Growth {WORDS[i % 24]} {WORDS[(i * 7 + i // 24) % 24]} {i}"
    panel = {"id": 1, "type": "text", "title": "t"}
    body = {"uid": f"g{i}", "title": title, "tags": [WORDS[i % 24]], "panels": [panel]}
    inside = {} if i % 20 == 0 else {"folderUid": f"gf{i % FOLDERS}"}
    return {"dashboard": body, "overwrite": True, **inside}


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


def seed_rights(admin: requests.Session, base: str) -> None:
    """Make people, teams and folders with their rights."""

    def made(path: str, body: object) -> dict[str, int]:
        reply = admin.post(base + path, json=body)
        found: dict[str, int] = reply.json()
        return found

    teams = [made("/api/teams", {"name": f"Growth team {n:03d}"}).get("teamId", 0) for n in range(TEAMS)]
    for n in range(PEOPLE):
        login = f"growth{n:04d}"
        person = {"login": login, "email": f"{login}@example.org", "password": "viewer-1", "OrgId": 1}
        number = made("/api/admin/users", person).get("id")
        for team in {teams[n % TEAMS], teams[(n * 7) % TEAMS]}:
            made(f"/api/teams/{team}/members", {"userId": number})
    viewer = admin.get(base + "/api/users/lookup?loginOrEmail=growthviewer").json()["id"]
    for team in teams[:5]:
        made(f"/api/teams/{team}/members", {"userId": viewer})
    for n in range(FOLDERS):
        made("/api/folders", {"uid": f"gf{n}", "title": f"Growth folder {n:03d}"})
        if n % 2:
            items = [{"role": "Editor", "permission": 2}, {"teamId": teams[n // 2], "permission": 1}]
            made(f"/api/folders/gf{n}/permissions", {"items": items})


def asked(description: str | None) -> tuple[str, list[int], requests.Session]:
    """Return what the command line names: a server, the sizes, and an admin who is signed in there."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("base")
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--auth", default="admin:admin")
    given = parser.parse_args()
    base = given.base.rstrip("/")
    user, _, password = given.auth.partition(":")
    return base, [int(one) for one in given.sizes.split(",")], signed_in(base, user, password)


def main() -> None:
    base, sizes, admin = asked(__doc__)
    person = {
        "name": "v",
        "login": "growthviewer",
        "email": "gv@example.org",
        "password": "viewer-1",
        "OrgId": 1,
    }
    admin.post(base + "/api/admin/users", json=person)
    viewer = signed_in(base, "growthviewer", "viewer-1")
    seed_rights(admin, base)
    done = 0
    print(f"{'size':>8} {'call':16}{'admin ms':>10}{'viewer ms':>11}{'ratio':>7}")
    for size in sizes:
        for i in range(done, size):
            reply = admin.post(base + "/api/dashboards/db", json=board(i))
            if reply.status_code != 200:
                sys.exit(f"dashboard {i}: {reply.status_code} {reply.text[:200]}")
        done = size
        for name, path in CALLS:
            one, other = (median_ms(who, "GET", base + path) for who in (admin, viewer))
            print(f"{size:8} {name:16}{one:10.1f}{other:11.1f}{other / one:7.2f}", flush=True)
        print(
            f"{size:8} {'save':16}{median_ms(admin, 'POST', base + '/api/dashboards/db', board(1)):10.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
