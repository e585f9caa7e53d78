"""Writes a sealed release for other programs: XLSX, CSV or JSON, in either language, the same bytes every time.

Before: an archive that was verified. After: a file on somebody's desk. What is exported comes from the sealed content.
"""

import csv
import json
from decimal import Decimal
from io import StringIO
from typing import Any, Final, Literal

from nenghao.crypto import digest
from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.rounding import exact_text, floor_percent, percent_text
from nenghao.labels import Language
from nenghao.reporting.pages import Page, Texts, pages_of
from nenghao.reporting.seal import CONTENT, HASH_ALGORITHM, SIGNATURE, SPREADSHEET
from nenghao.reporting.spreadsheet import FIRST_FIGURE, write_spreadsheet
from nenghao.reporting.stored_zip import read_stored_zip

ExportFormat = Literal["xlsx", "csv", "json"]
#: Spreadsheet programs take a CSV without it for the system's old encoding.
BYTE_ORDER_MARK: Final = "\ufeff"
#: What a spreadsheet program takes for the begin of a formula in a CSV (OWASP, CSV injection).
FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r")
CSV_KEYS: Final = (
    "form", "row", "row_name", "column", "column_name", "value", "unit", "completeness", "known_share",
    "measured_share", "estimated_share", "coefficients",
)  # fmt: skip


def export_release(archive: bytes, wanted: ExportFormat, language: Language) -> bytes:
    """The file that a release is in a format and a language."""
    members = read_stored_zip(archive)
    content: dict[str, Any] = json.loads(members[CONTENT])
    if wanted == "json":
        return canonical_bytes({"release": content, "seal": json.loads(members[SIGNATURE])})
    if wanted == "csv":
        return _write_csv(content, language)
    if language == content["language"]:
        return members[SPREADSHEET]
    return write_spreadsheet(content, digest(HASH_ALGORITHM, members[CONTENT]).hex(), language)


def _write_csv(content: dict[str, Any], language: Language) -> bytes:
    """A line a printed figure, as it is printed, with its shares; a hidden one has its mark instead of a value."""
    texts, text = Texts.of(content, language), StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([texts.say(f"sheet.{key}") for key in CSV_KEYS])
    cells = {(cell["form"], cell["row"], cell["column"]): cell for cell in content["cells"]}
    for page in pages_of(content, language):
        for line in _lines(page, cells):
            writer.writerow([inert(one) for one in line])
    return f"{BYTE_ORDER_MARK}{text.getvalue()}".encode()


def _lines(page: Page, cells: dict[tuple[str, str, str], dict[str, Any]]) -> list[list[str | Decimal]]:
    lines = []
    for row in page.rows:
        for column in page.columns[FIRST_FIGURE:]:
            figure, cell = row.figures.get(column.code), cells.get((page.form, row.code, column.code))
            if figure is None or cell is None:
                continue
            measured = cell.get("measured_share")
            shares = [_percent(cell.get(key)) for key in ("completeness", "known_share", "measured_share")]
            estimated = "" if measured is None else percent_text(1 - floor_percent(Decimal(measured)))
            value = page.hidden_mark if figure.value is None else figure.value
            lines.append(
                [
                    page.form, row.code, row.name.strip(), column.code, column.title, value, row.unit, *shares,
                    estimated, ", ".join(cell.get("coefficients") or ()),
                ]
            )  # fmt: skip
    return lines


def inert(value: str | Decimal) -> str:
    """A field of a CSV: a number as it is, a text so that no spreadsheet program computes it.

    >>> inert("=1+1"), inert(Decimal("-1.50"))
    ("'=1+1", '-1.5')
    """
    if isinstance(value, Decimal):
        return exact_text(value)
    return f"'{value}" if value.startswith(FORMULA_BEGINS) else value


def _percent(share: str | None) -> str:
    return "" if share is None else percent_text(Decimal(share))
