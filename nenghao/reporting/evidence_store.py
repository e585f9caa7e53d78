"""Reads all that the store knows of a case: its findings, what was kept of them, and the points they are about.

Before: a case with its findings (`expectations.recording`). After: `nenghao.reporting.evidence` writes the document.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from nenghao.db import cases
from nenghao.db.connection import Connection
from nenghao.db.evidence import Row, rows
from nenghao.domain.periods import day_bounds, day_of
from nenghao.errors import DataRefused
from nenghao.reporting.evidence_curves import HISTORY, Curve, Day, Span, draw, read_day

#: A declared change this far from the span explains it still: three working days and a weekend on either side.
NEAR: Final = timedelta(days=5)
#: Readings of one point that a document holds; the others stay findable by series and time.
READINGS: Final = 1000
#: Points that a document tells in full; a case of more is told by its findings.
SUBJECTS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A point and quantity that findings are about, over all of their spans, with all that stands beside its curve."""

    point: Row
    quantity: str
    #: The series that was found, and the other channel of the same point and quantity.
    series_id: int
    register_id: int | None
    span: Span
    findings: Sequence[Row]
    curve: Curve | None
    register_days: Sequence[Day]
    #: Rows of sql/queries/evidence.sql, by the name of the query without `evidence_`.
    beside: dict[str, list[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case as the store has it."""

    head: Row
    unit: Row | None
    findings: Sequence[Row]
    subjects: Sequence[Subject]
    #: Points beyond `SUBJECTS` that are told by their findings only.
    left_out: int
    span: Span
    decisions: Sequence[Row]
    recorded: Sequence[Row]
    precision: Sequence[Row]
    messages: Sequence[Row]
    beside: dict[str, list[Row]]


def read_case(conn: Connection, case_id: int, is_workday: Callable[[date], bool]) -> CaseFile:
    """Everything about a case.

    Raises: DataRefused where there is no such case, nothing was found in it, or it is of several units.
    """
    head = cases.case_head(conn, case_id)
    if head is None:
        raise DataRefused(f"there is no case {case_id}")
    findings = cases.case_findings(conn, case_id)
    if not findings:
        raise DataRefused(f"case {case_id} has no findings")
    unit_count = len({row["unit_id"] for row in findings})
    if unit_count > 1:
        raise DataRefused(
            f"case {case_id} is of {unit_count} units, and no unit may read another's:"
            " write the evidence of the cases that were merged into it, one for each unit"
        )
    more = {row["finding_id"]: row for row in rows(conn, "evidence_findings", finding_ids=_ids(findings))}
    findings = [{**finding, **more[finding["finding_id"]]} for finding in findings]
    unit = next(iter(rows(conn, "evidence_unit", unit_id=head["unit_id"])), None) if head["unit_id"] else None
    recorded = rows(conn, "evidence_recorded", case_id=case_id)
    # What later audits did not find any more is told, and widens nothing.
    standing = [row for row in findings if not row["is_quiet"]] or findings
    span = min(row["span_from"] for row in standing), max(row["span_to"] for row in standing)
    groups = _groups(conn, standing)
    kept = _kept_days(recorded)
    subjects = [_subject(conn, group, kept, is_workday) for group in groups[:SUBJECTS]]
    message_ids = {row["message_id"] for one in subjects for row in (*one.beside["readings"], *one.beside["replaced"])}
    about = {"unit_id": head["unit_id"], "begin_at": span[0], "end_at": span[1]}
    place = {name: (unit or {}).get(name, "") for name in ("division_code", "industry_code")}
    point_ids = sorted({row["point_id"] for row in findings if row["point_id"] is not None})
    return CaseFile(
        head=head,
        unit=unit,
        findings=findings,
        subjects=subjects,
        left_out=max(0, len(groups) - SUBJECTS),
        span=span,
        decisions=cases.case_decisions(conn, case_id),
        recorded=recorded,
        precision=rows(conn, "evidence_precision", rule_codes=sorted({row["rule_code"] for row in findings})),
        messages=rows(conn, "evidence_messages", message_ids=sorted(message_ids)),
        beside={
            "events": rows(conn, "evidence_events", **about, **place),
            "outages": rows(conn, "evidence_outages", **about),
            "history": rows(conn, "evidence_history", point_ids=point_ids, case_id=case_id),
            "timeline": cases.case_history(conn, case_id),
            "documents": rows(conn, "evidence_documents", case_id=case_id),
            "common_cause": _common_cause(conn, findings, place["division_code"]),
        },
    )


def _ids(findings: Sequence[Row]) -> list[int]:
    return [finding["finding_id"] for finding in findings]


def _groups(conn: Connection, findings: Sequence[Row]) -> list[tuple[Row, list[Row]]]:
    """(row of the suspected series, its findings), one for each point and quantity, the largest span first.

    Where both channels of a point were found, the intervals are the suspected ones: the register is what speaks.
    """
    series_ids = sorted({row["series_id"] for row in findings if row["series_id"] is not None})
    series = {row["series_id"]: row for row in rows(conn, "evidence_points", series_ids=series_ids)}
    by_point: defaultdict[tuple[int, str], list[Row]] = defaultdict(list)
    for finding in findings:
        if finding["series_id"] is not None:
            one = series[finding["series_id"]]
            by_point[one["point_id"], one["quantity"]].append(finding)
    groups = []
    for about in by_point.values():
        own = [series[finding["series_id"]] for finding in about]
        groups.append((min(own, key=lambda row: (row["kind"] == "register", row["series_id"])), about))
    return sorted(groups, key=lambda group: (-len(group[1]), group[0]["series_id"]))


def _kept_days(recorded: Sequence[Row]) -> dict[int, dict[date, Day]]:
    """Days as they stood when they were first judged, by series."""
    kept: defaultdict[int, dict[date, Day]] = defaultdict(dict)
    for piece in recorded:
        for row in piece["content"] if piece["kind"] == "days" else ():
            day = read_day(row)
            kept[row["series_id"]].setdefault(day.day_on, day)
    return kept


def _subject(
    conn: Connection,
    group: tuple[Row, list[Row]],
    kept: dict[int, dict[date, Day]],
    is_workday: Callable[[date], bool],
) -> Subject:
    series, findings = group
    begin_at, end_at = span = (min(row["span_from"] for row in findings), max(row["span_to"] for row in findings))
    channels = cases.channels(conn, series["series_id"]) or [series["series_id"]]
    kinds = {row["series_id"]: row["kind"] for row in rows(conn, "evidence_points", series_ids=channels)}
    register_id = next((one for one in channels if kinds[one] == "register"), None)
    first_on, last_on = day_of(begin_at) - HISTORY, day_of(end_at)
    days: defaultdict[int, list[Day]] = defaultdict(list)
    day_rows = rows(conn, "evidence_days", series_ids=channels, first_on=first_on, last_on=last_on)
    for row in day_rows:
        days[row["series_id"]].append(read_day(row))
    unclean = {
        row["day_on"]
        for row in rows(
            conn, "evidence_other_findings", series_ids=channels, begin_at=begin_at - HISTORY, end_at=end_at
        )
    }
    judged = list(kept.get(series["series_id"], {}).values())
    register_days = {day.day_on: day for day in days[register_id]} if register_id is not None else {}
    register_days |= kept.get(register_id, {}) if register_id is not None else {}
    return Subject(
        point=series,
        quantity=series["quantity"],
        series_id=series["series_id"],
        register_id=register_id if register_id != series["series_id"] else None,
        span=span,
        findings=findings,
        curve=draw(span, judged, days[series["series_id"]], unclean, is_workday),
        register_days=tuple(register_days.values()) if register_id != series["series_id"] else (),
        beside=_beside(conn, series, channels, span, day_rows),
    )


def _beside(
    conn: Connection, series: Row, channels: list[int], span: Span, day_rows: list[Row]
) -> dict[str, list[Row]]:
    """Ledger, readings, gateways, network and siblings of a point around a span."""
    at = {"begin_at": span[0], "end_at": span[1]}
    near = {"begin_at": span[0] - NEAR, "end_at": span[1] + NEAR}
    around = {"first_on": day_of(span[0]) - HISTORY, "last_on": day_of(span[1] - timedelta(microseconds=1))}
    point_ids = [series["point_id"]]
    versions = rows(conn, "evidence_versions", series_ids=channels, **near)
    readings = rows(conn, "evidence_readings", series_ids=channels, row_limit=READINGS, **at)
    sent = rows(conn, "evidence_messages", message_ids=sorted({row["message_id"] for row in readings}))
    gateway_ids = sorted({row["gateway_id"] for row in sent if row["gateway_id"] is not None})
    network = rows(conn, "evidence_network", point_id=series["point_id"], **around)
    in_network = sorted({row[name] for row in network for name in ("whole_point_id", "part_point_id")})
    return {
        "versions": versions,
        "verifications": rows(conn, "evidence_verifications", meter_ids=sorted({row["meter_id"] for row in versions})),
        "changes": rows(conn, "evidence_changes", point_ids=point_ids, **near),
        "readings": readings,
        "reading_count": rows(conn, "evidence_reading_count", series_ids=channels, **at),
        "replaced": rows(conn, "evidence_replaced", series_ids=channels, **at),
        "gateways": rows(conn, "evidence_gateways", gateway_ids=gateway_ids, **near),
        "network": network,
        "accuracy": rows(conn, "evidence_accuracy", point_ids=in_network, quantity=series["quantity"], at=span[0]),
        "siblings": rows(conn, "evidence_siblings", unit_id=series["unit_id"], quantity=series["quantity"], **around),
        "days": [row for row in day_rows if day_of(span[0]) <= row["day_on"] <= around["last_on"]],
    }


def _common_cause(conn: Connection, findings: Sequence[Row], division_code: str) -> list[Row]:
    """Of each rule: how many units of the place there are, and how many show it from the same day on."""
    first: dict[str, datetime] = {}
    for finding in findings:
        first[finding["rule_code"]] = min(first.get(finding["rule_code"], finding["span_from"]), finding["span_from"])
    found = []
    for rule_code, at in sorted(first.items()):
        begin_at, end_at = day_bounds(day_of(at))
        about = {"rule_code": rule_code, "begin_at": begin_at, "end_at": end_at, "division_code": division_code}
        found += [{"rule_code": rule_code, **row} for row in rows(conn, "evidence_common_cause", **about)]
    return found
