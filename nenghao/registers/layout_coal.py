"""The registers that standard coal rests on: measured heating values, equal values, which processes make a product."""

from nenghao.registers import columns as c
from nenghao.registers.columns import Column, choice
from nenghao.registers.sheet import TO_UNIT, VARIETY, Reference, Sheet

HEATING_VALUES_SHEET = Sheet(
    "heating_values",
    (
        Column("unit_code", c.unit_code),
        Column("variety_code", VARIETY),
        Column("lot", c.name),
        Column("test_sheet_no", c.name),
        Column("sampled_on", c.day),
        Column("valid_from", c.day),
        Column("valid_to", c.day),
        Column("quantity", c.positive_decimal),
        Column("quantity_unit", c.measure_unit),
        Column("heating_value", c.positive_decimal),
        choice("heating_value_unit", "kJ/kg", "kJ/m3"),
        Column("laboratory", c.name),
        Column("document_no", c.name, is_required=False),
        Column("replaces_test_sheet_no", c.name, is_required=False),
    ),
    key=("unit_code", "variety_code", "lot", "test_sheet_no"),
    references=(
        TO_UNIT,
        Reference(("unit_code", "variety_code", "lot", "replaces_test_sheet_no"), "heating_values"),
    ),
)
EQUAL_VALUES_SHEET = Sheet(
    "equal_values",
    (
        Column("region_code", c.division_code),
        Column("year", c.whole_number(1990, 2100)),
        Column("variety_code", c.pattern(r"3[23]", "equal_variety")),
        Column("kgce_per_unit", c.positive_decimal),
        Column("unit", c.measure_unit),
        Column("document_no", c.name),
        Column("source", c.name),
        choice("confidence", "found", "known", "unsure"),
        Column("replaces_document_no", c.name, is_required=False),
    ),
    key=("region_code", "year", "variety_code", "document_no"),
    references=(Reference(("region_code", "year", "variety_code", "replaces_document_no"), "equal_values"),),
)
PRODUCT_PROCESSES_SHEET = Sheet(
    "product_processes",
    (
        Column("unit_code", c.unit_code),
        Column("product_code", c.name),
        Column("process_code", c.pattern(r"[0-9]{2}", "process_form")),
        Column("valid_from", c.day),
        Column("valid_to", c.day, is_required=False),
    ),
    key=("unit_code", "product_code", "process_code", "valid_from"),
    references=(TO_UNIT,),
)
COAL_SHEETS = (HEATING_VALUES_SHEET, EQUAL_VALUES_SHEET, PRODUCT_PROCESSES_SHEET)
