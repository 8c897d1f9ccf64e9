"""Documents say what is so."""

import re
from pathlib import Path

import pytest

from core.settings import ROOT, known_keys

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
    assert [one for one in targets if "://" not in one and not (page.parent / one).exists()] == []


def test_every_setting_that_does_something_is_explained() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    told = set()
    for row in rows:
        section = ""
        for name in re.findall(r"`([^`]+)`", row):
            section, _, key = name.rpartition(".") if "." in name else (section, "", name)
            told.add((section, key))
    assert told == {name for name, key in known_keys().items() if key.meant}


def test_make_help_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    told = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert targets == told


def test_every_room_stands_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    rooms = [
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and any(path.glob("*.py")) and path.name[0] not in "._"
    ]
    assert [room for room in rooms if f"`{room}/" not in text] == []
