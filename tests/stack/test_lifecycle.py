"""Starting, killing and stopping a stack: what is left afterwards, and whose the processes are."""

import json
import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import psycopg
import pytest

from nenghao.errors import ConfigError
from nenghao.stack import Component, Stack, StackSpec
from nenghao.stack.ports import draw_ports, load_ports
from nenghao.stack.processes import is_alive, stack_processes
from nenghao.stack.spec import SERVERS, Layout
from nenghao.stack.supervisor import read_socket_dir

SMALL = StackSpec(components=(Component.POSTGRES,), shared_buffers_mb=16, is_migrated=False)


def processes_of(layout: Layout) -> list[int]:
    folder = read_socket_dir(layout)
    return stack_processes(layout, {folder} if folder else set())


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def small(new_directory: Callable[[], Path]) -> Iterator[Stack]:
    stack = Stack(new_directory(), SMALL)
    yield stack
    stack.down()


def test_no_process_belongs_to_root(stack: Stack) -> None:
    pids = processes_of(stack.layout)
    assert len(pids) >= 3  # the supervisor and two servers
    for pid in pids:
        status = Path("/proc", str(pid), "status").read_text()
        uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
        assert "0" not in uids


def test_servers_listen_on_the_loopback_address_only(stack: Stack) -> None:
    for port in (stack.ports.postgres, stack.ports.mosquitto):
        listening = [
            line.split()[1]
            for table in ("/proc/net/tcp", "/proc/net/tcp6")
            if Path(table).exists()
            for line in Path(table).read_text().splitlines()[1:]
            if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
        ]
        assert listening == [f"0100007F:{port:04X}"]


def test_directory_and_secrets_are_private(stack: Stack) -> None:
    layout = stack.layout
    assert stat.S_IMODE(layout.root.stat().st_mode) == 0o700
    assert stat.S_IMODE(layout.secrets.stat().st_mode) == 0o700
    files = list(layout.secrets.iterdir())
    assert len(files) >= 12
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len({file.read_bytes() for file in files}) == len(files)
    folder = read_socket_dir(layout)
    assert folder is not None
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("passwd", "acl"):
        assert stat.S_IMODE((layout.mosquitto / name).stat().st_mode) == 0o600


def test_no_secret_stands_in_a_command_line_or_in_the_supervisors_configuration(stack: Stack) -> None:
    texts = [stack.layout.supervisor_config.read_text()]
    texts += [Path("/proc", str(pid), "cmdline").read_text() for pid in processes_of(stack.layout)]
    for file in stack.layout.secrets.iterdir():
        assert not any(file.read_text().strip() in text for text in texts), file.name


def test_second_up_changes_nothing(stack: Stack) -> None:
    before = {name: process.pid for name, process in stack.status().items()}
    ports = stack.ports
    stack.up()
    assert {name: process.pid for name, process in stack.status().items()} == before
    assert stack.ports == ports


def test_killed_server_is_started_again(small: Stack) -> None:
    small.up()
    pid = small.status()[Component.POSTGRES].pid
    small.kill(Component.POSTGRES)
    wait_until(lambda: not is_alive(pid))
    wait_until(lambda: small.status()[Component.POSTGRES].is_running)
    small.start(Component.POSTGRES)
    with psycopg.connect(small.superuser_conninfo()) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)


def test_killed_stack_starts_again_with_its_data_and_leaves_no_orphans(small: Stack) -> None:
    small.up()
    with psycopg.connect(small.superuser_conninfo(), autocommit=True) as conn:
        conn.execute("CREATE TABLE survivor AS SELECT 1 AS id")
    orphans = processes_of(small.layout)
    os.kill(int(small.layout.supervisor_pid.read_text()), signal.SIGKILL)
    wait_until(lambda: not small.is_running())
    assert [pid for pid in orphans if is_alive(pid)]

    small.up()

    assert not [pid for pid in orphans if is_alive(pid)]
    with psycopg.connect(small.superuser_conninfo()) as conn:
        assert conn.execute("SELECT id FROM survivor").fetchone() == (1,)


def test_down_after_everything_was_killed_is_clean_and_the_next_start_works(small: Stack) -> None:
    small.up()
    for pid in processes_of(small.layout):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not processes_of(small.layout))
    assert small.down() is False
    small.up()
    wait_until(lambda: small.status()[Component.POSTGRES].is_running)


def test_sweep_spares_processes_that_only_mention_the_stack(small: Stack) -> None:
    small.up()
    innocent = subprocess.Popen(
        ["/bin/sleep", "60"],
        cwd=small.layout.root.parent,
        env={"NENGHAO_SECRETS_DIR": str(small.layout.secrets), "NOTE": str(small.layout.supervisor_config)},
    )
    try:
        small.down()
        assert innocent.poll() is None
        assert processes_of(small.layout) == []
    finally:
        innocent.kill()
        innocent.wait()


def test_port_taken_meanwhile_is_drawn_again(small: Stack) -> None:
    small.up()
    before = small.ports
    small.down()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", before.postgres))
        other.listen()
        small.up()
    assert small.ports.postgres != before.postgres
    assert small.ports.mosquitto == before.mosquitto
    with psycopg.connect(small.superuser_conninfo()) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)


def test_stack_older_than_a_component_says_so_and_draws_its_port(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    drawn = asdict(draw_ports(path))
    kept = drawn.pop("postgres")
    del drawn["signer"]
    path.write_text(json.dumps(drawn | {"postgres": kept, "of_a_later_version": 1}))
    with pytest.raises(ConfigError, match="older than signer"):
        load_ports(path)
    assert draw_ports(path).postgres == kept
    assert load_ports(path).signer > 0


def test_component_can_be_added_to_a_running_stack(small: Stack) -> None:
    small.up()
    pid = small.status()[Component.POSTGRES].pid
    Stack(small.layout.root, StackSpec(components=SERVERS, is_migrated=False)).up()
    wait_until(lambda: small.status()[Component.MOSQUITTO].is_running)
    assert small.status()[Component.POSTGRES].pid == pid


def test_long_path_puts_the_sockets_elsewhere_and_takes_them_away_again(new_directory: Callable[[], Path]) -> None:
    stack = Stack(new_directory() / ("long-" * 20) / "stack", SMALL)
    stack.up()
    folder = read_socket_dir(stack.layout)
    try:
        assert folder is not None
        assert not folder.is_relative_to(stack.layout.root)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid != 0
    finally:
        stack.down()
    assert not folder.exists()


def test_failing_component_answers_with_the_end_of_its_log(small: Stack) -> None:
    small.up()
    small.down()
    with (small.layout.postgres_data / "postgresql.conf").open("a") as file:
        file.write("\nno_such_setting = 1\n")
    started = time.monotonic()
    with pytest.raises(ConfigError, match=r"postgres is fatal(.|\n)*no_such_setting"):
        small.up()
    assert time.monotonic() - started < 60


def test_unused_stack_says_so(new_directory: Callable[[], Path]) -> None:
    stack = Stack(new_directory())
    assert stack.down() is False
    with pytest.raises(ConfigError, match="no stack"):
        stack.status()
    with pytest.raises(ConfigError, match="no stack"):
        stack.settings()


def test_directory_of_another_user_is_refused(new_directory: Callable[[], Path]) -> None:
    directory = new_directory()
    directory.mkdir()
    (directory / "theirs").touch()
    if os.geteuid() != 0:
        pytest.skip("only root can make another user's directory")
    os.chown(directory, 12345, 12345)
    with pytest.raises(ConfigError, match="belongs to uid 12345"):
        Stack(directory, SMALL).up()
