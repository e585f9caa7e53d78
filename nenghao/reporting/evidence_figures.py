"""The figures of a point in an evidence document: curves, what witnesses say, 应报数, amount and rate, standard coal.

Before: `evidence_curves`, `evidence_accounts`. After: `nenghao.reporting.evidence`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Any, Final

from nenghao.db.evidence import Row
from nenghao.domain.coal import to_tce
from nenghao.domain.due_figure import Account, DueFigure, Silence, Witness, account, band_of, due_figure
from nenghao.domain.periods import day_of
from nenghao.domain.quantities import EXACT, UnitMismatch, convert
from nenghao.errors import DataRefused
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.severity import Severity
from nenghao.reference.varieties import load_varieties
from nenghao.reporting.evidence_accounts import accounts
from nenghao.reporting.evidence_curves import Curve, Day
from nenghao.reporting.evidence_store import Subject
from nenghao.reporting.evidence_text import both

#: Expected slots are statistics: more digits than a meter's face would look exact.
SLOT_DECIMALS: Final = 3
#: Rules that hold two documents of one row of a form against each other: which figure was reported, which was due, by
#: whom; `tolerance` is a share of the latter.
DOCUMENTS: Final[Mapping[str, tuple[str, str, Witness]]] = {
    "filed_against_metered": ("filed", "metered", Witness.METERED),
    "grid_settlement": ("metered", "settled", Witness.SETTLEMENT),
}


def figures(subject: Subject, severity: Severity) -> dict[str, Any]:
    """Curves and figures of a point; what cannot be said is null with a reason beside it."""
    said = accounts(subject, severity)
    curve = subject.curve
    reported = None if curve is None else curve.reported()
    due = None if reported is None else due_figure(reported, [one for one in said if isinstance(one, Account)])
    return {
        "unit": None if curve is None else curve.unit,
        "slot_minutes": None if curve is None else curve.slot_minutes,
        "slots": 0 if curve is None else curve.slots,
        "known_slots": 0 if curve is None else curve.known_slots,
        "reported_energy": reported,
        "days": [] if curve is None else [_judged(curve, day) for day in curve.judged],
        "days_before": [] if curve is None else [_day(day, "0" * len(day.energy)) for day in curve.before],
        "days_now": subject.beside["days"],
        "expected": None if curve is None else _expected(curve),
        "witnesses": [_said(one) for one in said],
        "due_figure": None if due is None else _due(due, severity),
        "why_no_due_figure": both("evidence.no_due_figure") if due is None else None,
        "standard_coal": None
        if curve is None or due is None
        else _standard_coal(subject.point["variety_code"], day_of(subject.span[0]), curve.unit, due),
    }


def _judged(curve: Curve, day: Day) -> dict[str, Any]:
    asked = curve.asked[curve.days.index(day.day_on)]
    return _day(day, "".join("1" if one else "0" for one in asked))


def _day(day: Day, in_span: str) -> dict[str, Any]:
    return {
        "day_on": day.day_on,
        "energy": list(day.energy),
        "quality": day.quality,
        "in_span": in_span,
        "content_hash": day.content_hash,
    }


def _expected(curve: Curve) -> dict[str, Any] | None:
    found = curve.expected
    if found is None:
        return None
    return {
        "days": list(curve.days),
        "like_days": list(curve.like_days),
        **{
            name: [[round(Decimal(repr(value)), SLOT_DECIMALS) for value in day] for day in curves]
            for name, curves in (("low", found.low), ("mid", found.mid), ("high", found.high))
        },
    }


def _said(one: Account | Silence) -> dict[str, Any]:
    name = both(f"evidence.witness.{one.witness}")
    if isinstance(one, Silence):
        return {"witness": str(one.witness), "name": name, "silent": both(f"evidence.silence.{one.reason}")}
    return {"witness": str(one.witness), "name": name, "low": one.low, "mid": one.mid, "high": one.high}


def _due(due: DueFigure, severity: Severity) -> dict[str, Any]:
    band = band_of(due.least_error_rate, severity.bands)
    return {
        "low": due.low,
        "mid": due.mid,
        "high": due.high,
        "witnesses": [str(witness) for witness in due.witnesses],
        "reported": due.reported,
        "direction": due.direction,
        "least_amount": due.least_amount,
        "likely_amount": due.likely_amount,
        "least_error_rate": due.least_error_rate,
        "band": None if band is None else {"code": band.code, "name": both(f"evidence.band.{band.code}")},
        "band_edition": severity.edition,
        "band_confidence": severity.confidence,
    }


def document_figures(findings: Sequence[Row], severity: Severity) -> list[dict[str, Any]]:
    """应报数 of rows of forms, where a finding holds one document against another with a tolerance for both."""
    told = []
    for row in findings:
        names = DOCUMENTS.get(row["rule_code"])
        statistics = row["evidence"]
        if names is None or any(statistics.get(name) is None for name in (*names[:2], "tolerance", "row_code")):
            continue
        reported, mid, share = (Decimal(str(statistics[name])) for name in (*names[:2], "tolerance"))
        with localcontext(EXACT):
            said = account(names[2], mid, abs(mid) * share)
        due = due_figure(reported, [said])
        variety = load_varieties(day_of(row["span_from"]).replace(day=1)).by_code.get(str(statistics["row_code"]))
        if due is None or variety is None:
            continue
        told.append(
            {
                "finding_id": row["finding_id"],
                "row_code": statistics["row_code"],
                "column_code": statistics.get("column_code"),
                "span": [row["span_from"], row["span_to"]],
                "unit": variety.form_unit,
                "reported_energy": reported,
                "witnesses": [_said(said)],
                "due_figure": _due(due, severity),
                "standard_coal": _standard_coal(variety.code, day_of(row["span_from"]), variety.form_unit, due),
            }
        )
    return told


def _standard_coal(variety_code: str, on: date, unit: str, due: DueFigure) -> dict[str, Any] | None:
    """The interval in tonnes of coal equivalent, by the variety's reference coefficient; None where it has none."""
    try:
        edition = load_coefficients(on.replace(day=1))
        coefficient = edition.in_use[variety_code]
        form_unit, basis = coefficient.form_unit, coefficient.basis
        tonnes = {
            name: to_tce(convert(value, unit, form_unit), form_unit, coefficient, basis=basis)
            for name, value in _amounts(due).items()
        }
    except (KeyError, UnitMismatch, DataRefused):
        return None
    return {
        "unit": "tce",
        "coefficient": coefficient.code,
        "coefficient_edition": edition.edition,
        "tce_per_form_unit": coefficient.tce_per_form_unit,
        "form_unit": form_unit,
        **tonnes,
    }


def _amounts(due: DueFigure) -> dict[str, Decimal]:
    names = ("low", "mid", "high", "reported", "least_amount", "likely_amount")
    return {name: getattr(due, name) for name in names}
