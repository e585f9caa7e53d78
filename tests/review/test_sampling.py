"""The monthly sample on the real store: nobody chooses its seed, anybody draws it again, its results speak of all."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from nenghao.config import Role
from nenghao.db.connection import conninfo
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.errors import DataRefused
from nenghao.review.sampling import announce, draw_sample, load_sample, record_result
from tests.ingest.wire import message, reading
from tests.tree.conftest import BOOT, CLOSING, Store, plant, store

__all__ = ["plant", "store"]
MONTH = Month(2026, 9)
#: The day whose tree `Store.close_tree` closes.
SEED_ON = date(2026, 10, 3)
BEFORE = CLOSING - timedelta(days=2)


def test_a_sample_from_its_announcement_to_what_it_says(store: Store) -> None:
    owner = psycopg.connect(conninfo(store.settings, Role.OWNER), autocommit=True)
    with owner:
        units = plant_balances(owner, [0, 10, 20, 30, 40, 900, None])
    store.send(message(BOOT, 0, reading()))
    console = psycopg.connect(conninfo(store.settings, Role.CONSOLE), autocommit=True)
    with console:
        with pytest.raises(DataRefused, match="no sample was announced"):
            draw_sample(console, MONTH, "auditor", CLOSING)
        with pytest.raises(DataRefused, match="not over"):
            announce(console, MONTH, 3, date(2026, 9, 30), "auditor", BEFORE)
        announce(console, MONTH, 3, SEED_ON, "auditor", BEFORE)
        with pytest.raises(DataRefused, match="was announced"):
            announce(console, MONTH, 5, SEED_ON + timedelta(days=1), "auditor", BEFORE)
        with pytest.raises(DataRefused, match="not closed yet"):
            draw_sample(console, MONTH, "auditor", CLOSING)
        tree = store.close_tree()
        assert tree.day_on == SEED_ON
        sample = draw_sample(console, MONTH, "auditor", CLOSING)
        again = draw_sample(console, MONTH, "somebody else", CLOSING + timedelta(days=1))
        assert sample == again
        assert (sample.is_reproduced, sample.error_rate) == (True, None)
        drawn = [one.unit_code for one in sample.drawn]
        assert (len(drawn), units[5] in drawn) == (3, True)
        by_code = {one.unit_code: one for one in sample.units}
        assert by_code[units[5]].probability == 1
        assert by_code[units[0]].probability == 0
        # One has meters but no balance: it is counted in the frame, and has no size.
        assert (by_code[units[6]].size_tce, by_code[units[6]].is_drawn) == (None, False)
        check(console, drawn)


def check(console: psycopg.Connection, drawn: list[str]) -> None:
    what = {"document_no": "核字〔2026〕1号", "officers": ("甲", "乙"), "now": CLOSING}
    figures = {"reported_tce": Decimal(90), "checked_tce": Decimal(100)}
    with pytest.raises(DataRefused, match="did not name"):
        record_result(console, MONTH, "91150200999999999X", **figures, **what)  # type: ignore[arg-type]
    with pytest.raises(DataRefused, match="two officers"):
        record_result(console, MONTH, drawn[0], **figures, **{**what, "officers": ("甲", "甲 ")})  # type: ignore[arg-type]
    for code in drawn:
        assert load_sample(console, MONTH).error_rate is None, "the first that are checked are not chance's"
        record_result(console, MONTH, code, **figures, **what)  # type: ignore[arg-type]
    found = load_sample(console, MONTH)
    assert found.error_rate is not None
    assert found.error_rate.value == pytest.approx(1)
    assert found.total_error_tce is not None
    expected = sum(-10 / float(one.probability) for one in found.drawn)
    assert found.total_error_tce.value == pytest.approx(expected)
    assert found.total_error_tce.low <= expected <= found.total_error_tce.high


def plant_balances(owner: psycopg.Connection, sizes: list[int | None]) -> list[str]:
    """Units with a metered month and a balance of these sizes, and an older version that says something else."""
    codes = [f"911502006{number:08}X" for number in range(len(sizes))]
    for number, (code, size) in enumerate(zip(codes, sizes, strict=True)):
        row = owner.execute(
            "INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)"
            " VALUES (%s, %s, '150200', 'C3110', 'industry', 'online_monitoring') RETURNING unit_id",
            [code, f"u{number}"],
        ).fetchone()
        assert row is not None
        owner.execute(
            "WITH p AS (INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)"
            " VALUES (%s, 'E1', %s, 'E1', '33', 'purchase', 'industrial') RETURNING point_id)"
            " INSERT INTO point_month (point_id, month_on, unit, measured_energy, due_slots, received_slots,"
            " known_slots) SELECT point_id, %s, 'kWh', 0, 1, 1, 1 FROM p",
            [row[0], f"{number:016}", MONTH.start_on],
        )
        for version, value in () if size is None else ((1, Decimal(10**6)), (2, size)):
            owner.execute(
                "WITH b AS (INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition,"
                " coefficient_edition, content_hash_algorithm, content_hash, computed_at)"
                " VALUES (%s, %s, %s, 't', 't', 'sha256', 'x', %s) RETURNING balance_id)"
                " INSERT INTO balance_cell (balance_id, row_code, column_code, value, unit, completeness,"
                " source_point_ids) SELECT balance_id, '40', '4', %s, 'tce', 1, '{}' FROM b",
                [row[0], MONTH.start_on, version, datetime(2026, 10, version, tzinfo=SHANGHAI), value],
            )
    return codes
