"""The rules that a bench runs: each folder with a detector and its thresholds, or a detector that is being tuned."""

import importlib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from expectations.catalogue import RULES_DIR
from nenghao.detection.catalogue import DETECTORS

Rules: TypeAlias = dict[str, tuple[str, dict[str, float]]]


def load(folder: Path = RULES_DIR) -> Rules:
    """Code, detector and thresholds of every rule folder that names a detector; those without one are SQL."""
    rules: Rules = {}
    for path in sorted(folder.glob("*/rule.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if "detector" in content:
            thresholds = {name: float(item["value"]) for name, item in content.get("thresholds", {}).items()}
            rules[content["code"]] = (content["detector"], thresholds)
    return rules


def chosen(only: Iterable[str], without: Iterable[str], detectors: Iterable[str], settings: Iterable[str]) -> Rules:
    """Rules to run: those named or all, less some, or detectors by themselves; thresholds replaced by `settings`.

    A detector is a name of the catalogue or `module:function`; a setting is `threshold=number`, or
    `rule.threshold=number`.
    """
    rules = load()
    names = [_known(detector) for detector in detectors]
    if names:
        rules = {name: rules.get(name, (name, {})) for name in names}
    elif wanted := set(only):
        if unknown := wanted - rules.keys():
            raise SystemExit(f"no rule with a detector: {', '.join(sorted(unknown))}; there are {', '.join(rules)}")
        rules = {code: rule for code, rule in rules.items() if code in wanted}
    rules = {code: rule for code, rule in rules.items() if code not in set(without)}
    for setting in settings:
        name, _, value = setting.partition("=")
        code, _, threshold = name.rpartition(".")
        for each in [code] if code else list(rules):
            rules[each][1][threshold] = float(value)
    missing = [code for code, (detector, _) in rules.items() if detector not in DETECTORS]
    for code in missing:
        print(f"left out: rule {code} names detector {rules.pop(code)[0]}, which is not in the catalogue")
    return rules


def doubts(rules: Rules, folder: Path = RULES_DIR) -> tuple[str, ...]:
    """The rules whose findings alone may be asked about: of level doubt, and not in shadow."""
    found = []
    for code in rules:
        path = folder / code / "rule.toml"
        content = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if content.get("level") == "doubt" and content.get("mode", "live") == "live":
            found.append(code)
    return tuple(found)


def _known(detector: str) -> str:
    module, _, function = detector.rpartition(":")
    if module:
        DETECTORS[function] = getattr(importlib.import_module(module), function)
    return function
