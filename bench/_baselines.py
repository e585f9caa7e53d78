"""Known ways to score a meter-day by its values alone, measured on the same days: the baselines of detection.md 4.

Each scores a day against the meter's own clean first weeks. `zscore`: robust z of the day's log total. `iqr`: share of
slots outside the fences of their time of day. `iforest`: isolation forest on 14 figures of a day. `vee_rules`: the
strongest of the utility rules (runs, repeats, spikes, zeros, roundness). `gbdt_sup`: gradient boosting on the same
figures, trained on the injected days of the other half: it alone has seen the kinds it looks for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Final

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest

from bench import _sets
from bench._inject import Forgery
from bench._kinds import KINDS, VALUE_KINDS
from bench._measured import Half
from bench._sets import Frame
from nenghao.detection.block import Floats

METHODS: Final = ("zscore", "iqr", "iforest", "vee_rules", "gbdt_sup")
FIGURES: Final = 14
#: Share of clean meter-days that may be flagged: the operating point of a view with values only.
RATE: Final = 0.01


@dataclass(slots=True)
class Scored:
    """Scores of meter-days: clean ones, and those of events, by method."""

    #: Judged clean days [N, FIGURES] and their scores.
    clean_figures: list[Floats] = field(default_factory=list)
    clean: dict[str, list[Floats]] = field(default_factory=lambda: {method: [] for method in METHODS})
    #: (kind, figures of its days, scores by method) of each event.
    events: list[tuple[str, Floats, dict[str, Floats]]] = field(default_factory=list)


def table(half: Half, thinned_by: int = 1) -> dict[str, dict[str, dict[str, tuple[float, float]]]]:
    """Share of events and of days found by size, kind and method, at one flagged clean day in a hundred."""
    other: Half = "report" if half == "tune" else "tune"
    work = [(which, size, thinned_by) for which in (half, other) for size in ("big", "small")]
    with get_context("fork").Pool(2) as pool:
        parts = dict(zip([item[:2] for item in work], pool.starmap(_score_half, work), strict=True))
    return {size: _rates(parts[half, size], parts[other, size]) for size in ("big", "small")}


def _score_half(half: Half, size: str, thinned_by: int) -> Scored:
    scored = Scored()
    frames = [frame for frame in _sets.frames(half) if frame.size == size]
    for frame in frames:
        step = thinned_by * (8 if frame.set_names[0] in {"swiss", "australian", "british"} else 1)
        for meter in range(0, len(frame.plants), step):
            _score_meter(scored, frame, meter)
    return scored


def _score_meter(scored: Scored, frame: Frame, meter: int) -> None:
    judged_from = frame.block.judged_from
    truth = frame.block.values[meter]
    curves: list[Floats] = [truth]
    days: list[tuple[str, np.ndarray]] = [("", np.arange(len(truth)) >= judged_from)]
    for kind in VALUE_KINDS:
        forgery = Forgery(frame)
        event = forgery.inject(meter, kind)
        if event is not None:
            curves.append(forgery.values[meter])
            days.append((kind, event.days))
    if not np.isfinite(truth[:judged_from]).any():
        return
    figures = np.stack([figures_of(curve, judged_from) for curve in curves])
    forest = IsolationForest(n_estimators=300, random_state=1).fit(figures[0, :judged_from])
    for (kind, chosen), curve, rows in zip(days, curves, figures, strict=True):
        scores = _simple_scores(curve, rows, judged_from)
        scores["iforest"] = -forest.score_samples(rows)
        picked = {method: values[chosen] for method, values in scores.items()}
        if kind:
            scored.events.append((kind, rows[chosen], picked))
        else:
            scored.clean_figures.append(rows[chosen])
            for method, values in picked.items():
                scored.clean[method].append(values)


def figures_of(values: Floats, judged_from: int) -> Floats:
    """[D, 14] figures of each day of a meter [D, T], against its first weeks; 0 where they cannot be known."""
    history = values[:judged_from]
    known = np.where(np.isfinite(values), values, np.nan)
    usual = max(float(np.nanmean(history)), 1e-9)
    profile = np.nan_to_num(np.nanmedian(history, axis=0))
    total = np.nansum(known, axis=1)
    typical = max(float(np.median(np.nansum(history, axis=1))), 1e-9)
    filled = np.nan_to_num(known)
    spread = filled.std(axis=1)
    steps = np.abs(np.diff(filled, axis=1))
    deviation = filled - filled.mean(axis=1, keepdims=True)
    shape = profile - profile.mean()
    norm = np.sqrt((deviation**2).sum(axis=1) * (shape**2).sum())
    night = max(1, values.shape[1] // 4)
    columns = [
        np.log((total + 0.01 * typical) / (1.01 * typical)),
        filled.max(axis=1) / usual,
        filled.min(axis=1) / usual,
        spread / usual,
        filled[:, :night].sum(axis=1) / np.maximum(total, 1e-9),
        (filled == 0).mean(axis=1),
        _longest_run(filled),
        _repeat_distance(filled, usual),
        steps.max(axis=1) / usual,
        steps.mean(axis=1) / usual,
        np.divide((deviation * shape).sum(axis=1), norm, out=np.zeros_like(norm), where=norm > 0),
        np.abs(filled - profile).mean(axis=1) / usual,
        _roundness(filled, usual),
        np.apply_along_axis(lambda day: len(np.unique(day)), 1, filled) / values.shape[1],
    ]
    return np.asarray(np.nan_to_num(np.column_stack(columns)), dtype=np.float64)


def _longest_run(values: Floats) -> Floats:
    run, longest = np.zeros(len(values)), np.zeros(len(values))
    for slot in range(1, values.shape[1]):
        run = np.where((values[:, slot] == values[:, slot - 1]) & (values[:, slot] > 0), run + 1, 0)
        longest = np.maximum(longest, run)
    return longest


def _repeat_distance(values: Floats, usual: float) -> Floats:
    """Least mean difference from any earlier day, in usual slots."""
    nearest = np.full(len(values), 5.0)
    for day in range(1, len(values)):
        nearest[day] = min(5.0, float(np.abs(values[:day] - values[day]).mean(axis=1).min()) / usual)
    return nearest


def _roundness(values: Floats, usual: float) -> Floats:
    step = 10.0 ** np.floor(np.log10(usual / 5))
    return np.asarray((np.abs(values / step - np.rint(values / step)) < 1e-6).mean(axis=1))


def _simple_scores(values: Floats, figures: Floats, judged_from: int) -> dict[str, Floats]:
    history = figures[:judged_from]
    middle, low, high = np.median(history, axis=0), *np.quantile(history, [0.25, 0.75], axis=0)
    width = np.maximum(high - low, 1e-3) / 1.35
    z = (figures - middle) / width
    with np.errstate(invalid="ignore"):
        first, third = np.nanquantile(values[:judged_from], [0.25, 0.75], axis=0)
        fence = 3 * np.maximum(third - first, 1e-9)
        outside = ((values < first - fence) | (values > third + fence)).mean(axis=1)
    highest = np.max(history, axis=0)
    utility = np.column_stack([
        figures[:, 6] / np.maximum(highest[6], 4),
        np.where(figures[:, 7] < 1e-6, 3.0, 0.0),
        figures[:, 8] / np.maximum(highest[8], 1e-3),
        (figures[:, 5] - highest[5]) * 4,
        (figures[:, 12] - highest[12]) * 4,
    ])  # fmt: skip
    return {"zscore": np.abs(z[:, 0]), "iqr": outside, "vee_rules": utility.max(axis=1)}


def _rates(scored: Scored, training: Scored) -> dict[str, dict[str, tuple[float, float]]]:
    clean = {method: np.concatenate(scored.clean[method]) for method in METHODS if method != "gbdt_sup"}
    model = _trained(training)
    clean["gbdt_sup"] = model.predict_proba(np.concatenate(scored.clean_figures))[:, 1]
    limits = {method: float(np.quantile(values, 1 - RATE)) for method, values in clean.items()}
    found: dict[str, dict[str, list[tuple[bool, float, int]]]] = {}
    for kind, figures, simple in scored.events:
        for method, values in {**simple, "gbdt_sup": model.predict_proba(figures)[:, 1]}.items():
            hit = values > limits[method]
            found.setdefault(kind, {}).setdefault(method, []).append((bool(hit.any()), float(hit.sum()), len(hit)))
    return {
        kind: {
            method: (
                sum(any_day for any_day, _, _ in rows) / len(rows),
                sum(days for _, days, _ in rows) / sum(count for _, _, count in rows),
            )
            for method, rows in methods.items()
        }
        for kind, methods in found.items()
    }


def _trained(training: Scored) -> HistGradientBoostingClassifier:
    clean = np.concatenate(training.clean_figures)
    false = np.concatenate([figures for _, figures, _ in training.events])
    weights = np.concatenate([np.full(len(clean), len(false) / len(clean)), np.ones(len(false))])
    answers = np.concatenate([np.zeros(len(clean)), np.ones(len(false))])
    model = HistGradientBoostingClassifier(max_iter=200, random_state=1)
    return model.fit(np.concatenate([clean, false]), answers, sample_weight=weights)


def table_lines(rates: dict[str, dict[str, dict[str, tuple[float, float]]]]) -> list[str]:
    """Events found (and days), per cent, by kind and method."""
    lines = []
    for size, kinds in rates.items():
        lines.append(f"| {size}: events (days) at 10 per 1 000 | {' | '.join(METHODS)} |")
        lines.append(f"|{'---|' * (1 + len(METHODS))}")
        for kind in (name for name in KINDS if name in kinds):
            cells = [f"{100 * kinds[kind][method][0]:.0f} ({100 * kinds[kind][method][1]:.0f})" for method in METHODS]
            lines.append(f"| {kind} | {' | '.join(cells)} |")
        means = means_of(kinds)
        cells = [f"{100 * means[method][0]:.0f} ({100 * means[method][1]:.0f})" for method in METHODS]
        lines += [f"| **mean** | {' | '.join(cells)} |", ""]
    return lines


def means_of(kinds: dict[str, dict[str, tuple[float, float]]]) -> dict[str, tuple[float, float]]:
    """Means over kinds by method: of events, and of days."""
    rows: Sequence[dict[str, tuple[float, float]]] = list(kinds.values())
    return {
        method: (
            float(np.mean([row[method][0] for row in rows])),
            float(np.mean([row[method][1] for row in rows])),
        )
        for method in METHODS
    }
