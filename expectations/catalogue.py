"""Reads the rule folders, and keeps their versions and thresholds in the database.

Before it: people write `expectations/rules/<rule>/`. After it: `suites` makes expectations of the rules.
"""

import ast
import hashlib
import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from nenghao.db import audit, essays
from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.db.standing import StandingBatch
from nenghao.detection.candidate import Kind
from nenghao.detection.catalogue import DETECTORS
from nenghao.errors import ConfigError

RULES_DIR: Final = Path(__file__).resolve().parent / "rules"

Level = Literal["lead", "doubt"]
Batch = Literal[
    "series_day",
    "reading_conflict",
    "message_refusal",
    "spool_contradiction",
    "balance_cell",
    "candidate",
    StandingBatch,
]
#: What a rule leans on: an identity between channels, what a value went through, the shape of a curve, its digits, what
#: is plausible, or silence where there should be something.
Family = Literal["identity", "history", "shape", "digits", "plausibility", "silence"]
#: Findings of a rule in the shadow are stored and counted, and open no alert.
Mode = Literal["live", "shadow"]
#: What a confirmed case takes out of the figures: the series that was found, it with the other channel of its point
#: and quantity, or nothing.
Exclusion = Literal["series", "channels", "none"]
#: What is wrong in the excluded span: its readings, while the registers at its ends stand, or the counting itself.
ExclusionCovers = Literal["readings", "counting"]

#: A rule that raised an error says so under this code: a check that did not run is never a check that passed.
DID_NOT_RUN: Final = "rule_did_not_run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number of a rule, with the reason for it."""

    name: str
    value: Decimal
    unit: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule folder as it was read."""

    code: str
    checks: tuple[str, ...]
    table: str
    period: str
    batch: Batch
    family: Family
    #: What its findings look like; a detector's candidate says it itself, and may say another one.
    kind: Kind | None = None
    mode: Mode
    level: Level
    exclusion: Exclusion
    exclusion_covers: ExclusionCovers = "readings"
    gsbpm: str
    owner: str
    evidence: tuple[str, ...]
    innocence: tuple[str, ...]
    thresholds: tuple[Threshold, ...]
    #: Name of its detector in `nenghao.detection.catalogue`, where numbers are searched by Python.
    detector: str | None = None
    #: What Great Expectations asks: the offending rows. Of a detector: those of its candidates that pass.
    query: str
    content_hash: bytes

    def definition(self) -> dict[str, object]:
        """The rule as it is stored beside its findings: all but its essay."""
        plain = asdict(self)
        del plain["content_hash"]
        plain["thresholds"] = [{**asdict(item), "value": str(item.value)} for item in self.thresholds]
        return plain


@cache
def load_rules(folder: Path = RULES_DIR) -> tuple[Rule, ...]:
    """Every rule folder, by code.

    Raises: ConfigError naming the folder and what is wrong with it.
    """
    return tuple(_load(path) for path in sorted(folder.iterdir()) if (path / "rule.toml").is_file())


def _load(folder: Path) -> Rule:
    try:
        settings_bytes = (folder / "rule.toml").read_bytes()
        content = tomllib.loads(settings_bytes.decode("utf-8"))
        thresholds = tuple(
            Threshold(name=name, value=Decimal(str(item["value"])), unit=item["unit"], reason=item["reason"])
            for name, item in content.pop("thresholds", {}).items()
        )
        lists = {name: tuple(content.pop(name)) for name in ("checks", "evidence", "innocence")}
        kind = Kind(content.pop("kind")) if "kind" in content else None
        query = _query_of(folder, content)
        rule = Rule(
            **(content | lists),
            kind=kind,
            thresholds=thresholds,
            query=query,
            content_hash=_hash_of(settings_bytes, query, content["batch"], content.get("detector")),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"rule folder {folder.name}: {type(error).__name__}: {error}") from error
    if problem := _problem_of(rule, folder.name):
        raise ConfigError(f"rule folder {folder.name}: {problem}")
    return rule


def _query_of(folder: Path, content: dict[str, str]) -> str:
    """What Great Expectations asks; nothing of the relations of a form, which are rows of the database."""
    if "detector" in content:
        body = load_queries("audit")["candidate_violations"]
        lines = body.replace("{rule_code}", content["code"]).splitlines()
        return "\n".join(line for line in lines if not line.startswith("--"))
    path = folder / "violations.sql"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _problem_of(rule: Rule, folder: str) -> str | None:
    if rule.code != folder or re.fullmatch("[a-z][a-z0-9_]*", folder) is None:
        return f"rule.toml says code = {rule.code!r}"
    for name, value, known in (
        ("family", rule.family, get_args(Family)),
        ("mode", rule.mode, get_args(Mode)),
        ("level", rule.level, get_args(Level)),
        ("batch", rule.batch, get_args(Batch)),
    ):
        if value not in known:
            return f"{name} = {value!r} is none of {', '.join(known)}"
    if rule.detector is not None and rule.detector not in DETECTORS:
        return f"there is no detector {rule.detector!r} in nenghao.detection.catalogue"
    if (rule.detector is not None) != (rule.batch == "candidate"):
        return "a rule with a detector reads the batch candidate, and no other does"
    if not rule.query and rule.batch != "balance_cell":
        return "neither detector nor violations.sql"
    if rule.query and ("{batch} AS" not in rule.query or " JOIN " not in rule.query):
        # Great Expectations gives the batch an alias of its own unless the query joins; then the query has to.
        return "violations.sql reads {batch} AS … and joins its thresholds"
    return None


def _hash_of(settings_bytes: bytes, query: str, batch: str, detector: str | None) -> bytes:
    """All that decides what is found: thresholds and texts, the query, what it reads, and the detector's code."""
    batches = load_queries("audit") | load_queries("audit_batches")
    parts = [settings_bytes, query.encode(), batches.get(f"batch_{batch}", "").encode()]
    if detector in DETECTORS:
        parts += [path.read_bytes() for path in detector_files(detector)]
    return hashlib.sha256(b"\0".join(parts)).digest()


def detector_files(detector: str) -> list[Path]:
    """The modules of nenghao.detection that a detector runs, itself first."""
    found: list[str] = []
    waiting = [DETECTORS[detector].__module__]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            waiting += [other for other in _imports_of(_file_of(name)) if other.startswith("nenghao.detection.")]
    return [_file_of(name) for name in (found[0], *sorted(found[1:]))]


def _imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_bytes())
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module is not None}


def _file_of(module: str) -> Path:
    return Path(str(sys.modules[module].__file__))


def sync_rules(conn: Connection, rules: Iterable[Rule] | None = None) -> dict[str, int]:
    """Write new rule versions and changed thresholds, and say which version each rule has; safe to run twice.

    A threshold that people changed in the database stays: one with a name beside it, now or from a day on, or an open
    row that no version of the rule ever wrote.
    """
    audit.lock_rules(conn)
    versions = {DID_NOT_RUN: _sync_version(conn, DID_NOT_RUN, hashlib.sha256(DID_NOT_RUN.encode()).digest(), {})}
    for rule in load_rules() if rules is None else rules:
        written = audit.rule_definitions(conn, rule.code)
        versions[rule.code] = _sync_version(conn, rule.code, rule.content_hash, rule.definition())
        _sync_thresholds(conn, rule, written)
    _sync_essays(conn, versions)
    return versions


def _sync_version(conn: Connection, code: str, content_hash: bytes, definition: dict[str, object]) -> int:
    known = audit.rule_version(conn, code, content_hash)
    return known if known is not None else audit.insert_rule_version(conn, code, content_hash, definition)


def _sync_essays(conn: Connection, versions: dict[str, int]) -> None:
    """Keep the essay of each rule beside its version, for people who read a case where no rule folder is installed."""
    known = essays.essay_hashes(conn)
    for code, version in versions.items():
        file = RULES_DIR / code / "README.md"
        essay = file.read_bytes() if file.is_file() else b""
        digest = hashlib.sha256(essay).digest()
        if essay and known.get((code, version)) != digest:
            essays.insert_essay(conn, code, version, digest, essay.decode("utf-8"))


def _sync_thresholds(conn: Connection, rule: Rule, written: list[dict[str, object]]) -> None:
    in_force = audit.thresholds_now(conn, rule.code)
    ours = {
        (item["name"], Decimal(item["value"]), item["unit"])
        for definition in written
        for item in definition["thresholds"]  # type: ignore[attr-defined]  # rows that definition() wrote
    }
    for threshold in rule.thresholds:
        current = in_force.get(threshold.name)
        if current is not None:
            if current.is_kept or (current.value, current.unit) == (threshold.value, threshold.unit):
                continue
            if (threshold.name, current.value, current.unit) not in ours:
                continue
            audit.close_threshold(conn, rule.code, threshold.name)
        audit.insert_threshold(conn, rule.code, threshold.name, threshold.value, threshold.unit, threshold.reason)
    for name in in_force.keys() - {threshold.name for threshold in rule.thresholds}:
        audit.close_threshold(conn, rule.code, name)
