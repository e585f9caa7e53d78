"""What follows from a run as a whole: what went quiet, what came back, and what many units have in common.

Before it: `recording` wrote the findings of a run. After it: people decide on the cases left (`nenghao.review`).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from expectations import placing
from nenghao.db import case_groups, cases
from nenghao.db.connection import Connection
from nenghao.domain.common_cause import ONE_DAY, Common, Group, Step, find_common
from nenghao.domain.periods import day_of
from nenghao.reference.cases import load_common_cause

#: A detector may need weeks to see a step: a common cause is looked for among those that began this long ago.
COMMON_CAUSE_WINDOW: Final = timedelta(days=62)


def settle(
    conn: Connection,
    run_id: int,
    *,
    unit_ids: Sequence[int],
    rule_codes: Sequence[str],
    span: tuple[datetime, datetime],
    seen_ids: Sequence[int],
    now: datetime,
) -> None:
    """Say what a run of days no longer found, what it found again, and join what is of one cause.

    `rule_codes` are the rules that ran: what a rule that raised an error found before has not gone quiet.
    """
    moved = set(case_groups.mark_recurred(conn, seen_ids, run_id, now))
    moved |= set(
        case_groups.mark_quiet(
            conn,
            unit_ids=unit_ids,
            rule_codes=rule_codes,
            span=span,
            seen_ids=seen_ids,
            audit_run_id=run_id,
            at=now,
        )
    )
    for case_id in sorted({case_groups.root_of(conn, case_id) for case_id in moved}):
        placing.assess(conn, run_id, case_id, now)
    join_common(conn, run_id, day_of(span[0]) - COMMON_CAUSE_WINDOW, now)


def join_common(conn: Connection, run_id: int, since_on: date, now: datetime) -> None:
    """Make one case of the steps that many units of a zone or a sector took on one day; late ones join it."""
    limits = load_common_cause()
    steps = [_step(row) for row in case_groups.stepped_units(conn, limits.kinds, since_on)]
    days = sorted({one.began_on for one in steps})
    left = [one for one in steps if not _joins_known(conn, run_id, one, now)]
    totals = (
        {
            (group, day_on): total
            for day_on in days
            for group, total in case_groups.units_of_groups(conn, day_on).items()
        }
        if len({one.unit_id for one in left}) >= limits.unit_count_min
        else {}
    )
    for common in find_common(left, totals, limits.share_min, limits.unit_count_min):
        case_id = cases.insert_case(conn, unit_id=None, level="lead", opened_at=now)
        _insert(conn, run_id, case_id, common, now)
        for merged_id in common.case_ids:
            case_groups.merge_case(conn, merged_id, case_id, "common_cause", run_id, now)


def _step(row: case_groups.SteppedUnit) -> Step:
    groups: tuple[Group, ...] = ((row.division_code, None), (None, row.sector_code))
    return Step(row.case_id, row.unit_id, groups, row.began_on)


def _joins_known(conn: Connection, run_id: int, step: Step, now: datetime) -> bool:
    """Whether the step is one of a common cause that is known already; then its case joins that one's."""
    for day_on in (step.began_on, step.began_on - ONE_DAY, step.began_on + ONE_DAY):
        known = case_groups.common_causes(conn, day_on)
        for group in step.groups:
            if group in known and not case_groups.is_settled(conn, known[group]):
                case_groups.merge_case(conn, step.case_id, known[group], "common_cause", run_id, now)
                return True
    return False


def _insert(conn: Connection, run_id: int, case_id: int, common: Common, now: datetime) -> None:
    limits = load_common_cause()
    case_groups.insert_common_cause(
        conn,
        case_id=case_id,
        group=common.group,
        began_on=common.began_on,
        unit_count=common.unit_count,
        unit_total=common.unit_total,
        share_min=limits.share_min,
        unit_count_min=limits.unit_count_min,
        audit_run_id=run_id,
        found_at=now,
    )
