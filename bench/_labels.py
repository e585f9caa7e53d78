"""How scores meet anomalies that people marked by hand: the gas pressure of a boiler plant, 15 minutes, 15 months.

`rules`: the highest score of the rules' candidates over a reading, thresholds set aside. `deviation`: distance from the
median of all readings; `deviation_day`: its mean over the day around. No score is fitted to the marks. Pressure is no
energy, so this says how far the detectors carry beyond what they were made for.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from pyarrow import parquet
from scipy.stats import rankdata

from bench import _measured
from bench._rules import Rules
from nenghao.detection.block import Block, Bools, Floats
from nenghao.detection.catalogue import DETECTORS


@dataclass(frozen=True, slots=True)
class Labelled:
    """Area under the curve, and the share of marked readings above all but one in a hundred of the others."""

    score: str
    points: int
    marked: int
    auc: float
    found_at_1_percent: float


def gas_pressure(rules: Rules) -> list[Labelled]:
    """All readings: nothing is tuned on them."""
    table = parquet.read_table(_measured.folder() / "ubc_cec_labelled/cec_boiler1_gas_pressure_15min.parquet")
    stamps = table["ts"].to_numpy().astype("datetime64[m]")
    first = stamps.min().astype("datetime64[D]")
    days = int((stamps.max().astype("datetime64[D]") - first).astype(int)) + 1
    places = (stamps - first).astype(int) // 15
    values, marks = np.full(days * 96, np.nan), np.zeros(days * 96, dtype=np.bool_)
    values[places] = table["value"].to_numpy(zero_copy_only=False)
    marks[places] = table["anomaly"].to_numpy(zero_copy_only=False).astype(bool)
    known = np.isfinite(values)
    scores = {
        "rules": _by_rules(values.reshape(days, 96), first.astype(object), rules).ravel(),
        "deviation": np.abs(values - np.nanmedian(values)),
        "deviation_day": _day_around(np.abs(values - np.nanmedian(values))),
    }
    return [_labelled(name, score[known], marks[known]) for name, score in scores.items()]


def _by_rules(values: Floats, first_on: date, rules: Rules) -> Floats:
    days = len(values)
    block = Block(
        meters=("gas pressure",), first_on=first_on, slot_minutes=15, values=values[np.newaxis],
        quantum=np.array([np.nan]), capacity=np.array([np.nan]), is_day_off=np.zeros(days, dtype=np.bool_),
        is_explained=np.zeros((1, days), dtype=np.bool_), zone=np.array([0]),
    )  # fmt: skip
    highest = np.zeros(values.shape)
    for detector, thresholds in rules.values():
        for candidate in DETECTORS[detector](block, thresholds):
            first = candidate.first_day * 96 + (candidate.first_slot or 0)
            last = candidate.last_day * 96 + (95 if candidate.last_slot is None else candidate.last_slot)
            part = highest.ravel()[first : last + 1]
            np.maximum(part, candidate.score, out=part)
    return highest


def _day_around(values: Floats) -> Floats:
    filled, width = np.nan_to_num(values), np.ones(96)
    counts = np.maximum(np.convolve(np.isfinite(values), width, "same"), 1)
    return np.asarray(np.convolve(filled, width, "same") / counts)


def _labelled(name: str, score: Floats, marks: Bools) -> Labelled:
    ranks, marked = rankdata(score), int(marks.sum())
    auc = (ranks[marks].sum() - marked * (marked + 1) / 2) / (marked * (len(marks) - marked))
    limit = np.quantile(score[~marks], 0.99)
    found = round(float((score[marks] > limit).mean()), 3)
    return Labelled(name, len(marks), marked, round(float(auc), 3), found)
