"""What the bureau's pages are tested on: a works with a year of metered days and a filing, a unit that is late."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from nenghao.domain.periods import SHANGHAI, Month, day_start
from nenghao.jobs.build_months import build_months
from nenghao.jobs.close_days import close_changed_days
from nenghao.jobs.remind import sync_calendar
from nenghao.jobs.seal_balances import seal_balances
from tests.console.seed import UNIT_A, UNIT_B

OCTOBER = Month(2026, 10)
#: What the works filed for electricity, in 万千瓦时: more than its meter says (30.40).
FILED = (("2", "31.5"), ("4", "31.50"), ("5", "30.00"), ("7", "1.50"))


def seed_months(settings: Settings) -> None:
    """Registers at every midnight of the year (A) and of October (B), built; A has filed, one relation is open."""
    with connect(settings, Role.JOBS) as conn:
        sync_calendar(conn)
    with connect(settings, Role.OWNER) as owner:
        owner.execute(
            "INSERT INTO panel_member (panel_code, unit_id, entered_on, entry_reason)"
            " SELECT 'works', unit_id, '2026-01-01', 'initial' FROM unit WHERE unit_code = ANY(%s)",
            [[UNIT_A, UNIT_B]],
        )
        # A balance waits while a gateway may still send what was before it.
        owner.execute("UPDATE gateway SET backfill_until = now()")
        put_registers(owner, UNIT_A, date(2026, 1, 1), 305)
        put_registers(owner, UNIT_B, date(2026, 10, 1), 32)
        file_a_return(owner)
    rebuild(settings)


def put_registers(owner: Connection, unit_code: str, first_on: date, count: int) -> None:
    """A register at each midnight, 1 000 kWh a day, with the days on the changed list."""
    row = owner.execute(
        "SELECT s.series_id FROM series AS s INNER JOIN point AS p USING (point_id)"
        " INNER JOIN unit AS u USING (unit_id) WHERE u.unit_code = %s",
        [unit_code],
    ).fetchone()
    assert row is not None
    put_registers_of(owner, int(row[0]), first_on, count)


def put_registers_of(owner: Connection, series_id: int, first_on: date, count: int) -> None:
    """A register of a series at each midnight, 1 000 kWh a day, with the days on the changed list."""
    days = [first_on + timedelta(days=n) for n in range(count)]
    with owner.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO reading (series_id, at, value, message_id, ordinal, source) VALUES (%s, %s, %s, 1, 0, 'l')",
            [(series_id, day_start(day), Decimal(1000) * n) for n, day in enumerate(days)],
        )
        cursor.executemany(
            "INSERT INTO changed_mark (series_id, day_on) VALUES (%s, %s)",
            [(series_id, day - timedelta(days=back)) for day in days for back in (0, 1)],
        )


def file_a_return(owner: Connection) -> None:
    """A's October, filed by its three signers; how a unit files is tested where it files."""
    cells = [{"form": "205-1", "row": "33", "column": c, "value": v, "source": "manual"} for c, v in FILED]
    owner.execute(
        "INSERT INTO filing (unit_id, month_on, version, kind, content, reason, filled_by, statistics_head, unit_head,"
        " filed_at, collected_under) SELECT unit_id, '2026-10-01', 1, 'original', %s, 'original', 'Zhang', 'Li',"
        " 'Wang', %s, 'survey' FROM unit WHERE unit_code = %s",
        [json.dumps(cells), datetime(2026, 11, 5, 9, tzinfo=SHANGHAI), UNIT_A],
    )
    run = owner.execute(
        "INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)"
        " VALUES ('return', '2026-10-01', '2026-10-31', now(), now(), '{}') RETURNING audit_run_id"
    ).fetchone()
    assert run is not None
    owner.execute(
        "INSERT INTO rule_version (rule_code, version, content_hash, definition) VALUES ('form_relation', 1, '', '{}')"
    )
    owner.execute(
        "INSERT INTO finding (audit_run_id, rule_code, rule_version, fingerprint, unit_id, span, level, evidence,"
        " thresholds, evidence_hash_algorithm, evidence_hash, found_at) SELECT %s, 'form_relation', 1, 'f', unit_id,"
        " tstzrange('2026-10-01+08', '2026-11-01+08'), 'lead', %s, '{}', 'sha256', '', now() FROM unit"
        " WHERE unit_code = %s",
        [
            run[0],
            json.dumps(
                {
                    "return_kind": "filing", "relation_code": "A17", "obligation": "explanatory", "form_code": "205-1",
                    "row_code": "33", "column_code": "4", "left_value": "31.50", "right_value": "30.40",
                    "tolerance": "0.2",
                    "explained": {"cause": "C-7", "quantity": "1.1", "document": "D-7", "noted_by": "Zhang"},
                }
            ),
            UNIT_A,
        ],
    )  # fmt: skip


def rebuild(settings: Settings) -> None:
    """Close what changed, build its months, and let every relation pass."""
    with connect(settings, Role.JOBS) as conn:
        close_changed_days(conn, datetime.now(UTC))
    with connect(settings, Role.JOBS) as conn:
        build_months(conn, datetime.now(UTC))
    with connect(settings, Role.OWNER) as owner:
        owner.execute(
            "INSERT INTO return_check (kind, return_id, unit_id, month_on, relation_edition, mandatory_broken,"
            " explanatory_broken, not_run, audit_run_id, checked_at) SELECT 'monitored_balance', balance_id, unit_id,"
            " month_on, 'test', 0, 0, 0, (SELECT max(audit_run_id) FROM audit_run), now() FROM monitored_balance"
        )


def seal_everything(settings: Settings) -> list[int]:
    """Seal what is ready, as the job does."""
    with connect(settings, Role.JOBS) as conn:
        return seal_balances(conn, settings, datetime.now(UTC))
