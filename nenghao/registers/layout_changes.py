"""The registers of what became of units and meters: versions, verifications, states, declared changes."""

from nenghao.registers import columns as c
from nenghao.registers.columns import Column, choice
from nenghao.registers.sheet import CODE, METER_STATES, QUANTITIES, TO_METER, TO_POINT, TO_UNIT, Reference, Sheet

UNIT_VERSIONS_SHEET = Sheet(
    "unit_versions",
    (
        Column("unit_code", c.unit_code),
        Column("valid_from", c.day, is_required=False),
        Column("name", c.name),
        Column("division_code", c.division_code),
        Column("industry_code", c.industry_code),
        Column("parent_code", c.unit_code, is_required=False),
        choice(
            "reason",
            "registered", "renamed", "sector_changed", "moved", "parent_changed", "merged", "split", "closed",
            "corrected",
        ),
        Column("successor_code", c.unit_code, is_required=False),
        Column("document_no", c.name, is_required=False),
    ),
    key=("unit_code", "valid_from"),
    references=(TO_UNIT, Reference(("successor_code",), "units")),
)  # fmt: skip
METER_VERIFICATIONS_SHEET = Sheet(
    "meter_verifications",
    (
        Column("unit_code", c.unit_code),
        Column("meter_no", c.name),
        Column("verified_on", c.day),
        Column("next_verification_on", c.day, is_required=False),
        Column("verified_by", c.name),
        Column("certificate_no", c.name),
        choice("result", "passed", "limited", "failed"),
    ),
    key=("unit_code", "meter_no", "verified_on"),
    references=(TO_METER,),
)
METER_STATES_SHEET = Sheet(
    "meter_states",
    (
        Column("unit_code", c.unit_code),
        Column("meter_no", c.name),
        Column("changed_on", c.day),
        choice("state", *METER_STATES),
        Column("reason", c.name),
        Column("declared_by", c.name),
    ),
    key=("unit_code", "meter_no", "changed_on"),
    references=(TO_METER,),
)
METER_CHANGES_SHEET = Sheet(
    "meter_changes",
    (
        Column("unit_code", c.unit_code),
        Column("point_code", CODE),
        choice("quantity", *QUANTITIES),
        Column("changed_at", c.instant),
        Column("old_meter_no", c.name),
        Column("old_final", c.decimal_from_zero, is_required=False),
        Column("new_meter_no", c.name),
        Column("new_initial", c.decimal_from_zero, is_required=False),
        Column("multiplier", c.positive_decimal, is_required=False),
        Column("decimals", c.whole_number(0, 6), is_required=False),
        Column("register_modulus", c.positive_decimal, is_required=False),
        Column("certificate_no", c.name, is_required=False),
        Column("reason", c.name),
        Column("declared_by", c.name),
        Column("declared_at", c.instant),
    ),
    key=("unit_code", "point_code", "quantity", "changed_at"),
    references=(
        TO_POINT,
        Reference(("unit_code", "old_meter_no"), "meters"),
        Reference(("unit_code", "new_meter_no"), "meters"),
    ),
)
MULTIPLIER_CHANGES_SHEET = Sheet(
    "multiplier_changes",
    (
        Column("unit_code", c.unit_code),
        Column("point_code", CODE),
        choice("quantity", *QUANTITIES),
        Column("changed_at", c.instant),
        Column("old_multiplier", c.positive_decimal),
        Column("new_multiplier", c.positive_decimal),
        Column("final_register", c.decimal_from_zero, is_required=False),
        Column("initial_register", c.decimal_from_zero, is_required=False),
        Column("certificate_no", c.name, is_required=False),
        Column("reason", c.name),
        Column("declared_by", c.name),
        Column("declared_at", c.instant),
    ),
    key=("unit_code", "point_code", "quantity", "changed_at"),
    references=(TO_POINT,),
)
