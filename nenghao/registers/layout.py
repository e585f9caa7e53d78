"""The registers of units, meters, points, series and their network, and all registers in the order of references."""

from nenghao.registers import columns as c
from nenghao.registers.columns import Column, choice
from nenghao.registers.layout_beside import BESIDE_SHEETS
from nenghao.registers.layout_changes import (
    METER_CHANGES_SHEET,
    METER_STATES_SHEET,
    METER_VERIFICATIONS_SHEET,
    MULTIPLIER_CHANGES_SHEET,
    UNIT_VERSIONS_SHEET,
)
from nenghao.registers.layout_coal import COAL_SHEETS
from nenghao.registers.layout_stock import STOCK_YARDS_SHEET
from nenghao.registers.sheet import (
    CODE,
    METER_STATES,
    QUANTITIES,
    TO_METER,
    TO_POINT,
    TO_UNIT,
    VARIETY,
    Reference,
    Sheet,
)

UNITS_SHEET = Sheet(
    "units",
    (
        Column("unit_code", c.unit_code),
        Column("name", c.name),
        Column("division_code", c.division_code),
        Column("industry_code", c.industry_code),
        choice("field", "industry", "building", "transport"),
        choice("collected_under", "survey", "online_monitoring", "annual_report", "metering", "emissions"),
    ),
    key=("unit_code",),
)
METERS_SHEET = Sheet(
    "meters",
    (
        Column("unit_code", c.unit_code),
        Column("meter_no", c.name),
        Column("name", c.name, is_required=False, is_fillable=True),
        choice(
            "instrument",
            "electricity_meter", "weighing", "oil_flow", "gas_flow", "steam_flow", "water_flow", "heat_meter",
            "temperature", "pressure", "other", is_required=False, is_fillable=True,
        ),
        Column("variety_code", VARIETY, is_required=False, is_fillable=True),
        Column("metering_level", c.whole_number(1, 3), is_required=False, is_fillable=True),
        Column("model", c.name),
        Column("accuracy_class", c.name),
        Column("measuring_range", c.name, is_required=False, is_fillable=True),
        Column("maker", c.name, is_required=False, is_fillable=True),
        Column("serial_no", c.name, is_required=False, is_fillable=True),
        Column("place", c.name, is_required=False, is_fillable=True),
        Column("installed_on", c.day, is_required=False, is_fillable=True),
        Column("cycle_months", c.whole_number(1, 240), is_required=False, is_fillable=True),
        Column("verified_on", c.day, is_required=False, is_fillable=True),
        Column("next_verification_on", c.day, is_required=False, is_fillable=True),
        Column("verified_by", c.name, is_required=False, is_fillable=True),
        Column("certificate_no", c.name, is_required=False, is_fillable=True),
        choice("state", *METER_STATES),
    ),
    key=("unit_code", "meter_no"),
    references=(TO_UNIT,),
)  # fmt: skip
POINTS_SHEET = Sheet(
    "points",
    (
        Column("unit_code", c.unit_code),
        Column("point_code", CODE),
        Column("data_code", c.data_code),
        Column("name", c.name),
        Column("variety_code", VARIETY),
        choice(
            "flow",
            "purchase", "primary_production", "generation", "conversion_input", "conversion_output", "recovery", "loss",
            "export", "passed_on", "internal",
        ),
        choice("use", "industrial", "non_industrial"),
        choice(
            "conversion",
            "power_generation", "heating", "coal_washing", "coking", "refining", "gas_making", "liquefaction",
            "coal_products", is_required=False,
        ),
    ),
    key=("unit_code", "point_code"),
    references=(TO_UNIT,),
)  # fmt: skip
SERIES_SHEET = Sheet(
    "series",
    (
        Column("unit_code", c.unit_code),
        Column("point_code", CODE),
        choice("quantity", *QUANTITIES),
        choice("kind", "register", "interval", "gauge"),
        Column(
            "period", c.one_of("instant", "15min", "30min", "1h", "day", "month"),
            choices=("instant", "15min", "30min", "1h", "day", "month"),
        ),
        Column("meter_no", c.name),
        Column("unit", c.measure_unit),
        Column("slot_minutes", c.whole_number(15, 60)),
        Column("multiplier", c.positive_decimal),
        choice("multiplier_applied_by", "platform", "gateway"),
        Column("decimals", c.whole_number(0, 6)),
        Column("register_modulus", c.positive_decimal, is_required=False),
        Column("rated_capacity", c.positive_decimal, is_required=False),
        Column("lowest_value", c.decimal, is_required=False),
        Column("highest_value", c.decimal, is_required=False),
        Column("valid_from", c.instant),
        Column("valid_to", c.instant, is_required=False, is_fillable=True),
    ),
    key=("unit_code", "point_code", "quantity", "kind", "period", "valid_from"),
    references=(TO_POINT, TO_METER),
)  # fmt: skip
NETWORK_SHEET = Sheet(
    "network",
    (
        Column("unit_code", c.unit_code),
        Column("whole_point_code", CODE),
        Column("part_point_code", CODE),
        Column("sign", c.whole_number(-1, 1)),
        Column("valid_from", c.day),
        Column("valid_to", c.day, is_required=False, is_fillable=True),
    ),
    key=("unit_code", "whole_point_code", "part_point_code", "valid_from"),
    references=(
        Reference(("unit_code", "whole_point_code"), "points"),
        Reference(("unit_code", "part_point_code"), "points"),
    ),
)
CHECK_METERS_SHEET = Sheet(
    "check_meters",
    (
        Column("unit_code", c.unit_code),
        Column("point_code", CODE),
        Column("check_point_code", CODE),
        Column("valid_from", c.day),
        Column("valid_to", c.day, is_required=False, is_fillable=True),
    ),
    key=("unit_code", "point_code", "check_point_code", "valid_from"),
    references=(TO_POINT, Reference(("unit_code", "check_point_code"), "points")),
)
#: In the order in which rows refer to each other.
SHEETS = (
    UNITS_SHEET,
    UNIT_VERSIONS_SHEET,
    METERS_SHEET,
    METER_VERIFICATIONS_SHEET,
    METER_STATES_SHEET,
    POINTS_SHEET,
    SERIES_SHEET,
    METER_CHANGES_SHEET,
    MULTIPLIER_CHANGES_SHEET,
    NETWORK_SHEET,
    CHECK_METERS_SHEET,
    *BESIDE_SHEETS,
    *COAL_SHEETS,
    STOCK_YARDS_SHEET,
)
