"""The register of yards and tanks: how much of a variety a unit can hold, since a day."""

from nenghao.registers import columns as c
from nenghao.registers.columns import Column, choice
from nenghao.registers.sheet import TO_UNIT, VARIETY, Sheet

STOCK_YARDS_SHEET = Sheet(
    "stock_yards",
    (
        Column("unit_code", c.unit_code),
        Column("yard_no", c.name),
        Column("variety_code", VARIETY),
        Column("capacity", c.decimal_from_zero),
        choice("capacity_unit", "kg", "t", "10^4t", "m3", "10^4m3"),
        choice("tenure", "owned", "leased"),
        Column("valid_from", c.day),
        Column("document_no", c.name),
    ),
    key=("unit_code", "yard_no", "variety_code", "valid_from"),
    references=(TO_UNIT,),
)
