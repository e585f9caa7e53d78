"""Damaged golden cases: none crashes the pipeline, and every one stands in the store as accepted or refused."""

import pytest

from bench import _fuzzing as fuzzing
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.stack import Stack

PAYLOADS = 2_000


@pytest.mark.parametrize("codec", fuzzing.CODECS)
def test_every_damaged_message_is_stored_or_refused(stack: Stack, database: Settings, codec: str) -> None:
    with connect(database, Role.CONSOLE, autocommit=True) as conn:
        conn.execute(fuzzing.QUERIES["register"])
    messages = fuzzing.mutations(fuzzing.seeds_of(codec), PAYLOADS, codec)
    account, expected = fuzzing.store(database, messages)
    with connect(database, Role.VERIFIER, autocommit=True) as conn:
        fuzzing.reconcile(conn, account, expected)
    assert account.is_clean, account
    assert account.sent == PAYLOADS
    # The damage is neither so light that all is taken nor so heavy that nothing is.
    assert account.accepted + account.states > PAYLOADS / 20, account
    assert account.refused > PAYLOADS / 20, account
    assert account.reasons["storage_rejected"] == 0, account


def test_damaged_receipts_and_envelopes_are_read_or_not_and_never_raise() -> None:
    readable = fuzzing.decode_in_process(PAYLOADS)
    assert all(0 < count < PAYLOADS for count in readable.values()), readable
