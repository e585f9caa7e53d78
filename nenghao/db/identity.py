"""Says for one transaction which unit speaks; the unit's role sees that unit's rows and no others (row security)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.errors import DataRefused

_QUERIES = load_queries("filings")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnUnit:
    """The unit that a transaction speaks for."""

    unit_id: int
    unit_code: str
    name: str
    division_code: str
    industry_code: str


@contextmanager
def as_unit(conn: Connection, unit_code: str) -> Iterator[OwnUnit]:
    """One transaction in the name of a unit. Who may speak for it was asked before: a command by its operator.

    Raises: DataRefused where no unit has the code.
    """
    with conn.transaction():
        conn.execute(_QUERIES["say_unit_code"], {"unit_code": unit_code})
        unit = own_unit(conn, unit_code)
        if unit is None:
            raise DataRefused(f"there is no unit {unit_code}")
        conn.execute(_QUERIES["say_unit_id"], {"unit_id": str(unit.unit_id)})
        yield unit


def own_unit(conn: Connection, unit_code: str) -> OwnUnit | None:
    """The unit that the transaction speaks for already, by its code; None where it is another one."""
    row = conn.execute(_QUERIES["own_unit"], {"unit_code": unit_code}).fetchone()
    if row is None:
        return None
    return OwnUnit(unit_id=row[0], unit_code=row[1], name=row[2], division_code=row[3], industry_code=row[4])
