"""Rows that a unit's own people register: of registers that are theirs, and of their own unit only.

Before: files that they uploaded, or forms that they filled in (console). After: `importer.import_reading` under the
person's eyes, where the database refuses another unit's rows once more.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from nenghao.registers.layout import SHEETS
from nenghao.registers.reader import Fault, Reading, Row, read_registers, read_texts
from nenghao.registers.sheet import Sheet
from nenghao.registers.tables import MAX_FILE_BYTES

#: What the bureau says of a unit: who it is, what panel it is in, what a region's energy is worth.
BUREAU_SHEETS: Final = frozenset({"units", "unit_versions", "panel_members", "equal_values"})
OWN_SHEETS: Final[tuple[Sheet, ...]] = tuple(sheet for sheet in SHEETS if sheet.name not in BUREAU_SHEETS)
_BY_NAME: Final = {sheet.name: sheet for sheet in OWN_SHEETS}
_NAME_LENGTH: Final = 120


def read_uploads(files: Iterable[tuple[str, bytes]], unit_code: str, sheet_name: str | None = None) -> Reading:
    """Rows of uploaded files (name, bytes); those that a unit may not register are faults.

    Raises: ConfigError where there is no such register.
    """
    merged = Reading()
    with tempfile.TemporaryDirectory(prefix="nenghao-upload-") as folder:
        for place, (name, content) in enumerate(files):
            # Each in a folder of its own: two files may have one name, and a name is nobody's path.
            path = Path(folder) / str(place) / _plain_name(name)
            path.parent.mkdir(mode=0o700)
            if len(content) > MAX_FILE_BYTES:
                merged.faults.append(Fault(file_name=path.name, row=1, column="-", reason="file_too_large"))
                continue
            path.write_bytes(content)
            read = read_registers(path, sheet_name)
            for sheet, rows in read.rows.items():
                merged.rows[sheet] += rows
            merged.unread.extend(read.unread)
            merged.faults.extend(read.faults)
    _refuse_repeated_between(merged)
    return keep_own(merged, unit_code)


def read_forms(forms: Sequence[tuple[str, Mapping[str, str]]], unit_code: str) -> Reading:
    """Rows that were typed into forms: (register, texts by column). The unit's code is not asked, it is known.

    Faults name the register as their file.
    """
    reading = Reading()
    for name, texts in forms:
        read_texts(_BY_NAME[name], {**texts, "unit_code": unit_code}, reading, file_name=name)
    return keep_own(reading, unit_code)


def keep_own(reading: Reading, unit_code: str) -> Reading:
    """The reading without rows that are not the unit's to register, and a fault for each of them."""
    for name, rows in reading.rows.items():
        kept: list[Row] = []
        for row in rows:
            column, reason = ("-", "bureau_sheet") if name in BUREAU_SHEETS else ("unit_code", "other_unit")
            if name not in BUREAU_SHEETS and row.cells["unit_code"] == unit_code:
                kept.append(row)
            else:
                reading.faults.append(row.fault(column, reason))
                reading.unread.append(row.raw)
        reading.rows[name] = kept
    return reading


def _refuse_repeated_between(reading: Reading) -> None:
    """A row of one file that a row of another names already."""
    for name, rows in reading.rows.items():
        kept: dict[object, Row] = {}
        for row in rows:
            if kept.setdefault(row.key, row) is not row:
                reading.faults.append(row.fault(row.sheet.key[-1], "repeated"))
                reading.unread.append(row.raw)
        reading.rows[name] = list(kept.values())


def _plain_name(name: str) -> str:
    """The last part of a file's name, without what no file's name needs; its ending says how it is read."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*').strip(". ")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[-_NAME_LENGTH:]}{dot}{ending[:8]}" if plain else "-"
