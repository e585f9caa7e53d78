"""Tables from files: what a person sees in a cell is what is read, and nothing in a file exhausts the machine."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nenghao.labels import load_labels
from nenghao.registers import workbook_scan
from nenghao.registers.tables import Table, TableRefused, escape, read_tables, unescape


def workbook(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "units"
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def only(path: Path) -> Table:
    (table,) = read_tables(path)
    return table


def refusal(path: Path) -> str:
    with pytest.raises(TableRefused) as refused:
        read_tables(path)
    assert f"register.reason.{refused.value}" in load_labels("zh")
    return str(refused.value)


def rewrite(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_cells_of_a_workbook_read_as_a_register_writes_them(tmp_path: Path) -> None:
    typed = ["001", 12.3, 40.0, 0.0000001, date(2026, 10, 1), datetime(2026, 10, 1, 0, 15), True, " 包钢 ", None]  # noqa: DTZ001 - as Excel has it
    table = only(workbook(tmp_path / "r.xlsx", ["a"], [], typed))
    assert table.name == "units"
    assert [row.number for row in table.rows] == [1, 3]
    assert table.rows[1].cells == (
        "001", "12.3", "40", "0.0000001", "2026-10-01", "2026-10-01T00:15:00+08:00", "true", "包钢",
    )  # fmt: skip
    assert len(table.rows[0].cells) == len(table.rows[1].cells)
    assert table.unreadable == {}


def test_a_cell_that_would_read_as_something_else_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", ["a", "b", "c"], [1234567890123456, "=A1+1", "=1/0"])
    rewrite(
        path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<f>1/0</f><v />", b"<f>1/0</f><v>#DIV/0!</v>")
        .replace(b'<c r="C2">', b'<c r="C2" t="e">').replace(b"<f>A1+1</f><v />", b"<f>A1+1</f>"),
    )  # fmt: skip
    table = only(path)
    assert table.unreadable == {
        (2, 0): "number_too_long",
        (2, 1): "formula_not_computed",
        (2, 2): "error_value",
    }
    assert table.rows[1].cells == ("", "", "")


def test_formulas_read_as_the_value_they_were_saved_with(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", ["=1+1"])
    rewrite(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v />", b"<v>2</v>"))
    assert only(path).rows[0].cells == ("2",)


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["seen"])
    book.create_sheet("secret").sheet_state = "hidden"
    book.save(tmp_path / "r.xlsx")
    assert [table.name for table in read_tables(tmp_path / "r.xlsx")] == ["Sheet"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_file_reads_with_and_without_byte_order_mark(tmp_path: Path, mark: bytes) -> None:
    (tmp_path / "units.csv").write_bytes(mark + '名称,code\r\n\r\n" 包钢 ",\'=1\r\n'.encode())
    table = only(tmp_path / "units.csv")
    assert [(row.number, row.cells) for row in table.rows] == [(1, ("名称", "code")), (3, ("包钢", "=1"))]


def test_files_that_are_no_table_say_why(tmp_path: Path) -> None:
    (tmp_path / "gbk.csv").write_bytes("名称\n包钢\n".encode("gbk"))
    (tmp_path / "utf16.csv").write_bytes("名称\n".encode("utf-16"))
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "torn.xlsx").write_bytes(workbook(tmp_path / "r.xlsx", ["a"]).read_bytes()[:-40])
    (tmp_path / "other.xlsx").write_bytes(b"no zip")
    reasons = {path.name: refusal(path) for path in tmp_path.iterdir() if path.name != "r.xlsx"}
    assert reasons == {
        "gbk.csv": "gbk_csv",
        "utf16.csv": "not_utf8_csv",
        "old.xls": "file_kind",
        "torn.xlsx": "not_workbook",
        "other.xlsx": "not_workbook",
    }
    assert refusal(tmp_path / "gone.csv") == "file_unreadable"


def test_entities_and_far_corners_and_bombs_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'
    path = rewrite(workbook(tmp_path / "e.xlsx", ["a"]), sheet, lambda xml: xml.replace(b"<worksheet", entity, 1))
    assert refusal(path) == "workbook_doctype"
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = rewrite(workbook(tmp_path / "c.xlsx", ["a"]), sheet, lambda xml: xml.replace(b"</sheetData>", corner))
    assert refusal(path) == "workbook_too_large"
    monkeypatch.setattr(workbook_scan, "MAX_UNPACKED_BYTES", 3_000_000)
    path = rewrite(workbook(tmp_path / "b.xlsx", ["a"]), sheet, lambda xml: xml + b" " * 4_000_000)
    assert path.stat().st_size < 50_000
    assert refusal(path) == "workbook_too_large"


def test_a_part_that_says_it_is_small_is_refused_where_it_is_not(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", ["a"])
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    place = content.index(entry.filename.encode(), archive.start_dir) - 46 + 24  # its size in the central directory
    content[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    assert refusal(path) == "not_workbook"


@pytest.mark.parametrize(
    ("sheet", "relations"),
    [
        ("xl/worksheets/sheet1.dat", "xl/_rels/workbook.xml.rels"),
        ("xl/media/sheet1.png", "xl/_rels/workbook.xml.rels"),
        ("xl/worksheets/sheet1.dat", "XL/_rels/Workbook.xml.rels"),
    ],
)
def test_a_sheet_that_hides_from_the_scan_is_refused(tmp_path: Path, sheet: str, relations: str) -> None:
    """An attribute without quotes ends the scan's parser and not the reader's: the far corner was not seen."""
    path = workbook(tmp_path / "h.xlsx", ["a"])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    body = parts.pop("xl/worksheets/sheet1.xml").replace(b"</sheetData>", corner)
    parts[sheet] = body.replace(b"<worksheet ", b"<worksheet a=1 ", 1)
    rels = parts.pop("xl/_rels/workbook.xml.rels").decode()
    parts[relations] = rels.replace("worksheets/sheet1.xml", sheet.removeprefix("xl/")).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert refusal(path) == "not_workbook"


def test_errors_without_end_are_refused_while_they_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_scan, "MAX_CELLS", 1000)
    noted: list[int] = []
    ended = workbook_scan._Part.end
    monkeypatch.setattr(
        workbook_scan._Part, "end", lambda self, name: (ended(self, name), noted.append(len(self.unreadable)))[0]
    )
    many = b'<row r="9">' + b'<c t="e"/>' * 5000 + b"</row></sheetData>"
    path = rewrite(
        workbook(tmp_path / "m.xlsx", ["a"]), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", many)
    )
    assert refusal(path) == "workbook_too_large"
    assert max(noted) <= 1000


def test_a_csv_file_of_empty_cells_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "commas.csv"
    path.write_bytes(b"unit_code\n" + b"," * workbook_scan.MAX_CELLS)
    assert refusal(path) == "file_too_large"


def test_a_part_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "d.xlsx", ["a"])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/Sheet1.xml", sheet)
    assert refusal(path) == "not_workbook"


@given(st.text(max_size=8))
def test_escaping_a_formula_is_undone_exactly(text: str) -> None:
    assert unescape(escape(text)) == text
    assert not escape(text).startswith(("=", "+", "-", "@", "\t", "\r"))
