"""The detectors by the names that rules call them by (`detector = "…"` in rule.toml)."""

from typing import Final

from nenghao.detection.candidate import Detector
from nenghao.detection.copies import copied_curve
from nenghao.detection.flats import frozen
from nenghao.detection.lines import linear_fill
from nenghao.detection.registers import register_against_interval, register_step
from nenghao.detection.regrid import rescaled_grid
from nenghao.detection.repeats import exact_repeat
from nenghao.detection.rounds import round_values
from nenghao.detection.smooth import smoothed
from nenghao.detection.tops import clipped_peak

DETECTORS: Final[dict[str, Detector]] = {
    "clipped_peak": clipped_peak,
    "copied_curve": copied_curve,
    "exact_repeat": exact_repeat,
    "frozen": frozen,
    "linear_fill": linear_fill,
    "register_against_interval": register_against_interval,
    "register_step": register_step,
    "rescaled_grid": rescaled_grid,
    "round_values": round_values,
    "smoothed": smoothed,
}
