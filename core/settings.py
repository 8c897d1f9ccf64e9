"""Settings: built-in defaults, an ini file, the environment; each later one wins.

Names and defaults stand in `conf/keys.csv` (section, key, default, type, meaning); `meaning` is `yes` where this
server acts on the key. Environment names are `GF_<SECTION>_<KEY>`; `…__FILE` names a file that holds the value.
"""

import configparser
import csv
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from core.durations import parse_duration

ROOT = Path(__file__).resolve().parent.parent
KEYS = ROOT / "conf" / "keys.csv"
TRUE, FALSE = {"true", "1", "t", "yes", "on"}, {"false", "0", "f", "no", "off", ""}
# What the 2.x documents call by other names.
OLD_NAMES = {
    ("session", "cookie_name"): ("auth", "login_cookie_name"),
    ("session", "cookie_secure"): ("security", "cookie_secure"),
    ("session", "session_life_time"): ("auth", "login_maximum_lifetime_duration"),
    ("security", "cookie_remember_name"): ("auth", "login_cookie_name"),
    ("security", "login_remember_days"): ("auth", "login_maximum_lifetime_duration"),
    ("dashboards.json", "path"): ("belvedere", "dashboard_files"),
}
_UNITS = {("session", "session_life_time"): "s", ("security", "login_remember_days"): "d"}
_CHOICES = {
    ("database", "type"): ("sqlite3", "postgres", "mysql"),
    ("server", "protocol"): ("http", "https"),
    ("users", "default_theme"): ("dark", "light", ""),
    ("auth.anonymous", "org_role"): ("Viewer", "Editor", "Admin"),
    ("users", "auto_assign_org_role"): ("Viewer", "Editor", "Admin"),
    ("security", "cookie_samesite"): ("lax", "strict", "none", "disabled", ""),
    ("log", "level"): ("debug", "info", "warn", "error", "critical", ""),
}
_REFERENCE = re.compile(r"%\((\w+)\)s")


class BadSetting(Exception):
    """A value that the server cannot start with; the text names the key and the reason."""


@dataclass(frozen=True)
class Settings:
    """Values by (section, key), as text; the readers below give them their types."""

    values: Mapping[tuple[str, str], str]
    remarks: tuple[str, ...] = field(default=())

    def text(self, section: str, key: str) -> str:
        """Return a value with `%(name)s` of the same section filled in."""
        value = self.values.get((section, key), "")
        return _REFERENCE.sub(lambda m: self.values.get((section, m[1]), m[0]), value)

    def flag(self, section: str, key: str) -> bool:
        """Return a yes or no."""
        return self.text(section, key).lower() in TRUE

    def number(self, section: str, key: str) -> int:
        """Return a whole number; empty is 0."""
        return int(self.text(section, key) or 0)

    def seconds(self, section: str, key: str) -> int:
        """Return a duration ("30d", "12h", "90") in seconds."""
        return parse_duration(self.text(section, key)) // 1000

    def words(self, section: str, key: str) -> list[str]:
        """Return a list that is written with spaces or commas between."""
        return self.text(section, key).replace(",", " ").split()

    def path(self, section: str, key: str) -> Path:
        """Return a path; relative ones start at the checkout, as they do in the original."""
        return ROOT / Path(self.text(section, key)).expanduser()

    @property
    def root_url(self) -> str:
        """The address under which browsers reach the server, with a slash at the end."""
        return self.text("server", "root_url").rstrip("/") + "/"

    @property
    def sub_path(self) -> str:
        """The path part of root_url without its slash at the end; empty at the root of a host."""
        return urlsplit(self.root_url).path.rstrip("/")

    @property
    def database_path(self) -> Path:
        """The SQLite file."""
        return self.path("paths", "data") / self.text("database", "path")

    @property
    def session_cookie(self) -> str:
        """The name of the session cookie."""
        return self.text("auth", "login_cookie_name")


@dataclass(frozen=True)
class _Key:
    default: str
    kind: str
    meant: bool


def known_keys() -> dict[tuple[str, str], _Key]:
    """Return every key with its default, type, and whether this server acts on it."""
    with KEYS.open(newline="") as rows:
        return {
            (row["section"], row["key"]): _Key(row["default"], row["type"], row["meaning"] == "yes")
            for row in csv.DictReader(rows)
        }


def check_files(settings: "Settings") -> None:
    """Refuse to start with certificates that are not there. Raises BadSetting."""
    if settings.text("server", "protocol") != "https":
        return
    given = {
        "cert_file": settings.text("server", "cert_file"),
        "cert_key": settings.text("server", "cert_key"),
    }
    for key, path in given.items():
        if not path or not (ROOT / path).is_file():
            raise BadSetting(f"[server] {key} must name a file for protocol https, not {path!r}")


def load(ini: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read all sources.

    ini: a file that must exist; without one `conf/custom.ini` is read if it is there.
    Raises BadSetting for a value of the wrong type or a file that cannot be read.
    """
    known = known_keys()
    given: dict[tuple[str, str], tuple[str, str]] = {}
    remarks: list[str] = []
    _read_ini(ini, given, remarks)
    _read_environment(os.environ if environment is None else environment, known, given, remarks)
    values = {name: key.default for name, key in known.items()}
    for name, (value, origin) in given.items():
        target = OLD_NAMES.get(name, name)
        if target != name:
            value += _UNITS.get(name, "")  # noqa: PLW2901 - the old name counted in one fixed unit
            remarks.append(f"{origin}: [{name[0]}] {name[1]} is read as [{target[0]}] {target[1]}")
        if target not in known:
            remarks.append(f"{origin}: unknown setting [{name[0]}] {name[1]}")
            continue
        _check(target, value, known[target].kind, origin)
        if not known[target].meant and value != known[target].default:
            remarks.append(f"{origin}: [{name[0]}] {name[1]} is known but has no effect here")
        values[target] = value
    made = Settings(values, tuple(remarks))
    check_files(made)
    return made


def _read_ini(ini: Path | None, given: dict[tuple[str, str], tuple[str, str]], remarks: list[str]) -> None:
    path = ini or ROOT / "conf" / "custom.ini"
    if ini is None and not path.exists():
        return
    parser = configparser.RawConfigParser(
        comment_prefixes=(";", "#"), strict=False, interpolation=None, default_section="\0"
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their case
    try:
        text = path.read_text()
        parser.read_string(text if text.lstrip().startswith("[") else "[DEFAULT]\n" + text)
    except OSError as fault:
        raise BadSetting(f"{path}: {fault.strerror}") from fault
    except configparser.Error as fault:
        raise BadSetting(f"{path}: {fault.message.splitlines()[0]}") from fault
    for section in parser.sections():
        for key, value in parser.items(section):
            text = value.strip().strip('"').strip("'")
            found = re.fullmatch(r"\$__env\{(\w+)\}|\$\{(\w+)\}", text)
            given[section, key] = (os.environ.get(found[1] or found[2], "") if found else text, path.name)
    if not parser.sections():
        remarks.append(f"{path.name}: holds no setting")


def _read_environment(
    environment: Mapping[str, str],
    known: Mapping[tuple[str, str], _Key],
    given: dict[tuple[str, str], tuple[str, str]],
    remarks: list[str],
) -> None:
    names = {environment_name(*name): name for name in [*known, *OLD_NAMES]}
    for variable, raw in environment.items():
        if not variable.startswith("GF_"):
            continue
        value, plain = raw, variable
        if variable.endswith("__FILE"):
            plain = variable.removesuffix("__FILE")
            try:
                value = Path(raw).read_text().strip()
            except OSError as fault:
                raise BadSetting(f"{variable}: {raw}: {fault.strerror}") from fault
        if plain in names:
            given[names[plain]] = (value, variable)
        else:
            remarks.append(f"{variable}: unknown setting")


def environment_name(section: str, key: str) -> str:
    """Return the variable that sets a key: dots and dashes turn into underscores."""
    return re.sub(r"[.-]", "_", f"GF_{section}_{key}").upper()


def _check(name: tuple[str, str], value: str, kind: str, origin: str) -> None:
    section, key = name
    wrong = ""
    if kind == "bool" and value.lower() not in TRUE | FALSE:
        wrong = "true or false"
    elif kind == "int" and not re.fullmatch(r"-?\d*", value):
        wrong = "a whole number"
    elif kind == "duration" and value:
        try:
            parse_duration(value)
        except ValueError:
            wrong = "a duration such as 30s, 12h or 7d"
    if name in _CHOICES and value not in _CHOICES[name]:
        wrong = "one of " + ", ".join(one or "(empty)" for one in _CHOICES[name])
    if name == ("server", "http_port") and not wrong and not 0 < int(value or 0) < 65536:
        wrong = "a port between 1 and 65535"
    if wrong:
        raise BadSetting(f"{origin}: [{section}] {key} must be {wrong}, not {value!r}")
