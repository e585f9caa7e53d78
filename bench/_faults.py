"""What happens in each row of `bench faults`."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from psycopg import sql

from bench._intruder import Intruder
from bench._load import RawSpool, jumping_clock, poisoned, shuffled_days, thrice
from bench._row import Fault, Row
from ingest.publisher import DROPPED_TOPIC
from ingest.topics import TopicKind
from nenghao.stack import Component

#: In the words of a worker's process, not of the tracker beside them.
WORKER = b"spawn_main"
FULL = "No space left on device"


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def process_tree(pid: int) -> list[int]:
    return [pid, *(one for child in children_of(pid) for one in process_tree(child))]


def nothing(row: Row) -> None:
    row.strike()


def kill_collector(row: Row) -> None:
    for _ in range(row.bench.kills):
        row.wait_progress()
        row.kill_collector()
        row.start_collector()


def kill_workers_in_turn(row: Row) -> None:
    """Two collectors of one shard: the one that waits takes over, and the killed one comes back to wait."""
    row.start_collector()
    for _ in range(row.bench.rounds):
        row.wait_progress()
        row.kill_collector()
        row.start_collector()
    row.wait_progress()


def kill_workers(row: Row) -> None:
    """One collector with two workers: each in turn is killed under its parent, and the other one takes over.

    At most four times: a parent whose workers end six times within a minute ends too, and a supervisor starts it again.
    """
    for number in range(max(2, row.bench.rounds)):
        row.wait_progress()
        row.strike()
        workers = [
            pid for pid in children_of(row.collectors[0].pid) if WORKER in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.kill(workers[number % len(workers)], signal.SIGKILL)
    row.wait_progress()


def kill_database(row: Row) -> None:
    for _ in range(row.bench.rounds):
        row.wait_progress()
        row.strike()
        row.bench.stack.kill(Component.POSTGRES)
        row.bench.wait_server(Component.POSTGRES)


def stop_database(row: Row) -> None:
    row.bench.stack.stop(Component.POSTGRES)
    time.sleep(row.bench.outage_s)
    row.strike()
    row.bench.stack.start(Component.POSTGRES)


def freeze_database(row: Row) -> None:
    """Neither answers nor refuses: every process of the server is stopped by signal, and goes on later."""
    pids = process_tree(row.bench.stack.status()[Component.POSTGRES].pid)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(row.bench.outage_s)
    row.strike()
    for pid in reversed(pids):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def stop_broker(row: Row) -> None:
    for _ in range(row.bench.rounds):
        row.wait_progress()
        row.bench.stack.stop(Component.MOSQUITTO)
        time.sleep(1)
        row.strike()
        row.bench.stack.start(Component.MOSQUITTO)


def kill_broker(row: Row) -> None:
    for _ in range(row.bench.rounds):
        row.wait_progress()
        row.strike()
        row.bench.stack.kill(Component.MOSQUITTO)
        row.bench.wait_server(Component.MOSQUITTO)


def subscribe_late(row: Row) -> None:
    time.sleep(3)
    row.strike()
    row.start_collector()


def send_everything_again(row: Row) -> None:
    """Besides what the spools hold three times, the broker gets each message twice more, byte by byte."""
    row.strike()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    settings = row.bench.settings
    client.username_pw_set(settings.broker_user, settings.secret("broker_collector"))
    client.connect(settings.broker_host, settings.broker_port)
    client.loop_start()
    for number, account in enumerate(row.accounts):
        spool = RawSpool(row.spool_file(number))
        payloads = spool.payloads() * 2
        spool.close()
        row.rng.shuffle(payloads)
        for payload in payloads:
            client.publish(account.topic(row.fault.kind), payload, qos=1).wait_for_publish(30)
    client.disconnect()
    client.loop_stop()


def fill_broker(row: Row) -> None:
    """Nobody collects and the broker may queue 200 kB: what comes then is PUBACKed and dropped."""
    with row.bench.broker_with("max_queued_bytes", "200000"):
        row.kill_collector()
        until_s = time.monotonic() + 180
        while not (dropped := dropped_count(row)):
            if time.monotonic() > until_s:
                raise SystemExit("bench faults: the broker's cap was never reached")
        time.sleep(row.bench.away_s / 4)
        row.strike()
        row.start_collector()
        row.wait_progress()
        row.notes.append(f"the broker's own count of dropped messages: {max(dropped, dropped_count(row))}")
    row.wait_progress()


def dropped_count(row: Row) -> int:
    """What $SYS says, at its next interval."""
    seen: list[int] = []
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.on_message = lambda _client, _userdata, message: seen.append(int(message.payload))
    settings = row.bench.settings
    client.username_pw_set(settings.broker_user, settings.secret("broker_collector"))
    client.connect(settings.broker_host, settings.broker_port)
    client.subscribe(DROPPED_TOPIC)
    client.loop_start()
    time.sleep(2.5)
    client.disconnect()
    client.loop_stop()
    return seen[-1] if seen else 0


def intrude(row: Row) -> None:
    """Gateways of another shard listen to all they can name, publish as others, and take others' client ids."""
    others = row.bench.accounts[min(shard for shard in row.bench.accounts if shard != row.shard)]
    versions = (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311)
    intruders = [Intruder(account, row.accounts, version) for account, version in zip(others, versions, strict=False)]
    row.wait_progress()
    row.strike()
    for intruder in intruders:
        intruder.open()
    until_s = time.monotonic() + row.bench.away_s
    while time.monotonic() < until_s:
        for intruder in intruders:
            intruder.forge()
        time.sleep(0.5)
    for intruder in intruders:
        intruder.close()
    row.wait_progress()
    heard = sum(intruder.heard for intruder in intruders)
    row.notes.append(f"{sum(one.forged for one in intruders)} forged messages; {heard} foreign ones heard")
    if heard:
        row.problems.append(f"intruders heard {heard} messages of others")


def fill_disk(row: Row) -> None:
    """The table of messages lies on a small disk, which something else fills up."""
    assert row.bench.small_disk is not None
    disk = row.bench.small_disk / "tables"
    with row.bench.observer() as conn:
        conn.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(disk))))
        conn.execute("ALTER TABLE message SET TABLESPACE small")
    row.wait_progress()
    ballast = row.bench.small_disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    time.sleep(row.bench.away_s)
    row.strike()
    if FULL not in (row.bench.folder / "run.log").read_text():
        row.problems.append("the disk was never full")
    ballast.unlink()
    row.wait_progress()
    with row.bench.observer() as conn:
        conn.execute("ALTER TABLE message SET TABLESPACE pg_default")
        conn.execute("DROP TABLESPACE small")


def restore_backup(row: Row) -> None:
    """The database is set back to a backup taken under load; gateways are asked for what it had receipted since."""
    stack, folder = row.bench.stack, row.bench.stack.layout.home / "backups"
    row.wait_progress()
    command(row, "backup", "--to", folder)
    time.sleep(row.bench.away_s / 2)
    row.wait_progress()
    row.strike()
    receipted, stored = row.receipted(), row.stored()[0]
    stack.kill(Component.POSTGRES)
    stack.stop(Component.POSTGRES)  # or the supervisor would start it again
    stack.restore(folder)
    row.notes.append(f"{stored - row.stored()[0]} messages gone from the tables, of {receipted} receipted ones")
    row.wait_progress()
    until_s = time.monotonic() + 120
    while missing := row.missing():
        command(row, "resend")
        time.sleep(1)
        if time.monotonic() > until_s:
            row.problems.append(f"{missing} messages were not sent again")
            return


def command(row: Row, *words: str | Path) -> None:
    done = row.bench.stack.run(["nenghao", *words], capture=True)
    if done.returncode != 0:
        raise SystemExit(f"bench faults: nenghao {words[0]}: {done.stderr}")


FAULTS = (
    Fault(name="collector killed", happens=kill_collector),
    Fault(name="either of two collectors killed", happens=kill_workers_in_turn),
    Fault(name="either of two workers killed", happens=kill_workers, words=("--workers", "2")),
    Fault(name="database killed", happens=kill_database),
    Fault(name="database stopped", happens=stop_database),
    Fault(name="database frozen", happens=freeze_database),
    Fault(name="broker stopped", happens=stop_broker),
    Fault(name="broker killed", happens=kill_broker),
    Fault(name="sent before any subscription", happens=subscribe_late, is_late=True),
    Fault(name="broker's queue full", happens=fill_broker),
    Fault(name="intruding gateways", happens=intrude),
    Fault(name="disk full", happens=fill_disk, is_rooted=True),
    Fault(name="restored from a backup", happens=restore_backup),
    Fault(name="duplicate storm", happens=send_everything_again, load=thrice),
    Fault(name="days in random order", happens=nothing, load=shuffled_days, kind=TopicKind.BACKFILL),
    Fault(name="clock jumps", happens=nothing, load=jumping_clock),
    Fault(name="poison every tenth message", happens=nothing, load=poisoned),
)
