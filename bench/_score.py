"""What findings are worth: events and days found per kind, and false alarms with an upper bound clustered by plant.

An event is found where a finding of its meter lies on one of its days. Its name is that of the strongest such finding.
By chance is the share of events that findings on the same meter without the event would have met.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import gamma

from bench._inject import Event
from bench._sets import Frame
from nenghao.detection.judging import Found


@dataclass(slots=True)
class KindScore:
    """Sums over the events of a kind."""

    events: int = 0
    found: int = 0
    named: int = 0
    by_chance: int = 0
    days: int = 0
    days_found: int = 0
    energy: float = 0.0
    energy_found: float = 0.0
    rules: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    called: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, other: "KindScore") -> None:
        for name in ("events", "found", "named", "by_chance", "days", "days_found", "energy", "energy_found"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, theirs in ((self.rules, other.rules), (self.called, other.called)):
            for key, count in theirs.items():
                mine[key] += count


def flagged(found: Iterable[Found], frame: Frame) -> dict[int, np.ndarray]:
    """Judged days with a finding, by meter."""
    days = frame.block.shape[1]
    marks: dict[int, np.ndarray] = {}
    for one in found:
        candidate = one.candidate
        mark = marks.setdefault(candidate.meter, np.zeros(days, dtype=np.bool_))
        mark[max(candidate.first_day, frame.block.judged_from) : candidate.last_day + 1] = True
    return marks


def score_event(event: Event, found: Sequence[Found], clean: Sequence[Found]) -> KindScore:
    """One event against what was found with it, and without it."""
    score = KindScore(events=1, days=int(event.days.sum()), energy=float(event.energy_share.sum()))
    score.by_chance = int(any(_meets(one, event) for one in clean if one.candidate.meter == event.meter))
    met = [one for one in found if one.candidate.meter == event.meter and _meets(one, event)]
    if not met:
        return score
    strongest = max(met, key=lambda one: one.candidate.score)
    covered = np.zeros(len(event.days), dtype=np.bool_)
    for one in met:
        covered[one.candidate.first_day : one.candidate.last_day + 1] = True
    for rule in {one.rule for one in met}:
        score.rules[rule] += 1
    score.found = 1
    score.named = int(strongest.candidate.kind == event.kind.called)
    score.called[strongest.candidate.kind] += 1
    score.days_found = int((covered & event.days).sum())
    # The month is corrected from its first finding on: the energy of the whole event is seen.
    score.energy_found = score.energy
    return score


def _meets(one: Found, event: Event) -> bool:
    return bool(event.days[one.candidate.first_day : one.candidate.last_day + 1].any())


@dataclass(slots=True)
class Alarms:
    """Days with a finding where nothing was injected, by cluster."""

    days: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    flagged: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def count(self, cluster: str, days: int, flagged_days: int) -> None:
        self.days[cluster] += days
        self.flagged[cluster] += flagged_days

    @property
    def per_1000(self) -> float:
        total = sum(self.days.values())
        return 1000 * sum(self.flagged.values()) / total if total else 0.0

    def upper_95(self, default_effect: float = 7.0) -> float:
        """Upper bound of the rate, of a Poisson count thinned by its design effect between clusters.

        Alarms come in runs of days on the same plants, so `k` of them are worth `k / effect` independent ones. The
        effect is the variance of the clusters' counts over what independence would give; where nothing was found it
        cannot be measured, and one alarm is taken to be a run of `default_effect` days.
        """
        total, count = sum(self.days.values()), sum(self.flagged.values())
        if not total:
            return float("nan")
        effect = default_effect
        if count:
            sizes = np.array([self.days[name] for name in self.days], dtype=float)
            counts = np.array([self.flagged[name] for name in self.days], dtype=float)
            rate = count / total
            clusters = len(sizes)
            spread = float(((counts - rate * sizes) ** 2).sum()) * clusters / max(clusters - 1, 1)
            effect = max(1.0, spread / count)
        return float(1000 * gamma.ppf(0.95, count / effect + 1) * effect / total)
