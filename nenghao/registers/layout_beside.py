"""The registers beside the meters: supply, output, outages, events, panels."""

from nenghao.registers import columns as c
from nenghao.registers.columns import Column, choice
from nenghao.registers.sheet import CODE, TO_POINT, TO_UNIT, VARIETY, Reference, Sheet

#: Kinds of events that authorities announce (practice 5), and of those that a unit declares.
PUBLIC_EVENTS = (
    "orderly_use", "heavy_pollution", "staggered_production", "tariff", "power_cut", "heating_season", "festival",
    "disaster",
)  # fmt: skip
UNIT_EVENTS = (
    "overhaul", "shutdown", "line_stop", "restart", "capacity_change", "own_generation", "demand_contract",
    "metering_work", "new_equipment",
)  # fmt: skip

SUPPLY_ACCOUNTS_SHEET = Sheet(
    "supply_accounts",
    (
        Column("unit_code", c.unit_code),
        Column("variety_code", VARIETY),
        Column("account_no", c.name),
        Column("provider", c.name),
        Column("settlement_day", c.whole_number(1, 31)),
        choice("metered_side", "high", "low", is_required=False, is_fillable=True),
        Column("valid_from", c.day),
        Column("valid_to", c.day, is_required=False, is_fillable=True),
    ),
    key=("unit_code", "variety_code", "account_no"),
    references=(TO_UNIT,),
)
SUPPLY_STATEMENTS_SHEET = Sheet(
    "supply_statements",
    (
        Column("unit_code", c.unit_code),
        Column("variety_code", VARIETY),
        Column("account_no", c.name),
        Column("from_on", c.day),
        Column("to_on", c.day),
        Column("quantity", c.decimal),
        Column("unit", c.measure_unit),
        Column("amount_yuan", c.decimal, is_required=False),
        Column("document_no", c.name),
    ),
    key=("unit_code", "variety_code", "account_no", "from_on", "document_no"),
    references=(Reference(("unit_code", "variety_code", "account_no"), "supply_accounts"),),
)
PRODUCTION_OUTPUTS_SHEET = Sheet(
    "production_outputs",
    (
        Column("unit_code", c.unit_code),
        Column("product_code", c.name),
        Column("product_name", c.name, is_required=False),
        Column("month_on", c.month),
        Column("quantity", c.decimal_from_zero),
        Column("unit", c.name),
        Column("document_no", c.name, is_required=False),
    ),
    key=("unit_code", "product_code", "month_on"),
    references=(TO_UNIT,),
)
OUTAGE_FILINGS_SHEET = Sheet(
    "outage_filings",
    (
        Column("unit_code", c.unit_code),
        Column("gateway_code", CODE, is_required=False),
        Column("point_code", CODE, is_required=False),
        Column("fault_at", c.instant),
        Column("repaired_at", c.instant, is_required=False, is_fillable=True),
        choice("cause", "power", "network", "gateway", "meter", "platform", "other"),
        Column("detail", c.name, is_required=False, is_fillable=True),
        Column("document_no", c.name, is_required=False, is_fillable=True),
        Column("filed_at", c.instant),
    ),
    key=("unit_code", "gateway_code", "point_code", "fault_at"),
    references=(TO_UNIT, Reference(("unit_code", "gateway_code"), "gateways"), TO_POINT),
)
CONTEXT_EVENTS_SHEET = Sheet(
    "context_events",
    (
        Column("unit_code", c.unit_code, is_required=False),
        Column("point_code", CODE, is_required=False),
        choice("kind", *PUBLIC_EVENTS, *UNIT_EVENTS, "other"),
        Column("title", c.name),
        Column("begins_at", c.instant),
        Column("ends_at", c.instant, is_required=False, is_fillable=True),
        Column("division_code", c.division_code, is_required=False),
        Column("industry_code", c.industry_code, is_required=False),
        Column("document_no", c.name, is_required=False),
        Column("filed_at", c.instant),
    ),
    key=("unit_code", "point_code", "kind", "begins_at", "division_code", "industry_code", "document_no"),
    references=(TO_UNIT, TO_POINT),
)
PANEL_MEMBERS_SHEET = Sheet(
    "panel_members",
    (
        Column("panel_code", CODE),
        Column("unit_code", c.unit_code),
        Column("entered_on", c.month),
        Column("left_on", c.month, is_required=False, is_fillable=True),
        choice("entry_reason", "initial", "grown", "new", "merged", "split", "moved", "sector_changed", "other"),
        choice(
            "exit_reason", "shrunk", "closed", "merged", "split", "moved", "sector_changed", "other",
            is_required=False, is_fillable=True,
        ),
        Column("document_no", c.name, is_required=False),
    ),
    key=("panel_code", "unit_code", "entered_on"),
    references=(TO_UNIT,),
)  # fmt: skip
BESIDE_SHEETS = (
    SUPPLY_ACCOUNTS_SHEET,
    SUPPLY_STATEMENTS_SHEET,
    PRODUCTION_OUTPUTS_SHEET,
    OUTAGE_FILINGS_SHEET,
    CONTEXT_EVENTS_SHEET,
    PANEL_MEMBERS_SHEET,
)
