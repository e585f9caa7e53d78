"""`nenghao indicator UNIT MONTH`: a unit's indicators, each with what it declares and what it rests on."""

import json
from typing import Annotated, Any

import typer

from nenghao.config import Role, load_settings
from nenghao.db import balances
from nenghao.db.connection import Connection, connect
from nenghao.db.errors import driver_errors
from nenghao.domain.balance import BalanceInputs, Indicator, build_balance
from nenghao.domain.periods import Month
from nenghao.domain.rounding import exact_text, percent_text, round_figure
from nenghao.jobs.load_inputs import load_inputs
from nenghao.labels import Language, label, load_labels

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})


@app.callback()
def indicator(
    unit_code: Annotated[str, typer.Argument(help="Unified social credit code.")],
    month: Annotated[str, typer.Argument(help="Like 2026-10.")],
    as_json: Annotated[bool, typer.Option("--json", help="Exact values, one JSON array.")] = False,
) -> None:
    """Compute a month's indicators from what the store holds now; exit code 1 where the unit is not registered."""
    language, asked = load_settings().language, Month.parse(month)
    with driver_errors(), connect(load_settings(), Role.VERIFIER) as conn:
        unit_id = balances.find_unit(conn, unit_code)
        if unit_id is None:
            typer.echo(label("indicator.no_unit", language, unit_code=unit_code), err=True)
            raise typer.Exit(1)
        unit_month = (unit_id, asked.start_on)
        inputs = load_inputs(conn, [unit_month])[unit_month]
        found = build_balance(inputs).indicators
        if as_json:
            typer.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
            return
        typer.echo(label("indicator.heading", language, unit_code=unit_code, month=asked))
        for one in found:
            _print_indicator(one, inputs, language)
        _print_coefficients(conn, found, inputs, language)


def _plain(one: Indicator) -> dict[str, Any]:
    definition = one.definition
    return {
        "code": definition.code,
        "product": one.product_code,
        "value": None if one.value is None else exact_text(one.value),
        "unit": one.unit,
        "basis": definition.basis,
        "boundary": definition.boundary,
        "has_media": definition.has_media,
        "has_raw_material": definition.has_raw_material,
        "has_non_industrial": definition.has_non_industrial,
        "reason": one.reason,
        "about": list(one.about),
        "completeness": None if one.completeness is None else exact_text(one.completeness),
        "known_share": None if one.known_share is None else exact_text(one.known_share),
        "measured_share": None if one.measured_share is None else exact_text(one.measured_share),
        "coefficients": list(one.coefficient_codes),
        "heating_values": list(one.heating_value_ids),
        "equal_values": list(one.equal_value_ids),
    }


# --- for people ---


def _print_indicator(one: Indicator, inputs: BalanceInputs, language: Language) -> None:
    name = label(f"indicator.name.{one.definition.code}", language)
    if one.product_code is not None:
        name = f"{name} {one.product_code}"
    if one.value is None:
        value = label("indicator.missing", language, reason=_reason(one, language))
    else:
        value = f"{round_figure(one.value, one.definition.decimals)} {_unit(one.unit, language)}".rstrip()
    typer.echo(f"\n{name}: {value}")
    typer.echo(f"  {_declaration(one, language)}")
    if one.completeness is not None:
        measured = "-" if one.measured_share is None else percent_text(one.measured_share)
        typer.echo(
            "  "
            + label("indicator.shares", language, completeness=percent_text(one.completeness), measured_share=measured)
        )
    for value_id in one.equal_value_ids:
        used = next(value for value in inputs.equal_values if value.equal_value_id == value_id)
        typer.echo(
            "  "
            + label(
                "indicator.equal_value", language, variety=label(f"variety.{used.variety_code}", language),
                value=used.kgce_per_unit, unit=used.unit, region=used.region_code, year=used.year,
                document=used.document_no, source=used.source, confidence=used.confidence,
            )
        )  # fmt: skip


def _unit(unit: str, language: Language) -> str:
    return "" if unit == "1" else load_labels(language).get(f"unit.{unit}", unit)


def _reason(one: Indicator, language: Language) -> str:
    """Why there is no value, with what it speaks of."""
    text = label(f"indicator.reason.{one.reason}", language)
    return f"{text} ({', '.join(one.about)})" if one.about else text


def _declaration(one: Indicator, language: Language) -> str:
    """Basis, boundary, and what is in: nobody compares two that differ in these."""
    definition = one.definition
    within = [
        label(f"indicator.{'with' if is_in else 'without'}", language, what=label(f"indicator.what.{what}", language))
        for what, is_in in (
            ("media", definition.has_media),
            ("raw_material", definition.has_raw_material),
            ("non_industrial", definition.has_non_industrial),
        )
    ]
    basis, boundary = (
        label(f"indicator.basis.{definition.basis}", language),
        label(f"indicator.boundary.{definition.boundary}", language),
    )
    return label(
        "indicator.declaration",
        language,
        basis=basis,
        boundary=boundary,
        within=label("indicator.join", language).join(within),
    )


def _print_coefficients(
    conn: Connection, found: tuple[Indicator, ...], inputs: BalanceInputs, language: Language
) -> None:
    codes = sorted({code for one in found for code in one.coefficient_codes})
    lots = {lot for one in found for lot in one.heating_value_ids}
    if codes or lots:
        typer.echo(f"\n{label('indicator.coefficients', language)}")
    for code, value, unit, source, confidence in balances.coefficient_sources(conn, codes):
        typer.echo(
            "  "
            + label(
                "explain.coefficient", language, code=code, tce_per_form_unit=exact_text(value), form_unit=unit,
                source=source, confidence=confidence,
            )
        )  # fmt: skip
    for lot in inputs.heating_values:
        if lot.heating_value_id in lots:
            typer.echo(
                "  "
                + label(
                    "indicator.lot", language, variety=label(f"variety.{lot.variety_code}", language), lot=lot.lot,
                    sheet=lot.test_sheet_no, value=exact_text(lot.heating_value), unit=lot.heating_value_unit,
                    quantity=exact_text(lot.quantity), quantity_unit=lot.quantity_unit,
                )
            )  # fmt: skip
