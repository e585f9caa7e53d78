"""The WAL of a server as it is received, and what a restore does where it is not whole."""

from pathlib import Path

from nenghao.stack import Stack
from tests.backup.server import is_received, kept, nenghao, put, receiving, superuser, take


def switch_segment(stack: Stack, times: int = 1) -> None:
    """Begin new WAL segments; one that nothing was written to is not left."""
    with superuser(stack) as conn:
        for _ in range(times):
            conn.execute("CREATE TABLE filler (word text)")
            conn.execute("DROP TABLE filler")
            conn.execute("SELECT pg_switch_wal()")


def segments(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if len(one.name) == 24)


def test_wal_of_another_server_is_not_taken_for_ones_own(backed_up: tuple[Stack, Path]) -> None:
    stack, folder = backed_up
    take(stack, folder)
    with receiving(stack, folder):
        switch_segment(stack)
        put(stack, "beside another server")
        is_received(stack)
    # A folder that an earlier installation used: its segments have the same names.
    other = folder / "wal.until-20260101T000000Z"
    other.mkdir()
    for one in (folder / "wal").iterdir():
        content = bytearray(one.read_bytes())
        content[24:32] = bytes(8 * [7])  # the system identifier
        (other / one.name).write_bytes(content)
    (other / "00000009.history").write_text("8\t0/1000000\tno recovery target specified\n")
    stack.restore(folder)
    assert "beside another server" in kept(stack)


def test_a_gap_in_the_wal_is_named(backed_up: tuple[Stack, Path]) -> None:
    stack, folder = backed_up
    with receiving(stack, folder):
        is_received(stack)
        take(stack, folder)  # what it needs is received from its begin on, so that the gap made here is the only one
        switch_segment(stack, 3)
        put(stack, "behind the gap")
        is_received(stack)
    gone = segments(folder / "wal")[-1]
    gone.unlink()
    done = nenghao(stack, "restore", "--from", folder, "--to", stack.layout.home / "with-gap")
    assert done.returncode == 0, done.stderr
    assert gone.name[8:] in done.stderr


def test_a_receiver_that_came_too_late_begins_anew(backed_up: tuple[Stack, Path]) -> None:
    stack, folder = backed_up
    with receiving(stack, folder):
        put(stack, "received")
        is_received(stack)
    with superuser(stack) as conn:
        conn.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'")
        conn.execute("ALTER SYSTEM SET wal_keep_size = 0")
        conn.execute("SELECT pg_reload_conf()")
        switch_segment(stack, 4)
        conn.execute("CHECKPOINT")
        row = conn.execute("SELECT wal_status FROM pg_replication_slots").fetchone()
        assert row == ("lost",)
        conn.execute("ALTER SYSTEM RESET ALL")
        conn.execute("SELECT pg_reload_conf()")
    with receiving(stack, folder):
        is_received(stack)
        take(stack, folder)
        put(stack, "received again")
        is_received(stack)
    stack.restore(folder)
    assert "received again" in kept(stack)


def test_a_receiver_goes_on_when_its_server_is_restored(backed_up: tuple[Stack, Path]) -> None:
    stack, folder = backed_up
    with receiving(stack, folder):
        take(stack, folder)
        put(stack, "before the restore")
        is_received(stack)
        stack.restore(folder)
        is_received(stack)
        take(stack, folder)
        put(stack, "received after the restore")
        is_received(stack)
    stack.restore(folder)
    assert {"before the restore", "received after the restore"} <= set(kept(stack))
