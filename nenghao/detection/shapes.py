"""Finds days that run backwards, lie at another hour, or changed places with another day."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Floats, Ints
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.level_windows import pieces
from nenghao.detection.profiles import Profiles, likeness, profiles_of, rival_law
from nenghao.detection.spans import Span, best_spans, told_apart, unexplained

#: Days that one cause is looked for over.
LENGTHS: Final = (1, 2, 3, 4, 5, 6, 7)
#: One day alone never says more than this, for or against.
DAY_CAP: Final = 4.0
#: Days that follow each other are not independent: their evidence grows with this root less than its sum.
ROOT: Final = 0.4
#: The highest score of the meter's own history counts against it by this share.
OWN_SHARE: Final = 0.5
#: A shift of this share of a zone's meters, and of so many at least, on the same day is no meter's own: each of them
#: must show this much for the day.
COMMON_SHARE, COMMON_METERS, COMMON_EVIDENCE = 0.1, 5, 1.0
#: Clock errors that are tried, in hours: one hour (summer time, wrong zone by one), two, and China against UTC.
SHIFTS_H: Final = (-8, -2, -1, 1, 2, 8)


def reversed_day(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days explained better by the usual curve from the end to the beginning."""
    found: list[Candidate] = []
    for first, part in pieces(block):
        usual = profiles_of(part)
        if usual is None:
            continue
        own, backwards = likeness(usual.curves, usual.usual), likeness(usual.curves, usual.usual[..., ::-1])
        evidence = rival_law(usual, own, backwards, backwards).evidence(usual, own, backwards, DAY_CAP)
        spans = best_spans(
            evidence, LENGTHS, thresholds["ln_odds_min"], usual.judged_from, root=ROOT, own_share=OWN_SHARE
        )
        found += [_candidate(part, first, span, Kind.REVERSAL) for span in spans]
    return told_apart(unexplained(block, found))


def shifted_clock(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days explained better by the usual curve at another hour, or pairs of days by each other's type."""
    found: list[Candidate] = []
    for first, part in pieces(block):
        usual = profiles_of(part)
        if usual is None:
            continue
        for hours, evidence in _shifts(part, usual).items():
            spans = best_spans(
                evidence, LENGTHS, thresholds["ln_odds_min"], usual.judged_from, root=ROOT, own_share=OWN_SHARE
            )
            found += [_candidate(part, first, span, Kind.CLOCK, hours=float(hours)) for span in spans]
    return told_apart(unexplained(block, found))


def _shifts(block: Block, usual: Profiles) -> dict[int, Floats]:
    """[S, D] evidence for each shift in hours, held against what the whole zone did on the same day."""
    slots = {hours: round(hours * 60 / block.slot_minutes) for hours in SHIFTS_H}
    slots = {hours: lag for hours, lag in slots.items() if lag}
    wanted = {0, *slots.values()}
    like = {lag: likeness(usual.curves, np.roll(usual.usual, lag, axis=2)) for lag in sorted(wanted)}
    laws = {lag: rival_law(usual, like[0], like[lag], like[-lag]) for lag in slots.values()}
    alone = {lag: law.evidence(usual, like[0], like[lag], DAY_CAP) for lag, law in laws.items()}
    common = common_shift(alone, block.zone)
    evidence = {}
    for hours, lag in slots.items():
        held = alone[lag]
        for moved in np.unique(common[common != 0]).tolist():
            further = likeness(usual.curves, np.roll(usual.usual, lag + moved, axis=2))
            beside = laws[lag].evidence(usual, like[moved], further, DAY_CAP)
            held = np.where(common == moved, np.minimum(held, beside), held)
        evidence[hours] = held
    return evidence


def common_shift(evidence: Mapping[int, Floats], zone: Ints) -> Ints:
    """[S, D] the shift in slots that many meters of a zone made on the same day, by a change of summer time: else 0."""
    meters, days = next(iter(evidence.values())).shape
    common = np.zeros((meters, days), dtype=np.int64)
    for place in np.unique(zone[zone >= 0]).tolist():
        inside = np.flatnonzero(zone == place)
        most = np.full(days, COMMON_SHARE)
        for lag, table in evidence.items():
            speaking = table[inside] > COMMON_EVIDENCE
            share = np.where(speaking.sum(axis=0) >= COMMON_METERS, speaking.mean(axis=0), 0)
            common[np.ix_(inside, np.flatnonzero(share > most))] = lag
            most = np.maximum(most, share)
    return common


def _candidate(block: Block, first: int, span: Span, kind: Kind, **statistics: float) -> Candidate:
    observed = float(np.nansum(block.values[span.meter, span.first : span.last + 1]))
    return Candidate(
        meter=span.meter, first_day=first + span.first, last_day=first + span.last, kind=kind,
        statistics={"ln_odds": round(span.score, 2), **statistics}, score=span.score / np.log(10),
        expected_energy=observed, observed_energy=observed,
    )  # fmt: skip
