"""A backup by PostgreSQL's own tools, and what stands after a restore from it."""

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from nenghao.backup.record import MANIFEST, newest_record
from nenghao.errors import ConfigError, SealBroken
from nenghao.stack import Component, Stack
from nenghao.stack.postgres import BIN
from tests.backup.server import is_received, kept, nenghao, put, receivers, receiving, superuser, take, wait_until


def takes_connections(conninfo: str) -> bool:
    try:
        psycopg.connect(conninfo).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_restore_has_what_was_received_and_not_what_came_after_it(backed_up: tuple[Stack, Path]) -> None:
    stack, folder = backed_up
    put(stack, "in the base")
    take(stack, folder)
    with receiving(stack, folder) as pid:
        put(stack, "in the wal")
        is_received(stack)
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert stack.secret("nenghao_backup").encode() not in environment + receivers()[pid]
    put(stack, "lost")
    stack.kill(Component.POSTGRES)
    stack.restore(folder)
    assert kept(stack) == ["in the base", "in the wal"]
    assert stack.status()[Component.POSTGRES].state in {"STARTING", "RUNNING"}  # the supervisor waits a second
    put(stack, "taken again")
    assert len(list(stack.layout.root.glob("postgres.replaced-*"))) == 1
    assert not (stack.layout.postgres_data / "restore_wal").exists()
    # The new timeline can be backed up and received like the old one.
    take(stack, folder)
    with receiving(stack, folder):
        put(stack, "after the restore")
        is_received(stack)
    stack.restore(folder)
    assert kept(stack)[0] == "after the restore"


def test_a_restore_can_stop_before_a_mistake(backed_up: tuple[Stack, Path]) -> None:
    stack, folder = backed_up
    before = kept(stack)
    take(stack, folder)
    with receiving(stack, folder):
        put(stack, "rightly")
        with superuser(stack) as conn:
            row = conn.execute("SELECT clock_timestamp()").fetchone()
            assert row is not None
            conn.execute("SELECT pg_sleep(1)")
            conn.execute("DELETE FROM kept")
        is_received(stack)
    elsewhere = stack.layout.home / "elsewhere"
    done = nenghao(stack, "restore", "--from", folder, "--to", elsewhere, "--until", row[0].isoformat())
    assert done.returncode == 0, done.stderr
    port = stack.ports.airflow_api  # drawn for this stack, and Airflow does not run
    options = f"-p {port} -c unix_socket_directories={elsewhere}"
    control = [BIN / "pg_ctl", "-D", elsewhere, "-w", "-l", elsewhere / "log"]
    assert stack.run([*control, "-o", options, "start"], capture=True).returncode == 0
    try:
        conninfo = make_conninfo(stack.superuser_conninfo("nenghao"), port=port)
        wait_until(lambda: takes_connections(conninfo))
        with psycopg.connect(conninfo) as conn:
            assert [word for (word,) in conn.execute("SELECT word FROM kept ORDER BY word")] == sorted(
                [*before, "rightly"]
            )
        # A backup of this server does not stop at the same instant again.
        variables = {"NENGHAO_DATABASE_PORT": str(port)}
        done = stack.run(["nenghao", "backup", "--to", elsewhere / "backups"], variables=variables, capture=True)
        assert done.returncode == 0, done.stderr
    finally:
        stack.run([*control, "-m", "immediate", "stop"], capture=True)
    again = stack.layout.home / "again"
    assert nenghao(stack, "restore", "--from", elsewhere / "backups", "--to", again).returncode == 0
    control[2] = again
    try:
        assert stack.run([*control, "-o", options, "start"], capture=True).returncode == 0
        wait_until(lambda: takes_connections(conninfo))
    finally:
        stack.run([*control, "-m", "immediate", "stop"], capture=True)
    with superuser(stack) as conn:
        conn.execute("INSERT INTO kept SELECT * FROM unnest(%s::text[])", [before])


def test_a_backup_that_was_changed_is_not_restored_and_the_stack_goes_on(backed_up: tuple[Stack, Path]) -> None:
    stack, folder = backed_up
    before = kept(stack)
    take(stack, folder)
    base = folder / newest_record(folder).name
    victim = base / "PG_VERSION"
    victim.write_text("16\n")
    with pytest.raises(ConfigError, match="pg_verifybackup"):
        stack.restore(folder)
    manifest = base / MANIFEST
    manifest.write_bytes(manifest.read_bytes() + b" ")
    with pytest.raises(SealBroken, match="not the one that was recorded"):
        newest_record(folder)
    with pytest.raises(ConfigError, match="not the one that was recorded"):
        stack.restore(folder)
    assert kept(stack) == before
    assert not [path for path in stack.layout.root.glob("postgres.restored-*") if any(path.iterdir())]


def test_a_restore_refuses_a_directory_in_use_and_a_folder_without_backups(
    backed_up: tuple[Stack, Path], tmp_path: Path
) -> None:
    stack, folder = backed_up
    take(stack, folder)
    in_use = nenghao(stack, "restore", "--from", folder, "--to", stack.layout.postgres_data)
    assert (in_use.returncode, "is not empty" in in_use.stderr) == (3, True)
    none = nenghao(stack, "restore", "--from", stack.layout.logs, "--to", stack.layout.home / "nowhere")
    assert (none.returncode, "holds no base backup" in none.stderr) == (3, True)
    early = nenghao(
        stack, "restore", "--from", folder, "--to", stack.layout.home / "nowhere", "--until", "2026-01-01T00:00:00Z"
    )
    assert (early.returncode, "was taken after" in early.stderr) == (3, True)


def test_the_backup_role_opens_no_database(backed_up: tuple[Stack, Path]) -> None:
    stack, _ = backed_up
    for name in ("nenghao", "postgres", "airflow"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(
                host="127.0.0.1", port=stack.ports.postgres, dbname=name, user="nenghao_backup",
                password=stack.secret("nenghao_backup"),
            )  # fmt: skip


def test_a_backup_of_a_server_that_is_away_fails_in_one_line(backed_up: tuple[Stack, Path]) -> None:
    stack, folder = backed_up
    done = stack.run(
        ["nenghao", "backup", "--to", folder / "none"], variables={"NENGHAO_DATABASE_PORT": "1"}, capture=True
    )
    assert done.returncode == 3
    assert "pg_basebackup" in done.stderr
    assert not list((folder / "none").glob("base-*Z"))
