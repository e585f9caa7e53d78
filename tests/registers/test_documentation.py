"""docs/registers.md names every register and every column, with what must be given and what may be filled in."""

import pytest

from nenghao.config import PROJECT_ROOT
from nenghao.labels import Language, label, load_labels
from nenghao.registers.layout import SHEETS
from nenghao.registers.sheet import Sheet


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_the_document_has_every_column(sheet: Sheet) -> None:
    text = (PROJECT_ROOT / "docs" / "registers.md").read_text(encoding="utf-8")
    columns = ", ".join(
        f"`{column.name}`{'*' if column.is_required else ''}{'⁺' if column.is_fillable else ''}"
        for column in sheet.columns
    )
    assert f"| `{sheet.name}` {sheet.title('zh')} | {columns} |" in text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_headings_and_words_of_a_sheet_are_told_apart(sheet: Sheet, language: Language) -> None:
    headings = [sheet.heading(column, language) for column in sheet.columns]
    assert len(set(headings)) == len(headings)
    for column in sheet.columns:
        words = {label(f"register.choice.{value}", language) for value in column.choices}
        assert len(words) == len(column.choices)
    assert len({each.title(language) for each in SHEETS}) == len(SHEETS)
    assert f"register.sheet.{sheet.name}" in load_labels(language)
