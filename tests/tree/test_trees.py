"""Day trees: whoever holds a head can prove a later change, whoever made it.

Over 300 lines, because every way of tampering stands in one table.
"""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from nenghao.config import Role
from nenghao.db import tree as db
from nenghao.db.connection import connect
from nenghao.domain.merkle import leaf_hash, tree_root
from nenghao.errors import DataRefused, RetryableError, SealBroken
from nenghao.reporting.inclusion import prove, verify_receipt
from nenghao.reporting.verify_store import MENDED
from nenghao.stack import Stack
from nenghao.trust import load_trust
from tests.ingest.conftest import GATEWAY, UNIT
from tests.ingest.wire import message, reading
from tests.tree.conftest import BOOT, DAY, Store, close_twice, copy_of


def test_an_untouched_store_is_sound(closed_store: Store) -> None:
    report = closed_store.verify(*closed_store.heads())
    assert report.counts == {}
    assert (report.messages, report.trees, report.heads, report.messages_since_last_tree) == (9, 2, 2, 1)
    assert report.batches == 5
    assert report.rows > 10


def test_a_tree_stands_over_all_that_was_committed_since_the_last(store: Store) -> None:
    store.send_a_bit_of_everything()
    first = store.close_tree()
    assert (first.tree_no, first.messages, first.is_new) == (1, 7, True)
    again = store.close_tree()
    assert (again.tree_no, again.is_new) == (1, False)
    store.now += DAY
    second = store.close_tree()
    assert (second.tree_no, second.messages, second.rows) == (2, 0, 0)
    published = store.rows("SELECT topic, retain FROM outbound ORDER BY outbound_id")
    assert published == [("nenghao/v1/heads/2026-10-03", True), ("nenghao/v1/heads/2026-10-04", True)]


def test_a_tree_is_not_closed_too_early(store: Store) -> None:
    store.now += timedelta(hours=2)
    store.close_tree()
    store.now += timedelta(hours=22)
    with pytest.raises(RetryableError, match="23 hours"):
        store.close_tree()


def test_a_changed_register_row_has_a_leaf_of_its_own(store: Store) -> None:
    store.close_tree()
    with connect(store.settings, Role.CONSOLE) as conn:
        conn.execute("UPDATE gateway SET backfill_until = now()")
    store.now += DAY
    assert store.close_tree().rows == 1
    assert store.verify().is_sound


def test_no_tree_is_closed_while_a_migration_tracks_a_table(store: Store) -> None:
    with psycopg.connect(store.plant.superuser) as migration:
        migration.execute("CREATE TABLE levy (levy_id integer PRIMARY KEY)")
        migration.execute("INSERT INTO levy VALUES (1), (2)")
        migration.execute("GRANT SELECT ON levy TO nenghao_verifier")
        migration.execute("SELECT track_rows('levy', 'levy_id')")
        store.send_a_bit_of_everything()
        with connect(store.settings, Role.CONSOLE) as conn:
            conn.execute("UPDATE gateway SET backfill_until = now()")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            store.close_tree()
    store.close_tree()
    assert store.verify(*store.heads()).is_sound


def test_a_store_before_its_first_message_is_sound(store: Store) -> None:
    assert store.verify().is_sound
    store.close_tree()
    assert store.verify(*store.heads()).is_sound


def test_rows_that_may_change_are_those_that_nothing_guards(closed_store: Store) -> None:
    unguarded = closed_store.rows(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'record_rows'::regproc"
        # Of each row; a table whose gaps may be filled (fill_only) refuses no more than to be emptied.
        " AND tgrelid NOT IN"
        " (SELECT tgrelid FROM pg_trigger WHERE tgfoid = 'refuse_change'::regproc AND tgtype & 1 = 1)"
    )
    assert {table for (table,) in unguarded} == MENDED


def test_a_cell_of_before_forms_had_names_stays_proven_by_the_leaf_it_had(store: Store) -> None:
    with connect(store.settings, Role.JOBS) as conn:
        conn.execute(
            "INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition,"
            " content_hash_algorithm, content_hash, computed_at)"
            " SELECT unit_id, '2026-09-01', 1, 'l', 'c', 'sha256', '\\x00', now() FROM unit"
        )
        for form in ("NULL", "DEFAULT", "'205-2'"):
            conn.execute(
                "INSERT INTO balance_cell (balance_id, row_code, column_code, form_code, value, unit, completeness,"
                f" source_point_ids) VALUES ((SELECT balance_id FROM monitored_balance), '33', '4', {form}, 1, 't', 1,"
                " '{}')".encode()
            )
    keys = store.rows("SELECT row_key FROM row_leaf WHERE table_name = 'balance_cell' ORDER BY row_leaf_id")
    assert keys == [("1/33/4",), ("1/33/4/205-1",), ("1/33/4/205-2",)]
    store.close_tree()
    assert store.verify(*store.heads()).is_sound
    store.as_superuser("UPDATE balance_cell SET value = 2 WHERE form_code IS NULL")
    assert not store.verify(*store.heads()).is_sound


CHUNK = (
    "(SELECT format('%I.%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks"
    " WHERE hypertable_name = '{}' LIMIT 1)"
)
ON_CHUNK = "DO $$ BEGIN EXECUTE '{} ' || " + CHUNK + "; END $$"

FORGED_MESSAGE = (
    "WITH forged AS (INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome,"
    " reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under)"
    " SELECT nextval('message_id_seq'), {}, 'forged', codec, hash_algorithm, sha256('x'), received_at, outcome,"
    " reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under"
    " FROM message WHERE seq = 4 RETURNING message_id, received_at)"
    " INSERT INTO message_raw (message_id, received_at, payload) SELECT message_id, received_at, 'x' FROM forged"
)

TAMPERINGS = {
    "a value is raised": ("UPDATE reading SET value = value + 1 WHERE value = 103.5", "store.message_changed"),
    "a value gets another time": (
        "UPDATE reading SET at = at + interval '1 h' WHERE value = 104.5", "store.message_changed",
    ),
    "a reading is deleted": ("DELETE FROM reading WHERE value = 103.5", "store.message_changed"),
    "a reading is slipped under a message": (
        "INSERT INTO reading (series_id, at, value, message_id, ordinal, source)"
        " SELECT series_id, at + interval '5 h', 1, message_id, 9, source FROM reading WHERE value = 103.5",
        "store.message_changed",
    ),
    "a reading of no message": (
        "INSERT INTO reading (series_id, at, value, message_id, ordinal, source)"
        " SELECT series_id, at + interval '5 h', 1, 999999, 0, source FROM reading WHERE value = 103.5",
        "store.row_without_message",
    ),
    "a signature is pretended": ("UPDATE message SET assurance = 'signed' WHERE seq = 4", "store.message_changed"),
    "a refusal gets another reason": (
        "UPDATE refusal SET reason_code = 'too_old' WHERE ordinal = 1", "store.message_changed",
    ),
    "a conflict disappears": ("DELETE FROM reading_conflict", "store.message_changed"),
    "a correction comes into force": ("UPDATE reading_revision SET standing = 'in_force'", "store.message_changed"),
    "the bytes are exchanged": (
        "UPDATE message_raw SET payload = 'x' WHERE message_id = (SELECT message_id FROM message WHERE seq = 4)",
        "store.bytes_changed",
    ),
    "a chunk of readings is truncated": (ON_CHUNK.format("TRUNCATE", "reading"), "store.message_changed"),
    "a chunk of readings is dropped": (
        "SELECT drop_chunks('reading', older_than => timestamptz '2100-01-01')", "store.message_changed",
    ),
    "a chunk of bytes is dropped": (
        "SELECT drop_chunks('message_raw', older_than => timestamptz '2100-01-01')", "store.bytes_missing",
    ),
    "a message disappears with all that it brought": (
        "WITH m AS (DELETE FROM message WHERE seq = 4 RETURNING message_id), r AS (DELETE FROM reading USING m"
        " WHERE reading.message_id = m.message_id) DELETE FROM message_raw USING m"
        " WHERE message_raw.message_id = m.message_id",
        "store.batch_incomplete",
    ),
    "a batch disappears with its messages": (
        "WITH b AS (DELETE FROM message_batch WHERE batch_no = 3 RETURNING shard, first_message_id AS f,"
        " last_message_id AS l), m AS (DELETE FROM message USING b WHERE message_id BETWEEN f AND l RETURNING"
        " message_id), r AS (DELETE FROM reading USING m WHERE reading.message_id = m.message_id)"
        " DELETE FROM message_raw USING m WHERE message_raw.message_id = m.message_id",
        "store.tree_root_differs",
    ),
    "a batch is edited": ("UPDATE message_batch SET message_count = 1 WHERE batch_no = 1", "store.batch_changed"),
    "a multiplier is changed": ("UPDATE series_version SET multiplier = 40", "store.row_changed"),
    "a meter disappears": ("DELETE FROM meter WHERE meter_no = 'm3'", "store.row_missing"),
    "a gateway is slipped in": (
        "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from) SELECT unit_id, 'gw9', 0, now() FROM unit",
        "store.row_without_leaf",
    ),
    "a table is recorded no more": ("DROP TRIGGER decision_recorded ON decision", "store.not_recorded"),
    "a table disappears": ("DROP TABLE gateway_state CASCADE", "store.not_recorded"),
    "a table loses its key": (
        "ALTER TABLE series_version DROP CONSTRAINT series_version_pk CASCADE;"
        " UPDATE series_version SET multiplier = 40",
        "store.not_recorded",
    ),
    "a heartbeat is written over and recorded like a row that may change": (
        "SET session_replication_role = origin; ALTER TABLE gateway_state DISABLE TRIGGER gateway_state_append_only;"
        " UPDATE gateway_state SET buffered_count = 0;"
        " ALTER TABLE gateway_state ENABLE TRIGGER gateway_state_append_only",
        "store.row_changed",
    ),
    "a message is slipped in without a leaf": (FORGED_MESSAGE.format("shard"), "store.message_without_batch"),
    "a message is slipped into a shard that has none": (FORGED_MESSAGE.format(9), "store.message_without_batch"),
    "a row leaf is forged": (
        "UPDATE row_leaf SET content_hash = sha256('x') WHERE table_name = 'unit'", "store.tree_root_differs",
    ),
    "a root is exchanged": ("UPDATE day_tree SET root = sha256('x') WHERE tree_no = 1", "store.head_wrong"),
    "a head disappears": ("DELETE FROM day_head WHERE tree_no = 1", "store.head_missing"),
    "a head is forged": ("UPDATE day_head SET signature = decode(repeat('00', 64), 'hex')", "trust.signature_wrong"),
    "a restore is pretended": (
        "UPDATE day_tree SET resumed_over_tree_no = 1, resume_reason = 'a disk' WHERE tree_no = 2", "store.head_wrong",
    ),
    "the last tree disappears": (
        "WITH h AS (DELETE FROM day_head WHERE tree_no = 2) DELETE FROM day_tree WHERE tree_no = 2",
        "store.rolled_back",
    ),
}  # fmt: skip


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.JOBS, Role.RULES, Role.CONSOLE, Role.VERIFIER])
def test_no_role_writes_row_leaves_but_by_writing_rows(store: Store, role: Role) -> None:
    with connect(store.settings, role, autocommit=True) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(
                "INSERT INTO row_leaf (table_name, row_key, content_hash_algorithm, content_hash)"
                " VALUES ('unit', '1', 'sha256', '\\x00')"
            )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(
                "CREATE TEMPORARY TABLE unit (unit_id integer);"
                " CREATE TRIGGER forged AFTER INSERT ON pg_temp.unit REFERENCING NEW TABLE AS fresh"
                " FOR EACH STATEMENT EXECUTE FUNCTION record_rows('unit_id')"
            )


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_a_superuser_changes_is_found(closed_store: Store, stack: Stack, tampering: str) -> None:
    statement, expected = TAMPERINGS[tampering]
    with copy_of(stack, closed_store.settings) as changed:
        closed_store.as_superuser(statement, settings=changed)
        report = closed_store.verify(*closed_store.heads(), settings=changed)
    assert expected in report.counts, report.counts


def test_a_superuser_who_makes_all_hashes_anew_is_found_by_the_head(store: Store) -> None:
    """He knows the source: he changes a value, and then leaf, batch, chain and tree, so that all fit each other."""
    store.send(message(BOOT, 0, reading("100.5")))
    store.close_tree()
    store.as_superuser("UPDATE reading SET value = 50.5")
    with pytest.raises(SealBroken), connect(store.settings, Role.VERIFIER, autocommit=True) as conn:
        prove(conn, unit_code=UNIT, gateway_code=GATEWAY, boot_id=UUID(BOOT), seq=0)
    with psycopg.connect(store.plant.superuser) as conn:
        conn.execute("SET session_replication_role = replica")
        leaf = leaf_hash(_leaf_now(store))
        conn.execute("UPDATE message SET leaf = %s", [leaf])
        conn.execute("UPDATE message_batch SET root = %s", [tree_root([leaf])])
        [batch] = db.batches(conn)
        conn.execute("UPDATE message_batch SET link = %s", [leaf_hash(batch.leaf())])
        [tree] = db.closed_trees(conn)
        conn.execute("UPDATE day_tree SET root = %s", [tree_root(db.tree_leaves(conn, tree.range).hashes)])
    report = store.verify()
    assert set(report.counts) == {"store.head_wrong"}
    assert "store.head_contradicts" in store.verify(*store.heads()).counts


def _leaf_now(store: Store) -> bytes:
    from nenghao.db.proofs import stored_message

    with connect(store.settings, Role.VERIFIER) as conn:
        found = stored_message(conn, unit_code=UNIT, gateway_code=GATEWAY, boot_id=UUID(BOOT), seq=0)
    assert found is not None
    return found.leaf


# --- restores ---


def test_a_rolled_back_restore_is_found_and_goes_on_when_it_is_declared(store: Store, stack: Stack) -> None:
    store.send_a_bit_of_everything()
    store.close_tree()
    with copy_of(stack, store.settings) as restored:
        store.now += DAY
        store.send(message(BOOT, 6, reading("105.5", step=4)))
        store.close_tree()
        assert set(store.verify(*store.heads(), settings=restored).counts) == {"store.rolled_back"}
        with pytest.raises(RetryableError, match="declare it again"):
            store.close_tree("restored on the day of a tree that is lost", settings=restored)
        store.now += DAY
        with pytest.raises(SealBroken, match="rolled back"):
            store.close_tree(settings=restored)
        resumed = store.close_tree("disk lost, restored from the backup of 3 October", settings=restored)
        assert (resumed.tree_no, resumed.is_new) == (3, True)
        report = store.verify(*store.heads(), settings=restored)
        assert report.counts == {}
        assert "disk lost" in report.notes[0]
        store.now += DAY
        assert store.close_tree(settings=restored).tree_no == 4
        assert store.verify(*store.heads(), settings=restored).is_sound
        with pytest.raises(SealBroken):
            store.close_tree()


def test_a_store_without_any_of_its_signed_heads_is_not_taken_for_a_new_one(store: Store) -> None:
    close_twice(store)
    store.as_superuser("DELETE FROM day_head", "DELETE FROM day_tree")
    store.now += DAY
    with pytest.raises(SealBroken, match="rolled back"):
        store.close_tree()


def test_a_signer_that_forgot_is_told_apart_from_a_store_that_did(store: Store) -> None:
    store.close_tree()
    store.server.signer._heads.clear()
    store.now += DAY
    with pytest.raises(SealBroken, match="the signer remembers 0"):
        store.close_tree()


def test_a_head_that_was_signed_and_not_stored_is_taken_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.send_a_bit_of_everything()
    with monkeypatch.context() as patched:
        patched.setattr(db, "add_tree", _die)
        with pytest.raises(RuntimeError):
            store.close_tree()
    store.send(message(BOOT, 6, reading("105.5", step=4)))
    store.now += timedelta(hours=3)
    assert store.close_tree().is_new is False
    report = store.verify(*store.heads())
    assert (report.counts, report.trees, report.heads, report.messages_since_last_tree) == ({}, 1, 1, 1)


def _die(*_: object) -> None:
    raise RuntimeError("killed between the signer and the store")


# --- receipts and proofs ---


def test_a_receipt_and_its_proof_are_checked_without_the_store(store: Store) -> None:
    store.send_a_bit_of_everything()
    store.close_tree()
    trust = load_trust(store.settings.trust_dir)
    for seq in range(6):
        receipt, proof = receipt_of(store, seq), proof_of(store, seq)
        checks = verify_receipt(receipt, trust, proof)
        assert all(check.is_passed for check in checks), checks
        assert checks[-1].label_key == "receipt.in_tree"
    other = verify_receipt(receipt_of(store, 1), trust, proof_of(store, 2))
    assert [check.label_key for check in other if not check.is_passed] == ["receipt.other_message"]


def test_no_byte_of_a_receipt_or_a_proof_can_be_changed(store: Store) -> None:
    store.send_a_bit_of_everything()
    store.close_tree()
    trust = load_trust(store.settings.trust_dir)
    receipt, proof = receipt_of(store, 4), proof_of(store, 4)
    for place in range(len(receipt)):
        changed = receipt[:place] + bytes([receipt[place] ^ 1]) + receipt[place + 1 :]
        assert not all(check.is_passed for check in verify_receipt(changed, trust, None)), place
    for place in range(len(proof)):
        changed = proof[:place] + bytes([proof[place] ^ 1]) + proof[place + 1 :]
        assert not all(check.is_passed for check in verify_receipt(receipt, trust, changed)), changed[
            place - 9 : place + 9
        ]


def test_a_message_that_no_head_covers_yet_has_no_proof(store: Store) -> None:
    store.send_a_bit_of_everything()
    with pytest.raises(DataRefused, match="not closed yet"):
        proof_of(store, 4)
    with pytest.raises(DataRefused, match="not stored"):
        proof_of(store, 99)


def test_a_receipted_message_that_the_store_does_not_have_is_found(store: Store, stack: Stack) -> None:
    from nenghao.reporting.store_report import Kept

    store.send_a_bit_of_everything()
    with copy_of(stack, store.settings) as restored:
        store.send(message(BOOT, 6, reading("105.5", step=4)))
        kept = Kept("gw1/6", receipt_of(store, 6))
        assert store.verify(kept).is_sound
        assert set(store.verify(kept, settings=restored).counts) == {"store.receipted_not_stored"}


def proof_of(store: Store, seq: int) -> bytes:
    with connect(store.settings, Role.VERIFIER, autocommit=True) as conn:
        return prove(conn, unit_code=UNIT, gateway_code=GATEWAY, boot_id=UUID(BOOT), seq=seq)


def receipt_of(store: Store, seq: int) -> bytes:
    """A receipt as the outbound sender writes it, signed by the signer."""
    from ingest.downward import sign_receipts
    from ingest.receipts import write_receipts
    from nenghao.db import outbound
    from nenghao.signer.client import DOWNWARD_TOKEN, SignerClient

    with connect(store.settings, Role.COLLECTOR) as conn, SignerClient(store.settings, DOWNWARD_TOKEN) as signer:
        messages = [one for one in outbound.messages_after(conn, store.plant.shard, 0) if one.seq == seq]
        refusals = outbound.refusals_of(conn, [one.message_id for one in messages])
        [receipt] = sign_receipts(signer, write_receipts(messages, refusals, store.now))
    return receipt.payload
