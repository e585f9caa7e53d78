"""Files as strangers would send them, and what `nenghao-audit backtest` finds in them beside the same days in memory.

`homes`: half-hourly meters, values only. `works`: a network with registers, arrivals, versions, reactive energy and
power factor. Columns in another order, local times, rows missing, repeated, stamped some seconds late, blank cells,
registers at the end of the slot on most meters and at its start on some, steps given for half of the meters.
"""

import csv
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from bench import _network, _sets
from bench._inject import Event, Forgery, RegisterMode
from bench._kinds import MAIN_KINDS, VALUE_KINDS
from bench._measured import Half
from bench._rules import Rules
from bench._sets import Frame
from nenghao.config import PROJECT_ROOT
from nenghao.detection.judging import judge, tell_once

TIME: Final = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Stranger:
    """What came of one file: events found by the command and in memory, and findings that both or one of them have."""

    name: str
    rows: int
    events: int
    found_in_file: int
    found_in_memory: int
    in_both: int
    only_in_file: int
    only_in_memory: int


def score(half: Half, rules: Rules) -> list[Stranger]:
    """Both files through the command."""
    homes = next(frame for frame in _sets.frames(half, sets=["australian"]) if len(frame.plants) > 4)
    works = next(frame for frame in _network.frames(half, sets=["plants"]) if frame.size == "big")
    with tempfile.TemporaryDirectory(prefix="nenghao-bench-") as folder:
        return [
            _score_file(Path(folder) / "homes", _falsified(homes, VALUE_KINDS), rules),
            _score_file(Path(folder) / "works", _falsified(works, MAIN_KINDS), rules),
        ]


def _falsified(frame: Frame, kinds: Sequence[str]) -> Forgery:
    """Every third meter falsified, each by another kind."""
    forgery = Forgery(frame, seed=7)
    targets = [meter for meter, is_target in enumerate(frame.is_target) if is_target]
    for order, meter in enumerate(targets[::3]):
        mode: RegisterMode = "keep" if order % 2 else "follow"
        forgery.inject(meter, kinds[order * 7 % len(kinds)], register_mode=mode)
    return forgery


def _score_file(folder: Path, forgery: Forgery, rules: Rules) -> Stranger:
    folder.mkdir()
    frame, block = forgery.frame, forgery.block()
    rows = write_readings(folder / "readings.csv", forgery)
    _write(folder / "points.csv", [("zone", "quantum", "meter", "parent"), *_points(frame)])
    _write(folder / "events.csv", [("title", "meter", "end", "start", "kind")])
    command: list[str | Path] = [
        Path(sys.executable).parent / "nenghao-audit", "backtest", "--readings", folder / "readings.csv",
        "--points", folder / "points.csv", "--events", folder / "events.csv", "--out", folder / "findings.csv",
        "--rules", ",".join(rules), "--calendar", "weekends",
    ]  # fmt: skip
    subprocess.run(command, check=True, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL)
    with (folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        in_file = {_key(frame, row) for row in csv.DictReader(file)}
    # A stranger does not say which days are history: all are judged, as far as their own past bears it.
    found = tell_once(judge(replace(block, judged_from=0), rules))
    in_memory = {
        (block.meters[one.candidate.meter], one.rule, one.candidate.first_day, one.candidate.last_day) for one in found
    }
    return Stranger(
        folder.name, rows, len(forgery.events), _met(frame, forgery.events, in_file),
        _met(frame, forgery.events, in_memory), len(in_file & in_memory), len(in_file - in_memory),
        len(in_memory - in_file),
    )  # fmt: skip


def _key(frame: Frame, row: dict[str, str]) -> tuple[str, str, int, int]:
    start = datetime.strptime(row["start"], TIME).date()  # noqa: DTZ007 - a local day, as the file has it
    end = datetime.strptime(row["end"], TIME) - timedelta(minutes=1)  # noqa: DTZ007 - a local day, as the file has it
    first_on = frame.block.first_on
    return row["meter"], row["rule"], (start - first_on).days, (end.date() - first_on).days


def _met(frame: Frame, events: Iterable[Event], found: Iterable[tuple[str, str, int, int]]) -> int:
    by_meter: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for meter, _, first, last in found:
        by_meter[meter].append((first, last))
    return sum(
        any(event.days[first : last + 1].any() for first, last in by_meter[frame.block.meters[event.meter]])
        for event in events
    )


def _points(frame: Frame) -> Iterator[tuple[str, ...]]:
    """Steps for half of the meters; a zone of its own where the frame says that they share none."""
    parents = {term.part: frame.block.meters[term.whole] for term in frame.block.terms}
    for meter, name in enumerate(frame.block.meters):
        quantum = f"{frame.block.quantum[meter]:.10g}" if meter % 2 == 0 else ""
        zone = name if frame.block.zone[meter] < 0 else f"zone {frame.block.zone[meter]}"
        yield zone, quantum, name, parents.get(meter, "")


def write_readings(path: Path, forgery: Forgery) -> int:
    """The falsified block as a CSV file; how many rows."""
    block = forgery.block()
    rng = np.random.default_rng(99)
    names = sorted(block.channels)
    is_rich = block.advance is not None
    head = (
        ["received_at", "ts", *names, "meter", "version", "value", "register"] if is_rich else ["ts", "value", "meter"]
    )
    rows: list[list[str]] = []
    for meter, name in enumerate(block.meters):
        faces = None if block.advance is None else np.cumsum(np.nan_to_num(block.advance[meter])).ravel()
        at_end = meter % 5 != 0
        for place in np.flatnonzero(np.isfinite(block.values[meter]).ravel()):
            day, slot = divmod(int(place), block.shape[2])
            starts = datetime.combine(block.first_on, datetime.min.time()) + timedelta(
                days=day, minutes=slot * block.slot_minutes
            )
            late = int(rng.integers(0, 40)) if rng.random() < 0.02 else 0
            stamp = (starts + timedelta(seconds=late)).strftime("%Y-%m-%d %H:%M:%S" if late else TIME)
            value = _text(block.values[meter, day, slot])
            if not is_rich:
                rows.append([stamp, value, name])
            else:
                assert faces is not None
                assert block.delay_h is not None
                assert block.replaced is not None
                arrived = starts + timedelta(minutes=block.slot_minutes, hours=float(block.delay_h[meter, day, slot]))
                face = faces[place] if at_end else (faces[place - 1] if place else 0.0)
                cells = [_text(block.channels[channel][meter, day, slot]) for channel in names]
                first = block.replaced[meter, day, slot]
                if np.isfinite(first):
                    before = (starts + timedelta(minutes=block.slot_minutes + 9)).strftime(TIME)
                    rows.append([before, stamp, *cells, name, "1", _text(first), _text(face)])
                version = "2" if np.isfinite(first) else "1"
                rows.append([arrived.strftime(TIME), stamp, *cells, name, version, value, _text(face)])
            if rng.random() < 0.003:
                rows.append(rows[-1])
    order = np.argsort(rng.normal(np.arange(len(rows)), 50))
    _write(path, [head, *(rows[place] for place in order)])
    return len(rows)


def _text(number: float) -> str:
    return f"{number:.10g}" if np.isfinite(number) else ""


def _write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
