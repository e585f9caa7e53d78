"""Reads the rule folders, and keeps their versions and thresholds in the database.

Before it: people write `expectations/rules/<rule>/`. After it: `suites` makes expectations of the rules.
"""

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Literal

from nenghao.db import audit
from nenghao.db.connection import Connection
from nenghao.errors import ConfigError

RULES_DIR: Final = Path(__file__).resolve().parent / "rules"

Level = Literal["lead", "doubt"]
Batch = Literal["series_day", "reading_conflict", "message_refusal", "spool_contradiction", "balance_cell"]
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
    level: Level
    exclusion: Exclusion
    exclusion_covers: ExclusionCovers = "readings"
    gsbpm: str
    owner: str
    evidence: tuple[str, ...]
    innocence: tuple[str, ...]
    thresholds: tuple[Threshold, ...]
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
        query_path = folder / "violations.sql"
        # The relations of a form are rows of the database (form_relation), so that rule has no query of its own.
        query = query_path.read_text(encoding="utf-8") if query_path.exists() else ""
        content = tomllib.loads(settings_bytes.decode("utf-8"))
        thresholds = tuple(
            Threshold(name=name, value=Decimal(str(item["value"])), unit=item["unit"], reason=item["reason"])
            for name, item in content.pop("thresholds", {}).items()
        )
        lists = {name: tuple(content.pop(name)) for name in ("checks", "evidence", "innocence")}
        rule = Rule(
            **(content | lists),
            thresholds=thresholds,
            query=query,
            content_hash=hashlib.sha256(settings_bytes + b"\0" + query.encode()).digest(),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"rule folder {folder.name}: {type(error).__name__}: {error}") from error
    if rule.code != folder.name:
        raise ConfigError(f"rule folder {folder.name}: rule.toml says code = {rule.code!r}")
    if query and ("{batch} AS" not in query or " JOIN " not in query):
        # Great Expectations gives the batch an alias of its own unless the query joins; then the query has to.
        raise ConfigError(f"rule folder {folder.name}: violations.sql reads {{batch}} AS … and joins its thresholds")
    return rule


def sync_rules(conn: Connection, rules: Iterable[Rule] | None = None) -> dict[str, int]:
    """Write new rule versions and changed thresholds, and say which version each rule has; safe to run twice.

    A threshold that people changed in the database (an open row that no version of the rule ever wrote) stays.
    """
    audit.lock_rules(conn)
    versions = {DID_NOT_RUN: _sync_version(conn, DID_NOT_RUN, hashlib.sha256(DID_NOT_RUN.encode()).digest(), {})}
    for rule in load_rules() if rules is None else rules:
        written = audit.rule_definitions(conn, rule.code)
        versions[rule.code] = _sync_version(conn, rule.code, rule.content_hash, rule.definition())
        _sync_thresholds(conn, rule, written)
    return versions


def _sync_version(conn: Connection, code: str, content_hash: bytes, definition: dict[str, object]) -> int:
    known = audit.rule_version(conn, code, content_hash)
    return known if known is not None else audit.insert_rule_version(conn, code, content_hash, definition)


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
            if (current.value, current.unit) == (threshold.value, threshold.unit):
                continue
            if (threshold.name, current.value, current.unit) not in ours:
                continue
            audit.close_threshold(conn, rule.code, threshold.name)
        audit.insert_threshold(conn, rule.code, threshold.name, threshold.value, threshold.unit, threshold.reason)
    for name in in_force.keys() - {threshold.name for threshold in rule.thresholds}:
        audit.close_threshold(conn, rule.code, name)
