"""Finds stretches that were multiplied, or had a constant taken away, from one day on."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from nenghao.detection import known
from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.day_levels import day_levels, informative, step_of
from nenghao.detection.level_tests import LevelTest, Verdict
from nenghao.detection.level_windows import BASE_DAYS, BASE_DAYS_MIN, Stretches, daily_scatter, pieces, stretches
from nenghao.detection.spans import told_apart, unexplained

#: A fall smaller than this is weather; a deeper one is a standstill, which other rules tell.
FALL_MIN, FALL_MAX = 0.10, 2.4
#: The meter's own highest score in the weeks before counts against it by this share.
OWN_SHARE: Final = 0.3
OWN_LENGTH_MAX: Final = 7
#: A candidate this much clearer than the threshold is followed to its end, day by day.
CLEAR: Final = 2.0
#: Around holidays of this many days, and this many days before and after, everything may move by a quarter.
LONG_HOLIDAY_DAYS, HOLIDAY_MARGIN_DAYS, HOLIDAY_UNREST = 4, 12, 0.25
#: The first day found may lie so many days after the true one: they are no base to follow a fall by. So many of them
#: are told as well, where they stand at the fallen level.
ONSET_DAYS, REACH_BACK_DAYS = 7, 2
#: Days that must have returned before a followed change is over.
BACK_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class Fall:
    """A stretch of one meter that fell."""

    score: float
    meter: int
    first: int
    last: int
    factor: float
    #: The score without a cap, by which the clearest of overlapping stretches is told.
    clearness: float


def level_shift(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Stretches whose every level fell by one factor or by one constant."""
    found: list[Candidate] = []
    for first, part in pieces(block):
        found += [_candidate(part, first, fall) for fall in _falls(part, thresholds["ln_odds_min"])]
    return told_apart(unexplained(block, found))


def _falls(block: Block, least: float) -> list[Fall]:
    step = step_of(block)
    levels = day_levels(block)
    history = block.judged_from
    if history < BASE_DAYS_MIN:
        return []
    live = informative(levels, step, history)
    typical = np.exp(known.median(levels[:, :history], axis=1))
    typical = np.where(np.isfinite(typical), typical, step[:, None])
    scatter = daily_scatter(levels, block.is_day_off, history)
    test = LevelTest(scatter, live & np.isfinite(scatter), step[:, None] / typical)
    unrest = sums_of(restless(block.is_day_off))
    # Only meters whose judged days score so much by themselves are held against their own history.
    could = np.zeros(len(levels), dtype=np.bool_)
    for stretch in stretches(levels, block.is_day_off, history):
        could |= (_verdict(test, stretch, typical, unrest, is_bound=True).scores >= least).any(axis=1)
    rows = np.flatnonzero(could)
    if not rows.size:
        return []
    falls = _falls_of(test.of(rows), levels[rows], block.is_day_off, typical[rows], unrest, history, least)
    falls = [replace(fall, meter=int(rows[fall.meter])) for fall in falls]
    return _apart(falls, levels, block, test.is_live, least)


def _falls_of(
    test: LevelTest, levels: Floats, is_day_off: Bools, typical: Floats, unrest: Floats, history: int, least: float
) -> list[Fall]:
    """Stretches on judged days that fell more clearly than anything in the weeks before."""
    own = np.zeros(levels.shape[:2])
    verdicts = []
    for stretch in stretches(levels, is_day_off):
        verdict = _verdict(test, stretch, typical, unrest)
        verdicts.append((stretch.begins, stretch.ends, verdict))
        if stretch.length <= OWN_LENGTH_MAX:
            own[:, stretch.ends] = np.maximum(own[:, stretch.ends], verdict.scores)
    before = highest_before(own)
    falls = []
    for begins, ends, verdict in verdicts:
        net = np.where(ends >= history, verdict.scores - OWN_SHARE * before[:, begins], 0)
        for meter, place in zip(*np.nonzero(net >= least), strict=True):
            falls.append(
                Fall(
                    score=float(net[meter, place]),
                    meter=int(meter),
                    first=int(begins[place]),
                    last=int(ends[place]),
                    factor=float(verdict.factors[meter, place]),
                    clearness=float(verdict.clearness[meter, place]),
                )
            )
    return falls


def _verdict(
    test: LevelTest, stretch: Stretches, typical: Floats, unrest: Floats, *, is_bound: bool = False
) -> Verdict:
    """The better of one factor and one constant; `is_bound` as in `LevelTest.factor`."""
    restive = HOLIDAY_UNREST * (unrest[stretch.ends + 1] - unrest[stretch.begins]) / stretch.length
    factor, constant = test.factor(stretch, restive, is_bound=is_bound), test.constant(stretch, typical, restive)
    scores = np.where((factor.factors < -FALL_MIN) & (factor.factors > -FALL_MAX), factor.scores, 0)
    is_constant = constant.scores > scores
    return Verdict(
        scores=np.maximum(scores, constant.scores),
        factors=np.where(is_constant, constant.factors, factor.factors),
        clearness=np.where(is_constant, constant.clearness, factor.clearness),
    )


def restless(is_day_off: Bools) -> Floats:
    """[D] 1 for days in and around long holidays."""
    days = len(is_day_off)
    marked = np.zeros(days)
    run = 0
    for day in range(days + 1):
        if day < days and is_day_off[day]:
            run += 1
            continue
        if run >= LONG_HOLIDAY_DAYS:
            marked[max(0, day - run - HOLIDAY_MARGIN_DAYS) : day + HOLIDAY_MARGIN_DAYS] = 1
        run = 0
    return marked


def sums_of(days: Floats) -> Floats:
    """[D + 1] sums of all days before each day."""
    return np.concatenate([[0.0], np.cumsum(days)])


def highest_before(scores: Floats) -> Floats:
    """[S, D] highest score of the weeks before each day."""
    highest = np.zeros_like(scores)
    for day in range(1, scores.shape[1]):
        highest[:, day] = scores[:, max(0, day - BASE_DAYS) : day].max(axis=1)
    return highest


def _apart(falls: list[Fall], levels: Floats, block: Block, live: Bools, least: float) -> list[Fall]:
    """The strongest falls that do not overlap; clear ones followed to their end."""
    taken = np.zeros(levels.shape[:2], dtype=np.bool_)
    kept = []
    for fall in sorted(falls, key=lambda item: -item.score - item.clearness / 4):
        if taken[fall.meter, fall.first : fall.last + 1].any():
            continue
        whole = fall
        if fall.score >= least + CLEAR:
            whole = _followed(fall, levels[fall.meter], block.is_day_off, live[fall.meter])
        first, last = whole.first, whole.last
        while taken[fall.meter, first : fall.first].any():
            first += 1
        while taken[fall.meter, fall.last : last + 1].any():
            last -= 1
        taken[fall.meter, first : last + 1] = True
        kept.append(replace(whole, first=first, last=last))
    return kept


def _followed(fall: Fall, levels: Floats, is_day_off: Bools, live: Bools) -> Fall:
    """The fall from the first to the last day that stand nearer to it than to the weeks before."""
    begin = max(0, fall.first - ONSET_DAYS)
    base, off = levels[max(0, begin - BASE_DAYS) : begin], is_day_off[max(0, begin - BASE_DAYS) : begin]
    whole = np.isfinite(base).all(axis=1)
    base, off = base[whole][:, live], off[whole]
    if len(base) < ONSET_DAYS:
        return fall
    working = base[~off].mean(axis=0) if (~off).any() else base.mean(axis=0)
    resting = base[off].mean(axis=0) if off.sum() > 1 else working
    weights = 1 / (np.std(base - np.where(off[:, None], resting, working), axis=0) + 0.05) ** 2
    weights = np.minimum(weights, np.sort(weights)[-min(4, len(weights))])
    change = (levels[:, live] - np.where(is_day_off[:, None], resting, working)) @ (weights / weights.sum())
    first, last = (_reach(change, edge, way, fall.factor / 2) for edge, way in ((fall.first, -1), (fall.last, 1)))
    first = max(first, fall.first - REACH_BACK_DAYS)
    return replace(fall, first=first, last=last, factor=float(known.median(change[first : last + 1], 0)))


def _reach(change: Floats, edge: int, way: int, least: float) -> int:
    """The last day seen from `edge` on, forwards or backwards, before two days in a row that have gone back."""
    reached, back = edge, 0
    day = edge + way
    while 0 <= day < len(change) and back < BACK_DAYS:
        if np.isfinite(change[day]):
            back = 0 if change[day] < least else back + 1
            reached = day if back == 0 else reached
        day += way
    return reached


def _candidate(block: Block, first: int, fall: Fall) -> Candidate:
    values = block.values[fall.meter, fall.first : fall.last + 1]
    observed = float(np.nansum(values))
    return Candidate(
        meter=fall.meter,
        first_day=first + fall.first,
        last_day=first + fall.last,
        kind=Kind.SCALE,
        statistics={"ln_odds": round(fall.score, 2), "fall": round(-fall.factor, 3)},
        score=fall.score / np.log(10),
        expected_energy=observed * float(np.exp(-fall.factor)),
        observed_energy=observed,
        notes={"ratio": round(float(np.exp(fall.factor)), 3)},
    )
