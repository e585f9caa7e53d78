"""Lets one gateway a unit send its readings through the reference sender, as a plant's gateway would."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.units import GATEWAY, SHARD, DemoUnit, readings
from ingest.gateway import Spool
from ingest.gateway.evidence import Evidence
from ingest.gateway.keys import key_beside, read_or_make_key
from ingest.gateway.place import Place
from nenghao.errors import NenghaoError
from nenghao.reporting.store_report import Kept

SENDER = Path(sys.executable).parent / "nenghao-gateway"
PATIENCE_S = 300


@dataclass(frozen=True, slots=True)
class Sent:
    """What a gateway's spool counts: readings it has to send, and readings that were receipted."""

    unit_code: str
    readings: int
    receipted_readings: int


def fill_spools(folder: Path, units: Sequence[DemoUnit]) -> None:
    """Put every unit's readings into its spool, once; a spool that is there is left as it is."""
    for unit in units:
        path = spool_file(folder, unit)
        if not path.exists():
            filling = path.with_suffix(".filling")
            filling.unlink(missing_ok=True)
            spool = Spool(filling, place_of(unit), read_or_make_key(key_beside(path)))
            spool.append_all(_with_blemishes(readings(unit)), "backfill")
            spool.close()
            filling.rename(path)


def _with_blemishes(cycles: Iterator[list[dict[str, str]]]) -> Iterator[list[dict[str, str]]]:
    """Real gateways send things twice, and things that nobody registered: the ledger has to show both."""
    cycle: list[dict[str, str]] = []
    for cycle in cycles:
        yield cycle
    yield cycle
    yield [{**cycle[0], "point": "NOT-REGISTERED"}]


def send_all(folder: Path, units: Sequence[DemoUnit]) -> list[subprocess.Popen[bytes]]:
    """Start a sender for each unit; the accounts lie in files beside the spools."""
    return [
        subprocess.Popen(
            [
                SENDER, "send", "--spool", spool_file(folder, unit), "--account", account_file(folder, unit),
                "--timeout-s", str(PATIENCE_S), "--backfill-per-s", "0",
            ],
            stdout=subprocess.DEVNULL,
        )
        for unit in units
    ]  # fmt: skip


def wait_for(senders: Sequence[subprocess.Popen[bytes]], units: Sequence[DemoUnit]) -> None:
    """Wait until every sender has a receipt for every message.

    Raises: NenghaoError naming the units whose sender has not.
    """
    failed = [unit.name for sender, unit in zip(senders, units, strict=True) if sender.wait(PATIENCE_S + 30) != 0]
    if failed:
        raise NenghaoError(f"not everything was receipted for {', '.join(failed)}; see `nenghao stack logs collector`")


def count_sent(folder: Path, units: Sequence[DemoUnit]) -> list[Sent]:
    """What the spools say, one entry a unit."""
    counted = []
    for unit in units:
        spool = Spool(spool_file(folder, unit))
        counts = spool.counts()
        spool.close()
        counted.append(Sent(unit.unit_code, counts.readings, counts.receipted_readings))
    return counted


def receipts(folder: Path, units: Sequence[DemoUnit]) -> list[Kept]:
    """The receipts and heads that the gateways keep, which nobody at the platform can change."""
    kept: list[Kept] = []
    for unit in units:
        spool = Spool(spool_file(folder, unit))
        evidence = Evidence(spool.file)
        kept += [Kept(f"{unit.name} {one.number}", one.payload) for one in evidence.receipts()]
        kept += [Kept(f"{unit.name} {one.day}", one.payload) for one in evidence.heads()]
        spool.close()
    return kept


def place_of(unit: DemoUnit) -> Place:
    """Where a unit's gateway stands in the registers."""
    return Place(shard=SHARD, unit_code=unit.unit_code, gateway_code=GATEWAY)


def spool_file(folder: Path, unit: DemoUnit) -> Path:
    """Where a unit's gateway keeps what it has not got receipts for."""
    return folder / f"{unit.unit_code}.spool"


def account_file(folder: Path, unit: DemoUnit) -> Path:
    """Where a unit's gateway keeps what it needs to connect, by TLS, and to check what the platform says."""
    return folder / f"{unit.unit_code}.account.json"
