"""What the API has: each resource with its path, its rows, its parameters and whom it is for, declared once.

Routes (`routes`), the description (`description`) and the page about it are made of this table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from nenghao.console.api import readers
from nenghao.console.api.parameters import Parameter
from nenghao.console.api.readers import Asked
from nenghao.console.rules import (
    AUDITOR,
    ENERGY_SAVING,
    STATISTICIAN,
    STATISTICS,
    SYSTEM_ADMIN,
    UNIT,
    Rule,
    for_roles,
)
from nenghao.db import api_rows as rows
from nenghao.db import rules as rule_rows
from nenghao.db.api import Owner

#: Those who see what was collected for online monitoring, for the statistical survey, and what rules found.
ONLINE: Final = for_roles(UNIT, STATISTICIAN, AUDITOR, authorities=(STATISTICS, ENERGY_SAVING))
SURVEY: Final = for_roles(UNIT, STATISTICIAN, AUDITOR, authorities=(STATISTICS,))
CASES: Final = for_roles(STATISTICIAN, AUDITOR, authorities=(STATISTICS,))
REGISTER: Final = for_roles(UNIT, STATISTICIAN, AUDITOR)
RULES: Final = for_roles(STATISTICIAN, AUDITOR, SYSTEM_ADMIN, authorities=(STATISTICS,))

CASE_STATES: Final = ("open", "asked", "quiet", "decided", "merged")
RELEASE_KINDS: Final = ("monitored_balance", "filing", "aggregate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One path of the API. `row` is a row of its table, or the one thing that it answers with."""

    name: str
    path: str
    row: type
    rule: Rule
    read: Callable[[Asked], Any]
    is_list: bool = True
    parameters: tuple[Parameter, ...] = ()
    media_type: str = "application/json"
    #: A table of api.sql, whose columns are the row's; what of the database's parameters is always the same.
    query: str | None = None
    always: Mapping[str, Any] = field(default_factory=dict)
    #: Whose thing the path names, and by which parameter: it is 404 where the caller may not see that.
    owner: tuple[Owner, str] | None = None
    #: The longest span between `from` and `to`.
    span_max: timedelta | None = None


def _path(name: str, example: str = "1") -> Parameter:
    return Parameter(name=name, kind="integer", where="path", is_required=True, example=example)


_UNIT: Final = Parameter(name="unit", example="911502000000000009")
_UNIT_PATH: Final = Parameter(name="unit", where="path", is_required=True, example="911502000000000009")
_DIVISION: Final = Parameter(name="division", example="1502")
_MONTH: Final = Parameter(name="month", kind="month", example="2026-10")
_FROM_AT: Final = Parameter(name="from", kind="instant", is_required=True, example="2026-10-01T00:00:00+08:00")
_TO_AT: Final = Parameter(name="to", kind="instant", is_required=True, example="2026-10-02T00:00:00+08:00")
_FROM_ON: Final = Parameter(name="from", kind="date", is_required=True, example="2026-10-01")
_TO_ON: Final = Parameter(name="to", kind="date", is_required=True, example="2026-11-01")
_MONTH_OF_READINGS: Final = timedelta(days=31)

RESOURCES: Final = (
    Resource(
        name="units", path="/units", row=rows.UnitRow, rule=REGISTER, read=readers.table, query="units",
        parameters=(_DIVISION, Parameter(name="industry", example="C31")), always={"unit": None},
    ),
    Resource(
        name="unit", path="/units/{unit}", row=rows.UnitRow, rule=REGISTER, read=readers.one, query="units",
        is_list=False, parameters=(_UNIT_PATH,), always={"division": None, "industry": None},
    ),
    Resource(
        name="series", path="/units/{unit}/series", row=rows.SeriesRow, rule=ONLINE, read=readers.of_unit,
        query="series", parameters=(_UNIT_PATH,),
    ),
    Resource(
        name="refusals", path="/units/{unit}/refusals", row=rows.RefusalRow, rule=ONLINE, read=readers.of_unit,
        query="refusals", parameters=(_UNIT_PATH, _FROM_AT, _TO_AT), span_max=_MONTH_OF_READINGS,
    ),
    Resource(
        name="readings", path="/series/{series_id}/readings", row=rows.ReadingRow, rule=ONLINE, read=readers.table,
        query="readings", parameters=(_path("series_id"), _FROM_AT, _TO_AT), owner=("series", "series_id"),
        span_max=_MONTH_OF_READINGS,
    ),
    Resource(
        name="days", path="/series/{series_id}/days", row=rows.DayRow, rule=ONLINE, read=readers.table, query="days",
        parameters=(_path("series_id"), _FROM_ON, _TO_ON), owner=("series", "series_id"), span_max=timedelta(days=366),
    ),
    Resource(
        name="completeness", path="/completeness", row=rows.CompletenessRow, rule=ONLINE, read=readers.table,
        query="completeness",
        parameters=(
            Parameter(name="month", kind="month", is_required=True, example="2026-10"), _UNIT, _DIVISION,
        ),
    ),
    Resource(
        name="cases", path="/cases", row=rows.CaseRow, rule=CASES, read=readers.table, query="cases",
        parameters=(Parameter(name="state", choices=CASE_STATES), _UNIT, Parameter(name="rule", example="frozen")),
        always={"case_id": None},
    ),
    Resource(
        name="case", path="/cases/{case_id}", row=rows.CaseRow, rule=CASES, read=readers.one, query="cases",
        is_list=False, parameters=(_path("case_id"),), always={"state": None, "unit": None, "rule": None},
        owner=("case", "case_id"),
    ),
    Resource(
        name="findings", path="/cases/{case_id}/findings", row=rows.FindingRow, rule=CASES, read=readers.table,
        query="findings", parameters=(_path("case_id"),), owner=("case", "case_id"),
    ),
    Resource(
        name="evidence", path="/cases/{case_id}/evidence", row=rows.EvidenceRow, rule=CASES, read=readers.table,
        query="evidence", parameters=(_path("case_id"),), owner=("case", "case_id"),
    ),
    Resource(
        name="decisions", path="/cases/{case_id}/decisions", row=rows.DecisionRow, rule=CASES, read=readers.table,
        query="decisions", parameters=(_path("case_id"),), owner=("case", "case_id"),
    ),
    Resource(
        name="steps", path="/cases/{case_id}/steps", row=rows.StepRow, rule=CASES, read=readers.table,
        query="steps", parameters=(_path("case_id"),), owner=("case", "case_id"),
    ),
    Resource(
        name="filings", path="/filings", row=rows.FilingRow, rule=SURVEY, read=readers.table, query="filings",
        parameters=(_MONTH, _UNIT), always={"filing_id": None},
    ),
    Resource(
        name="filing", path="/filings/{filing_id}", row=rows.FilingRow, rule=SURVEY, read=readers.one,
        query="filings", is_list=False, parameters=(_path("filing_id"),), always={"month": None, "unit": None},
        owner=("filing", "filing_id"),
    ),
    Resource(
        name="filing_cells", path="/filings/{filing_id}/cells", row=rows.FilingCellRow, rule=SURVEY,
        read=readers.table, query="filing_cells", parameters=(_path("filing_id"),), owner=("filing", "filing_id"),
    ),
    Resource(
        name="balances", path="/balances", row=rows.BalanceRow, rule=ONLINE, read=readers.table, query="balances",
        parameters=(_MONTH, _UNIT), always={"balance_id": None},
    ),
    Resource(
        name="balance_cells", path="/balances/{balance_id}/cells", row=rows.BalanceCellRow, rule=ONLINE,
        read=readers.table, query="balance_cells", parameters=(_path("balance_id"),), owner=("balance", "balance_id"),
    ),
    Resource(
        name="releases", path="/releases", row=rows.ReleaseRow, rule=ONLINE, read=readers.table, query="releases",
        parameters=(_MONTH, _UNIT, Parameter(name="kind", choices=RELEASE_KINDS)), always={"release_id": None},
    ),
    Resource(
        name="release", path="/releases/{release_id}", row=rows.ReleaseRow, rule=ONLINE, read=readers.one,
        query="releases", is_list=False, parameters=(_path("release_id"),),
        always={"month": None, "unit": None, "kind": None},
    ),
    Resource(
        name="archive", path="/releases/{release_id}/archive", row=bytes, rule=ONLINE, read=readers.archive,
        is_list=False, parameters=(_path("release_id"),), media_type="application/zip",
    ),
    Resource(
        name="explanation", path="/releases/{release_id}/cells/{cell}", row=readers.Explanation, rule=ONLINE,
        read=readers.explanation, is_list=False,
        parameters=(
            _path("release_id"), Parameter(name="cell", where="path", is_required=True, example="205-1!33.4"),
        ),
    ),
    Resource(name="rules", path="/rules", row=rule_rows.RuleRow, rule=RULES, read=readers.rules),
    Resource(
        name="thresholds", path="/rules/{rule}/thresholds", row=rule_rows.ThresholdRow, rule=RULES,
        read=readers.thresholds, parameters=(Parameter(name="rule", where="path", is_required=True, example="frozen"),),
    ),
)  # fmt: skip
