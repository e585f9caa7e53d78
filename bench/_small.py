"""The small form of the scoreboard, on measured meters out of package registries: what the tests hold.

The demo's two packages: a house with three sub-meters at 15 minutes, three British customers at an hour.
    scripts/bench detection --floors     writes what is found now to tests/detection/scoreboard.json
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

import numpy as np

from bench import _network, _sets
from bench._kinds import KINDS, VALUE_KINDS
from bench._measured import Series
from bench._rules import Rules
from bench._runs import Outcome, Plan, run
from bench._sets import DAYS, HISTORY, Frame, View
from demo import measured, packages
from nenghao.config import PROJECT_ROOT
from nenghao.detection.block import Floats

FLOORS: Final = PROJECT_ROOT / "tests" / "detection" / "scoreboard.json"
#: 32 weeks: four stretches of eight weeks.
WINDOW: Final = measured.Window(datetime(2026, 1, 5), datetime(2026, 8, 17))  # noqa: DTZ001 - wall time
#: One of so many kinds goes to each meter.
THINNED: Final = 4


def series(root: Path | None = None) -> dict[str, Series]:
    """The packages' meters by name, and `rest`: what of the house no sub-meter counts."""
    root = packages.fetch() if root is None else root
    curves = {name: _days(curve) for name, curve in measured.house(root, WINDOW, 0).items() if name != "reactive"}
    main = curves.pop("main")
    rest = np.maximum(np.round(main - sum(curves.values()), 3), 0)
    made = {"main": _series("house", "main", main), "rest": _series("house", "rest", rest)}
    made |= {name: _series("house", name, values) for name, values in curves.items()}
    for number in range(3):
        name = f"uk{number}"
        made[name] = _series("kingdom", name, _days(measured.uk_electricity(root, number, WINDOW)))
    return made


def _days(curve: measured.Curve) -> Floats:
    per_day = round(86_400 / curve.slot.total_seconds())
    return np.array([float(step) for step in curve.steps]).reshape(-1, per_day)


def _series(set_name: str, meter: str, values: Floats) -> Series:
    return Series(set_name, meter, date(2026, 1, 5), values, 0.001)


def frames(view: View, meters: Mapping[str, Series]) -> list[Frame]:
    """Stretches of the house side by side and the British beside each other; or the house as a network."""
    starts = range(0, WINDOW.days - DAYS + 1, DAYS)
    if view == "all":
        parts = [meters[name].cut(start, DAYS) for start in starts for name in ("rest", "sub1", "sub2", "sub3")]
        return list(_network.frames_of("house", "big", parts, HISTORY, sizes=[4] * len(starts)))
    house = _sets.frame_of("house", "big", [meters["main"].cut(start, DAYS) for start in starts], zone=-1)
    kingdom = [
        _sets.frame_of(f"kingdom/{start}", "small", [meters[f"uk{number}"].cut(start, DAYS) for number in range(3)])
        for start in starts
    ]
    made = [replace(house, plants=tuple(f"house{start}" for start in starts)), *kingdom]
    return [_sets.with_registers(frame) for frame in made] if view == "register" else made


def scoreboard(rules: Rules) -> dict[str, dict[str, object]]:
    """By view: judged clean meter-days and flagged ones, and by kind: events, those found, those rightly named."""
    meters = series()
    return {view: _counts(run(frames(view, meters), _plan(view, rules))) for view in ("value", "register", "all")}


def _plan(view: View, rules: Rules) -> Plan:
    kinds = VALUE_KINDS if view == "value" else tuple(name for name, kind in KINDS.items() if not kind.is_variant)
    plan = Plan(rules, view, kinds, thinned_by=THINNED)
    if view == "all":
        return replace(plan, register_modes=("keep", "follow"), channels_modes=("natural", "all"))
    return plan


def _counts(outcome: Outcome) -> dict[str, object]:
    kinds: dict[str, list[int]] = {}
    for (_, kind, _), score in outcome.kinds.items():
        before = kinds.get(kind, [0, 0, 0])
        kinds[kind] = [before[0] + score.events, before[1] + score.found, before[2] + score.named]
    everything = outcome.alarms["everything"]
    return {
        "clean_days": sum(everything.days.values()),
        "flagged_days": sum(everything.flagged.values()),
        "kinds": {kind: kinds[kind] for kind in sorted(kinds)},
    }


def write_floors(rules: Rules) -> None:
    """Write what is found now."""
    FLOORS.write_text(json.dumps(scoreboard(rules), indent=1, sort_keys=True) + "\n", encoding="utf-8")
