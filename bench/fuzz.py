"""Damaged golden cases through the collector's pipeline into a real database: none crashes it, every one is found.

    scripts/bench fuzz [--payloads 100000]

On a stack of its own, a database a codec. The damage is seeded: the same number of payloads is the same payloads. Each
is decoded in-process, judged and stored, and then looked for by its own hash. Receipts and envelopes are decoded only.
Ends with 1 where one is unaccounted for.
"""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench import _fuzzing as fuzzing
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.migrate import migrate
from nenghao.stack import Component, Stack, StackSpec, postgres


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench fuzz")
    parser.add_argument("--payloads", type=int, default=100_000, help="of each codec")
    payloads: int = parser.parse_args().payloads
    folder = Path(tempfile.mkdtemp(prefix="nenghao-bench-", dir="/tmp"))
    folder.chmod(0o711)
    stack = Stack(folder / "stack", StackSpec(components=(Component.POSTGRES,), is_migrated=False))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}: scripts/bench {' '.join(['fuzz', *sys.argv[1:]])}")
    columns = ("sent", "accepted", "refused", "states", "repeated", "unaccounted", "seconds")
    rows: dict[str, fuzzing.Account] = {}
    try:
        stack.up()
        print(f"{'codec':16}" + "".join(f"{name:>13}" for name in columns), flush=True)
        for codec in fuzzing.CODECS:
            began_s = time.monotonic()
            rows[codec] = account = run(new_database(stack, codec), codec, payloads)
            numbers = [*(getattr(account, name) for name in columns[:-1]), round(time.monotonic() - began_s)]
            print(f"{codec:16}" + "".join(f"{number:>13}" for number in numbers), flush=True)
        readable = fuzzing.decode_in_process(payloads)
    finally:
        stack.down()
        shutil.rmtree(folder)
    for name, count in readable.items():
        print(f"{name}: {payloads} decoded, {count} of them readable")
    reasons = sum((account.reasons for account in rows.values()), start=type(rows["json_v1"].reasons)())
    print("refusals by reason: " + ", ".join(f"{name} {count}" for name, count in reasons.most_common()))
    table = [{"codec": codec, **{name: getattr(one, name) for name in columns[:-1]}} for codec, one in rows.items()]
    print("RESULT " + json.dumps({"bench": "fuzz", "payloads": payloads, "rows": table, "decoded": readable}))
    sys.exit(0 if all(account.is_clean for account in rows.values()) else 1)


def new_database(stack: Stack, codec: str) -> Settings:
    name, layout, port = f"fuzz_{codec}", stack.layout, stack.ports.postgres
    postgres.create_database(layout, port, name, owner=Role.OWNER)
    postgres.enable_timescaledb(layout, port, name)
    postgres.grant_access(layout, port, name)
    settings = stack.settings().model_copy(update={"database_name": name})
    migrate(settings)
    with connect(settings, Role.CONSOLE, autocommit=True) as conn:
        conn.execute(fuzzing.QUERIES["register"])
    return settings


def run(settings: Settings, codec: str, payloads: int) -> fuzzing.Account:
    messages = fuzzing.mutations(fuzzing.seeds_of(codec), payloads, codec)
    account, expected = fuzzing.store(settings, messages)
    with connect(settings, Role.VERIFIER, autocommit=True) as conn:
        fuzzing.reconcile(conn, account, expected)
    return account


if __name__ == "__main__":
    main()
