"""Lays the content of a release out as pages: figures rounded once, subtotals as formulas, shares as notes.

Before: content (reporting.content). After: XLSX and CSV (reporting.spreadsheet, reporting.exports). A page is made from
the content alone, in the language that is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from nenghao.domain.rounding import floor_percent, percent_text, round_figure
from nenghao.labels import Language
from nenghao.reporting.forms import HEAD_COLUMNS
from nenghao.reporting.formulas import Formula, find_formula

#: The column of coal equivalents, which the content has and no form prints.
TCE: Final = "tce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A printed figure; a hidden one has no value, only the mark that says so."""

    value: Decimal | None
    formula: Formula | None
    #: What is said beside the figure, None where it was measured throughout.
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its code, its mark (甲, 1, …), its title and the decimals of its figures."""

    code: str
    mark: str
    title: str
    decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the form, its figures by column."""

    code: str
    name: str
    unit: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A form as it is printed."""

    form: str
    title: str
    mark: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    signatures: str
    notes: tuple[str, ...]
    #: What stands in the place of a hidden figure.
    hidden_mark: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a release in one language, as they are frozen in it."""

    texts: Mapping[str, str]

    @classmethod
    def of(cls, content: Mapping[str, Any], language: Language) -> "Texts":
        """Those of a content."""
        return cls(content["texts"][language])

    def say(self, key: str, /, **values: object) -> str:
        """A text with its placeholders filled in."""
        text = self.texts[key]
        return text.format(**values) if values else text


def pages_of(content: Mapping[str, Any], language: Language) -> list[Page]:
    """The pages of a release, one a form that has a cell; the first form always has one."""
    texts, filled = Texts.of(content, language), {cell["form"] for cell in content["cells"]}
    forms = [form for form in content["forms"] if form["form"] in filled] or content["forms"][:1]
    return [_page(content, form, texts, is_last=form is forms[-1]) for form in forms]


def _page(content: Mapping[str, Any], form: Mapping[str, Any], texts: Texts, *, is_last: bool) -> Page:
    kind = content["kind"]
    cells = {(cell["row"], cell["column"]): cell for cell in content["cells"] if cell["form"] == form["form"]}
    return Page(
        form=form["form"],
        title=texts.say(f"form.{form['form']}.title"),
        mark=texts.say(f"sheet.mark.{kind}"),
        left=_about(content, texts),
        right=_head(form, texts, is_official=kind != "aggregate"),
        columns=(
            *(_column(code, code, 0, form, texts) for code in HEAD_COLUMNS),
            *(
                _column(column["code"], column["code"], column["decimals"], form, texts)
                for column in form["columns"]
            ),
        ),
        rows=_rows(form, cells, texts),
        signatures=_signatures(content, texts),
        notes=(
            *_notes(content, texts),
            *_row_notes(form, cells, texts),
            *(_seal_notes(content, texts) if is_last else ()),
        ),
        hidden_mark=texts.say("sheet.suppressed"),
    )  # fmt: skip


def _about(content: Mapping[str, Any], texts: Texts) -> tuple[str, ...]:
    """Whose month it is."""
    year, month = content["month"].split("-")
    span = "month_cumulative" if content["is_cumulative"] else "month"
    when = texts.say(f"sheet.{span}", year=year, month=int(month))
    if content["kind"] == "aggregate":
        scope = content["scope"]
        sector = scope["sector"] or texts.say("sheet.every_sector")
        return (
            texts.say("sheet.region", value=scope["region"]),
            f"{texts.say('sheet.sector', value=sector)}  {texts.say('sheet.panel', value=scope['panel'])}",
            when,
        )
    unit = content["unit"]
    return (texts.say("sheet.unit_code", value=unit["code"]), texts.say("sheet.unit_name", value=unit["name"]), when)


def _head(form: Mapping[str, Any], texts: Texts, *, is_official: bool) -> tuple[str, ...]:
    number = texts.say("sheet.code", value=form["number"])
    if not is_official:
        return (number,)
    by_year = texts.say("sheet.by_yearly_edition")
    return (
        number,
        texts.say("sheet.authority", value=texts.say("sheet.authority_name")),
        texts.say("sheet.document", value=form["document_no"] or by_year),
        texts.say("sheet.valid_until", value=form["valid_until"] or by_year),
    )


def _column(code: str, mark: str, decimals: int, form: Mapping[str, Any], texts: Texts) -> Column:
    letters = f"sheet.letter.{code}"
    return Column(
        code=code,
        mark=texts.texts.get(letters, mark),
        title=texts.say(f"form.{form['form']}.column.{code}"),
        decimals=decimals,
    )


def _rows(form: Mapping[str, Any], cells: Mapping[tuple[str, str], Mapping[str, Any]], texts: Texts) -> tuple[Row, ...]:
    """All rows of the form; a figure is rounded here, once, and a cell without one is not there."""
    decimals = {column["code"]: column["decimals"] for column in form["columns"]}
    printed = {
        place: round_figure(Decimal(cell["value"]), decimals[place[1]])
        for place, cell in cells.items()
        if place[1] in decimals and cell["value"] is not None
    }
    reference = form["reference_column"]
    rows = []
    for row in form["rows"]:
        figures = {}
        for code in decimals:
            place = (row["code"], code)
            if place in cells:
                figures[code] = _figure(form, printed, cells[place], place, texts)
        if reference is not None and row["code"] in form["references"]:
            stated = Figure(value=Decimal(form["references"][row["code"]]), formula=None, note=None)
            figures.setdefault(reference, stated)
        rows.append(
            Row(
                code=row["code"],
                name=("\u3000" if row["parent"] else "") + texts.say(f"variety.{row['code']}"),
                unit=texts.say(f"unit.{row['unit']}"),
                figures=figures,
            )
        )
    return tuple(rows)


def _figure(
    form: Mapping[str, Any],
    printed: Mapping[tuple[str, str], Decimal],
    cell: Mapping[str, Any],
    place: tuple[str, str],
    texts: Texts,
) -> Figure:
    if place not in printed:
        return Figure(value=None, formula=None, note=None)
    formula = find_formula(form, printed, place)
    said = []
    if _is_estimated(cell):
        said.append(texts.say("sheet.note_cell", **_shares(cell, texts)))
    if formula is not None and formula.rounding:
        said.append(texts.say("sheet.note_rounding", difference=formula.rounding))
    return Figure(value=printed[place], formula=formula, note="\n".join(said) or None)


def _is_estimated(cell: Mapping[str, Any]) -> bool:
    """Whether part of the figure is estimated, or part of what it should hold is not known."""
    shares = (cell.get("measured_share"), cell.get("known_share"))
    return any(share is not None and Decimal(share) < 1 for share in shares)


def _shares(cell: Mapping[str, Any], texts: Texts) -> dict[str, str]:
    """How much was seen, is known, was measured: cut off, so that only what is whole says 100 %."""
    none = texts.say("sheet.unknown_share")
    complete, known, measured = (cell.get(key) for key in ("completeness", "known_share", "measured_share"))
    return {
        "completeness": none if complete is None else percent_text(Decimal(complete)),
        "known_share": none if known is None else percent_text(Decimal(known)),
        "measured_share": none if measured is None else percent_text(Decimal(measured)),
        "estimated_share": none if measured is None else percent_text(1 - floor_percent(Decimal(measured))),
    }


def _signatures(content: Mapping[str, Any], texts: Texts) -> str:
    if content["kind"] == "filing":
        return texts.say("sheet.signatures", **content["signed"])
    return texts.say("sheet.signatures_blank") if content["kind"] == "monitored_balance" else ""


def _notes(content: Mapping[str, Any], texts: Texts) -> tuple[str, ...]:
    if content["kind"] == "filing":
        return (texts.say("sheet.note_filing", version=content["filing_version"]),)
    if content["kind"] == "aggregate":
        stated = content["suppression"]
        return (
            texts.say("sheet.note_source"),
            texts.say(
                "sheet.note_aggregate",
                contributors=content["contributors"],
                members=content["members"],
                min_units=stated["min_units"],
                dominance_share=percent_text(Decimal(stated["dominance_share"])),
                mark=texts.say("sheet.suppressed"),
            ),
        )
    return (texts.say("sheet.note_source"), texts.say("sheet.note_month"))


def _row_notes(
    form: Mapping[str, Any], cells: Mapping[tuple[str, str], Mapping[str, Any]], texts: Texts
) -> tuple[str, ...]:
    """The shares of each row's consumption, for paper, where no cell has a note."""
    return tuple(
        texts.say("sheet.note_row", code=row["code"], name=texts.say(f"variety.{row['code']}"), **_shares(cell, texts))
        for row in form["rows"]
        if form["form"] == "205-1"
        and (cell := cells.get((row["code"], "4"))) is not None
        and cell.get("completeness") is not None
    )


def _seal_notes(content: Mapping[str, Any], texts: Texts) -> tuple[str, ...]:
    """What this version restates, and the newest head of a day tree."""
    said, head, restates = [], content["day_head"], content["restates"]
    if restates is not None:
        said.append(
            texts.say(
                "sheet.note_restated",
                version=restates["version"],
                reason=texts.say(f"sheet.cause.{restates['reason']['kind']}"),
                page=texts.say("sheet.changes"),
            )
        )
    if head is None:
        said.append(texts.say("sheet.note_no_head"))
    else:
        said.append(texts.say("sheet.note_head", tree_no=head["tree_no"], day=head["day"], root=head["root"]))
    return tuple(said)
