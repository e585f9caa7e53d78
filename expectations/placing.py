"""Finds the case of a finding: that of its alert, that of a finding with the same cause, or a new one.

Before it: `recording` wrote the finding. After it: the case has its alert, tells what cases of the same cause told, and
has the level that its findings bear out together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nenghao.db import case_groups, cases
from nenghao.db.audit import NewFinding
from nenghao.db.case_groups import Testimony
from nenghao.db.connection import Connection
from nenghao.domain.grouping import is_linked
from nenghao.reference.cases import channel_of, network_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The case that tells of a finding, and its alert."""

    case_id: int
    alert_id: int
    is_new: bool


def open_or_join(conn: Connection, run_id: int, finding: NewFinding, finding_id: int, now: datetime) -> Place:
    """Give a finding its alert and its case; undecided cases that it turns out to connect become one."""
    known = cases.alert_of(conn, finding.fingerprint)
    roots = _linked_cases(conn, finding_id)
    if known is not None:
        own = case_groups.root_of(conn, known[1])
        # A decided case answers for what it saw, and is not joined with any other.
        roots = {own} if case_groups.is_settled(conn, own) else roots | {own}
    case_id = _make_one(conn, run_id, sorted(roots), now)
    is_new = case_id is None
    if case_id is None:
        case_id = cases.insert_case(conn, unit_id=finding.unit_id, level=finding.level, opened_at=now)
    alert_id = (
        known[0]
        if known is not None
        else cases.insert_alert(
            conn,
            fingerprint=finding.fingerprint,
            case_id=case_id,
            rule_code=finding.rule_code,
            first_finding_id=finding_id,
            opened_at=now,
        )
    )
    return Place(case_id=case_id, alert_id=alert_id, is_new=is_new)


def _linked_cases(conn: Connection, finding_id: int) -> set[int]:
    """Undecided cases with a finding that has the cause of this one."""
    near = case_groups.clues(conn, finding_id, network_rules())
    own = [one.clue for one in near if one.finding_id == finding_id]
    return {
        one.root_case_id
        for one in near
        if one.root_case_id is not None and one.finding_id != finding_id and is_linked(own[0], one.clue)
    }


def _make_one(conn: Connection, run_id: int, case_ids: Sequence[int], now: datetime) -> int | None:
    """Merge cases into the oldest, or into the oldest that people work on; that one, or None where there are none.

    Two cases that people work on stay two: what was asked of the unit stands as it was asked.
    """
    if not case_ids:
        return None
    touched = case_groups.decided_cases(conn, case_ids)
    target = min(touched or case_ids)
    for case_id in case_ids:
        if case_id != target and case_id not in touched:
            case_groups.merge_case(conn, case_id, target, "one_cause", run_id, now)
    return target


def assess(conn: Connection, run_id: int, case_id: int, now: datetime) -> None:
    """Say what a case has become where its level is another one now; a settled case keeps its own."""
    if case_groups.is_settled(conn, case_id):
        return
    level, reason = level_of(case_groups.testimony(conn, case_id))
    if level != case_groups.level_of(conn, case_id):
        case_groups.insert_level(conn, case_id, level, reason, run_id, now)


def level_of(said: Sequence[Testimony]) -> tuple[str, str]:
    """The level that findings bear out together, and why: a doubt takes an unexplained doubt, or two channels.

    Source: practice 5, levels of evidence.
    """
    open_ones = [one for one in said if not one.is_explained]
    channels = {channel_of(one.rule_code, one.family) for one in open_ones} - {None}
    if any(one.level == "doubt" for one in open_ones):
        return "doubt", "doubt_found"
    if len(channels) > 1:
        return "doubt", "two_channels"
    return "lead", "one_channel" if len(open_ones) == len(said) else "explained"
