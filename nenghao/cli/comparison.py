"""`nenghao statbook | compare`: the unit's ledger of a variety; filed figures beside meters and statements."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import typer

from nenghao.cli.filing_words import MonthText, UnitCode, cell_name, parse_month, refusals
from nenghao.cli.tables import Form, print_table
from nenghao.config import Role, load_settings
from nenghao.db import drafts, filings
from nenghao.db.connection import connect
from nenghao.db.identity import as_unit
from nenghao.domain.filed_cells import FORM_1
from nenghao.domain.rounding import exact_text
from nenghao.errors import DataRefused
from nenghao.filing.comparison import Compared, compare
from nenghao.filing.refusals import FilingRefused
from nenghao.filing.statbook import LEDGER_COLUMNS, LedgerMonth, build_statbook
from nenghao.filing.templates import column_title
from nenghao.labels import Language, label

FormOption = Annotated[Form, typer.Option("--format", help="text, csv or json.")]


def statbook(
    unit: UnitCode,
    year: Annotated[int, typer.Argument(help="Year.", min=1992, max=2200)],
    variety: Annotated[str, typer.Argument(help="Row of 205-1, such as 01 or 33.")],
    form: FormOption = Form.TEXT,
) -> None:
    """The statistical ledger of a variety (统计台账): month and cumulative, from accepted filings, with vouchers."""
    settings = load_settings()
    with refusals(settings.language), connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
        book = build_statbook(conn, own.unit_id, year, variety)
    columns = {name: label(f"statbook.{name}", settings.language) for name in ("month", "figure", "filing")}
    columns |= {column: column_title(FORM_1, column, settings.language) for column in LEDGER_COLUMNS}
    columns["vouchers"] = label("statbook.vouchers", settings.language)
    lines = [line for month in book for line in _ledger_lines(month, settings.language)]
    print_table(columns, lines, form)


def compare_(
    unit: UnitCode,
    month: MonthText,
    as_bureau: Annotated[bool, typer.Option("--bureau", help="Read as the bureau, not as the unit.")] = False,
    form: FormOption = Form.TEXT,
) -> None:
    """Filed beside monitored and settled, cycles aligned; "not comparable" with its reason where they are not."""
    settings = load_settings()
    wanted = parse_month(month)
    first_on = date(wanted.year, 1, 1)
    with refusals(settings.language):
        if as_bureau:
            with connect(settings, Role.CONSOLE) as conn:
                unit_id = filings.unit_of_code(conn, unit)
                if unit_id is None:
                    raise DataRefused(f"there is no unit {unit}")
                filed = filings.filed_month(conn, unit_id, wanted.start_on, with_revisions=False)
                months = drafts.monitored_months(conn, unit_id, first_on, wanted.start_on)
                compared = compare(conn, unit_id, wanted, filed, months)
        else:
            with connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
                filed = filings.filed_month(conn, own.unit_id, wanted.start_on, with_revisions=False)
                months = drafts.monitored_months(conn, own.unit_id, first_on, wanted.start_on)
                compared = compare(conn, own.unit_id, wanted, filed, months)
        if not compared:
            raise FilingRefused("nothing_to_compare", month=wanted)
    names = ("cell", "source", "filed", "other", "span", "difference", "tolerance", "verdict")
    headings = {name: label(f"compare.table.{name}", settings.language) for name in names}
    print_table(headings, [_compared_line(one, settings.language) for one in compared], form)


def _ledger_lines(month: LedgerMonth, language: Language) -> list[dict[str, str]]:
    vouchers = "; ".join(f"{one.document_no} {exact_text(one.quantity)} {one.unit}" for one in month.vouchers)
    head = {"month": str(month.month), "filing": str(month.filing_id or "")}
    return [
        head
        | {"figure": label(f"statbook.{name}", language), "vouchers": vouchers if name == "of_month" else ""}
        | {column: _text(figures.get(column)) for column in LEDGER_COLUMNS}
        for name, figures in (("of_month", month.of_month), ("cumulative", month.cumulative))
    ]


def _compared_line(one: Compared, language: Language) -> dict[str, str]:
    side, verdict = one.side, one.verdict
    if one.reason is not None:
        said = label("compare.not_comparable", language, reason=label(f"compare.reason.{one.reason}", language))
    elif verdict is None:
        said = label("compare.nothing", language)
    else:
        said = label(f"compare.{'within' if verdict.is_within else 'apart'}", language)
    return {
        "cell": cell_name(one.key),
        "source": label(f"compare.source.{one.source}", language),
        "filed": _text(one.filed),
        "other": _text(side.quantity if side else None),
        "span": f"{side.first_on} .. {side.end_on}" if side else "",
        "difference": f"{verdict.difference:.2%}" if verdict else "",
        "tolerance": f"{verdict.tolerance:.2%}" if verdict else "",
        "verdict": said,
    }


def _text(value: Decimal | None) -> str:
    return "" if value is None else exact_text(value)
