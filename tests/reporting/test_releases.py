"""A release: reproducible, looks like the form, and shows every changed byte."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from nenghao.crypto import Signature, TrustedKeys, key_id, load_signing_key
from nenghao.db.releases import EarlierRelease, SealedRelease, UnreleasedBalance
from nenghao.db.tree import LastTree
from nenghao.domain.balance import Cell, balance_inputs_json, build_balance
from nenghao.domain.restatement import Cause, Reason
from nenghao.errors import DataRefused
from nenghao.labels import Language, label
from nenghao.reference.layouts import Layout, load_layout, refuse_expired
from nenghao.reporting.content import Restatement, build_content, cells_content
from nenghao.reporting.pages import pages_of
from nenghao.reporting.seal import CONTENT, MANIFEST, SIGNATURE, SPREADSHEET, build_archive, seal
from nenghao.reporting.seal import INPUTS as FROZEN
from nenghao.reporting.spreadsheet import write_spreadsheet
from nenghao.reporting.stored_zip import read_zip, write_stored_zip
from nenghao.reporting.verify import verify_archive
from tests.domain.month_inputs import inputs, point

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNING_KEY = load_signing_key(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
TRUSTED: TrustedKeys = {key_id(KEY.public_key()): KEY.public_key()}

BALANCE = UnreleasedBalance(
    balance_id=1, unit_id=1, month_on=date(2026, 10, 1), layout_edition="205-1-seed-1",
    coefficient_edition="GB/T 2589-2020", unit_code="91150100000000000G", unit_name="甲", division_code="150100",
    industry_code="C2614", held_by=None, inputs=None, engine_version=None, earlier=None,
)  # fmt: skip


def cell(row: str, column: str, value: str, unit: str, share: str | None = "0.95") -> Cell:
    return Cell(
        row_code=row, column_code=column, value=Decimal(value), unit=unit, completeness=Decimal("0.99"),
        known_share=Decimal("0.99999"), measured_share=None if share is None else Decimal(share), coefficient_code=None,
        source_point_ids=(1,),
    )  # fmt: skip


CELLS = [
    cell("33", "2", "31", "10^4kWh"),
    cell("33", "4", "34.125", "10^4kWh"),
    cell("33", "5", "34.125", "10^4kWh"),
    cell("33", "10", "1.229", "1"),
    cell("33", "tce", "41.939625", "tce"),
    cell("40", "4", "41.939625", "tce", None),
]
HEAD = LastTree(
    tree_no=7,
    day_on=date(2026, 10, 3),
    last_batch_id=1,
    last_row_leaf_id=1,
    root=b"\xab" * 32,
    closed_at=datetime.now(UTC),
)
INPUTS = inputs([point(1, 310_000), point(2, 31_250, flow="generation", measured_energy=Decimal(30_000))])


def content_of(cells: Iterable[Cell], balance: UnreleasedBalance = BALANCE) -> dict[str, Any]:
    """A content whose cells are these, whatever they follow from."""
    return {
        **build_content(balance, INPUTS, build_balance(INPUTS), balance_inputs_json(INPUTS), HEAD, None),
        "cells": cells_content(cells),
    }


SEALED: SealedRelease = seal(content_of(CELLS), SIGNING_KEY, balance_inputs_json(INPUTS))
SIGNED = Signature(algorithm=SEALED.signature_algorithm, key_id=SEALED.key_id, value=SEALED.signature)


def test_the_newest_day_head_is_printed_on_it() -> None:
    content = json.loads(SEALED.content)
    assert content["day_head"] == {"tree_no": 7, "day": "2026-10-03", "root": "ab" * 32}
    assert any("ab" * 32 in note for note in pages_of(content, "zh")[0].notes)


def failures(archive: bytes, trusted: TrustedKeys | None = None) -> list[str]:
    return [check.label_key for check in verify_archive(archive, trusted or TRUSTED) if not check.is_passed]


def test_a_release_verifies_and_sealing_again_gives_the_same_bytes() -> None:
    assert failures(SEALED.archive) == []
    assert seal(content_of(CELLS), SIGNING_KEY, balance_inputs_json(INPUTS)) == SEALED
    assert list(read_zip(SEALED.archive)) == [CONTENT, FROZEN, SIGNATURE, SPREADSHEET, MANIFEST]


def offsets() -> list[int]:
    """Places in every region: heads and bodies of each member, the central directory, both ends."""
    archive, places = SEALED.archive, [0, 1, 10]
    for name, data in read_zip(archive).items():
        begin = archive.index(data)
        places += [begin - len(name) - 20, begin - 1, begin, begin + len(data) // 2, begin + len(data) - 1]
    directory = archive.index(b"PK\x01\x02", archive.index(read_zip(archive)[MANIFEST]))
    return [*places, directory, directory + 12, directory + 40, len(archive) - 20, len(archive) - 2, len(archive) - 1]


@pytest.mark.parametrize("offset", offsets())
@pytest.mark.parametrize("mask", [1, 0x20, 0x80])
def test_one_changed_byte_fails(offset: int, mask: int) -> None:
    changed = bytearray(SEALED.archive)
    changed[offset] ^= mask
    assert len(failures(bytes(changed))) == 1


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(SEALED.archive) - 1), st.integers(1, 255))
def test_any_changed_byte_fails(offset: int, mask: int) -> None:
    changed = bytearray(SEALED.archive)
    changed[offset] ^= mask
    assert len(failures(bytes(changed))) == 1


@pytest.mark.parametrize("method", [8, 12, 14, 99])
def test_a_member_said_to_be_compressed_is_not_unpacked(method: int) -> None:
    changed = bytearray(SEALED.archive)
    directory = changed.index(b"PK\x01\x02", changed.index(read_zip(SEALED.archive)[MANIFEST]))
    changed[8] = changed[directory + 10] = method
    assert failures(bytes(changed)) == ["verify.not_a_release"]


@pytest.mark.parametrize("archive", [b"", b"PK", SEALED.archive[:-1], SEALED.archive + b"\0", b"\0" + SEALED.archive])
def test_a_cut_or_padded_archive_fails(archive: bytes) -> None:
    assert len(failures(archive)) == 1


def test_content_under_another_key_or_with_a_borrowed_signature_fails() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert failures(SEALED.archive, {key_id(other.public_key()): other.public_key()}) == ["verify.unknown_key"]
    forged = json.loads(SEALED.content)
    forged["cells"][0]["value"] = "30"
    changed = json.dumps(forged, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert failures(build_archive(changed, SIGNED, balance_inputs_json(INPUTS))) == ["verify.signature_wrong"]


def test_another_spreadsheet_in_an_otherwise_whole_archive_fails() -> None:
    members = read_zip(SEALED.archive)
    sheet = openpyxl.load_workbook(BytesIO(members[SPREADSHEET]))
    sheet.worksheets[0].cell(9, 5).value = 1
    changed = BytesIO()
    sheet.save(changed)
    assert failures(write_stored_zip({**members, SPREADSHEET: changed.getvalue()})) == ["verify.xlsx_differs"]


def test_another_order_or_another_member_fails() -> None:
    members = read_zip(SEALED.archive)
    assert failures(write_stored_zip(dict(reversed(members.items())))) == ["verify.archive_differs"]
    assert failures(write_stored_zip({**members, "more.txt": b""})) == ["verify.archive_differs"]


def test_the_sheet_reads_like_the_form() -> None:
    book = openpyxl.load_workbook(BytesIO(read_zip(SEALED.archive)[SPREADSHEET]), data_only=True)
    page, indicators, hidden = book.worksheets
    assert [one.value for one in indicators[2]][:4] == [
        label("indicator.name.consumption_205", "zh"),
        None,
        41.939625,
        "tce",
    ]
    values = [[column.value for column in row] for row in page.iter_rows()]
    assert values[0][0] == label("form.205-1.title", "zh")
    assert values[1][0] == label("sheet.mark.monitored_balance", "zh")
    assert values[6][3:7] == [label(f"form.205-1.column.{n}", "zh") for n in (1, 2, 3, 4)]
    rows = {row[2]: row for row in values[8:48]}
    assert list(rows) == [f"{n:02d}" for n in range(1, 41)]
    assert rows["33"][:3] == ["电力", "万千瓦时", "33"]
    assert rows["33"][3:] == [None, 31, None, 34.12, 34.12, None, None, None, None, 1.229, 1.229]
    assert rows["40"][6] == 41.94
    assert page.cell(41, 7).number_format == "#,##0.00"
    assert (page.sheet_state, hidden.sheet_state) == ("visible", "hidden")
    assert hidden.cell(1, 2).value == SEALED.hash.hex()
    notes = "\n".join(str(row[0]) for row in values[48:])
    assert "已知占比 99.99%；其中实测占比 95.00%，估算占比 5.00%" in notes


def computed(formulas: Worksheet, values: Worksheet) -> dict[str, tuple[Decimal, Decimal]]:
    """(computed, stored) of every formula of a sheet: an evaluator of its own for the one shape that is written."""
    found = {}
    for one in (one for row in formulas.iter_rows() for one in row if one.data_type == "f"):
        inside, decimals = re.fullmatch(r"=ROUND\((.+),(\d)\)", str(one.value)).groups()  # type: ignore[union-attr]
        total = Decimal(0)
        for sign, term in re.findall(r"([+-]?)([^+-]+)", inside):
            product = Decimal(-1 if sign == "-" else 1)
            for factor in term.split("*"):
                product *= Decimal(str(values[factor].value)) if factor[0].isalpha() else Decimal(factor)
            total += product
        exact = total.quantize(Decimal(1).scaleb(-int(decimals)), rounding=ROUND_HALF_UP)
        found[one.coordinate] = (exact, Decimal(str(values[one.coordinate].value)))
    return found


def opened(content: dict[str, Any], language: Language = "zh") -> tuple[openpyxl.Workbook, openpyxl.Workbook]:
    """The spreadsheet of a content, with its formulas and with the values stored beside them."""
    data = write_spreadsheet(content, "", language)
    return openpyxl.load_workbook(BytesIO(data)), openpyxl.load_workbook(BytesIO(data), data_only=True)


def test_subtotals_are_formulas_that_give_the_sealed_figures() -> None:
    cells = [
        cell("02", "4", "10.005", "t"), cell("04", "4", "20.005", "t"), cell("01", "4", "30.01", "t"),
        cell("01", "5", "30.01", "t"), cell("01", "10", "0.71430", "1"), cell("33", "4", "34.125", "10^4kWh"),
        cell("33", "5", "31.115", "10^4kWh"), cell("33", "7", "3.01", "10^4kWh"), cell("33", "10", "1.229", "1"),
        cell("15", "4", "5", "10^4m3"), cell("15", "5", "3", "10^4m3"), cell("15", "10", "13.3", "1"),
        cell("40", "4", "129.875768", "tce"),
    ]  # fmt: skip
    formulas, values = opened(content_of(cells))
    found = computed(formulas.worksheets[0], values.worksheets[0])
    # 10.00 + 20.00 is not 30.01 and 31.12 + 3.01 is not 34.12: the formula says by how much. 5 is not 3 by rounding, so
    # that natural gas keeps its number.
    assert formulas.worksheets[0]["G9"].value == "=ROUND(G10+G12+0.01,2)"
    assert formulas.worksheets[0]["G41"].value == "=ROUND(H41+J41-0.01,2)"
    assert formulas.worksheets[0]["G23"].value == 5
    assert set(found) == {"G9", "G41", "G48"}
    assert all(calculated == stored for calculated, stored in found.values())
    assert "0.01" in formulas.worksheets[0]["G9"].comment.text


FIGURES = st.decimals(0, 100_000, places=4)


@settings(deadline=None, max_examples=12)
@given(st.lists(st.tuples(FIGURES, FIGURES), min_size=1, max_size=5))
def test_every_formula_evaluates_to_its_sealed_figure(rows: list[tuple[Decimal, Decimal]]) -> None:
    codes, cells, total = ("06", "09", "15", "21", "33"), [], Decimal(0)
    for code, (industrial, other) in zip(codes, rows, strict=False):
        whole = industrial + other
        total += whole * Decimal("1.22905")
        for column, value in (("4", whole), ("5", industrial), ("7", other), ("10", Decimal("1.22905"))):
            cells.append(cell(code, column, str(value), "t"))
    formulas, values = opened(content_of([*cells, cell("40", "4", str(total), "tce")]))
    found = computed(formulas.worksheets[0], values.worksheets[0])
    assert len(found) == len(rows) + 1
    assert all(calculated == stored for calculated, stored in found.values())


def test_a_cell_that_is_partly_estimated_says_so_beside_it() -> None:
    formulas, _ = opened(content_of(CELLS))
    assert "估算占比 5.00%" in formulas.worksheets[0]["E41"].comment.text
    whole = [replace(one, measured_share=Decimal(1), known_share=Decimal(1)) for one in CELLS]
    formulas, _ = opened(content_of(whole))
    assert formulas.worksheets[0]["E41"].comment is None


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "http://x"])
def test_text_that_begins_like_a_formula_stays_text(name: str) -> None:
    content = content_of(CELLS, replace(BALANCE, unit_name=name, unit_code=name))
    content["coefficients"] = [{"code": name}]
    formulas, _ = opened(content)
    texts = [one for sheet in formulas for row in sheet.iter_rows() for one in row if name in str(one.value)]
    assert len(texts) >= 2
    assert {one.data_type for one in texts} == {"s"}
    assert not any(one.hyperlink for one in texts)


def test_the_english_sheet_is_complete() -> None:
    formulas, values = opened(content_of(CELLS), "en")
    texts = [str(one.value) for sheet in formulas for row in sheet.iter_rows() for one in row if one.value is not None]
    assert "Energy purchases, consumption and stocks" in texts
    # Rows of reference data and names of units are what they are.
    ours = [text.replace("甲", "") for text in texts if not text.startswith("{")]
    assert not [text for text in ours if re.search(r"[\u3400-\u9fff]", text)]
    assert values.worksheets[0]["G41"].value == 34.12


def test_a_restatement_names_what_it_restates_why_and_each_changed_cell() -> None:
    earlier = EarlierRelease(release_id=7, version=1, hash_algorithm="sha256", hash=SEALED.hash)
    reason = Reason(kind="decision", causes=(Cause(kind="decision", reference="decision 3, case 2"),))
    first = seal(
        build_content(BALANCE, INPUTS, build_balance(INPUTS), balance_inputs_json(INPUTS), HEAD, None),
        SIGNING_KEY,
        balance_inputs_json(INPUTS),
    )
    restatement = Restatement(earlier=earlier, earlier_content=json.loads(first.content), reason=reason)
    later = inputs([point(1, 300_000), point(2, 31_250, flow="generation", measured_energy=Decimal(30_000))])
    content = build_content(BALANCE, later, build_balance(later), balance_inputs_json(later), HEAD, restatement)
    assert content["version"] == 2
    restates = content["restates"]
    assert (restates["version"], restates["hash"]) == (1, SEALED.hash.hex())
    assert restates["reason"] == {
        "kind": "decision",
        "causes": [{"kind": "decision", "reference": "decision 3, case 2"}],
    }
    changes = {(c["row"], c["column"]): (c["old_value"], c["new_value"], c["difference"]) for c in restates["changes"]}
    assert changes["33", "2"] == ("31", "30", "-1")
    assert changes["33", "4"] == ("34.125", "33.125", "-1")
    assert changes["33", "10"] == ("1.229", "1.229", "0")  # its measured share is another one
    sealed = seal(content, SIGNING_KEY, balance_inputs_json(later))
    assert failures(sealed.archive) == []
    book = openpyxl.load_workbook(BytesIO(read_zip(sealed.archive)[SPREADSHEET]))
    rows = [[one.value for one in row] for row in book[label("sheet.changes", "zh")].iter_rows()]
    assert ["205-1", "33", "2", 31, 30, -1] in [row[:6] for row in rows]


def test_an_expired_layout_prints_nothing() -> None:
    expired: Layout = replace(load_layout("205-1"), valid_until=date(2026, 9, 30))
    with pytest.raises(DataRefused, match="valid until 2026-09-30"):
        refuse_expired(expired, date(2026, 10, 1))
    refuse_expired(expired, date(2026, 9, 1))
