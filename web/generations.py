"""How older generations of the API differ; chosen by the header `X-Api-Generation` (2.0, 2.6, 5.x, 8.5, 9.x).

Domain code has one meaning, the newest. Every difference is one of these functions, with its document:

| difference                                              | generations | document |
| POST /datasources with a known id edits it              | 2.0         | 000      |
| dashboard answers carry `model` beside `dashboard`      | 2.0, 2.6    | 000, 001 |
| a save answers slug, status and version alone           | 2.0, 2.6    | 000, 001 |
| DELETE of a dashboard answers its title alone           | 2.0 … 5.x   | 001, 003 |
| a uid clash is 412                                      | 5.x         | 003      |
| the home dashboard is always the model                  | 2.0 … 5.x   | 001, 003 |
| data sources show (empty) password members              | 2.0 … 8.5   | 001, 004 |
| the build stamp of frontend settings is a text           | 2.0, 2.6    | 001      |
| admin settings show the sections of 2.x                 | 2.0, 2.6    | 001      |
| dashboard and home metadata always say isStarred, isHome | 2.0 … 5.x  | 001, 003 |
"""

from enum import IntEnum

from flask import request


class Generation(IntEnum):
    """A documented generation, in order."""

    G20 = 20
    G26 = 26
    G5 = 50
    G85 = 85
    G9 = 93


_NAMES = {
    "2.0": Generation.G20,
    "2.6": Generation.G26,
    "5.x": Generation.G5,
    "8.5": Generation.G85,
    "9.x": Generation.G9,
}


def asked() -> Generation:
    """Return the generation that the caller speaks; the newest unless it says otherwise."""
    return _NAMES.get(request.headers.get("X-Api-Generation", ""), Generation.G9)


def older_than(generation: Generation) -> bool:
    """Say whether the caller speaks an older generation."""
    return asked() < generation
