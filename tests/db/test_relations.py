"""Every relation of the edition, run by the database as the audit runs it: what is broken is found at its cell."""

from collections.abc import Iterator
from decimal import Decimal
from fnmatch import fnmatch

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.domain.balance import build_balance
from nenghao.domain.drafts import prefill
from nenghao.domain.relation_query import relation_sql
from nenghao.domain.relations import Relation
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.relations import load_relations
from nenghao.reference.varieties import load_varieties
from tests.domain.month_inputs import inputs, point
from tests.domain.works_files import works_inputs

RELATIONS = {row.code: Relation.parse(row.code, row.form, row.definition) for row in load_relations()}

#: For each relation the cell that its failure names, and cells that break it, as `of/form row.column`.
BROKEN: dict[str, tuple[str, dict[str, object]]] = {
    "A1": ("205-1 33.4", {"33.4": 10, "33.5": 4, "33.7": 5}),
    "A2a": ("205-1 01.6", {"01.5": 1, "01.6": 2}),
    "A2b": ("205-1 21.8", {"21.4": 1, "21.8": 2}),
    "A3": ("205-1 01.2", {"01.2": 10, "02.2": 4, "03.2": 5}),
    "A3m": ("205-1 01.4", {"01.4": 10, "04.4": 9}),
    "A4": ("205-1 40.4", {"33.4": 100, "33.10": "1.229", "02.4": 50, "02.10": 1, "40.4": 124}),
    "A4b": ("205-1 40.3", {"33.3": 5, "40.3": 6}),
    "A4c": ("205-1 33.4", {"33.4": 5}),
    "A4m": ("205-1 40.4", {"33.tce": 5, "02.tce": 100, "40.4": 6}),
    "A5": ("205-1 19.2", {"19.2": -1}),
    "A5b": ("205-1 19.2", {"19.2": "1.234"}),
    "A5c": ("205-2 09.11", {"205-2 09.11": -1}),
    "A5d": ("205-2 09.12", {"205-2 09.12": "1.234"}),
    "A5m": ("205-1 09.4", {"09.4": -1}),
    "A6": ("205-1 01.9", {"01.1": 5, "01.2": 10, "01.4": 8, "01.9": 6}),
    "A7a": ("205-1 01.1", {"01.1": 5, "year_end/01.9": 6}),
    "A7b": ("205-1 01.1", {"01.1": 5, "previous/01.1": 6}),
    "A8": ("205-1 33.4", {"33.4": 5, "previous/33.4": 6}),
    "A8b": ("205-2 09.11", {"205-2 09.11": 5, "previous/205-2 09.11": 6}),
    "A9": ("205-1 33.9", {"33.9": 3}),
    "A10": ("205-1 33.10", {"33.10": "1.4", "reference/33.d": "1.229"}),
    "A10b": ("205-1 04.10", {"04.10": "0.2", "reference/04.d": "0.7143"}),
    "A11": ("205-1 33.3", {"33.3": 900, "33.2": 1000, "previous/33.3": 300, "previous/33.2": 600}),
    "A12": ("205-1 40.4", {"40.4": 130, "same_period/40.4": 100}),
    "A12b": ("205-1 40.4", {"40.4": 115, "same_period/40.4": 100, "year_end/40.4": 12000}),
    "A12c": ("205-1 40.4", {"40.4": 400, "previous/40.4": 200, "before_previous/40.4": 100}),
    "A13a": ("205-2 01.1", {"205-2 01.1": 5, "01.5": 6}),
    "A13b": ("205-2 01.2", {"205-2 01.1": 5, "205-2 01.2": 6}),
    "A13m": ("205-2 01.2", {"205-2 01.1": 5, "205-2 01.2": 6}),
    "A14": ("205-2 01.2", {"205-2 01.2": 5, "205-2 01.3": 4, "205-2 01.6": 2}),
    "A15": (
        "205-1 40.4",
        {"40.4": 1, "205-2 33.11": 100, "33.10": "1.229", "205-2 01.2": 100, "01.10": "0.7"},
    ),
    "A15a": ("205-2 09.11", {"205-2 09.11": 80, "09.10": "0.9714", "205-2 03.6": 7, "205-2 06.6": 100, "06.10": "0.9"}),
    "A15b": ("205-2 33.11", {"205-2 33.11": 100, "33.10": "1.229", "205-2 01.3": 200, "01.10": "0.7"}),
    "A15c": ("205-2 32.11", {"205-2 32.11": 100, "32.10": "0.0341", "205-2 01.4": 100, "01.10": "0.7"}),
    "A16": (
        "205-3 P1.indicator",
        {"205-3 P1.indicator": 5, "205-3 P1.denominator": 10, "205-3 P1.numerator": 6, "205-3 P1.factor": 10},
    ),
    "A17": ("205-1 33.2", {"33.2": 100, "statement/33.2": 120}),
    "A18": ("205-3 P1.denominator", {"205-3 P1.denominator": 10, "production/B204-1 P1.output": 11}),
    "A20": ("205-1 33.2", {"33.2": 100, "monitored/33.2": 110}),
    "A21": (
        "205-1 40.4",
        {"40.4": 100, "01.1": 10, "01.9": 5, "01.2": 100, "01.5": 90, "01.7": 0, "01.10": 1},
    ),
}

#: The same cells put right, relation by relation.
MENDED: dict[str, dict[str, object]] = {
    "A1": {"33.4": 9}, "A2a": {"01.6": 1}, "A2b": {"21.8": 1}, "A3": {"02.2": 5}, "A3m": {"04.4": 10},
    "A4": {"40.4": "122.9"}, "A4b": {"40.3": 5}, "A4c": {"33.10": "1.229"}, "A4m": {"40.4": 5}, "A5": {"19.2": 0},
    "A5b": {"19.2": "1.230"}, "A5c": {"205-2 09.11": 0},
    "A5d": {"205-2 09.12": "1.23"}, "A5m": {"09.4": 0}, "A6": {"01.9": 7}, "A7a": {"01.1": 6}, "A7b": {"01.1": 6},
    "A8": {"33.4": 6}, "A8b": {"205-2 09.11": 6}, "A9": {"33.9": 0}, "A10": {"33.10": "1.229"},
    "A10b": {"04.10": "0.6"}, "A11": {"33.3": 500}, "A12": {"40.4": 115}, "A12b": {"year_end/40.4": 9000},
    "A12c": {"40.4": 305}, "A13a": {"01.5": 5}, "A13b": {"205-2 01.2": 5},
    "A13m": {"205-2 01.2": 5}, "A14": {"205-2 01.2": 6},
    "A15": {"205-2 33.11": 40}, "A15a": {"205-2 09.11": 87, "205-2 03.6": 0}, "A15b": {"205-2 33.11": 45},
    "A15c": {"205-2 32.11": 1500}, "A16": {"205-3 P1.indicator": 6}, "A17": {"33.2": 118},
    "A18": {"205-3 P1.denominator": 11}, "A20": {"33.2": 106}, "A21": {"01.5": 105},
}  # fmt: skip


@pytest.fixture(scope="module")
def rules(module_database: Settings) -> Iterator[psycopg.Connection]:
    with connect(module_database, Role.RULES) as conn:
        yield conn


def batch(returns: dict[int, dict[str, object]]) -> str:
    rows = ", ".join(
        f"({return_id}, 7, DATE '2026-10-01', {cell(name)}, {value}::numeric)"
        for return_id, cells in returns.items()
        for name, value in cells.items()
    )
    columns = "return_id, unit_id, month_on, of_return, form_code, row_code, column_code, value"
    return f"(SELECT * FROM (VALUES {rows}) AS v ({columns}))"


def cell(name: str) -> str:
    of, _, rest = name.rpartition("/")
    form, _, place = rest.rpartition(" ")
    row, _, column = place.partition(".")
    return f"'{of or 'this'}', '{form or '205-1'}', '{row}', '{column}'"


def offences(conn: psycopg.Connection, code: str, returns: dict[int, dict[str, object]]) -> list[tuple[int, str]]:
    """(return, named cell) of each failure."""
    query = relation_sql(RELATIONS[code]).format(batch=batch(returns))
    rows = conn.execute(query.encode()).fetchall()
    assert all(row[:2] == (7, rows[0][1]) and row[3] == code for row in rows)
    return [(row[2], f"{row[4]} {row[5]}.{row[6]}") for row in rows]


def test_every_relation_has_cells_that_break_it() -> None:
    assert set(BROKEN) == set(MENDED) == set(RELATIONS)


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_relation_names_its_cell_and_a_mended_one_is_silent(rules: psycopg.Connection, code: str) -> None:
    named, cells = BROKEN[code]
    both = {1: cells, 2: cells | MENDED[code]}
    assert offences(rules, code, both) == [(1, named)]


@pytest.mark.parametrize("code", [code for code in BROKEN if code != "A4c" and code[:2] not in ("A5", "A9")])
def test_a_relation_whose_cells_are_missing_is_not_judged(rules: psycopg.Connection, code: str) -> None:
    required = [term.cell for term in RELATIONS[code].terms if not term.is_optional]
    _, cells = BROKEN[code]
    without = {
        name: value
        for name, value in cells.items()
        if not any(fnmatch(cell(name), cell(f"{one.of}/{one.form} {one.row}.{one.column}")) for one in required[:1])
    }
    assert without != cells
    assert offences(rules, code, {1: without or {"19.4": 1}}) == []


def test_something_times_an_unknown_coefficient_is_not_judged_and_nothing_is_nothing(rules: psycopg.Connection) -> None:
    cells: dict[str, object] = {"33.4": 100, "33.10": "1.229", "15.4": 50, "40.4": 1}
    assert offences(rules, "A4", {1: cells}) == []
    assert offences(rules, "A4", {1: cells | {"15.4": 0}}) == [(1, "205-1 40.4")]


def test_a_share_of_nothing_is_not_judged(rules: psycopg.Connection) -> None:
    assert offences(rules, "A12", {1: {"40.4": 5, "same_period/40.4": 0}}) == []


amounts = st.decimals(min_value=0, max_value=10**6, places=2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(returns=st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=30))
def test_many_returns_are_judged_as_each_alone(
    rules: psycopg.Connection, returns: list[tuple[Decimal, Decimal, Decimal]]
) -> None:
    cells: dict[int, dict[str, object]] = {
        place: {"33.4": total, "33.5": used, "33.7": apart}
        for place, (total, used, apart) in enumerate(returns, start=1)
    }
    expected = {
        place
        for place, (total, used, apart) in enumerate(returns, start=1)
        if abs(total - used - apart) > Decimal("0.01")
    }
    assert {place for place, _ in offences(rules, "A1", cells)} == expected


def test_a_works_can_file_what_its_own_meters_say(rules: psycopg.Connection) -> None:
    """The prefilled draft of the integrated steel works breaks no mandatory relation, and the identity holds."""
    month = {cell.key: cell.value for cell in build_balance(works_inputs()).cells}
    references = {code: row.tce_per_form_unit for code, row in load_coefficients().in_use.items()}
    drafted = prefill(
        months=[month], year_end={}, earlier={}, references=references, kept=(), varieties=load_varieties()
    )
    cells: dict[str, object] = {f"{form} {row}.{column}": one.value for (form, row, column), one in drafted.items()}
    assert {"205-1 40.4", "205-2 09.11"} <= cells.keys()
    judged = [row for row in load_relations() if "filing" in RELATIONS[row.code].returns]
    broken = {row.code for row in judged if offences(rules, row.code, {1: cells})}
    assert not broken & {row.code for row in judged if row.obligation == "mandatory"}
    assert "A21" not in broken


def test_a_works_that_draws_on_its_yard_breaks_nothing_mandatory_by_its_meters(rules: psycopg.Connection) -> None:
    """Meters know no stock: coked is more than what came in, and sold more than what was made, in an honest month."""
    points = [
        point(1, 80_000, variety_code="06", unit="t"),
        point(2, 100_000, variety_code="06", unit="t", flow="conversion_input", conversion="coking"),
        point(3, 75_000, variety_code="09", unit="t", flow="conversion_output", conversion="coking"),
        point(4, 90_000, variety_code="09", unit="t", flow="export"),
    ]
    cells: dict[str, object] = {
        f"{one.form_code} {one.row_code}.{one.column_code}": one.value for one in build_balance(inputs(points)).cells
    }
    judged = [row for row in load_relations() if "monitored_balance" in RELATIONS[row.code].returns]
    broken = {(row.obligation, named) for row in judged for _, named in offences(rules, row.code, {1: cells})}
    assert broken == {
        ("explanatory", "205-1 09.4"), ("explanatory", "205-1 09.5"), ("explanatory", "205-1 09.tce"),
        ("explanatory", "205-2 06.2"),
    }  # fmt: skip
