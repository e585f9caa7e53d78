"""Finds days that lost their smoothness: each slot drawn anew, where a load goes on from slot to slot."""

from typing import Final

import numpy as np

from nenghao.detection import known
from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.day_levels import step_of
from nenghao.detection.level_windows import pieces
from nenghao.detection.profiles import PROFILE_DAYS_MIN, SOFTENING, expected_energy, soft_log
from nenghao.detection.spans import Span, best_spans, unexplained

LENGTHS: Final = (1, 2, 3, 4, 5, 6, 7)
#: Least honest scatter of roughness (as a logarithm), of likeness to the slot before, and of the share of turns.
SCATTER_MIN: Final = (0.10, 0.05, 0.04, 0.10, 0.10)
#: What noise on the load looks like, and what noise instead of the load looks like: measures of `roughness`.
TEMPLATES: Final = ((0, 1, 2), (1, 2, 3, 4))
#: A measure says no more than so many scatters, and a day no more than this, for or against.
Z_CAP, DAY_CAP = 6.0, 4.0
#: Mean scatters beyond the usual from which on a day speaks for noise.
Z_NEUTRAL: Final = 2.0
ROOT, OWN_SHARE = 0.4, 0.5


def noisy_shape(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Days much rougher than the meter's own: larger steps for the level, no memory, turns at almost every slot."""
    found: list[Candidate] = []
    for first, part in pieces(block):
        history = part.judged_from
        if history < PROFILE_DAYS_MIN:
            continue
        logs = soft_log(part)
        measures = roughness(part.values, logs, step_of(part), history)
        evidence = _evidence(measures, logs.max(axis=2), part.is_day_off, history)
        spans = best_spans(evidence, LENGTHS, thresholds["ln_odds_min"], history, root=ROOT, own_share=OWN_SHARE)
        for span in spans:
            days = measures[span.meter]
            usual_day, seen = known.median(days[:history], 0), known.mean(days[span.first : span.last + 1], 0)
            found.append(_candidate(part, first, span, seen - usual_day))
    return unexplained(block, found)


def _evidence(measures: Floats, peaks: Floats, is_day_off: Bools, history: int) -> Floats:
    """[S, D] against days of the type whose peaks the day has: a plant that stands still has days off all week."""
    past, off = measures[:, :history], is_day_off[:history]
    centre, spread = known.usual_by_type(past, off, is_day_off)
    other_centre, other_spread = known.usual_by_type(past, off, ~is_day_off)
    own, other = (known.usual_by_type(peaks[:, :history], off, each)[0] for each in (is_day_off, ~is_day_off))
    is_other = (np.abs(peaks - other) < np.abs(peaks - own))[..., None]
    centre, spread = np.where(is_other, other_centre, centre), np.where(is_other, other_spread, spread)
    z = np.clip((measures - centre) / np.maximum(spread, np.array(SCATTER_MIN)), -Z_CAP, Z_CAP)
    together = np.maximum(*(_agreed(z[..., list(chosen)]) for chosen in TEMPLATES))
    speaks = np.isfinite(together) & (np.isfinite(past[..., 0]).sum(axis=1) >= PROFILE_DAYS_MIN)[:, None]
    return np.where(speaks, np.clip(2 * (together - Z_NEUTRAL), -DAY_CAP, DAY_CAP), 0.0)


def _agreed(z: Floats) -> Floats:
    """Mean of the measures, less what the one that disagrees most says against."""
    agreed: Floats = z.mean(axis=2) + np.minimum(z.min(axis=2), 0)
    return agreed


def roughness(values: Floats, logs: Floats, step: Floats, history: int) -> Floats:
    """[S, D, 5] how rough days are, NaN where unknown.

    Logarithm of mean change over mean, unlikeness to the slot before, share of turns; how low the highest value and how
    high the lower tenth is over the mean.
    """
    whole: Bools = np.all(np.isfinite(values), axis=2)
    change = np.diff(values, axis=2)
    mean = values.mean(axis=2)
    centred = logs - logs.mean(axis=2, keepdims=True)
    with np.errstate(all="ignore"):
        rough = np.log((np.abs(change).mean(axis=2) + step[:, None] / 4) / (mean + step[:, None] / 4))
        memory = (centred[..., 1:] * centred[..., :-1]).mean(axis=2) / np.maximum((centred**2).mean(axis=2), 1e-9)
        moves = np.abs(change) > 0.02 * mean[..., None]
        turns = (change[..., 1:] * change[..., :-1] < 0) & moves[..., 1:] & moves[..., :-1]
        tenth = logs.shape[2] // 10
        low, high = np.partition(logs, tenth, axis=2)[..., tenth], logs.max(axis=2)
        flat = np.log(SOFTENING + mean / np.maximum(known.mean(mean[:, :history], axis=1), 1e-12)[:, None])
    measures = np.stack([rough, -memory, turns.mean(axis=2), flat - high, low - flat], axis=2)
    return np.where(whole[..., None], measures, np.nan)


def _candidate(block: Block, first: int, span: Span, change: Floats) -> Candidate:
    return Candidate(
        meter=span.meter, first_day=first + span.first, last_day=first + span.last, kind=Kind.NOISE,
        statistics={
            "ln_odds": round(span.score, 2),
            "turns_more": round(float(change[2]), 3),
            "memory_lost": round(float(change[1]), 3),
        },
        score=span.score / np.log(10), expected_energy=expected_energy(block, span.meter, span.first, span.last),
        observed_energy=float(np.nansum(block.values[span.meter, span.first : span.last + 1])),
    )  # fmt: skip
