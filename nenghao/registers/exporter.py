"""Registers as rows to write: the same that an import reads.

Before: registers in the database. After: CSV files here, or a workbook (reporting.workbook, by the command).
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nenghao.db import registers as db
from nenghao.db.connection import Connection
from nenghao.labels import Language, label
from nenghao.registers.columns import Cell, Column, as_text
from nenghao.registers.reader import Fault, RawRow
from nenghao.registers.sheet import Sheet
from nenghao.registers.tables import escape


@dataclass(frozen=True, slots=True)
class ExportedSheet:
    """A register and its rows, in the order of its columns."""

    sheet: Sheet
    rows: Sequence[Sequence[Cell]]


def export_sheets(conn: Connection, sheets: Iterable[Sheet], unit_code: str | None) -> list[ExportedSheet]:
    """The rows of some registers, of one unit without public events, or of all."""
    codes = None if unit_code is None else [unit_code]
    return [
        ExportedSheet(
            sheet,
            [
                [cells[column.name] for column in sheet.columns]
                for cells in db.load_rows(conn, sheet.name, codes, has_public=unit_code is None)
            ],
        )
        for sheet in sheets
    ]


def write_csv(path: Path, exported: ExportedSheet) -> None:
    """One register as a CSV file that Excel opens as it is, with no text that it would take for a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in exported.sheet.columns])
        writer.writerows(
            [escape(cell) if isinstance(cell, str) else as_text(cell) for cell in row] for row in exported.rows
        )


def shown(column: Column, cell: Cell, language: Language) -> Cell:
    """A cell as people read it: a word of a closed list by its label."""
    return label(f"register.choice.{cell}", language) if column.choices and cell is not None else cell


def reject_rows(refused: Sequence[RawRow], faults: Iterable[Fault], language: Language) -> dict[str, list[list[str]]]:
    """Refused rows by sheet, as they stood in their files, each with all that is wrong with it in a last cell."""
    told: dict[tuple[str, int], list[str]] = {}
    for fault in faults:
        where = "" if fault.column == "-" else f"{fault.column}: "
        reason = label(f"register.reason.{fault.reason}", language)
        told.setdefault((fault.file_name, fault.row), []).append(f"{where}{reason}")
    rows: dict[str, list[list[str]]] = {}
    for raw in refused:
        texts = [raw.texts.get(column.name, "") for column in raw.sheet.columns]
        rows.setdefault(raw.sheet.name, []).append([*texts, "; ".join(told.get((raw.file_name, raw.number), []))])
    return rows
