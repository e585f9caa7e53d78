"""Reads how findings become cases: what events explain, independent channels, common causes, rank."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache

from nenghao.domain.context import Reasons
from nenghao.reference.files import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonCause:
    """When steps of many units are told as one: more than `share_min` of a group, and `unit_count_min` at the least."""

    share_min: Decimal
    unit_count_min: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The numbers of the score by which cases are ranked (`nenghao.domain.ranking`)."""

    score_half: Decimal
    suspicion_of_lead: Decimal
    suspicion_of_doubt: Decimal
    explained_factor: Decimal
    share_at_stake: Decimal
    weight_internal: Decimal
    weight_boundary: Decimal
    inquiries_per_100_unit_months_max: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRules:
    """By which cell (form, row, column) chance names units, and when a checked one is in error."""

    size_cell: tuple[str, str, str]
    error_share_min: Decimal


@cache
def load_sample_rules() -> SampleRules:
    """How the monthly sample is drawn and judged."""
    table = read_rows("cases.toml")["sample"]
    form, row, column = table["size_cell"]
    return SampleRules(size_cell=(form, row, column), error_share_min=Decimal(table["error_share_min"]))


@cache
def load_event_reasons() -> Reasons:
    """What events explain."""
    table = read_rows("cases.toml")["events"]
    explains = {
        (source, kind): frozenset(kinds)
        for source in ("context_event", "outage_filing")
        for kind, kinds in table[source].items()
    } | {(source, source): frozenset(kinds) for source, kinds in table["change"].items()}
    doubts = {channel: frozenset(kinds) for channel, kinds in table["doubt"].items()}
    return Reasons(
        explains=explains,
        silencing_timeliness=frozenset(table["silencing_timeliness"]),
        margin=timedelta(hours=table["margin_hours"]),
        dated=frozenset(table["dated"]),
        reach=timedelta(days=table["reach_days"]),
        explains_any_doubt=doubts.pop("any"),
        explains_doubt=doubts,
    )


def channel_of(rule_code: str, family: str | None) -> str | None:
    """The channel that a rule speaks of; None where it is no witness of its own."""
    table = _channels()
    channel = table["by_rule"].get(rule_code) or table["by_family"].get(family or "shape", "value")
    return None if channel == "none" else channel


def network_rules() -> tuple[str, ...]:
    """The rules that speak of a residual: of a whole and all its parts."""
    return tuple(rule for rule, channel in _channels()["by_rule"].items() if channel == "network")


@cache
def _channels() -> Mapping[str, Mapping[str, str]]:
    """Channels by rule and by family of rules."""
    table = read_rows("cases.toml")["channels"]
    return {"by_rule": table["by_rule"], "by_family": table["by_family"]}


@cache
def kind_order() -> tuple[str, ...]:
    """Kinds of findings, the most telling first: it names the case."""
    return tuple(read_rows("cases.toml")["kind_order"])


@cache
def load_common_cause() -> CommonCause:
    """When many units have one cause."""
    table = read_rows("cases.toml")["common_cause"]
    return CommonCause(
        share_min=Decimal(table["share_min"]),
        unit_count_min=table["unit_count_min"],
        kinds=tuple(table["kinds"]),
    )


@cache
def load_ranking() -> Ranking:
    """How cases are ranked."""
    table = read_rows("cases.toml")["ranking"]
    return Ranking(**{name: Decimal(table[name]) for name in Ranking.__dataclass_fields__})
