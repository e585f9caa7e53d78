"""Lays a case's rows of registers, documents, totals and returns into a database.

An entry's keys are columns; `point`, `meter`, `account` and names that end so (`old_meter`) stand for the id of the row
of that name. Words that a rule does not look at have defaults here.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

Entry = dict[str, Any]

#: In the order in which rows name each other; each with what a case need not say.
TABLES: dict[str, Entry] = {
    "point": {"name": "p", "variety_code": "33", "flow": "purchase", "use": "industrial"},
    "meter": {"model": "DTZ", "accuracy_class": "0.5S", "state": "qualified"},
    "meter_verification": {"verified_by": "Bureau", "certificate_no": "C1", "result": "passed"},
    "meter_state_change": {"reason": "r", "declared_by": "Wang"},
    "meter_change": {
        "quantity": "active_energy", "reason": "r", "declared_by": "Wang", "timeliness": "in_time", "old_final": 9,
        "new_initial": 0,
    },
    "multiplier_change": {
        "quantity": "active_energy", "reason": "r", "declared_by": "Wang", "timeliness": "in_time",
    },
    "gateway": {"shard": 0, "backfill_from": "2026-01-01+08"},
    "commissioned": {},
    "outage_filing": {"timeliness": "in_time"},
    "context_event": {"title": "t"},
    "supply_account": {"variety_code": "33", "provider": "Grid", "settlement_day": 31, "valid_from": "2020-01-01"},
    "supply_statement": {"unit": "kWh"},
    "production_output": {"unit": "t"},
    "product_process": {"valid_from": "2020-01-01"},
    "heating_value": {},
    "stock_yard": {},
    "served": {},
    "point_days": {},
    "point_month": {},
    "reported": {},
    "filing": {},
    "balance": {},
}  # fmt: skip
_NAMED = {"point": "point_code", "meter": "meter_no", "gateway": "gateway_code", "supply_account": "account_no"}
_OF_UNIT = {
    "point", "meter", "gateway", "outage_filing", "context_event", "supply_account", "production_output",
    "product_process", "heating_value", "stock_yard",
}  # fmt: skip


def lay_out(conn: psycopg.Connection, unit_id: int, number: int, rows: dict[str, list[Entry]]) -> None:
    """Write a case's rows; what it names must stand above, or be a point or gateway that is there."""
    ids: dict[tuple[str, str], int] = {
        (table, name): row_id
        for table in ("point", "gateway")
        for name, row_id in conn.execute(
            f"SELECT {_NAMED[table]}, {table}_id FROM {table} WHERE unit_id = %s",
            [unit_id],
        )
    }
    special = {
        "point_month": lambda entry, _: _months(conn, ids["point", entry["point"]], entry),
        "point_days": lambda entry, _: _days(conn, ids["point", entry["point"]], entry),
        "filing": lambda entry, _: _file(conn, unit_id, entry),
        "balance": lambda entry, _: _balance(conn, unit_id, entry),
        "commissioned": lambda entry, _: _commission(conn, ids["gateway", entry["gateway"]], entry["until"]),
        "reported": lambda entry, place: _report(conn, ids, entry, f"{number}/{place}"),
        "served": lambda entry, _: _serve(conn, ids, entry),
    }
    for table, defaults in TABLES.items():
        for place, entry in enumerate(rows.get(table, [])):
            columns = defaults | entry
            if table in special:
                special[table](columns, place)
                continue
            if table == "point":
                columns.setdefault("data_code", f"{number:012d}{900 + place:04d}")
            _register(conn, unit_id, ids, table, columns)


def _register(
    conn: psycopg.Connection, unit_id: int, ids: dict[tuple[str, str], int], table: str, columns: Entry
) -> None:
    if table in _OF_UNIT:
        columns["unit_id"] = unit_id
    row_id = _insert(conn, table, {_column(name): _id(ids, name, value) for name, value in columns.items()})
    if table in _NAMED:
        ids[table, columns[_NAMED[table]]] = row_id


def months_from(first: str, count: int) -> Iterator[date]:
    """The first days of `count` months from `2026-02` on."""
    year, month = map(int, first.split("-"))
    for place in range(month - 1, month - 1 + count):
        yield date(year + place // 12, place % 12 + 1, 1)


def _months(conn: psycopg.Connection, point_id: int, entry: Entry) -> None:
    """Months of a point: `energy` from `from` on, none where it is "gap"; `measured` where it is less."""
    energy = entry["energy"]
    for month_on, value, known in zip(
        months_from(entry["from"], len(energy)), energy, entry.get("measured", energy), strict=True
    ):
        if value != "gap":
            row = {"point_id": point_id, "month_on": month_on, "unit": entry.get("unit", "kWh"), "energy": value}
            _insert(conn, "point_month", row | _slots(known))


def _days(conn: psycopg.Connection, point_id: int, entry: Entry) -> None:
    """Days of a point in [from, to): `energy` a day, `grow` more each day; `measured` where it is less."""
    first, end = (date.fromisoformat(entry[name]).toordinal() for name in ("from", "to"))
    row = conn.execute("SELECT min(series_id) FROM series WHERE point_id = %s", [point_id]).fetchone()
    assert row is not None
    for place in range(end - first):
        energy = entry["energy"] + place * entry.get("grow", 0)
        day = {"point_id": point_id, "day_on": date.fromordinal(first + place), "series_id": row[0]}
        _insert(conn, "point_day", day | {"unit": "kWh", "energy": energy} | _slots(entry.get("measured", energy)))


def _slots(measured: float) -> Entry:
    return {"measured_energy": measured, "due_slots": 100, "received_slots": 100, "known_slots": 100}


def _commission(conn: psycopg.Connection, gateway_id: int, until: str) -> None:
    """The window in which a gateway's history comes is closed."""
    conn.execute("UPDATE gateway SET backfill_until = %s WHERE gateway_id = %s", [until, gateway_id])


def _serve(conn: psycopg.Connection, ids: dict[tuple[str, str], int], entry: Entry) -> None:
    """A series of a point that a meter serves over a validity."""
    kind = entry.get("kind", "register")
    period = entry.get("period", "instant" if kind != "interval" else "1h")
    row = conn.execute(
        "INSERT INTO series (point_id, quantity, kind, period) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (point_id, quantity, kind, period) DO UPDATE SET kind = excluded.kind RETURNING series_id",
        [ids["point", entry["point"]], entry.get("quantity", "active_energy"), kind, period],
    ).fetchone()
    assert row is not None
    conn.execute(
        "INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by,"
        " decimals, rated_capacity) VALUES (%s, tstzrange(%s, %s), %s, %s, 60, %s, 'platform', 2, %s)",
        [
            row[0], entry.get("from", "2020-01-01+08"), entry.get("to"), ids["meter", entry["meter"]],
            entry.get("unit", "kWh"), entry.get("multiplier", 1), entry.get("rated_capacity"),
        ],
    )  # fmt: skip


def _next_message(conn: psycopg.Connection) -> int:
    row = conn.execute("SELECT nextval('message_id_seq')").fetchone()
    assert row is not None
    number: int = row[0]
    return number


def _report(conn: psycopg.Connection, ids: dict[tuple[str, str], int], entry: Entry, name: str) -> None:
    """Days or months of a point on end, as its unit reports them in a series of their own."""
    _serve(conn, ids, entry | {"kind": "interval", "from": "2020-01-01+08"})
    query = "SELECT series_id FROM series WHERE point_id = %s AND period = %s"
    row = conn.execute(query, [ids["point", entry["point"]], entry["period"]]).fetchone()
    assert row is not None
    message_id = _insert(
        conn,
        "message",
        {
            "message_id": _next_message(conn), "shard": 0, "topic": f"reported/{name}", "codec": "json",
            "hash_algorithm": "sha256", "hash": name.encode(), "received_at": "2026-11-05 10:00+08",
            "outcome": "accepted", "reading_count": 0, "stored_count": 0, "duplicate_count": 0, "conflict_count": 0,
            "revision_count": 0, "refused_count": 0, "collected_under": "metering",
        },
    )  # fmt: skip
    for place, value in enumerate(entry["values"]):
        at = f"{date.fromordinal(date.fromisoformat(entry['from']).toordinal() + place)} 00:00+08"
        columns = {"series_id": row[0], "at": at, "value": value, "message_id": message_id, "ordinal": place}
        _insert(conn, "reading", columns | {"source": "l"})


def _file(conn: psycopg.Connection, unit_id: int, entry: Entry) -> None:
    """Filings of months on end; `cells`: a list of cumulative values for each "form row column", "-" for no cell."""
    count = len(next(iter(entry["cells"].values())))
    for place, month_on in enumerate(months_from(entry["from"], count)):
        content = [
            {"form": form, "row": row, "column": column, "value": str(values[place]), "source": "entered"}
            for name, values in entry["cells"].items()
            for form, row, column in [name.split(" ")]
            if values[place] != "-"
        ]
        if content:
            columns = {
                "unit_id": unit_id, "month_on": month_on, "version": 1, "content": Jsonb(content), "reason": "original",
                "filled_by": "A", "statistics_head": "B", "unit_head": "C", "filed_at": "2026-11-05 10:00+08",
                "collected_under": "survey",
            }  # fmt: skip
            _insert(conn, "filing", columns)


def _balance(conn: psycopg.Connection, unit_id: int, entry: Entry) -> None:
    """Monitored balances of months on end; `cells` as of a filing, of the month alone."""
    count = len(next(iter(entry["cells"].values())))
    for place, month_on in enumerate(months_from(entry["from"], count)):
        balance_id = _insert(
            conn,
            "monitored_balance",
            {
                "unit_id": unit_id, "month_on": month_on, "version": 1, "layout_edition": "l",
                "coefficient_edition": "c", "content_hash_algorithm": "sha256", "content_hash": b"h",
                "computed_at": "2026-11-05 10:00+08",
            },
        )  # fmt: skip
        for name, values in entry["cells"].items():
            form, row, column = name.split(" ")
            if values[place] != "-":
                cell = {
                    "balance_id": balance_id, "form_code": form, "row_code": row, "column_code": column,
                    "value": values[place], "unit": entry.get("unit", "10^4kWh"), "completeness": 1, "known_share": 1,
                    "measured_share": 1, "source_point_ids": [],
                }  # fmt: skip
                _insert(conn, "balance_cell", cell)


def _id(ids: dict[tuple[str, str], int], name: str, value: Any) -> Any:
    table = _table_of(name)
    return value if table is None else ids[table, value]


def _column(name: str) -> str:
    table = _table_of(name)
    return name if table is None else f"{name[: -len(name.rpartition('_')[2])]}{table}_id"


def _table_of(name: str) -> str | None:
    last = name.rpartition("_")[2]
    return {"point": "point", "meter": "meter", "gateway": "gateway", "account": "supply_account"}.get(last)


def _insert(conn: psycopg.Connection, table: str, columns: Entry) -> int:
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    query = f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING *"
    row = conn.execute(query, list(columns.values())).fetchone()
    assert row is not None
    number: int = row[0]
    return number
