"""Archive and retention: nothing leaves the database before it is closed, sealed, archived, read back and free.

Over 300 lines, because each condition is broken in turn on one prepared month.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
import typer
from typer.testing import CliRunner

from ingest.pipeline import Arrival, read_arrival
from ingest.storing import BatchStore
from nenghao.archive.checking import CheckedArchive, check_archive
from nenghao.archive.manifest import Manifest
from nenghao.archive.writing import archive_month
from nenghao.cli import archive as archive_cli
from nenghao.cli import ledger as ledger_cli
from nenghao.cli import retain as retain_cli
from nenghao.cli import verify as verify_cli
from nenghao.config import Role, Settings
from nenghao.crypto import load_trusted_keys
from nenghao.db import archive as db
from nenghao.db.archive import Chunk
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI, Month
from nenghao.domain.registers import MAX_GAP_S
from nenghao.errors import DataRefused, SealBroken
from nenghao.jobs.build_months import build_months
from nenghao.jobs.close_days import close_changed_days, rests_on_archive
from nenghao.jobs.entry import run_sync_reference
from nenghao.jobs.retain import Retained, archive_due_months, retain
from nenghao.jobs.seal_balances import SIGNING_KEY
from nenghao.reporting.explain_store import read_story
from nenghao.reporting.inclusion import prove
from nenghao.reporting.store_report import StoreReport
from nenghao.reporting.verify_store import verify_store
from nenghao.stack import Stack
from nenghao.stack.environment import variables_of
from nenghao.trust import load_trust
from tests.ingest.conftest import GATEWAY, UNIT, Plant, register
from tests.ingest.wire import message, reading
from tests.tree.conftest import BOOT, DAY, LIMITS, Store, copy_of, opened

MONTH = Month(2024, 3)
FIRST_DAY = datetime(2024, 3, 10, tzinfo=SHANGHAI)
#: The chunk in which the readings of 10 March from 08:00 on lie.
CHUNK_AT = datetime(2024, 3, 10, tzinfo=UTC)
KEEP = {"message_raw": timedelta(days=400), "reading": timedelta(days=800)}
NOW = datetime.now(UTC)


#: What a seal leaves behind: its row is all that retention asks for.
RELEASE = (
    "INSERT INTO release (kind, unit_id, month_on, version, balance_id, format_version, content, hash_algorithm, hash,"
    " signature_algorithm, signature, key_id, archive, archive_name, archive_hash_algorithm, archive_hash, sealed_at)"
    " SELECT 'monitored_balance', unit_id, month_on, 1, balance_id, '1', 'c', 'sha256', 'h', 'ed25519', 's', 'k', 'a',"
    " 'n', 'sha256', 'h', now() FROM monitored_balance"
)


DROP = "SELECT drop_archived_chunk('reading', %s, %s, 'age', 'tester')"


def send(store: Store, *payloads: tuple[datetime, bytes]) -> None:
    """Messages with the instants at which they arrived, in one batch."""
    batches = BatchStore(store.settings, store.plant.shard)
    batches.open()
    arrivals = [
        Arrival(topic=store.plant.topic(), payload=payload, received_at=received_at, is_replay=False)
        for received_at, payload in payloads
    ]
    batches.store([read_arrival(one, LIMITS) for one in arrivals])
    batches.close()


def at(hour: float) -> datetime:
    return FIRST_DAY + timedelta(hours=hour)


def quarter(seq: int, hour: float, value: str, *more: dict[str, object], late: float = 0) -> tuple[datetime, bytes]:
    """A register reading of that hour, which arrives two seconds later, or some hours."""
    one = reading(value, at=at(hour).isoformat())
    arrived = at(hour + late) + timedelta(seconds=2)
    return arrived, message(BOOT, seq, one, *more, sent_at=at(hour + late).isoformat())


@pytest.fixture(scope="module")
def sealed(stack: Stack, module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two days of March 2024, closed under a tree, their month sealed; one message ran over midnight UTC."""
    folder = tmp_path_factory.mktemp("sealed")
    plant = Plant(
        settings=module_database,
        superuser=stack.superuser_conninfo(module_database.database_name),
        shard=1,
        log=folder / "log",
    )
    register(plant)
    plant.execute("UPDATE gateway SET backfill_from = '2024-01-01+08', backfill_until = '2024-03-09+08'")
    # The other points are not metered yet: a balance leaves out what it does not know of all points.
    plant.execute(
        "UPDATE series_version SET valid = '[2024-01-01 00:00+08,)'"
        " WHERE series_id = (SELECT min(series_id) FROM series)"
    )
    run_sync_reference(module_database)
    with opened(plant, folder) as one:
        torn = reading("104.50", at=at(8.25).isoformat())
        send(one, quarter(0, 0, "100.5"), quarter(1, 7.75, "104.25", torn, late=1), quarter(2, 9, "105"))
        send(one, quarter(3, 9, "106"), quarter(4, 23, "1,5"), (at(10), b"no message"))
        send(one, quarter(5, 24, "112.10"), quarter(6, 47, "120"))
        one.now = FIRST_DAY + 3 * DAY + timedelta(minutes=10)
        one.close_tree()
        with connect(module_database, Role.JOBS) as conn:
            close_changed_days(conn, NOW)
            assert len(build_months(conn, NOW)) == 1
        plant.execute(RELEASE)
        yield one


@dataclass
class Archived:
    """A copy of the sealed store, with a folder for its archive."""

    settings: Settings
    store: Store
    folder: Path

    def archive(self) -> Manifest:
        with connect(self.settings, Role.JOBS) as conn:
            return archive_month(conn, MONTH, self.folder, self.settings.secret(SIGNING_KEY), NOW)

    def check(self) -> CheckedArchive:
        keys = load_trusted_keys(self.settings.trust_dir)
        with connect(self.settings, Role.VERIFIER) as conn:
            newest = db.archives(conn, MONTH.start_on)[-1]
            conn.commit()
            return check_archive(conn, self.folder, newest, keys, NOW)

    def retain(self, *, is_dry: bool = False) -> Retained:
        with connect(self.settings, Role.JOBS) as conn:
            return retain(conn, NOW, keep=KEEP, reason="age", run_by="tester", is_dry=is_dry)

    def reasons(self, relation: str = "reading", first_at: datetime = CHUNK_AT) -> set[str]:
        chunk = Chunk(relation=relation, first_at=first_at, end_at=first_at + DAY)
        with connect(self.settings, Role.JOBS) as conn:
            return {code for code, _ in db.reasons_to_keep(conn, chunk)}

    def drop(self, relation: str = "reading", first_at: datetime = CHUNK_AT) -> None:
        chunk = Chunk(relation=relation, first_at=first_at, end_at=first_at + DAY)
        with connect(self.settings, Role.JOBS) as conn:
            db.drop_archived_chunk(conn, chunk, reason="age", run_by="tester")

    def execute(self, statement: str) -> None:
        """As an honest superuser: triggers run."""
        with psycopg.connect(self.store.plant.superuser, dbname=self.settings.database_name) as conn:
            conn.execute(statement)

    def verify(self, folder: Path | None = None) -> StoreReport:
        trust = load_trust(self.settings.trust_dir)
        with connect(self.settings, Role.VERIFIER, autocommit=True) as conn:
            return verify_store(conn, trust, self.store.heads(), archive_dir=folder or self.folder)


@pytest.fixture
def archived(sealed: Store, stack: Stack, tmp_path: Path) -> Iterator[Archived]:
    """A copy of the sealed store whose month is archived and read back."""
    with copy_of(stack, sealed.settings) as settings:
        one = Archived(settings, sealed, tmp_path / "archive")
        one.archive()
        one.check()
        yield one


def test_what_is_archived_and_read_back_may_go_and_the_store_stays_provable(archived: Archived) -> None:
    before = archived.verify()
    assert before.is_sound
    found = archived.retain()
    assert found.kept == {}
    # Readings lie in the chunks of 9 (until 08:00 in Shanghai), 10 and 11 March, bytes in the same.
    assert sorted((chunk.relation, chunk.first_at.day) for chunk in found.dropped) == [
        ("message_raw", 9), ("message_raw", 10), ("message_raw", 11), ("reading", 9), ("reading", 10), ("reading", 11),
    ]  # fmt: skip
    after = archived.verify()
    assert (after.counts, after.archived_chunks) == ({}, 6)
    assert (after.messages, after.readings) == (before.messages, before.readings) == (8, 6)
    with connect(archived.settings, Role.VERIFIER) as conn:
        assert conn.execute("SELECT count(*) FROM reading").fetchone() == (0,)
        assert conn.execute("SELECT count(*) FROM message").fetchone() == (8,)
        [(run_by, role)] = conn.execute("SELECT DISTINCT run_by, run_under FROM retention_run").fetchall()
    assert (run_by, role) == ("tester", "nenghao_jobs")
    assert archived.retain() == Retained((), {})
    assert archived.check().noted == 0


def test_without_the_archive_a_lawful_drop_is_a_finding(archived: Archived, tmp_path: Path) -> None:
    archived.retain()
    assert archived.verify(tmp_path / "elsewhere").counts["store.archive_wrong"] == 6
    file = next(archived.folder.rglob("reading-2024-03-10.parquet"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    report = archived.verify()
    assert report.counts["store.archive_wrong"] == 1
    assert report.counts["store.message_changed"] >= 1
    with pytest.raises(SealBroken, match=r"reading-2024-03-10\.parquet: not the file"):
        archived.check()


def test_any_other_dropped_chunk_is_a_finding(archived: Archived) -> None:
    archived.drop()
    archived.execute("SELECT drop_chunks('reading', older_than => timestamptz '2024-03-10Z')")
    assert set(archived.verify().counts) == {"store.message_changed"}
    archived.execute("SELECT drop_chunks('message_raw', older_than => timestamptz '2100-01-01')")
    assert set(archived.verify().counts) == {"store.message_changed", "store.bytes_missing"}


def test_a_pretended_run_of_retention_does_not_pass_for_a_lawful_one(archived: Archived) -> None:
    archived.execute("SELECT drop_chunks('reading', older_than => timestamptz '2024-03-11Z')")
    archived.execute(
        "INSERT INTO retention_run (relation_name, first_at, end_at, row_count, row_digest, archive_id,"
        " manifest_hash_algorithm, manifest_hash, reason, run_by, run_under, run_at)"
        " SELECT 'reading', '2024-03-10Z', '2024-03-11Z', 1, 0, archive_id, 'sha256', 'x', 'r', 'p', 'p', now()"
        " FROM archive_month"
    )
    assert archived.verify().counts["store.archive_wrong"] == 1


def test_a_message_is_proven_to_its_sender_after_its_readings_went(archived: Archived, tmp_path: Path) -> None:
    names = {"unit_code": UNIT, "gateway_code": GATEWAY, "boot_id": UUID(BOOT), "seq": 1}
    with connect(archived.settings, Role.VERIFIER, autocommit=True) as conn:
        before = prove(conn, **names)
    archived.drop()
    archived.drop(first_at=CHUNK_AT - DAY)
    with connect(archived.settings, Role.VERIFIER, autocommit=True) as conn:
        assert prove(conn, **names, archive_dir=archived.folder) == before
        with pytest.raises(SealBroken, match="No such file"):
            prove(conn, **names, archive_dir=tmp_path / "elsewhere")


def test_what_explains_a_cell_says_that_its_readings_are_archived(archived: Archived) -> None:
    with connect(archived.settings, Role.VERIFIER) as conn:
        assert read_story(conn, 1, MONTH, [], []).archived_months == []
    archived.drop()
    with connect(archived.settings, Role.VERIFIER) as conn:
        assert read_story(conn, 1, MONTH, [], []).archived_months == [MONTH.start_on]
        assert read_story(conn, 1, Month(2024, 4), [], []).archived_months == []


def test_a_day_whose_readings_went_is_not_made_again_without_them(archived: Archived) -> None:
    days = "SELECT day_on, total_energy, content_hash FROM series_day ORDER BY day_on, series_id"
    archived.retain()
    # Somebody has a reason to look at these days again: a decision, a changed multiplier.
    archived.execute("UPDATE series_version SET multiplier = 40")
    archived.execute("INSERT INTO changed_mark SELECT series_id, day_on FROM series_day")
    with connect(archived.settings, Role.JOBS) as conn:
        before = conn.execute(days).fetchall()
        closed = close_changed_days(conn, NOW)
        assert (closed.marks, closed.written) == (len(before), 0)
        assert closed.archived >= 2
        assert conn.execute(days).fetchall() == before
    far = date(2024, 3, 9) - timedelta(days=MAX_GAP_S // 86_400 + 2)
    span = [(CHUNK_AT - DAY, CHUNK_AT + 2 * DAY)]
    assert rests_on_archive(date(2024, 3, 10), span)
    assert rests_on_archive(date(2024, 6, 1), span)
    assert not rests_on_archive(far, span)


def test_the_commands_archive_check_drop_and_verify(
    sealed: Store, stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(app: typer.Typer, *words: str) -> str:
        done = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    with copy_of(stack, sealed.settings) as settings:
        for name, value in variables_of(settings).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NENGHAO_ARCHIVE_DIR", str(tmp_path))
        monkeypatch.setenv("NENGHAO_LANGUAGE", "en")
        assert "not archived" in run(retain_cli.app, "--dry-run")
        assert "months archived: 1" in run(archive_cli.app, "due")
        assert "months archived: 0" in run(archive_cli.app, "due")
        assert "2024-03 archived, version 2" in run(archive_cli.app, "2024-03")
        assert "would be dropped: 0" in run(retain_cli.app, "--dry-run")
        assert "archives read back: 1, files 10" in run(archive_cli.app, "verify")
        assert "archives read back: 0" in run(archive_cli.app, "verify")
        assert "newly noted files 0" in run(archive_cli.app, "verify", "2024-03")
        shown = run(archive_cli.app, "show", "2024-03")
        assert "reading-2024-03-10.parquet  2024-03-10T00:00Z – 2024-03-11T00:00Z  rows 3" in shown
        rows = run(archive_cli.app, "show", "2024-03", "--rows", "reading-2024-03-10.parquet")
        assert [line.split("\t")[4] for line in rows.splitlines()] == ["value", "104.50", "105", "112.10"]
        held = ("hold", "--from", "2024-03-11", "--until", "2024-03-12", "--reason", "court", "--by", "p")
        assert "hold 1 placed" in run(retain_cli.app, *held)
        assert "all units, 2024-03-11 – 2024-03-12, by p: court" in run(retain_cli.app, "holds")
        assert "would be dropped: 2" in run(retain_cli.app, "--dry-run")
        assert "hold 1 lifted" in run(retain_cli.app, "lift", "1", "--reason", "over", "--by", "p")
        assert "dropped: 6 chunks" in run(retain_cli.app, "--reason", "age", "--by", "p")
        verified = run(verify_cli.app, "store")
        assert "read from the archive: 6" in verified
        assert "everything fits" in verified
        with pytest.raises(DataRefused, match="nenghao archive show 2024-03"):
            run(ledger_cli.app, "--unit", UNIT, "--day", "2024-03-10")


CASE = (
    "WITH run AS (INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)"
    " VALUES ('days', '2024-03-10', '2024-03-10', now(), now(), '{}') RETURNING audit_run_id),"
    " rule AS (INSERT INTO rule_version (rule_code, version, content_hash, definition) VALUES ('r', 1, 'h', '{}')),"
    " the_case AS (INSERT INTO audit_case (unit_id, level, opened_at) SELECT unit_id, 'lead', now() FROM unit"
    " RETURNING case_id), found AS (INSERT INTO finding (audit_run_id, rule_code, rule_version, fingerprint, unit_id,"
    " span, level, evidence, thresholds, evidence_hash_algorithm, evidence_hash, found_at) SELECT audit_run_id, 'r', 1,"
    " 'f', unit_id, '[2024-03-10 09:00+08,2024-03-10 10:00+08)', 'lead', '{}', '{}', 'sha256', 'e', now()"
    " FROM run, unit RETURNING finding_id)"
    " INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)"
    " SELECT 'f', case_id, 'r', finding_id, now() FROM found, the_case"
)
DECISION = (
    "INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)"
    " SELECT case_id, '{}', {}, 'r', 'p', now() FROM audit_case"
)


def test_an_open_case_holds_readings_and_bytes_of_its_span(archived: Archived) -> None:
    archived.execute(CASE)
    assert archived.reasons() == archived.reasons("message_raw") == {"held_by_case"}
    assert archived.reasons(first_at=CHUNK_AT + DAY) == set()
    found = archived.retain(is_dry=True)
    assert found.reasons() == {"held_by_case": 2}
    assert len(found.dropped) == 4
    with pytest.raises(DataRefused, match="held_by_case 1"):
        archived.drop()
    archived.execute(DECISION.format("confirm", "'interference_referred'"))
    assert archived.reasons() == {"held_by_case"}
    archived.execute(DECISION.format("reopen", "NULL"))
    archived.execute(DECISION.format("dismiss", "'explainable'"))
    assert archived.reasons() == set()


def test_a_hold_keeps_rows_until_it_is_lifted(archived: Archived) -> None:
    span = {"first_at": at(0), "end_at": at(24), "reason": "inspection", "placed_by": "p", "placed_at": NOW}
    with connect(archived.settings, Role.CONSOLE) as conn:
        with pytest.raises(DataRefused, match="not registered"):
            db.place_hold(conn, unit_code="91110000000000999X", **span)
        number = db.place_hold(conn, unit_code=None, **span)
    assert archived.reasons() == archived.reasons("message_raw") == {"held"}
    with connect(archived.settings, Role.CONSOLE) as conn:
        assert [one.unit_code for one in db.holds(conn)] == [None]
        assert db.end_hold(conn, number, "over", "p", NOW)
        assert not db.end_hold(conn, number, "again", "p", NOW)
        assert not db.end_hold(conn, 99, "no such", "p", NOW)
        assert db.holds(conn) == []
    assert archived.reasons() == set()


def test_a_hold_that_is_being_placed_is_waited_for(archived: Archived) -> None:
    place = (
        "INSERT INTO retention_hold (unit_id, span, reason, placed_by, placed_at) VALUES (NULL, tstzrange(%s, %s),"
        " 'audit', 'Sun', now())"
    )
    with connect(archived.settings, Role.CONSOLE) as bureau:
        bureau.execute(place, [CHUNK_AT, CHUNK_AT + DAY])
        with connect(archived.settings, Role.JOBS) as conn:
            conn.execute("SET lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                conn.execute(DROP, [CHUNK_AT, CHUNK_AT + DAY])


def test_nobody_drops_by_what_was_committed_before_a_hold(archived: Archived) -> None:
    with connect(archived.settings, Role.JOBS) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.execute("SELECT 1 FROM retention_hold")
        archived.execute(
            "INSERT INTO retention_hold (unit_id, span, reason, placed_by, placed_at)"
            " VALUES (NULL, '(,)', 'audit', 'Sun', now())"
        )
        with pytest.raises(psycopg.errors.ActiveSqlTransaction):
            conn.execute(DROP, [CHUNK_AT, CHUNK_AT + DAY])
    assert archived.reasons() == {"held"}


def test_what_is_not_sealed_any_more_stays(archived: Archived) -> None:
    archived.execute("INSERT INTO month_mark (unit_id, month_on) SELECT unit_id, '2024-03-01' FROM unit")
    assert archived.reasons() == archived.reasons("message_raw") == {"not_sealed"}
    archived.execute("DELETE FROM month_mark")
    archived.execute("INSERT INTO changed_mark (series_id, day_on) SELECT min(series_id), '2024-03-31' FROM series")
    assert archived.reasons() == {"not_sealed"}
    archived.execute("DELETE FROM changed_mark")
    archived.execute(
        "INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition,"
        " content_hash_algorithm, content_hash, computed_at) SELECT unit_id, month_on, 2, layout_edition,"
        " coefficient_edition, content_hash_algorithm, 'other', now() FROM monitored_balance"
    )
    assert archived.reasons() == {"not_sealed"}
    with pytest.raises(DataRefused, match="2024-03: not_sealed 91110000000000013A 2024-03"):
        archived.archive()


def test_a_month_of_which_no_balance_can_be_made_has_nothing_to_seal(archived: Archived) -> None:
    with psycopg.connect(archived.store.plant.superuser, dbname=archived.settings.database_name) as conn:
        conn.execute("SET session_replication_role = replica")
        for table in ("release", "balance_cell", "monitored_balance"):
            conn.execute(f"DELETE FROM {table}")
    assert archived.reasons() == archived.reasons("message_raw") == set()
    archived.execute("DELETE FROM point_month")
    assert archived.reasons() == archived.reasons("message_raw") == {"not_sealed"}, "it was not even tried"


def test_rows_that_came_after_the_check_are_archived_first(archived: Archived) -> None:
    with connect(archived.settings, Role.COLLECTOR) as conn:
        conn.execute(
            "INSERT INTO reading (series_id, at, value, message_id, ordinal, source)"
            " SELECT min(series_id), '2024-03-10 12:00+08', 1, min(m.message_id), 7, 'l' FROM series, message AS m"
        )
    assert archived.reasons() == {"changed_since"}
    with connect(archived.settings, Role.JOBS) as conn:
        days = timedelta(days=100)
        key = archived.settings.secret(SIGNING_KEY)
        assert archive_due_months(conn, archived.folder, key, NOW, after=days, keep=KEEP) == [MONTH]
    # That row belongs to no message's leaf: reading back finds what is wrong with it.
    with pytest.raises(SealBroken, match="is not what its leaf says"):
        archived.check()
    assert archived.reasons() == {"changed_since"}


def test_a_month_is_archived_once_unless_rows_came(archived: Archived) -> None:
    with connect(archived.settings, Role.JOBS) as conn:
        key = archived.settings.secret(SIGNING_KEY)
        assert archive_due_months(conn, archived.folder, key, NOW, after=timedelta(days=100), keep=KEEP) == []
        assert len(db.archives(conn)) == 1


def test_what_was_never_archived_or_never_read_back_stays(sealed: Store, stack: Stack, tmp_path: Path) -> None:
    with copy_of(stack, sealed.settings) as settings:
        one = Archived(settings, sealed, tmp_path / "archive")
        assert one.reasons() == one.reasons("message_raw") == {"not_archived"}
        manifest = one.archive()
        assert one.reasons() == one.reasons("message_raw") == {"not_verified"}
        assert one.retain().dropped == ()
        assert sum(file.rows for file in manifest.files if file.relation == "reading") == 6
        assert [tree.tree_no for tree in manifest.trees] == [1]
        file = next(one.folder.rglob("message_raw-2024-03-10.parquet"))
        shutil.copy(file, file.with_name("reading-2024-03-10.parquet"))
        with pytest.raises(SealBroken, match="not the file that was archived"):
            one.check()
        assert "not_verified" in one.reasons()


def test_bytes_go_earlier_than_readings_and_nothing_goes_young(archived: Archived, sealed: Store) -> None:
    recent = datetime.now(UTC) - timedelta(days=500)
    archived.execute(f"INSERT INTO reading SELECT min(series_id), '{recent.isoformat()}', 1, 1, 0, 'l' FROM series")
    archived.execute(f"INSERT INTO message_raw VALUES (1, '{recent.isoformat()}', 'x')")
    day = recent.replace(hour=0, minute=0, second=0, microsecond=0)
    assert "too_young" in archived.reasons(first_at=day)
    assert "too_young" not in archived.reasons("message_raw", first_at=day)
    with pytest.raises(DataRefused, match="too_young 800"):
        archived.drop(first_at=day)


def test_what_no_tree_covers_stays(archived: Archived) -> None:
    with psycopg.connect(archived.store.plant.superuser, dbname=archived.settings.database_name) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM day_head")
    assert archived.reasons() == archived.reasons("message_raw") == {"not_closed"}


def test_a_gateway_that_may_still_send_that_day_keeps_its_readings(archived: Archived) -> None:
    archived.execute("UPDATE gateway SET backfill_until = NULL")
    assert archived.reasons() == {"window_open"}
    assert archived.reasons("message_raw") == set()


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        (Role.JOBS, "SELECT drop_chunks('reading', older_than => now())"),
        (Role.JOBS, "INSERT INTO archive_check DEFAULT VALUES"),
        (Role.JOBS, "INSERT INTO retention_run DEFAULT VALUES"),
        (Role.JOBS, "INSERT INTO retention_hold_end SELECT 1, 'r', 'p', now()"),
        (Role.JOBS, "UPDATE retention_policy SET min_age_days = 1"),
        (Role.VERIFIER, "SELECT drop_archived_chunk('reading', '2024-03-10Z', '2024-03-11Z', 'r', 'p')"),
        (Role.COLLECTOR, "SELECT drop_archived_chunk('reading', '2024-03-10Z', '2024-03-11Z', 'r', 'p')"),
        (Role.CONSOLE, "SELECT drop_archived_chunk('reading', '2024-03-10Z', '2024-03-11Z', 'r', 'p')"),
        (Role.VERIFIER, "INSERT INTO archive_month DEFAULT VALUES"),
    ],
)
def test_no_role_does_the_work_of_two(sealed: Store, role: Role, statement: str) -> None:
    with connect(sealed.settings, role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement)
