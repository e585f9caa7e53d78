"""The measured sets as series: one meter each, on whole days of equal slots, with its step and its other channels."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from pyarrow import parquet

from nenghao.config import PROJECT_ROOT
from nenghao.detection.block import Floats

Half = Literal["tune", "report"]


@dataclass(frozen=True)
class Series:
    """One meter as measured: [D, T] whole days."""

    set_name: str
    meter: str
    first_on: date
    values: Floats
    quantum: float
    channels: dict[str, Floats] = field(default_factory=dict)

    @property
    def slot_minutes(self) -> int:
        return 1440 // int(self.values.shape[1])

    def cut(self, first: int, days: int) -> "Series":
        part = slice(first, first + days)
        channels = {name: array[part] for name, array in self.channels.items()}
        return replace(
            self, first_on=self.first_on + timedelta(days=first), values=self.values[part], channels=channels
        )

    def half(self, half: Half) -> "Series":
        days = len(self.values) // 2
        return self.cut(0, days) if half == "tune" else self.cut(days, len(self.values) - days)


def folder() -> Path:
    """Where the measured sets lie: `NENGHAO_SHARED`/data.

    Raises: FileNotFoundError where they do not.
    """
    path = Path(os.environ.get("NENGHAO_SHARED", PROJECT_ROOT.parent / "shared")) / "data"
    if not path.is_dir():
        raise FileNotFoundError(f"no measured sets at {path}; set NENGHAO_SHARED")
    return path


def big_series() -> tuple[Series, ...]:
    """Steel works, commercial building and house on 15 minutes."""
    return steel(), building(), house()


def quantum_of(values: Floats) -> float:
    """The step that all values are multiples of, as far as six decimals show it; NaN where none does."""
    known = values[np.isfinite(values)]
    for decimals in range(7):
        scaled = known * 10**decimals
        whole = np.rint(scaled)
        if np.all(np.abs(scaled - whole) <= 1e-6 * np.maximum(1, np.abs(scaled))):
            step = np.gcd.reduce(np.abs(whole).astype(np.int64))
            return float(step) / 10**decimals if step else float("nan")
    return float("nan")


def _table(path: str) -> dict[str, np.ndarray]:
    table = parquet.read_table(folder() / path)
    return {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}


def _grid(stamps: np.ndarray, values: np.ndarray, minutes: int, step: int) -> tuple[date, Floats]:
    """Values on whole days of `step`-minute slots, summed to `minutes`; NaN where a part is missing; the last wins."""
    stamps = stamps.astype("datetime64[m]")
    first, last = stamps.min().astype("datetime64[D]"), stamps.max().astype("datetime64[D]") + 1
    grid = np.full(int((last - first).astype(int)) * 1440 // step, np.nan)
    grid[(stamps - first).astype(int) // step] = values.astype(np.float64)
    summed = grid.reshape(-1, minutes // step).sum(axis=1)
    whole = summed.reshape(-1, 1440 // minutes)
    full = np.flatnonzero(np.isfinite(whole).any(axis=1))
    begin, end = (full[0], full[-1] + 1)
    begin += not np.isfinite(whole[begin]).all()
    end -= not np.isfinite(whole[end - 1]).all()
    return (first + int(begin)).astype(date), whole[begin:end]


@cache
def steel() -> Series:
    table = _table("steel_daewoo/steel_15min_2018_jan_aug.parquet")
    first_on, values = _grid(table["ts"], table["value"], 15, 15)
    channels = {
        "kvarh": _grid(table["ts"], table["kvarh_lag"], 15, 15)[1],
        "pf": _grid(table["ts"], table["pf_lag"] / 100, 15, 15)[1],
    }
    return Series("steel", "steel", first_on, values, quantum_of(values), channels)


@cache
def building() -> Series:
    table = _table("us_commercial_5min/bldg_A_5min_kwh_kvarh_pf.parquet")
    first_on, values = _grid(table["ts"], table["value"], 15, 5)
    values = np.round(values, 3)
    kvarh = np.round(_grid(table["ts"], table["kvarh"], 15, 5)[1], 3)
    with np.errstate(invalid="ignore", divide="ignore"):
        pf = np.round(values / np.hypot(values, kvarh), 4)
    return Series("building", "building", first_on, values, quantum_of(values), {"kvarh": kvarh, "pf": pf})


@cache
def china() -> Series:
    table = _table("china_region_load/cn_region_15min_2018_2020h1.parquet")
    first_on, power = _grid(table["ts"], table["value"], 15, 15)
    # Four decimals of a quarter of a kilowatt are beyond any meter: a region's curve comes in whole kilowatt-hours.
    return Series("china", "china", first_on, np.rint(power / 4), 1.0)


@cache
def house() -> Series:
    return _house("value", 1.0)


@cache
def house_parts() -> tuple[Series, ...]:
    return tuple(_house(f"sub{number}_wh", 1000.0) for number in (1, 2, 3))


def _house(column: str, per_kwh: float) -> Series:
    table = _table("uci_household_power/fr_house_15min_2006_2008.parquet")
    first_on, energy = _grid(table["ts"], table[column] / per_kwh, 15, 15)
    # What a meter with three decimals counts: differences of its rounded running total.
    known = np.nan_to_num(energy).ravel()
    face = np.rint(np.cumsum(known) * 1000)
    values = np.where(np.isfinite(energy), (np.diff(face, prepend=0.0) / 1000).reshape(energy.shape), np.nan)
    channels = {}
    if column == "value":
        channels = {name: np.round(_grid(table["ts"], table[name], 15, 15)[1], digits)
                    for name, digits in (("kvarh", 3), ("volt", 1), ("amp", 2))}  # fmt: skip
    return Series("house", "house" if column == "value" else f"house_{column[:4]}", first_on, values, 0.001, channels)


@cache
def _swiss_all() -> tuple[Series, ...]:
    return tuple(_each("swiss", "swiss_households/ch_15min_322.parquet", 15))


def swiss(half: Half) -> list[Series]:
    """Meters with an odd id are tuned on, with an even one reported."""
    wanted = 1 if half == "tune" else 0
    return [one for one in _swiss_all() if int(re.sub(r"\D", "", one.meter)) % 2 == wanted]


@cache
def australian() -> tuple[Series, ...]:
    """Laid on the days all six share."""
    return _aligned(list(_each("australian", "au_sgsc_households/au_30min_6.parquet", 30, hours=10)))


@cache
def british() -> tuple[Series, ...]:
    return tuple(_each("british", "opendsm_uk_samples/uk_hourly.parquet", 60))


def _each(set_name: str, path: str, minutes: int, hours: int = 0) -> Iterator[Series]:
    table = _table(path)
    stamps = table["ts"].astype("datetime64[m]") + np.timedelta64(hours, "h")
    order = np.lexsort((stamps, table["meter"]))
    meters, stamps, values = table["meter"][order], stamps[order], table["value"][order]
    bounds = np.flatnonzero(meters[1:] != meters[:-1]) + 1
    for part in np.split(np.arange(len(meters)), bounds):
        first_on, grid = _grid(stamps[part], values[part], minutes, minutes)
        grid = np.round(grid, 6)
        yield Series(set_name, str(meters[part[0]]), first_on, grid, quantum_of(grid))


def _aligned(series: list[Series]) -> tuple[Series, ...]:
    first_on = max(one.first_on for one in series)
    cut = [one.cut((first_on - one.first_on).days, len(one.values)) for one in series]
    return tuple(cut)
