"""Whole registers drawn by Hypothesis: a unit with rows on every sheet that make sense together."""

import itertools
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from stdnum.cn import uscc

from nenghao.domain.periods import SHANGHAI
from nenghao.registers.columns import Cell

GATEWAY = "gw01"
_numbers = itertools.count(1)

#: Names as people and attackers write them.
NAMES = st.one_of(
    st.sampled_from(
        ["=1+1", "+86 10", "-A", "@x", "'=q", '包钢 "1#"', "a,b;c", "１＃进线", "_x0041_", "x" * 200, "0012"]
    ),
    st.text(
        st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="\x85"), min_size=1, max_size=12
    ).filter(lambda text: text == text.strip() and text != ""),
)
FIGURES = st.decimals(0, 10**9, places=3).map(lambda value: value.normalize() + Decimal(0))
DAYS = st.dates(date(2020, 1, 1), date(2026, 10, 31))
MINUTES = st.integers(0, 60 * 24 * 30).map(lambda n: datetime(2026, 9, 1, tzinfo=SHANGHAI) + timedelta(minutes=n))

Rows = dict[str, list[Mapping[str, Cell]]]


def new_unit_code() -> str:
    """A code that no other example has."""
    front = f"91150200{next(_numbers):09d}"
    return front + uscc.calc_check_digit(front)


@st.composite
def plants(draw: st.DrawFn) -> tuple[str, Rows]:
    """A unit's code and its rows by sheet: an exchanged meter, a changed multiplier, and all beside."""
    code, names = new_unit_code(), lambda: draw(NAMES)
    unit = {"unit_code": code}
    changed_at, later_at = sorted(draw(st.lists(MINUTES, min_size=2, max_size=2, unique=True)))
    meters = [f"{number}-{names()}"[:200] for number in range(2)]
    first_on = draw(DAYS)
    rows: Rows = {
        "units": [{**unit, "name": names(), "division_code": "150203", "industry_code": "C3110", "field": "industry",
                   "collected_under": "survey"}],
        "unit_versions": [{**unit, "valid_from": draw(DAYS), "name": names(), "division_code": "150200",
                           "industry_code": "3120", "parent_code": None, "reason": "renamed", "successor_code": None,
                           "document_no": draw(st.none() | NAMES)}],
        "meters": [{**unit, "meter_no": meter, "name": draw(st.none() | NAMES), "instrument": "electricity_meter",
                    "variety_code": "33", "metering_level": draw(st.none() | st.integers(1, 3)), "model": names(),
                    "accuracy_class": "0.5S", "measuring_range": None, "maker": draw(st.none() | NAMES),
                    "serial_no": draw(st.none() | NAMES), "place": names(), "installed_on": draw(st.none() | DAYS),
                    "cycle_months": 72, "verified_on": first_on, "next_verification_on": first_on + timedelta(days=9),
                    "verified_by": names(), "certificate_no": names(), "state": "qualified"} for meter in meters],
        "meter_verifications": [{**unit, "meter_no": meters[0], "verified_on": draw(DAYS), "next_verification_on": None,
                                 "verified_by": names(), "certificate_no": names(), "result": "limited"}],
        "meter_states": [{**unit, "meter_no": meters[0], "changed_on": draw(DAYS), "state": "stopped",
                          "reason": names(), "declared_by": names()}],
        "points": [{**unit, "point_code": point, "data_code": data_code, "name": names(), "variety_code": "33",
                    "flow": "purchase", "use": "industrial", "conversion": None}
                   for point, data_code in (("E1", "0000000002330010"), ("E-1", "0100000002330000"))],
        "series": [{**unit, "point_code": "E1", "quantity": "active_energy", "kind": kind, "period": period,
                    "meter_no": meters[0], "unit": "kWh", "slot_minutes": 15, "multiplier": Decimal(2000),
                    "multiplier_applied_by": "platform", "decimals": 3, "register_modulus": modulus,
                    "rated_capacity": draw(st.none() | st.just(Decimal("12500.5"))), "lowest_value": None,
                    "highest_value": None, "valid_from": datetime(2026, 8, 1, tzinfo=SHANGHAI), "valid_to": None}
                   for kind, period, modulus in (("register", "instant", Decimal("1E+9") * 2),
                                                 ("interval", "15min", None))],
        "meter_changes": [{**unit, "point_code": "E1", "quantity": "active_energy", "changed_at": changed_at,
                           "old_meter_no": meters[0], "old_final": draw(FIGURES), "new_meter_no": meters[1],
                           "new_initial": draw(FIGURES), "multiplier": draw(st.none() | st.just(Decimal(1000))),
                           "decimals": None, "register_modulus": None, "certificate_no": None, "reason": names(),
                           "declared_by": names(), "declared_at": draw(MINUTES)}],
        "multiplier_changes": [],
        "network": [{**unit, "whole_point_code": "E1", "part_point_code": "E-1", "sign": draw(st.sampled_from([1, -1])),
                     "valid_from": draw(DAYS), "valid_to": draw(st.none() | st.just(date(2026, 11, 1)))}],
        "check_meters": [{**unit, "point_code": "E1", "check_point_code": "E-1", "valid_from": draw(DAYS),
                          "valid_to": draw(st.none() | st.just(date(2026, 11, 1)))}],
        "supply_accounts": [{**unit, "variety_code": "33", "account_no": "0150001234567890", "provider": names(),
                             "settlement_day": draw(st.integers(1, 31)),
                             "metered_side": draw(st.none() | st.just("low")),
                             "valid_from": draw(DAYS), "valid_to": None}],
        "supply_statements": [{**unit, "variety_code": "33", "account_no": "0150001234567890", "from_on": first_on,
                               "to_on": first_on + timedelta(days=draw(st.integers(1, 40))),
                               "quantity": draw(FIGURES) * draw(st.sampled_from([1, -1])), "unit": "kWh",
                               "amount_yuan": draw(st.none() | FIGURES), "document_no": names()}],
        "production_outputs": [{**unit, "product_code": names(), "product_name": None, "month_on": date(2026, 9, 1),
                                "quantity": draw(FIGURES), "unit": names(), "document_no": None}],
        "outage_filings": [{**unit, "gateway_code": draw(st.none() | st.just(GATEWAY)),
                            "point_code": draw(st.none() | st.just("E1")), "fault_at": changed_at,
                            "repaired_at": draw(st.none() | st.just(later_at)), "cause": "power",
                            "detail": draw(st.none() | NAMES), "document_no": None, "filed_at": draw(MINUTES)}],
        "context_events": [
            {**unit, "point_code": draw(st.none() | st.just("E1")), "kind": "overhaul", "title": names(),
             "begins_at": changed_at, "ends_at": draw(st.none() | st.just(later_at)), "division_code": None,
             "industry_code": None, "document_no": draw(st.none() | NAMES), "filed_at": draw(MINUTES)},
            {"unit_code": None, "point_code": None, "kind": "orderly_use", "title": names(), "begins_at": changed_at,
             "ends_at": None, "division_code": "150000", "industry_code": "C31", "document_no": code,
             "filed_at": draw(MINUTES)},
        ],
        "panel_members": [{"panel_code": "205-1", **unit, "entered_on": date(2026, 1, 1),
                           "left_on": (left_on := draw(st.none() | st.just(date(2026, 7, 1)))),
                           "entry_reason": "initial", "exit_reason": "shrunk" if left_on else None,
                           "document_no": None}],
        "heating_values": [{**unit, "variety_code": "01", "lot": names(), "test_sheet_no": names(),
                            "sampled_on": draw(DAYS), "valid_from": first_on, "valid_to": first_on + timedelta(days=9),
                            "quantity": draw(FIGURES) + 1, "quantity_unit": "t", "heating_value": draw(FIGURES) + 1,
                            "heating_value_unit": "kJ/kg", "laboratory": names(),
                            "document_no": draw(st.none() | NAMES), "replaces_test_sheet_no": None}],
        "equal_values": [{"region_code": "150000", "year": draw(st.integers(1990, 2100)), "variety_code": "33",
                          "kgce_per_unit": draw(FIGURES) + 1, "unit": "kWh", "document_no": code, "source": names(),
                          "confidence": "unsure", "replaces_document_no": None}],
        "stock_yards": [{**unit, "yard_no": names(), "variety_code": "01", "capacity": draw(FIGURES),
                         "capacity_unit": "t", "tenure": "leased", "valid_from": first_on, "document_no": names()}],
        "product_processes": [{**unit, "product_code": names(), "process_code": "01", "valid_from": first_on,
                               "valid_to": draw(st.none() | st.just(first_on + timedelta(days=40)))}],
    }  # fmt: skip
    if draw(st.booleans()):
        register = draw(FIGURES)
        old = rows["meter_changes"][0]["multiplier"] or Decimal(2000)
        rows["multiplier_changes"] = [
            {**unit, "point_code": "E1", "quantity": "active_energy", "changed_at": later_at, "old_multiplier": old,
             "new_multiplier": Decimal(3000), "final_register": register, "initial_register": register,
             "certificate_no": names(), "reason": names(), "declared_by": names(), "declared_at": draw(MINUTES)},
        ]  # fmt: skip
    return code, rows
