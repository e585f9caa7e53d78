"""The short form of `scripts/bench faults`: nothing lost, nothing doubled, counted by one who is not the collector."""

import json
import subprocess
import sys

import pytest

from bench._faults import FAULTS
from nenghao.config import PROJECT_ROOT


def rows_of(*words: str) -> dict[str, dict[str, int]]:
    command = [sys.executable, "-m", "bench.faults", "--short", *words]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout.splitlines()[-1].removeprefix("RESULT "))
    return {row.pop("fault"): row for row in result["rows"]}


def test_what_a_full_broker_drops_is_sent_again() -> None:
    (row,) = rows_of("--only", "queue full").values()
    assert row["acknowledged"] == row["stored"] > 0
    assert row["lost"] == row["doubled"] == 0


@pytest.mark.long
def test_no_fault_loses_or_doubles_a_reading() -> None:
    rows = rows_of()
    assert {fault.name for fault in FAULTS if not fault.is_rooted} <= rows.keys()
    for name, row in rows.items():
        outcomes = row["stored"] + row["duplicate"] + row["refused"] + row["conflict"]
        assert (row["acknowledged"], row["lost"], row["doubled"]) == (outcomes, 0, 0), name
