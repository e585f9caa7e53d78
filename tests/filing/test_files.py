"""Templates and transcripts: what is written reads again, by our reader and by another library."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nenghao.cli.filing_words import write_figures
from nenghao.domain.filed_cells import FiledCell, Key
from nenghao.filing.templates import COLUMNS, form_sheets, read_figures
from nenghao.reference.varieties import load_varieties

VARIETIES = load_varieties()
CODES = [variety.code for variety in VARIETIES.varieties]
KEYS = st.one_of(
    *(st.tuples(st.just(form), st.sampled_from(CODES), st.sampled_from(COLUMNS[form])) for form in ("205-1", "205-2")),
    st.tuples(st.just("205-3"), st.sampled_from(["P1", "C-2"]), st.sampled_from(COLUMNS["205-3"])),
)
VALUES = st.decimals(min_value=-(10**9), max_value=10**12, places=2)


def cells(figures: dict[Key, Decimal]) -> dict[Key, FiledCell]:
    return {
        key: FiledCell(form=key[0], row=key[1], column=key[2], value=value, source="manual")
        for key, value in figures.items()
    }


def write(path: Path, figures: dict[Key, Decimal]) -> None:
    there = cells(figures)
    write_figures(path, there, form_sheets(there, VARIETIES, "zh", forms=("205-1", "205-2", "205-3")))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(figures=st.dictionaries(KEYS, VALUES, max_size=25), ending=st.sampled_from([".xlsx", ".csv"]))
def test_a_file_reads_as_it_was_written(tmp_path: Path, figures: dict[Key, Decimal], ending: str) -> None:
    path = tmp_path / f"figures{ending}"
    write(path, figures)
    read = read_figures(path)
    assert read.faults == ()
    assert read.entries == figures


def test_a_workbook_looks_as_the_form_to_another_library(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write(path, {("205-1", "33", "4"): Decimal("12.5"), ("205-2", "09", "11"): Decimal(7)})
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["205-1", "205-2", "205-3"]
    page = book["205-1"]
    heading = [cell.value for cell in page[2]]
    row = next(row for row in page.iter_rows(min_row=3) if row[0].value == "33")
    assert (row[1].value, row[2].value) == ("电力", "万千瓦时")
    assert row[heading.index("4")].value == 12.5
    assert len(list(page.iter_rows(min_row=3))) == len(CODES)


def test_people_s_files_are_refused_cell_by_cell(tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(
        "form,row,column,value\n205-1,33,4,12.5\n205-9,33,4,1\n205-1,33,44,1\n205-1,33,5,1.2.3\n205-1,33,4,12.5\n205-1,,4,1\n",
        encoding="utf-8-sig",
    )
    read = read_figures(path)
    assert [(fault.row, fault.reason) for fault in read.faults] == [
        (3, "unknown_form"), (4, "unknown_column"), (5, "not_decimal"), (6, "repeated"), (7, "unknown_row"),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "content"), [("a.csv", b"x,y\n1,2\n"), ("b.xlsx", b"PK nothing"), ("c.pdf", b"")])
def test_a_file_that_is_no_template_says_so(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert len(read_figures(path).faults) == 1
