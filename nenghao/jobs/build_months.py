"""Builds the monitored balance of unit months whose totals changed and that are over.

Before: month totals (close_days). After: the form's relations (expectations) and the seal (seal_balances).
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from nenghao.crypto import SHA_256, digest
from nenghao.db import balances as db
from nenghao.db.balances import BalanceVersion, NewBalance, UnitMonth
from nenghao.db.connection import Connection
from nenghao.db.totals import mark_months
from nenghao.domain.balance import ENGINE_VERSION, Balance, BalanceInputs, balance_inputs_json, build_balance
from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.periods import Month, day_of
from nenghao.domain.records import to_plain
from nenghao.domain.rounding import exact_text
from nenghao.errors import DataRefused
from nenghao.jobs.load_inputs import FORM, load_inputs
from nenghao.reference.coefficients import coefficient_validity
from nenghao.reference.layouts import layout_validity

#: Unit months built in one transaction.
CHUNK_MONTHS = 200

_log = logging.getLogger(__name__)


def build_months(conn: Connection, now: datetime, unit_ids: Sequence[int] | None = None) -> list[int]:
    """Build what is on the list, of all units or the given ones; returns the ids of new balance versions.

    A month whose cells and indicators come out as before gets no new version, so a second run changes nothing. The list
    keeps months that are not over yet, and those whose points measure what the form cannot hold. A balance that waits
    for its seal is made again in the editions of its month; a sealed month is not, for a new edition is no correction
    (practice 1).
    """
    with conn.transaction():
        db.mark_other_editions(
            conn,
            layout_editions=layout_validity(FORM),
            coefficient_editions=coefficient_validity(),
            engine_version=ENGINE_VERSION,
            unit_ids=unit_ids,
        )
    before_on = Month.of(day_of(now)).start_on
    built: list[int] = []
    last: UnitMonth | None = None
    while True:
        with conn.transaction():
            months = db.next_months(conn, before_on=before_on, max_months=CHUNK_MONTHS, after=last, unit_ids=unit_ids)
            if months:
                built += _build_chunk(conn, months, now)
        if len(months) < CHUNK_MONTHS:
            return built
        last = months[-1]


def _build_chunk(conn: Connection, months: Sequence[UnitMonth], now: datetime) -> list[int]:
    db.lock_unit_months(conn, months)
    db.take_months(conn, months)
    newest = db.newest_balances(conn, months)
    new, refused = [], []
    for unit_month, inputs in load_inputs(conn, months).items():
        try:
            balance = _build_month(unit_month, inputs, newest.get(unit_month))
        except DataRefused as error:
            # One unit's register does not stop the others' months; the mark says that this one is still due.
            _log.error(
                "month not built",
                extra={"unit": inputs.unit.unit_code, "month": f"{inputs.month_on:%Y-%m}", "reason": str(error)},
            )
            refused.append(unit_month)
            continue
        if balance is not None:
            new.append(balance)
    if refused:
        mark_months(conn, refused)
    if not new:
        return []
    return db.insert_balances(conn, new, content_hash_algorithm=SHA_256, computed_at=now)


def _build_month(unit_month: UnitMonth, inputs: BalanceInputs, newest: BalanceVersion | None) -> NewBalance | None:
    balance = build_balance(inputs)
    cells = balance.cells
    content_hash = digest(SHA_256, _content(balance, inputs.editions.layout, inputs.editions.coefficients))
    if (newest is None and not cells) or (newest is not None and newest.content_hash == content_hash):
        return None
    return NewBalance(
        unit_month=unit_month,
        version=newest.version + 1 if newest else 1,
        layout_edition=inputs.editions.layout,
        coefficient_edition=inputs.editions.coefficients,
        content_hash=content_hash,
        inputs=balance_inputs_json(inputs),
        engine_version=ENGINE_VERSION,
        cells=cells,
    )


def _content(balance: Balance, layout_edition: str, coefficient_edition: str) -> bytes:
    """What makes two balances of a month equal: engine, editions, every cell and every indicator."""
    rows = [
        [
            *cell.key,
            exact_text(cell.value),
            cell.unit,
            exact_text(cell.completeness),
            _share_text(cell.known_share),
            _share_text(cell.measured_share),
            list(cell.coefficient_codes),
            list(cell.heating_value_ids),
            list(cell.source_point_ids),
        ]
        for cell in sorted(balance.cells, key=lambda cell: cell.key)
    ]
    return canonical_bytes([ENGINE_VERSION, layout_edition, coefficient_edition, rows, to_plain(balance.indicators)])


def _share_text(share: Decimal | None) -> str | None:
    return None if share is None else exact_text(share)
