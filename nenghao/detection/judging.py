"""Runs detectors over a block, holds candidates against thresholds, and lets one cause be told once.

Before: `block` holds the days. After: `expectations` writes what passes as findings.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Final

from nenghao.detection.block import Block
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.catalogue import DETECTORS

#: Where kinds differ, the one that explains at least this share of the other's days names it.
EXPLAINED_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate that passed the thresholds of its rule."""

    rule: str
    candidate: Candidate


def passes(candidate: Candidate, thresholds: Thresholds, *, is_rich: bool) -> bool:
    """Whether every statistic that has a threshold `<name>_min` or `<name>_max` is on the far side of it; NaN never is.

    On a meter that is more than values alone (`Block.is_rich`), `<name>_min_rich` stands in for `<name>_min`. Other
    thresholds are parameters of the detector. `sql/queries/audit.sql: candidate_violations` says the same in SQL.
    """
    for name, value in candidate.statistics.items():
        low, high = limits_of(name, thresholds, is_rich=is_rich)
        if low is None and high is None:
            continue
        if isnan(value) or (low is not None and value < low) or (high is not None and value > high):
            return False
    return True


def limits_of(name: str, thresholds: Thresholds, *, is_rich: bool) -> tuple[float | None, float | None]:
    """Lower and upper threshold of a statistic."""
    low, high = (
        thresholds.get(f"{name}_{side}_rich" if is_rich else f"{name}_{side}", thresholds.get(f"{name}_{side}"))
        for side in ("min", "max")
    )
    return low, high


def judge(block: Block, rules: Mapping[str, tuple[str, Thresholds]]) -> list[Found]:
    """Findings of rules, each given as the name of its detector and its thresholds, over the judged days of a block."""
    rich = block.is_rich
    return [
        Found(rule, candidate)
        for rule, (detector, thresholds) in rules.items()
        for candidate in DETECTORS[detector](block, thresholds)
        if passes(candidate, thresholds, is_rich=bool(rich[candidate.meter]))
    ]


def tell_once(found: Iterable[Found]) -> list[Found]:
    """One finding a cause and meter: what a more telling kind explains is left out.

    A finding is explained where findings of more telling kinds, or stronger ones of its own kind, cover half its days.
    """
    order = {kind: place for place, kind in enumerate(Kind)}
    kept: defaultdict[int, list[Found]] = defaultdict(list)
    for one in sorted(found, key=lambda item: (order[item.candidate.kind], -item.candidate.score)):
        of_meter = kept[one.candidate.meter]
        covered = _covered_days(one.candidate, [other.candidate for other in of_meter])
        if covered < EXPLAINED_SHARE * _days(one.candidate):
            of_meter.append(one)
    return [one for meter in sorted(kept) for one in sorted(kept[meter], key=lambda item: item.candidate.first_day)]


def _days(candidate: Candidate) -> int:
    return candidate.last_day - candidate.first_day + 1


def _covered_days(candidate: Candidate, others: Sequence[Candidate]) -> int:
    days = set(range(candidate.first_day, candidate.last_day + 1))
    for other in others:
        days -= set(range(other.first_day, other.last_day + 1))
    return _days(candidate) - len(days)
