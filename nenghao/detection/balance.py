"""Names the part of a network, or the whole, that a residual beyond all honest causes speaks of.

Before: `network` gives the residual of each whole. After: rule `network_balance`.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from nenghao.detection.attribution import STRANGE_SLOT, Member, best_path, evidence_of, same_in_a_row
from nenghao.detection.block import Block, Floats
from nenghao.detection.candidate import Candidate, Thresholds
from nenghao.detection.network import Formula, NetworkFit, formulas
from nenghao.detection.stretches import candidate_of, stretches

#: Days that are summed, and how much more their excess counts than that of one day.
WINDOWS: Final = ((1, 1.0), (3, 1.6), (7, 2.2), (14, 3.0))
#: A day is not strange below these, however quiet the reference days were: root mean square, energy, highest slot.
LEAST_ROUGH: Final = 1.1
LEAST_ENERGY: Final = 2.5
LEAST_HIGHEST: Final = 4.5


def network_balance(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Stretches in which a whole and its parts differ beyond what is usual, with the one meter that explains it.

    Statistics: `misfit`, how many times the usual the residual is; `evidence`, by how much (natural logarithm) the
    named meter explains it better than any other; `open_share`, what is left open on reference days, as a share of the
    usual load: below a whole with an unmetered branch there is no balance. Uses `misfit_min` (days below it are not
    looked at) and `open_share_max`.
    """
    candidates = []
    for formula in formulas(block):
        if len(formula.parts) > 1:
            candidates += _judge_formula(block, formula, thresholds)
    return candidates


def check_meter(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """The same for a main and a check meter, which is a formula of one part.

    Statistics as well: `difference_share`, of the energy of the stretch, which the two classes must not explain.
    """
    found = []
    for formula in formulas(block):
        if len(formula.parts) != 1:
            continue
        for one in _judge_formula(block, formula, thresholds):
            whole = max(abs(one.expected_energy or 0.0), abs(one.observed_energy or 0.0), 1e-12)
            share = abs((one.expected_energy or 0.0) - (one.observed_energy or 0.0)) / whole
            found.append(replace(one, statistics={**one.statistics, "difference_share": share}))
    return found


def _judge_formula(block: Block, formula: Formula, thresholds: Thresholds) -> list[Candidate]:
    fit = NetworkFit(block, formula)
    members = [Member(int(part), float(sign)) for part, sign in zip(formula.parts, formula.signs, strict=True)]
    members.append(Member(formula.whole, -1.0))
    days = block.shape[1]
    strange = np.zeros(days, dtype=np.bool_)
    residual, sigma = np.full(block.shape[1:], np.nan), np.full(block.shape[1:], np.inf)
    candidates = []
    for first, last in fit.epochs:
        reference = fit.reference(first, strange)
        judged = fit.judge(reference, first, last)
        if judged is None:
            continue
        residual[first : last + 1], sigma[first : last + 1], kept = judged
        learnt = fit.judge(kept, int(kept[0]), int(kept[-1]))
        if learnt is None:
            continue
        among = kept - kept[0]
        left = learnt[0][among]
        open_share = float(np.sqrt(np.nanmean(left**2))) / fit.usual
        if open_share > thresholds["open_share_max"]:
            continue
        misfit = np.zeros(days)
        misfit[first : last + 1] = _misfit(_sums(left, learnt[1][among]), judged[0], judged[1])
        strange |= misfit >= thresholds["misfit_min"]
        looked = (misfit >= thresholds["misfit_min"]) & (np.arange(days) >= first) & (np.arange(days) <= last)
        evidence = {
            day: evidence_of(block, members, kept, day, residual[day], sigma[day])
            for day in np.flatnonzero(looked).tolist()
        }
        for run in stretches(looked):
            candidates += _attributed(block, members, run, evidence, misfit, residual, sigma, open_share)
    return candidates


def _misfit(usual: "_Sums", residual: Floats, sigma: Floats) -> Floats:
    """[days] of each day the largest of roughness, energy and highest slot, over what reference days reach at most.

    Roughness and energy also over windows, in which little adds up; their excess counts more, for they scatter less.
    """
    now = _sums(residual, sigma)
    misfit = now.highest / max(LEAST_HIGHEST, float(np.quantile(usual.highest, 0.95)))
    alone = misfit
    for window, weight in WINDOWS:
        if window > len(residual) or window > len(usual.slots) // 2:
            continue
        rough = [_over(sums.squares, window) / np.maximum(_over(sums.slots, window), 1) for sums in (usual, now)]
        energy = [
            np.abs(_over(sums.energy, window)) / np.sqrt(_over(sums.variance, window) + 1e-12) for sums in (usual, now)
        ]
        ratio = np.maximum(
            np.sqrt(rough[1] / max(LEAST_ROUGH**2, float(np.quantile(rough[0], 0.95)))),
            energy[1] / max(LEAST_ENERGY, float(np.quantile(energy[0], 0.95))),
        )
        for first, value in enumerate(1 + (ratio - 1) * weight):
            span = slice(first, first + window)
            takes_part = alone[span] >= 1.0 if window > 1 else np.ones(1, dtype=np.bool_)
            misfit[span] = np.where(takes_part, np.maximum(misfit[span], value), misfit[span])
        if window == 1:
            alone = misfit.copy()
    return misfit


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums of days, from which windows are made."""

    squares: Floats
    slots: Floats
    energy: Floats
    variance: Floats
    #: Second highest slot, in standard deviations.
    highest: Floats


def _sums(residual: Floats, sigma: Floats) -> _Sums:
    known = np.isfinite(residual)
    scaled = np.where(known, residual / sigma, 0.0)
    return _Sums(
        squares=(scaled**2).sum(axis=1),
        slots=known.sum(axis=1).astype(np.float64),
        energy=np.where(known, residual, 0.0).sum(axis=1),
        variance=np.where(known, sigma**2, 0.0).sum(axis=1),
        highest=np.sort(np.abs(scaled), axis=1)[:, -2],
    )


def _over(daily: Floats, window: int) -> Floats:
    return np.convolve(daily, np.ones(window), mode="valid")


def _attributed(
    block: Block,
    members: list[Member],
    run: tuple[int, int],
    evidence: dict[int, Floats],
    misfit: Floats,
    residual: Floats,
    sigma: Floats,
    open_share: float,
) -> list[Candidate]:
    """Candidates of a run of strange days: for each day the meter that explains it best, changes being costly."""
    days = list(range(run[0], run[1] + 1))
    path = best_path(np.stack([evidence[day] for day in days]))
    made = []
    for first, last in same_in_a_row(path):
        named = path[first]
        span = (days[first], days[last])
        total = np.sum([evidence[day] for day in days[first : last + 1]], axis=0)
        others = np.delete(total, named)
        lead = float(total[named] - max(float(others.max()), 0.0)) if len(others) else float(total[named])
        member = members[named]
        high = float(misfit[span[0] : span[1] + 1].max())
        truth = block.values[member.meter] + np.where(np.isfinite(residual), member.sign * residual, np.nan)
        made.append(
            candidate_of(
                block,
                member.meter,
                span,
                truth=truth,
                tolerance=STRANGE_SLOT * sigma,
                statistics={"misfit": high, "evidence": lead, "open_share": open_share},
                score=float(min(20 + lead, 150)),
                others=[members[-1].meter] if named != len(members) - 1 else [one.meter for one in members[:-1]],
                notes={"share_of_evidence": round(max(total[named], 0) / max(np.maximum(total, 0).sum(), 1e-9), 3)},
            )
        )
    return made
