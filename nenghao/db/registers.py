"""Units, meters, points, series and network terms in the database."""

from collections.abc import Mapping

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries

_QUERIES = load_queries("registers")

#: Which query adds a row of which sheet.
ADDING = {
    "units": "add_unit",
    "meters": "add_meter",
    "points": "add_point",
    "series": "add_series_version",
    "network": "add_network_term",
}


def registered_keys(conn: Connection) -> dict[str, set[tuple[str, ...]]]:
    """Keys of what is registered, by sheet, as register files name them."""
    return {
        sheet: set(conn.execute(_QUERIES[query]).fetchall())
        for sheet, query in (("units", "unit_keys"), ("meters", "meter_keys"), ("points", "point_keys"))
    }


def variety_codes(conn: Connection) -> set[str]:
    """Codes of the varieties that reference data knows."""
    return {code for (code,) in conn.execute(_QUERIES["variety_codes"])}


def add_row(conn: Connection, sheet_name: str, cells: Mapping[str, object]) -> bool | None:
    """Add one register row: True where it was new, False where it stands exactly so, None where it differs."""
    if sheet_name == "series":
        conn.execute(_QUERIES["add_series"], cells)
    row = conn.execute(_QUERIES[ADDING[sheet_name]], cells).fetchone()
    if sheet_name == "network" and row == (True,):
        # Which use is inside which decides how a balance is split; no reading tells that the network has changed.
        conn.execute(_QUERIES["mark_network_months"], cells)
    return None if row is None else bool(row[0])
