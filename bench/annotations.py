"""python -m bench.annotations BASE: how finding annotations, and listing their tags, grows with how many there are.

Makes annotations up to each size, half of them on a dashboard, one in ten with an hour's length; one in a thousand is tagged
`rare`, half are tagged `deploy`. Prints the median milliseconds of a call. What is flat but for its answer stays the same.
"""

from concurrent.futures import ThreadPoolExecutor

from bench.growth import asked, median_ms

START, STEP = 1_600_000_000_000, 60_000
MIDDLE = f"from={START + 300 * STEP}&to={START + 360 * STEP}"
CALLS = (
    ("newest", "/api/annotations?limit=100"),
    ("in the past", f"/api/annotations?limit=100&{MIDDLE}"),
    ("of a dashboard", "/api/annotations?limit=100&dashboardUID=noted"),
    ("common tag", "/api/annotations?limit=100&tags=deploy"),
    ("rare tag", "/api/annotations?limit=100&tags=rare"),
    ("both tags", "/api/annotations?limit=100&tags=rare&tags=deploy"),
    ("any of two", "/api/annotations?limit=100&tags=rare&tags=deploy&matchAny=true"),
    ("tag, in the past", f"/api/annotations?limit=100&tags=deploy&{MIDDLE}"),
    ("tags", "/api/annotations/tags"),
)


def note(i: int) -> dict[str, object]:
    tags = [f"host{i % 50}", *(["deploy"] if i % 2 else []), *(["rare"] if i % 1000 == 1 else [])]
    where = {"dashboardUID": "noted"} if i % 4 < 2 else {}
    end = {"timeEnd": START + i * STEP + 3_600_000} if i % 10 == 0 else {}
    return {"text": f"Note {i}", "tags": tags, "time": START + i * STEP, **end, **where}


def main() -> None:
    base, sizes, admin = asked(__doc__)
    admin.post(
        base + "/api/dashboards/db", json={"dashboard": {"uid": "noted", "title": "Noted"}, "overwrite": True}
    )
    done = 0
    print(f"{'size':>8} {'call':18}{'ms':>8}")
    for size in sizes:
        with ThreadPoolExecutor(8) as pool:
            list(
                pool.map(
                    lambda i: admin.post(base + "/api/annotations", json=note(i)).raise_for_status(),
                    range(done, size),
                )
            )
        done = max(done, size)
        for name, path in CALLS:
            print(f"{size:8} {name:18}{median_ms(admin, 'GET', base + path):8.1f}", flush=True)


if __name__ == "__main__":
    main()
