"""Tables as files: CSV, spreadsheets, Markdown, plain text."""

import csv
import io
import re
from collections.abc import Sequence
from typing import NamedTuple

from openpyxl import Workbook

_NOT_IN_NAMES = re.compile(r"[\\/*?:\[\]]")
_SHEET_MAX, _CELL_MAX = 31, 32_767


class Table(NamedTuple):
    """A table: its name, the names of its columns, its rows as texts."""

    name: str
    heads: list[str]
    rows: list[list[str]]


Part = tuple[str, list[Table]]  # a heading, and the tables below it


def harmless(cell: str) -> str:
    """Keep spreadsheets from taking a text for a formula."""
    return (
        "'" + cell if cell[:1] in {"=", "@", "+"} or (cell[:1] == "-" and not cell[1:2].isdecimal()) else cell
    )


def as_csv(parts: Sequence[Part], *, heads: bool = True) -> str:
    """Return all tables, one below the other with an empty line between; with a mark that tells spreadsheets of UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    for heading, tables in parts:
        if heads and heading:
            writer.writerow([harmless(f"# {heading}")])
        for table in tables:
            writer.writerow([harmless(one) for one in table.heads])
            writer.writerows([harmless(cell) for cell in row] for row in table.rows)
            writer.writerow([])
    return "\ufeff" + out.getvalue()


def as_xlsx(parts: Sequence[Part]) -> bytes:
    """Return a workbook with a sheet for each heading; numbers are numbers."""
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for heading, tables in parts or [("", [])]:
        sheet = book.create_sheet(_sheet_name(heading, taken))
        for table in tables:
            sheet.append([harmless(one) for one in table.heads])
            for row in table.rows:
                sheet.append([_cell(one) for one in row])
            sheet.append([])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(heading: str, taken: set[str]) -> str:
    base = _NOT_IN_NAMES.sub("-", heading).strip("' ")[:_SHEET_MAX] or "Data"
    name, n = base, 1
    while name.lower() in taken:
        n += 1
        name = f"{base[: _SHEET_MAX - len(str(n)) - 1]} {n}"
    taken.add(name.lower())
    return name


def _cell(text: str) -> str | float:
    try:
        number = float(text)
    except ValueError:
        return _printable(harmless(text))[:_CELL_MAX]
    return number if number == number and abs(number) != float("inf") else text


def _printable(text: str) -> str:
    """Leave out control characters, which a workbook cannot hold."""
    return "".join(one for one in text if one >= " " or one in "\t\n")


def as_markdown(title: str, parts: Sequence[Part]) -> str:
    """Return a document: a heading for each part, its tables below it."""
    lines = [f"# {_escaped(title)}", ""]
    for heading, tables in parts:
        lines += [f"## {_escaped(heading)}", ""] if heading else []
        for table in tables:
            lines += [_line(table.heads), _line(["---"] * len(table.heads)), *map(_line, table.rows), ""]
        if not tables:
            lines += ["No data", ""]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(one) for one in cells) + " |"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text).replace("\n", " ")


def as_text(title: str, parts: Sequence[Part]) -> str:
    """Return what a terminal shows: columns in line with each other."""
    lines = [title, "=" * len(title), ""]
    for heading, tables in parts:
        lines += [heading, "-" * len(heading)] if heading else []
        for table in tables:
            rows = [table.heads, *table.rows]
            cells = [[_printable(cell).replace("\n", " ") for cell in row] for row in rows]
            widths = [max(len(row[at]) for row in cells) for at in range(len(table.heads))]
            lines += [
                "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
                for row in cells
            ]
        lines += ([] if tables else ["No data"]) + [""]
    return "\n".join(lines)
