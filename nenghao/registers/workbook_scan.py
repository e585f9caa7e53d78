"""Walks a workbook's bytes before its reader may: finds what would exhaust the machine or read as something else.

A workbook is a zip of XML that anybody may have written: small files that unpack to gigabytes, entities, one cell at
the far corner of a sheet for which a reader lays out the whole rectangle. And a reader hands an error value (#REF!)
and a formula that was never computed over as empty, which would be a missing figure that nobody left out.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from xml.parsers import expat

#: (row number from 1, column from 0).
CellPlace: TypeAlias = tuple[int, int]

MAX_PARTS: Final = 1000
MAX_UNPACKED_BYTES: Final = 512 * 1024 * 1024
#: Of all sheets together, counted as rectangles, because that is what a reader lays out.
MAX_CELLS: Final = 8_000_000
_READ_BYTES: Final = 1 << 20
_PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"


class WorkbookRefused(Exception):  # noqa: N818 - it says what happened; `tables` turns it into its own refusal
    """A workbook that is not opened; the message is a label key below `register.reason`."""


@dataclass(frozen=True, slots=True)
class ScannedWorkbook:
    """What a scan found, by the title of the sheet."""

    unreadable_of: dict[str, dict[CellPlace, str]]


@dataclass(slots=True)
class _Part:
    """One part while it is walked."""

    row: int = 0
    column: int = -1
    last_row: int = 0
    last_column: int = 0
    kind: str = ""
    is_xml: bool = True
    has_formula: bool = False
    has_value: bool = False
    unreadable: dict[CellPlace, str] = field(default_factory=dict)
    #: Of the workbook's own part: title and relation of each sheet. Of a part of relations: their targets.
    sheets: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        match name.rpartition(":")[2]:
            case "row":
                self.row = int(attributes["r"]) if attributes.get("r", "").isdigit() else self.row + 1
                self.column = -1
                self.last_row = max(self.last_row, self.row)
            case "c":
                self._start_cell(attributes)
            case "f":
                self.has_formula = True
            case "v" | "is":
                self.has_value = True
            case "sheet":
                relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                _refuse_again(self.sheets, attributes.get("name", ""))
                self.sheets[attributes.get("name", "")] = relation
            case "Relationship":
                _refuse_again(self.targets, attributes.get("Id", ""))
                self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if match := _PLACE.fullmatch(attributes.get("r", "")):
            self.column, self.row = _column_no(match[1]), int(match[2])
        else:
            self.column += 1
        self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)
        if self.cells > MAX_CELLS:  # here, since what is unreadable is kept cell by cell
            raise WorkbookRefused("workbook_too_large")
        self.kind, self.has_formula, self.has_value = attributes.get("t", "n"), False, False

    def end(self, name: str) -> None:
        """An element ends."""
        if name.rpartition(":")[2] == "c":
            if self.kind == "e":
                self.unreadable[self.row, self.column] = "error_value"
            elif self.has_formula and not self.has_value:
                self.unreadable[self.row, self.column] = "formula_not_computed"

    @property
    def cells(self) -> int:
        """Cells of the rectangle that a reader would lay out."""
        return self.last_row * (self.last_column + 1)


def scan_workbook(content: bytes) -> ScannedWorkbook:
    """Walk every part of the zip within the limits above.

    Raises: WorkbookRefused where a limit is passed, a part has a DTD, or the bytes are no workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _scan_parts(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise WorkbookRefused("not_workbook") from None
    if _WORKBOOK not in parts:
        raise WorkbookRefused("not_workbook")
    relations = parts.get(_RELATIONS, _Part()).targets
    read = {relation: parts.get(_name(posixpath.join("/xl", target))) for relation, target in relations.items()}
    if any(part is not None and not part.is_xml for part in read.values()):
        raise WorkbookRefused("not_workbook")
    found = {}
    for title, relation in parts[_WORKBOOK].sheets.items():
        if (part := read.get(relation)) is None:
            raise WorkbookRefused("not_workbook")
        found[title] = part.unreadable
    return ScannedWorkbook(found)


def _scan_parts(archive: zipfile.ZipFile) -> dict[str, _Part]:
    entries = archive.infolist()
    if len(entries) > MAX_PARTS:
        raise WorkbookRefused("workbook_too_large")
    parts: dict[str, _Part] = {}
    left = MAX_UNPACKED_BYTES
    for entry in entries:
        part, size = _scan_part(archive, entry, left)
        left -= size
        _refuse_again(parts, _name(entry.filename))
        parts[_name(entry.filename)] = part
        if sum(each.cells for each in parts.values()) > MAX_CELLS:
            raise WorkbookRefused("workbook_too_large")
    return parts


def _scan_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, max_bytes: int) -> tuple[_Part, int]:
    """Walk one part; what is no XML (a picture) is only counted. Its checksum is checked by reading it to its end."""
    part = _Part()
    parser = expat.ParserCreate()
    parser.StartElementHandler = part.start
    parser.EndElementHandler = part.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    size = 0
    with archive.open(entry) as stream:
        while block := stream.read(_READ_BYTES):
            size += len(block)
            if size > max_bytes:
                raise WorkbookRefused("workbook_too_large")
            part.is_xml = part.is_xml and _is_parsed(parser, block)
            if not part.is_xml and entry.filename.endswith((".xml", ".rels")):
                raise WorkbookRefused("not_workbook")
    part.is_xml = part.is_xml and _is_parsed(parser, b"", is_last=True)
    return part, size


def _name(path: str) -> str:
    """A part's name as its reader finds it: in any case, with any slash."""
    return posixpath.normpath(path.replace("\\", "/")).lstrip("/").lower()


def _refuse_again(known: Mapping[str, object], name: str) -> None:
    """Raise where a name stands twice, because a reader may take the other one, or where names have no end."""
    if name in known:
        raise WorkbookRefused("not_workbook")
    if len(known) >= MAX_PARTS:
        raise WorkbookRefused("workbook_too_large")


def _is_parsed(parser: expat.XMLParserType, block: bytes, *, is_last: bool = False) -> bool:
    try:
        parser.Parse(block, is_last)
    except expat.ExpatError:
        return False
    return True


def _refuse_doctype(*_: object) -> None:
    raise WorkbookRefused("workbook_doctype")


def _column_no(letters: str) -> int:
    """Column of a cell's name, from 0.

    >>> _column_no("A"), _column_no("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
