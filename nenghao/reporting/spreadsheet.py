"""Writes a release as a spreadsheet that looks like the form; the same content gives the same bytes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from nenghao.domain.canonical import canonical_bytes
from nenghao.labels import Language
from nenghao.reporting.formulas import Formula, Place
from nenghao.reporting.pages import Page, Texts, pages_of
from nenghao.reporting.stored_zip import repack

#: Another version of ours or of the library may write other bytes for the same content, so a release names both.
RENDERER: Final = f"nenghao-sheet 2, xlsxwriter {xlsxwriter.__version__}"
#: Spreadsheets carry a time of making; a fixed one keeps them reproducible. What was sealed when stands in the release.
FIXED_TIME: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a label inside a file, not an instant
FONT: Final = "SimSun"
NAME_WIDTH, UNIT_WIDTH, CODE_WIDTH, FIGURE_WIDTH = 26, 12, 6, 13
#: Rows above the figures: title, mark, five of the head, titles and marks of the columns.
TITLE_ROW, MARK_ROW, HEAD_ROWS = 6, 7, 8
FIRST_FIGURE: Final = 3
NOTE_AUTHOR: Final = "nenghao"
CELL_KEYS: Final = (
    "form", "row", "column", "value", "unit", "completeness", "known_share", "measured_share", "coefficients",
)  # fmt: skip
CHANGE_KEYS: Final = (
    "form", "row", "column", "old_value", "new_value", "difference", "old_completeness", "new_completeness",
    "old_known_share", "new_known_share", "old_measured_share", "new_measured_share",
)  # fmt: skip
INDICATOR_KEYS: Final = (
    "indicator", "product", "value", "unit", "basis", "boundary", "within", "completeness", "measured_share", "reason",
)  # fmt: skip


def write_spreadsheet(content: Mapping[str, Any], hash_hex: str, language: Language) -> bytes:
    """The XLSX of a release: its forms, what it restates, and a hidden sheet that says what it rests on.

    `hash_hex`: hash of the release's canonical content.
    """
    buffer, texts, pages = BytesIO(), Texts.of(content, language), pages_of(content, language)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"title": pages[0].title, "subject": pages[0].mark, "created": FIXED_TIME})
        shapes = _shapes(workbook, pages)
        for page in pages:
            _write_form(workbook.add_worksheet(page.form), page, shapes)
        if content["indicators"]:
            _write_indicators(workbook, content["indicators"], texts)
        if content["restates"] is not None:
            _write_changes(workbook, content["restates"]["changes"], texts)
        _write_provenance(workbook, content, hash_hex, texts)
    return repack(buffer.getvalue())


def _shapes(workbook: Any, pages: Sequence[Page]) -> dict[str, Any]:
    """The few formats of all pages; figures have one a number of decimals."""
    small = {"font_name": FONT, "font_size": 10}
    boxed = {**small, "border": 1}
    shapes = {
        "text": small,
        "right": {**small, "align": "right"},
        "title": {"font_name": FONT, "font_size": 16, "bold": True, "align": "center"},
        "mark": {"font_name": FONT, "bold": True, "align": "center", "font_color": "red"},
        "head": {**boxed, "bold": True, "align": "center", "text_wrap": True},
        "name": boxed,
        "middle": {**boxed, "align": "center"},
    }
    made = {name: workbook.add_format(shape) for name, shape in shapes.items()}
    for decimals in sorted({column.decimals for page in pages for column in page.columns[FIRST_FIGURE:]}):
        places = f".{'0' * decimals}" if decimals else ""
        made[f"figure{decimals}"] = workbook.add_format({**boxed, "num_format": f"#,##0{places}"})
    return made


def _write_form(sheet: Any, page: Page, shapes: Mapping[str, Any]) -> None:
    last = max(len(page.columns) - 1, FIRST_FIGURE)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for first, end, width in ((0, 0, NAME_WIDTH), (1, 1, UNIT_WIDTH), (2, 2, CODE_WIDTH), (3, last, FIGURE_WIDTH)):
        sheet.set_column(first, end, width)
    sheet.merge_range(0, 0, 0, last, page.title, shapes["title"])
    sheet.merge_range(1, 0, 1, last, page.mark, shapes["mark"])
    for number, line in enumerate(page.left):
        sheet.write_string(3 + number, 0, line, shapes["text"])
    for number, line in enumerate(page.right):
        sheet.write_string(2 + number, last, line, shapes["right"])
    after = _write_table(sheet, page, shapes)
    sheet.freeze_panes(HEAD_ROWS, FIRST_FIGURE)
    sheet.repeat_rows(TITLE_ROW, MARK_ROW)
    sheet.write_string(after + 1, 0, page.signatures, shapes["text"])
    for number, line in enumerate(page.notes):
        sheet.write_string(after + 2 + number, 0, line, shapes["text"])


def _write_table(sheet: Any, page: Page, shapes: Mapping[str, Any]) -> int:
    """The header of two rows and all rows of the form; returns the first row below them."""
    sheet.set_default_row(16)
    sheet.set_row(TITLE_ROW, 42)
    for place, column in enumerate(page.columns):
        sheet.write_string(TITLE_ROW, place, column.title, shapes["head"])
        sheet.write_string(MARK_ROW, place, column.mark, shapes["head"])
    names = {
        (row.code, column.code): xl_rowcol_to_cell(HEAD_ROWS + down, across)
        for down, row in enumerate(page.rows)
        for across, column in enumerate(page.columns)
    }
    for down, row in enumerate(page.rows, start=HEAD_ROWS):
        sheet.write_string(down, 0, row.name, shapes["name"])
        sheet.write_string(down, 1, row.unit, shapes["middle"])
        sheet.write_string(down, 2, row.code, shapes["middle"])
        for across, column in enumerate(page.columns[FIRST_FIGURE:], start=FIRST_FIGURE):
            shape, figure = shapes[f"figure{column.decimals}"], row.figures.get(column.code)
            if figure is None:
                sheet.write_blank(down, across, None, shape)
            elif figure.value is None:
                sheet.write_string(down, across, page.hidden_mark, shapes["middle"])
            elif figure.formula is None:
                sheet.write_number(down, across, float(figure.value), shape)  # rounded; sheets hold floats only
            else:
                sheet.write_formula(down, across, formula_text(figure.formula, names), shape, float(figure.value))
            if figure is not None and figure.note is not None:
                sheet.write_comment(down, across, figure.note, {"author": NOTE_AUTHOR})
    return HEAD_ROWS + len(page.rows)


def formula_text(formula: Formula, names: Mapping[Place, str]) -> str:
    """A formula in the spreadsheet's words; `names` are its cells'."""
    terms = "+".join("*".join(names[place] for place in term) for term in formula.terms)
    rest = f"{formula.rounding:+f}" if formula.rounding else ""
    return f"=ROUND({terms}{rest},{formula.decimals})"


def _write_indicators(workbook: Any, indicators: Sequence[Mapping[str, Any]], texts: Texts) -> None:
    """Each indicator with what it declares, so that nobody compares two of another kind; or why it has no value."""
    page = workbook.add_worksheet(texts.say("sheet.indicators"))
    page.set_column(0, 0, NAME_WIDTH * 2)
    page.set_column(1, len(INDICATOR_KEYS) - 1, FIGURE_WIDTH)
    for across, key in enumerate(INDICATOR_KEYS):
        page.write_string(0, across, texts.say(f"sheet.{key}"))
    for down, one in enumerate(indicators, start=1):
        declared = one["definition"]
        within = [name for name in ("media", "raw_material", "non_industrial") if declared[f"has_{name}"]]
        texts_of = {
            "indicator": texts.say(f"indicator.name.{declared['code']}"),
            "product": one["product_code"],
            "value": one["value"],
            "unit": one["unit"],
            "basis": texts.say(f"indicator.basis.{declared['basis']}"),
            "boundary": texts.say(f"indicator.boundary.{declared['boundary']}"),
            "within": ", ".join(texts.say(f"indicator.what.{name}") for name in within),
            "completeness": one["completeness"],
            "measured_share": one["measured_share"],
            "reason": None if one["reason"] is None else texts.say(f"indicator.reason.{one['reason']}"),
        }
        for across, key in enumerate(INDICATOR_KEYS):
            _write_exact(page, down, across, texts_of[key], is_number=key == "value")


def _write_changes(workbook: Any, changes: Sequence[Mapping[str, Any]], texts: Texts) -> None:
    """What differs from the version before, exactly, cell by cell."""
    page = workbook.add_worksheet(texts.say("sheet.changes"))
    for across, key in enumerate(CHANGE_KEYS):
        page.write_string(0, across, texts.say(f"sheet.{key}"))
    for down, change in enumerate(changes, start=1):
        for across, key in enumerate(CHANGE_KEYS):
            _write_exact(page, down, across, change[key], is_number=key in ("old_value", "new_value", "difference"))


def _write_provenance(workbook: Any, content: Mapping[str, Any], hash_hex: str, texts: Texts) -> None:
    """A hidden sheet: hashes, editions, coefficient rows, and every cell exactly."""
    page = workbook.add_worksheet(texts.say("sheet.provenance"))
    page.hide()
    editions = content["editions"]
    engine = content["engine"]
    lines = [
        ("hash", hash_hex),
        ("inputs_hash", engine["inputs_hash"] or ""),
        ("engine", engine["version"] or ""),
        ("format", content["format_version"]),
        ("kind", texts.say(f"sheet.kind_name.{content['kind']}")),
        ("version", str(content["version"])),
        ("restates", _restated(content["restates"])),
        *(("layout_edition", form["edition"]) for form in content["forms"]),
        ("coefficient_edition", editions["coefficients"] or ""),
        ("relation_edition", editions["relations"] or ""),
        ("variety_edition", editions["varieties"]),
        ("renderer", content["renderer"]),
        *(("coefficient", canonical_bytes(row).decode()) for row in content["coefficients"]),
        *(("heating_value", canonical_bytes(row).decode()) for row in content["heating_values"]),
        *(("equal_value", canonical_bytes(row).decode()) for row in content["equal_values"]),
        *(("indicator", canonical_bytes(row).decode()) for row in content["indicators"]),
    ]
    for number, (key, value) in enumerate(lines):
        page.write_string(number, 0, texts.say(f"sheet.{key}"))
        page.write_string(number, 1, value)
    for across, key in enumerate(CELL_KEYS):
        page.write_string(len(lines) + 1, across, texts.say(f"sheet.{key}"))
    for down, cell in enumerate(content["cells"], start=len(lines) + 2):
        for across, key in enumerate(CELL_KEYS):
            _write_exact(page, down, across, cell.get(key), is_number=False)


def _restated(restates: Mapping[str, Any] | None) -> str:
    if restates is None:
        return ""
    return canonical_bytes({key: restates[key] for key in ("version", "hash_algorithm", "hash", "reason")}).decode()


def _write_exact(page: Any, down: int, across: int, value: object, *, is_number: bool) -> None:
    """Text, or a number where it is one; text that begins like a formula stays text."""
    if value is None:
        return
    if is_number:
        page.write_number(down, across, float(Decimal(str(value))))
    else:
        page.write_string(down, across, ", ".join(value) if isinstance(value, list) else str(value))
