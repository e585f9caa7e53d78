"""The files of a register: their columns, and which columns name a row."""

from dataclasses import dataclass

from nenghao.registers import columns as c
from nenghao.registers.columns import Column

_CODE = c.pattern(r"[A-Za-z0-9_-]{1,32}", "code_form")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of a register, such as `points.csv`."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """The file's name in a register folder."""
        return f"{self.name}.csv"


UNITS_SHEET = Sheet(
    "units",
    (
        Column("unit_code", c.unit_code),
        Column("name", c.name),
        Column("division_code", c.pattern(r"[0-9]{6}", "division_form")),
        Column("industry_code", c.pattern(r"[A-T]?[0-9]{2,4}", "industry_form")),
        Column("field", c.one_of("industry", "building", "transport")),
        Column("collected_under", c.one_of("survey", "online_monitoring", "annual_report", "metering", "emissions")),
    ),
    key=("unit_code",),
)
METERS_SHEET = Sheet(
    "meters",
    (
        Column("unit_code", c.unit_code),
        Column("meter_no", c.name),
        Column("model", c.name),
        Column("accuracy_class", c.name),
        Column("verified_on", c.day, is_required=False),
        Column("next_verification_on", c.day, is_required=False),
        Column("state", c.one_of("qualified", "permitted", "stopped")),
    ),
    key=("unit_code", "meter_no"),
)
POINTS_SHEET = Sheet(
    "points",
    (
        Column("unit_code", c.unit_code),
        Column("point_code", _CODE),
        Column("data_code", c.pattern(r"[0-9]{16}", "data_code_form")),
        Column("name", c.name),
        Column("variety_code", c.pattern(r"[0-9]{2}", "variety_form")),
        Column("flow", c.one_of("purchase", "generation", "export", "passed_on", "internal")),
        Column("use", c.one_of("industrial", "non_industrial")),
    ),
    key=("unit_code", "point_code"),
)
SERIES_SHEET = Sheet(
    "series",
    (
        Column("unit_code", c.unit_code),
        Column("point_code", _CODE),
        Column(
            "quantity",
            c.one_of(
                "active_energy", "reactive_energy", "volume", "mass", "heat", "power_factor", "voltage", "current"
            ),
        ),
        Column("kind", c.one_of("register", "interval", "gauge")),
        Column("period", c.one_of("instant", "15min", "30min", "1h", "day", "month")),
        Column("meter_no", c.name),
        Column("unit", c.measure_unit),
        Column("slot_minutes", c.whole_number(15, 60)),
        Column("multiplier", c.positive_decimal),
        Column("multiplier_applied_by", c.one_of("platform", "gateway")),
        Column("decimals", c.whole_number(0, 6)),
        Column("register_modulus", c.positive_decimal, is_required=False),
        Column("valid_from", c.instant),
        Column("valid_to", c.instant, is_required=False),
    ),
    key=("unit_code", "point_code", "quantity", "kind", "period", "valid_from"),
)
NETWORK_SHEET = Sheet(
    "network",
    (
        Column("unit_code", c.unit_code),
        Column("whole_point_code", _CODE),
        Column("part_point_code", _CODE),
        Column("sign", c.whole_number(-1, 1)),
        Column("valid_from", c.day),
        Column("valid_to", c.day, is_required=False),
    ),
    key=("unit_code", "whole_point_code", "part_point_code", "valid_from"),
)
#: In the order in which rows refer to each other.
SHEETS = (UNITS_SHEET, METERS_SHEET, POINTS_SHEET, SERIES_SHEET, NETWORK_SHEET)
