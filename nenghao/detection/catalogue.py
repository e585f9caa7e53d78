"""The detectors by the names that rules call them by (`detector = "…"` in rule.toml)."""

from typing import Final

from nenghao.detection.balance import check_meter, network_balance
from nenghao.detection.candidate import Detector
from nenghao.detection.copies import copied_curve
from nenghao.detection.flats import frozen
from nenghao.detection.identity import channel_identity
from nenghao.detection.levels import level_shift
from nenghao.detection.lines import linear_fill
from nenghao.detection.noise import noisy_shape
from nenghao.detection.ratios import ratio_step
from nenghao.detection.registers import register_against_interval, register_step
from nenghao.detection.regrid import rescaled_grid
from nenghao.detection.repeats import exact_repeat
from nenghao.detection.rounds import round_values
from nenghao.detection.shapes import reversed_day, shifted_clock
from nenghao.detection.silence import selective_silence
from nenghao.detection.smooth import smoothed
from nenghao.detection.spikes import spike, unit_jump
from nenghao.detection.tops import clipped_peak
from nenghao.detection.versions import gap, late_correction
from nenghao.detection.zeros import zero_stretch

DETECTORS: Final[dict[str, Detector]] = {
    "channel_identity": channel_identity,
    "check_meter": check_meter,
    "clipped_peak": clipped_peak,
    "copied_curve": copied_curve,
    "exact_repeat": exact_repeat,
    "frozen": frozen,
    "gap": gap,
    "late_correction": late_correction,
    "level_shift": level_shift,
    "linear_fill": linear_fill,
    "network_balance": network_balance,
    "noisy_shape": noisy_shape,
    "ratio_step": ratio_step,
    "register_against_interval": register_against_interval,
    "register_step": register_step,
    "rescaled_grid": rescaled_grid,
    "reversed_day": reversed_day,
    "round_values": round_values,
    "selective_silence": selective_silence,
    "shifted_clock": shifted_clock,
    "smoothed": smoothed,
    "spike": spike,
    "unit_jump": unit_jump,
    "zero_stretch": zero_stretch,
}
