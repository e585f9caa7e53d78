"""The detectors by the names that rules call them by (`detector = "…"` in rule.toml)."""

from typing import Final

from nenghao.detection.candidate import Detector

DETECTORS: Final[dict[str, Detector]] = {}
