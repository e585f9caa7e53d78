"""Builds the monitored balance of unit months whose totals changed and that are over.

Before: month totals (close_days). After: the form's relations (expectations) and the seal (seal_balances).
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from nenghao.crypto import SHA_256, digest
from nenghao.db import balances as db
from nenghao.db.balances import UnitMonth
from nenghao.db.connection import Connection
from nenghao.domain.balance import Cell, build_balance
from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.periods import Month, day_of
from nenghao.domain.rounding import exact_text
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.layouts import load_layout
from nenghao.reference.varieties import load_varieties

FORM = "205-1"
#: Unit months built in one transaction.
CHUNK_MONTHS = 200


def build_months(conn: Connection, now: datetime) -> list[int]:
    """Build what is on the list; returns the ids of new balance versions.

    A month whose cells come out as before gets no new version, so a second run changes nothing. The list keeps months
    that are not over yet. A balance that waits for its seal is made again in the editions in force; a sealed month is
    not, for a new edition is no correction (practice 1).
    """
    with conn.transaction():
        db.mark_other_editions(
            conn, layout_edition=load_layout(FORM).edition, coefficient_edition=load_coefficients().edition
        )
    before_on = Month.of(day_of(now)).start_on
    built: list[int] = []
    while True:
        with conn.transaction():
            months = db.next_months(conn, before_on=before_on, max_months=CHUNK_MONTHS)
            for unit_month in months:
                db.lock_unit_month(conn, unit_month)
            db.take_months(conn, months)
            new = [_build_month(conn, unit_month, now) for unit_month in months]
            built += [balance_id for balance_id in new if balance_id is not None]
        if len(months) < CHUNK_MONTHS:
            return built


def _build_month(conn: Connection, unit_month: UnitMonth, now: datetime) -> int | None:
    coefficients, layout = load_coefficients(), load_layout(FORM)
    cells = build_balance(db.load_point_months(conn, unit_month), load_varieties(), coefficients.in_use)
    newest = db.newest_balance(conn, unit_month)
    content_hash = digest(SHA_256, _content(cells, layout.edition, coefficients.edition))
    if (newest is None and not cells) or (newest is not None and newest.content_hash == content_hash):
        return None
    return db.insert_balance(
        conn,
        unit_month,
        cells,
        version=newest.version + 1 if newest else 1,
        layout_edition=layout.edition,
        coefficient_edition=coefficients.edition,
        content_hash_algorithm=SHA_256,
        content_hash=content_hash,
        computed_at=now,
    )


def _content(cells: Sequence[Cell], layout_edition: str, coefficient_edition: str) -> bytes:
    """What makes two balances of a month equal: editions and every cell."""
    rows = [
        [
            cell.row_code,
            cell.column_code,
            exact_text(cell.value),
            cell.unit,
            exact_text(cell.completeness),
            _share_text(cell.known_share),
            _share_text(cell.measured_share),
            cell.coefficient_code,
            list(cell.source_point_ids),
        ]
        for cell in sorted(cells, key=lambda cell: (cell.row_code, cell.column_code))
    ]
    return canonical_bytes([layout_edition, coefficient_edition, rows])


def _share_text(share: Decimal | None) -> str | None:
    return None if share is None else exact_text(share)
