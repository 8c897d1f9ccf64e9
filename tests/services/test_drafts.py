"""Unsaved changes: kept step by step, one's own, saved with conflicts told apart."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask

from core.access import Actor, Credential, grants_of
from core.errors import BadRequest, Forbidden
from core.settings import ROOT
from dashboards import diff, document
from models.session import transaction
from services import dashboards, drafts, saving

BODY = b'{"uid":"b","title":"Board","exact":1.50,"panels":[{"id":1,"type":"stat","title":"A"},{"id":2,"type":"stat","title":"B"}]}'


def editor(user_id: int = 1) -> Actor:
    return Actor(
        user_id=user_id,
        org_id=1,
        org_name="Main Org.",
        role="Editor",
        credential=Credential.SESSION,
        grants=grants_of("Editor", server_admin=False),
    )


def put(body: bytes = BODY, *, overwrite: bool = True) -> saving.Saved:
    with transaction():
        return saving.save(editor(), saving.Save(document.read(body), overwrite=overwrite))


def retitle(number: int, title: str, who: Actor | None = None) -> None:
    with transaction():
        drafts.change(
            who or editor(), "b", [{"do": "set", "panel": number, "path": ["title"], "value": title}], title
        )


def titles(body: str) -> list[str]:
    return [one["title"] for one in orjson.loads(body)["panels"]]


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Any:
    with app.app_context():
        yield


def test_steps_go_back_and_forward_and_a_new_one_ends_what_was_undone() -> None:
    put()
    for title in ("1", "2", "3"):
        retitle(1, title)
    for by, want, undoes, redoes in ((-1, "2", "2", "3"), (-1, "1", "1", "2"), (1, "2", "2", "3")):
        with transaction():
            drafts.step(editor(), "b", by)
        now = drafts.state(editor(), "b")
        assert (titles(now.board.body)[0], now.undoes, now.redoes) == (want, undoes, redoes)
    retitle(1, "4")
    now = drafts.state(editor(), "b")
    assert (titles(now.board.body)[0], now.undoes, now.redoes) == ("4", "4", "")
    with pytest.raises(drafts.NoDraft), transaction():
        drafts.step(editor(), "b", 1)


def test_the_oldest_steps_go_once_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_STEPS", 3)
    put()
    for n in range(8):
        retitle(1, str(n))
    seen = []
    while drafts.state(editor(), "b").undoes:
        with transaction():
            drafts.step(editor(), "b", -1)
        seen.append(titles(drafts.state(editor(), "b").board.body)[0])
    assert seen == ["6", "5", "4"]


def test_a_refused_change_leaves_no_step() -> None:
    put()
    with pytest.raises(BadRequest), transaction():
        drafts.change(
            editor(),
            "b",
            [{"do": "set", "path": ["title"], "value": "x"}, {"do": "remove", "panel": 99}],
            "two",
        )
    assert drafts.pending(editor(), "b") is None


def test_a_draft_is_its_owners_alone() -> None:
    put()
    retitle(1, "mine")
    assert drafts.pending(editor(2), "b") is None
    assert titles(drafts.state(editor(2), "b").board.body)[0] == "A"


def test_a_viewer_has_no_draft() -> None:
    put()
    viewer = Actor(user_id=1, org_id=1, role="Viewer", grants=grants_of("Viewer", server_admin=False))
    for act in (
        lambda: drafts.state(viewer, "b"),
        lambda: drafts.change(viewer, "b", [], ""),
        lambda: drafts.state(viewer, "never-there"),
    ):
        with pytest.raises(Forbidden), transaction():
            act()


def keep(how: str = "", **more: Any) -> saving.Saved:
    with transaction():
        return drafts.keep(editor(), "b", drafts.Keep("", "", "words", how, **more))


def test_what_the_draft_does_not_touch_is_saved_as_it_was() -> None:
    put()
    retitle(2, "two")
    keep()
    saved = dashboards.find_by_uid(editor(), "b")
    mine = BODY.decode().replace('"B"', '"two"')
    assert saved.body == f'{mine[:-1]},"id":{saved.id},"version":2}}'
    assert drafts.pending(editor(), "b") is None


def test_a_conflict_names_the_other_change_and_both_can_be_kept() -> None:
    put()
    retitle(1, "mine")
    put(BODY.replace(b'"B"', b'"theirs"'))
    with pytest.raises(saving.VersionMismatch):
        keep()
    clash = drafts.conflict(editor(), "b")
    assert clash.theirs == [diff.Difference("Panel theirs", "title", "B", "theirs")]
    assert clash.clashes == ()
    keep("merge")
    assert titles(dashboards.find_by_uid(editor(), "b").body) == ["mine", "theirs"]


def test_a_change_of_the_same_panel_is_no_merge_but_a_copy() -> None:
    put()
    retitle(1, "mine")
    put(BODY.replace(b'"A"', b'"theirs"'))
    with pytest.raises(saving.VersionMismatch):
        keep("merge")
    assert drafts.conflict(editor(), "b").clashes == ("Panel mine",)
    with transaction():
        copy = drafts.keep(editor(), "b", drafts.Keep("A copy", "", "", "copy"))
    assert titles(dashboards.find_by_uid(editor(), copy.uid).body)[0] == "mine"
    assert titles(dashboards.find_by_uid(editor(), "b").body)[0] == "theirs"


def test_a_new_dashboard_lives_in_its_draft_until_it_is_saved() -> None:
    with transaction():
        made = drafts.change(editor(), "fresh", [{"do": "add panel"}], "Add a panel")
    assert made == 1
    assert [uid for uid, _ in drafts.never_saved(editor())] == ["fresh"]
    with transaction():
        saved = drafts.keep(editor(), "fresh", drafts.Keep("Fresh", "", ""))
    assert (saved.uid, saved.version) == ("fresh", 1)
    assert drafts.never_saved(editor()) == []


def test_time_and_variables_are_kept_when_asked() -> None:
    put(BODY[:-1] + b',"templating":{"list":[{"name":"v","multi":true},{"name":"w"}]}}')
    retitle(1, "x")
    keep(time={"from": "now-5m", "to": "now"}, variables={"var-v": ["a", "b"], "var-w": ["$__all"]})
    saved = orjson.loads(dashboards.find_by_uid(editor(), "b").body)
    assert saved["time"] == {"from": "now-5m", "to": "now"}
    assert [one["current"] for one in saved["templating"]["list"]] == [
        {"selected": True, "text": ["a", "b"], "value": ["a", "b"]},
        {"selected": True, "text": "All", "value": "$__all"},
    ]


def _boards() -> list[Path]:
    """Return dashboards of this repository, and those of the folder BOARDS where it is set."""
    more = sorted(Path(os.environ["BOARDS"]).rglob("*.json")) if "BOARDS" in os.environ else []
    return [ROOT / "tests" / "browser" / "node-exporter-full.json", *more]


@pytest.mark.parametrize("path", _boards(), ids=lambda path: path.stem)
def test_a_real_dashboard_edited_in_one_option_differs_in_that_alone(path: Path) -> None:
    text = path.read_bytes()
    board = orjson.loads(text)
    board = board.get("dashboard", board)
    if not isinstance(board, dict) or not diff.panels_of(board):
        pytest.skip("a file of BOARDS that is no dashboard with panels")
    members = document.read(orjson.dumps(board)) | document.members(uid="b", id=None, version=0)
    with transaction():
        saving.save(editor(), saving.Save(members, overwrite=True))
    before = orjson.loads(dashboards.find_by_uid(editor(), "b").body)
    number = next(one for one in diff.panels_of(before) if one.isdecimal())
    with transaction():
        drafts.change(
            editor(), "b", [{"do": "set", "panel": int(number), "path": ["title"], "value": "Other!"}], ""
        )
    keep()
    after = orjson.loads(dashboards.find_by_uid(editor(), "b").body)
    found = diff.differences(before, after)
    assert [(one.what, one.after) for one in found] == [("title", "Other!")]
    for one in diff.panels_of(after).items():
        assert one[0] == number or one[1] == diff.panels_of(before)[one[0]]


def test_two_windows_at_one_draft_lose_no_step(app: Flask) -> None:
    put()
    retitle(1, "begun")

    def window(number: int) -> None:
        with app.app_context():
            for n in range(8):
                with transaction():
                    at = ["from", str(number), str(n)]
                    drafts.change(editor(), "b", [{"do": "set", "path": at, "value": True}], "")

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(window, number) for number in (1, 2)]:
            done.result()
    made = orjson.loads(drafts.state(editor(), "b").board.body)["from"]
    assert made == {str(number): dict.fromkeys(map(str, range(8)), True) for number in (1, 2)}
