"""Imports a register folder: all rows or none."""

from dataclasses import dataclass
from pathlib import Path

import psycopg

from nenghao.db import registers as db
from nenghao.registers.checks import check
from nenghao.registers.layout import SHEETS
from nenghao.registers.reader import Fault, read_folder


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: rows that were new and rows that stood so already, by sheet; or its faults, and nothing else."""

    added: dict[str, int]
    unchanged: dict[str, int]
    faults: tuple[Fault, ...]


def import_folder(conn: psycopg.Connection, folder: Path) -> Imported:
    """Validate every row of every file, then add all in one transaction; with one fault nothing is added.

    A row that differs from what is registered is a fault: registers have history, they are not overwritten.

    Raises: ConfigError where the folder holds no register file.
    """
    reading = read_folder(folder)
    added = {sheet.name: 0 for sheet in SHEETS}
    unchanged = dict(added)
    with conn.transaction() as transaction:
        faults = reading.faults + check(reading, db.registered_keys(conn), db.variety_codes(conn))  # type: ignore[arg-type]
        for sheet in SHEETS if not faults else ():
            for row in reading.rows[sheet.name]:
                match db.add_row(conn, sheet.name, row.cells):
                    case True:
                        added[sheet.name] += 1
                    case False:
                        unchanged[sheet.name] += 1
                    case None:
                        faults.append(row.fault(sheet.key[-1], "differs"))
        if faults:
            raise psycopg.Rollback(transaction)
    return Imported({} if faults else added, {} if faults else unchanged, tuple(sorted(faults)))
