"""Takes register rows that people typed into forms: checked, previewed or registered, with faults at their fields."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from nenghao.console.visits import Visit
from nenghao.db.identity import OwnUnit
from nenghao.db.registers import Cells
from nenghao.labels import Language, label, load_labels
from nenghao.registers.columns import Cell, as_text
from nenghao.registers.importer import Imported, import_reading
from nenghao.registers.own_rows import read_forms
from nenghao.registers.reader import Fault
from nenghao.registers.sheet import Sheet

#: (register, texts by column).
Typed = tuple[str, Mapping[str, str]]


def take(visit: Visit, unit: OwnUnit, typed: Sequence[Typed], *, is_dry_run: bool = False) -> Imported:
    """Register rows, all or none; told now, whoever fills in another time."""
    reading = read_forms(typed, unit.unit_code)
    return import_reading(visit.conn, reading, visit.now, is_dry_run=is_dry_run, is_told_now=True)


def errors_of(imported: Imported, language: Language) -> dict[str, str]:
    """What is wrong by `register.column`."""
    errors: dict[str, str] = {}
    for fault in imported.faults:
        errors.setdefault(f"{fault.file_name}.{fault.column}", fault_words(fault, language))
    return errors


def fault_words(fault: Fault, language: Language) -> str:
    """A fault in words, with what was found where the reason does not say it."""
    return label(f"register.reason.{fault.reason}", language)


def column_words(sheet_name: str, column: str, language: Language) -> str:
    """What people call a column of a register, or the name as it stands in the file."""
    words = load_labels(language)
    own, common = f"register.column.{sheet_name}.{column}", f"register.column.{column}"
    return words.get(own) or words.get(common) or column


def local_text(text: str) -> str:
    """What a browser's field for date and time says, as registers read Shanghai's time."""
    return text.replace("T", " ") if text and "+" not in text and not text.endswith("Z") else text


def now_text(now: datetime) -> str:
    """Now as registers read it."""
    return now.isoformat()


def texts_of(sheet: Sheet, cells: Cells) -> dict[str, str]:
    """A registered row as a form would say it again."""
    return {column.name: as_text(_cell(cells, column.name)) for column in sheet.columns}


def _cell(cells: Cells, name: str) -> Cell:
    return cells[name]
