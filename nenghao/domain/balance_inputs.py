"""All that a unit's monitored month is computed from, as one value that can be sealed with it.

Before: month totals, registers and reference rows in force (jobs.build_months). After: `build_balance`.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.coal import Basis, CoalCoefficient, EqualValue, HeatingValue, Policy
from nenghao.domain.records import from_plain, to_plain
from nenghao.domain.varieties import Variety
from nenghao.errors import DataRefused

Flow = Literal[
    "purchase", "primary_production", "generation", "conversion_input", "conversion_output", "recovery", "loss",
    "export", "passed_on", "internal",
]  # fmt: skip
Conversion = Literal[
    "power_generation", "heating", "coal_washing", "coking", "refining", "gas_making", "liquefaction", "coal_products"
]
Use = Literal["industrial", "non_industrial"]
#: The version of what stands in the bytes; another one is refused rather than misread.
INPUTS_FORMAT: Final = "nenghao-balance-inputs-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """Whose month it is."""

    unit_id: int
    unit_code: str
    division_code: str
    industry_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointFacts:
    """What a point measures for the form."""

    point_id: int
    point_code: str
    #: 工序编码: the first two digits of the data code; 00 is the whole works.
    process_code: str
    variety_code: str
    flow: Flow
    conversion: Conversion | None
    use: Use
    #: Whether a series measures it in the month; a point without one is the signed sum of its parts, if it has any.
    is_metered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PointMonth:
    """A point's totals over the month, or over a part of it in which the network stood still: `[first_on, end_on)`."""

    point_id: int
    first_on: date
    end_on: date
    unit: str
    energy: Decimal | None
    measured_energy: Decimal
    due_slots: int
    received_slots: int
    known_slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkTerm:
    """One signed term of whole = sum of parts, valid in `[valid_from, valid_to)`."""

    whole_point_id: int
    part_point_id: int
    sign: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionOutput:
    """产品产量: what was made in the month, and the processes that make it; none where no register says."""

    product_code: str
    process_codes: tuple[str, ...]
    quantity: Decimal
    unit: str


Measure = Literal["consumption", "energy_2589", "coal_share", "own_renewable_share", "per_product", "per_output_value"]
Boundary = Literal["legal_unit", "energy_using_unit", "process"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorDefinition:
    """What an indicator declares, so that nobody compares two that are not of the same kind (practice 3)."""

    code: str
    measure: Measure
    basis: Basis
    boundary: Boundary
    has_media: bool
    has_raw_material: bool
    has_non_industrial: bool
    unit: str
    #: Decimals that a quotient is rounded to; sums are exact.
    decimals: int
    #: Rows that are coal, or the product that stands for an output value; empty elsewhere.
    codes: tuple[str, ...]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Editions:
    """The editions in force for the month, by what they are of."""

    layout: str
    varieties: str
    coefficients: str
    media: str
    indicators: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceInputs:
    """A unit's month before it is computed. Two equal ones give equal cells, whoever computes them."""

    unit: UnitFacts
    month_on: date
    editions: Editions
    points: tuple[PointFacts, ...]
    months: tuple[PointMonth, ...]
    terms: tuple[NetworkTerm, ...]
    #: Rows of the form that the points need, in the form's order, with the rows they are part of.
    varieties: tuple[Variety, ...]
    #: 耗能工质 that the points measure; none is a row of the form.
    media: tuple[Variety, ...]
    policy: Policy
    #: Reference rows of the varieties and media above, one each.
    coefficients: tuple[CoalCoefficient, ...]
    heating_values: tuple[HeatingValue, ...]
    equal_values: tuple[EqualValue, ...]
    outputs: tuple[ProductionOutput, ...]
    indicators: tuple[IndicatorDefinition, ...]


def balance_inputs_json(inputs: BalanceInputs) -> bytes:
    """The canonical bytes of the inputs: one sequence of bytes for one month."""
    return canonical_bytes({"format": INPUTS_FORMAT, "inputs": to_plain(inputs)})


def parse_balance_inputs(data: bytes) -> BalanceInputs:
    """The inputs of canonical bytes.

    Raises: DataRefused where they are not canonical bytes of inputs in this format.
    """
    try:
        plain = json.loads(data)
    except ValueError as error:
        raise DataRefused(f"balance inputs are not JSON: {error}") from error
    if not isinstance(plain, dict) or plain.keys() != {"format", "inputs"} or plain["format"] != INPUTS_FORMAT:
        raise DataRefused(f"balance inputs are not {INPUTS_FORMAT}")
    inputs = from_plain(plain["inputs"], BalanceInputs)
    if balance_inputs_json(inputs) != data:
        raise DataRefused("balance inputs are not in canonical form")
    return inputs
