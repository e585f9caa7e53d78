"""Writes a release's content as a spreadsheet that looks like the form; the same content gives the same bytes."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from nenghao.domain.canonical import canonical_bytes
from nenghao.reporting.stored_zip import repack

#: Another version of the library may write other bytes for the same sheet, so a release names the one it was made with.
RENDERER: Final = f"xlsxwriter {xlsxwriter.__version__}"
#: Spreadsheets carry a time of making; a fixed one keeps them reproducible. What was sealed when stands in the release.
FIXED_TIME: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a label inside a file, not an instant
FONT: Final = "SimSun"
NAME_WIDTH, UNIT_WIDTH, CODE_WIDTH, FIGURE_WIDTH = 26, 12, 6, 13
HEAD_ROWS: Final = 8


def write_spreadsheet(content: Mapping[str, Any], hash_hex: str) -> bytes:
    """The XLSX of a release: the form, and a hidden sheet that says what it rests on.

    `hash_hex`: hash of the release's canonical content.
    """
    buffer = BytesIO()
    sheet = content["sheet"]
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": sheet["title"], "subject": content["mark"], "created": FIXED_TIME})
        _write_form(workbook, sheet)
        _write_provenance(workbook, content, hash_hex)
    return repack(buffer.getvalue())


def _write_form(workbook: xlsxwriter.Workbook, sheet: Mapping[str, Any]) -> None:
    page = workbook.add_worksheet(sheet["name"])
    text = workbook.add_format({"font_name": FONT, "font_size": 10})
    right = workbook.add_format({"font_name": FONT, "font_size": 10, "align": "right"})
    title = workbook.add_format({"font_name": FONT, "font_size": 16, "bold": True, "align": "center"})
    mark = workbook.add_format({"font_name": FONT, "bold": True, "align": "center", "font_color": "red"})
    last = len(sheet["columns"]) - 1
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, NAME_WIDTH)
    page.set_column(1, 1, UNIT_WIDTH)
    page.set_column(2, 2, CODE_WIDTH)
    page.set_column(3, last, FIGURE_WIDTH)
    page.merge_range(0, 0, 0, last, sheet["title"], title)
    page.merge_range(1, 0, 1, last, sheet["mark"], mark)
    for number, line in enumerate(sheet["left"]):
        page.write_string(3 + number, 0, line, text)
    for number, line in enumerate(sheet["right"]):
        page.write_string(2 + number, last, line, right)
    after = _write_table(workbook, page, sheet)
    page.freeze_panes(HEAD_ROWS, 3)
    page.repeat_rows(6, 7)
    page.write_string(after + 1, 0, sheet["signatures"], text)
    for number, line in enumerate(sheet["notes"]):
        page.write_string(after + 2 + number, 0, line, text)


def _write_table(workbook: xlsxwriter.Workbook, page: Any, sheet: Mapping[str, Any]) -> int:
    """The header of two rows and all rows of the form; returns the first row below them."""
    head = workbook.add_format(
        {"font_name": FONT, "font_size": 10, "bold": True, "align": "center", "text_wrap": True, "border": 1}
    )
    name = workbook.add_format({"font_name": FONT, "font_size": 10, "border": 1})
    middle = workbook.add_format({"font_name": FONT, "font_size": 10, "border": 1, "align": "center"})
    figures = {
        column["code"]: workbook.add_format(
            {"font_name": FONT, "font_size": 10, "border": 1, "num_format": f"#,##0.{'0' * column['decimals']}"}
        )
        for column in sheet["columns"][3:]
    }
    page.set_default_row(16)
    page.set_row(6, 42)
    for place, column in enumerate(sheet["columns"]):
        page.write_string(6, place, column["title"], head)
        page.write_string(7, place, column["mark"], head)
    for number, row in enumerate(sheet["rows"]):
        line = HEAD_ROWS + number
        page.write_string(line, 0, row["name"], name)
        page.write_string(line, 1, row["unit"], middle)
        page.write_string(line, 2, row["code"], middle)
        for place, (code, shape) in enumerate(figures.items(), start=3):
            value = row["figures"].get(code)
            if value is None:
                page.write_blank(line, place, None, shape)
            else:
                page.write_number(line, place, float(value), shape)  # already rounded; spreadsheets hold floats only
    return HEAD_ROWS + len(sheet["rows"])


def _write_provenance(workbook: xlsxwriter.Workbook, content: Mapping[str, Any], hash_hex: str) -> None:
    """A hidden sheet: hash, editions, coefficient rows, and every cell exactly."""
    names = content["sheet"]["provenance"]
    page = workbook.add_worksheet(names["provenance"])
    page.hide()
    editions = content["editions"]
    lines = [
        (names["hash"], hash_hex),
        (names["format"], content["format_version"]),
        (names["version"], str(content["version"])),
        (names["restates"], canonical_bytes(content["restates"]).decode()),
        (names["layout_edition"], editions["layout"]),
        (names["coefficient_edition"], editions["coefficients"]),
        (names["relation_edition"], editions["relations"]),
        (names["renderer"], content["renderer"]),
        *((names["coefficient"], canonical_bytes(row).decode()) for row in content["coefficients"]),
    ]
    for number, (key, value) in enumerate(lines):
        page.write_string(number, 0, key)
        page.write_string(number, 1, value)
    keys = ("row", "column", "value", "unit", "completeness", "known_share", "measured_share", "coefficient")
    for number, cell in enumerate([dict(zip(keys, keys, strict=True)), *content["cells"]], start=len(lines) + 1):
        for place, key in enumerate(keys):
            page.write_string(number, place, cell[key] or "")
