"""Gathers what a person has to see of a case to judge it: what was found and where, considered, and decided.

Before: findings, evidence and decisions of a case. After: the console's page of it. Figures that take arithmetic come
from `nenghao.reporting.evidence`, which writes the document of the same case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from nenghao.db import case_page, cases
from nenghao.db.case_page import rows
from nenghao.db.connection import Connection
from nenghao.db.evidence import rows as evidence_rows
from nenghao.domain.proportions import Proportion, wilson
from nenghao.errors import DataRefused

Row = dict[str, Any]

#: Other cases of the unit that the page names; how many there are stands beside them.
RELATED: Final = 10
MESSAGES_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A point and quantity that findings are about: its series, registers before intervals, and the span of it all."""

    point: Row
    quantity: str
    #: The series that was found; where both channels were, the intervals: the register is what speaks.
    series_id: int
    register_id: int | None
    span: tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePrecision:
    """How often a version of a rule was right so far."""

    rule_code: str
    rule_version: int
    case_count: int
    decided_count: int
    confirmed_count: int
    share: Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """All that the first look at a case shows."""

    head: Row
    findings: Sequence[Row]
    subjects: Sequence[Subject]
    span: tuple[datetime, datetime]
    events: Sequence[Row]
    innocence: Sequence[str]
    earlier: Sequence[Row]
    decisions: Sequence[Row]
    history: Sequence[Row]
    precision: Sequence[RulePrecision]
    related: Sequence[Row]

    @property
    def rules(self) -> list[tuple[str, int]]:
        """(code, version) of each rule that speaks here."""
        return sorted({(row["rule_code"], row["rule_version"]) for row in self.findings})

    @property
    def related_count(self) -> int:
        """How many other cases the unit has."""
        return self.related[0]["case_count"] if self.related else 0

    @property
    def has_values(self) -> bool:
        """Whether the case is about values that were reported against standing ones."""
        return any(finding["evidence"].get(name) for finding in self.findings for name in VALUES)


#: What the evidence of a finding calls the ids of conflicts and of waiting corrections.
VALUES: Final = ("conflict_ids", "revision_ids")


def head_of(conn: Connection, case_id: int) -> Row:
    """The head of a case.

    Raises: NoSuchCase where there is none that this connection may see.
    """
    found = rows(conn, "page_head", case_id=case_id)
    if not found:
        raise NoSuchCase(f"there is no case {case_id}")
    return found[0]


class NoSuchCase(DataRefused):
    """A case that is not there, or not for these eyes; nobody can tell which."""


def look_at(conn: Connection, case_id: int) -> Sight:
    """Everything that the first look shows.

    Raises: NoSuchCase.
    """
    head = head_of(conn, case_id)
    findings = cases.case_findings(conn, case_id)
    standing = [row for row in findings if not row["is_quiet"]] or findings
    pieces = rows(conn, "page_pieces", case_id=case_id)
    events = [event for piece in pieces if piece["kind"] == "context" for event in piece["content"]["events"]]
    return Sight(
        head=head,
        findings=findings,
        subjects=subjects_of(conn, standing),
        span=(
            min((row["span_from"] for row in standing), default=head["opened_at"]),
            max((row["span_to"] for row in standing), default=head["opened_at"]),
        ),
        events=list({(event["source"], event["source_id"]): event for event in events}.values()),
        innocence=sorted({key for piece in pieces if piece["kind"] == "innocence" for key in piece["content"]}),
        earlier=[piece["content"] for piece in pieces if piece["kind"] == "earlier_case"],
        decisions=cases.case_decisions(conn, case_id),
        history=cases.case_history(conn, case_id),
        precision=precision_of(conn, findings),
        related=[]
        if head["unit_id"] is None
        else rows(conn, "related_cases", unit_id=head["unit_id"], case_id=case_id, row_limit=RELATED),
    )


def subjects_of(conn: Connection, findings: Sequence[Row]) -> list[Subject]:
    """The points and quantities that findings are about, those with the most findings first."""
    found = [row for row in findings if row["series_id"] is not None]
    series = rows(conn, "page_points", series_ids=sorted({row["series_id"] for row in found})) if found else []
    by_id = {row["series_id"]: row for row in series}
    groups: dict[tuple[int, str], list[Row]] = {}
    for row in found:
        if row["series_id"] in by_id:  # a gauge has no energy to draw
            one = by_id[row["series_id"]]
            groups.setdefault((one["point_id"], one["quantity"]), []).append(row)
    subjects = []
    for (point_id, quantity), about in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        own = [by_id[row["series_id"]] for row in about]
        channels = [row for row in series if (row["point_id"], row["quantity"]) == (point_id, quantity)]
        suspected = min(own, key=lambda row: (row["kind"] == "register", row["series_id"]))
        subjects.append(
            Subject(
                point=suspected,
                quantity=quantity,
                series_id=suspected["series_id"],
                register_id=next((row["series_id"] for row in channels if row["kind"] == "register"), None),
                span=(min(row["span_from"] for row in about), max(row["span_to"] for row in about)),
            )
        )
    return subjects


def precision_of(conn: Connection, findings: Sequence[Row]) -> list[RulePrecision]:
    """How often the versions of rules that speak in a case were right so far."""
    versions = {(row["rule_code"], row["rule_version"]) for row in findings}
    told = evidence_rows(conn, "evidence_precision", rule_codes=sorted({code for code, _ in versions}))
    return [
        RulePrecision(**row, share=wilson(row["confirmed_count"], row["decided_count"]))
        for row in told
        if (row["rule_code"], row["rule_version"]) in versions
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSight:
    """A rule as it spoke in a case: its essay, every threshold with its validity, how it is run, how right it was."""

    code: str
    version: int
    definition: Row
    essay: str | None
    #: The values that the findings were judged by.
    used: Row
    thresholds: Sequence[Row]
    modes: Sequence[Row]
    precision: RulePrecision | None


def look_at_rules(conn: Connection, case_id: int) -> list[RuleSight]:
    """The rules that speak in a case.

    Raises: NoSuchCase.
    """
    head_of(conn, case_id)
    findings = cases.case_findings(conn, case_id)
    codes = sorted({row["rule_code"] for row in findings})
    essays = {(row["rule_code"], row["version"]): row["essay"] for row in rows(conn, "page_essays", rule_codes=codes)}
    thresholds = rows(conn, "page_thresholds", rule_codes=codes)
    modes = rows(conn, "page_modes", rule_codes=codes)
    precision = {(one.rule_code, one.rule_version): one for one in precision_of(conn, findings)}
    by_version = {(row["rule_code"], row["rule_version"]): row for row in findings}
    return [
        RuleSight(
            code=code,
            version=version,
            definition=row["definition"],
            essay=essays.get((code, version)),
            used=row["thresholds"],
            thresholds=[one for one in thresholds if one["rule_code"] == code],
            modes=[one for one in modes if one["rule_code"] == code],
            precision=precision.get((code, version)),
        )
        for (code, version), row in sorted(by_version.items())
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """A page of the messages behind a case, and how many there are."""

    rows: Sequence[Row]
    count: int


def messages_behind(conn: Connection, case_id: int, page: int) -> Messages:
    """Messages that brought the readings of a case's span, both channels of each point, in the order of arrival.

    Raises: NoSuchCase.
    """
    head_of(conn, case_id)
    findings = cases.case_findings(conn, case_id)
    standing = [row for row in findings if not row["is_quiet"]] or findings
    series_ids = sorted({row["series_id"] for row in standing if row["series_id"] is not None})
    channels = [row["series_id"] for row in rows(conn, "page_points", series_ids=series_ids)]
    if not series_ids:
        return Messages(rows=[], count=0)
    found = rows(
        conn,
        "page_messages",
        series_ids=sorted({*series_ids, *channels}),
        begin_at=min(row["span_from"] for row in standing),
        end_at=max(row["span_to"] for row in standing),
        row_limit=MESSAGES_A_PAGE,
        row_offset=MESSAGES_A_PAGE * (page - 1),
    )
    return Messages(rows=found, count=found[0]["message_count"] if found else 0)


def message_behind(conn: Connection, case_id: int, message_id: int) -> Row:
    """One message of the unit of a case, with its bytes where they are still kept.

    Raises: NoSuchCase where case or message are not there, or the message is another unit's.
    """
    head = head_of(conn, case_id)
    found = rows(conn, "page_message", message_id=message_id)
    if not found or found[0]["unit_id"] is None or (head["unit_id"] not in (None, found[0]["unit_id"])):
        raise NoSuchCase(f"case {case_id} has no message {message_id}")
    return found[0]


def values_at_issue(conn: Connection, findings: Sequence[Row]) -> list[Row]:
    """Of findings about conflicting values or waiting corrections: each standing value beside the later one."""
    named = {name: sorted({n for row in findings for n in row["evidence"].get(name, ())}) for name in VALUES}
    return case_page.rows(conn, "page_conflicts", **named) if any(named.values()) else []
