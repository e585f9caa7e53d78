"""The detectors by the names that rules call them by (`detector = "…"` in rule.toml)."""

from typing import Final

from nenghao.detection.candidate import Detector
from nenghao.detection.registers import register_against_interval, register_step

DETECTORS: Final[dict[str, Detector]] = {
    "register_against_interval": register_against_interval,
    "register_step": register_step,
}
