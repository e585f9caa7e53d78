"""综合能源消费量, and the identity between what came in and what was used, from the cells of either object.

Before: cells of a monitored balance or of a filing, by (form, row, column). After: indicators, relations, comparison.
Source: domain 3.5 (definition and formula), practice 3 (row 40 column 4 counts converted energy again; the identity).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from nenghao.domain.quantities import EXACT
from nenghao.domain.varieties import TOTAL_ROW, Variety

CellKey = tuple[str, str, str]
Values = Mapping[CellKey, Decimal]

_OPENING, _PURCHASE, _CLOSING = "1", "2", "9"
_TOTAL, _INDUSTRIAL, _NON_INDUSTRIAL, _COEFFICIENT = "4", "5", "7", "10"
_OUTPUT, _OUTPUT_TCE, _RECOVERY = "11", "12", "13"
#: What enters the unit's boundary and what leaves it; column 205-1 names three of them, meters the others.
SUPPLY_SIGNS: Final[Mapping[str, int]] = {
    _OPENING: 1, _PURCHASE: 1, "primary": 1, _CLOSING: -1, "supplied": -1, "loss": -1,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Σ tce(期初 − 期末 + 购进 + 一次自产 − 外供 − 损失) beside 综合能源消费量 + 非工业生产消费."""

    supply_tce: Decimal
    use_tce: Decimal

    @property
    def difference_tce(self) -> Decimal:
        """What the two sides differ by; zero where each variety has one coefficient and nothing is left out."""
        return EXACT.subtract(self.use_tce, self.supply_tce)


def comprehensive_consumption(values: Values, varieties: Iterable[Variety]) -> Decimal | None:
    """综合能源消费量 in tce: industrial use less what conversion made and what was recovered.

    None where the cells do not say: the total is missing, or a row that is consumed has no industrial part or no
    coefficient. An empty cell of a conversion or a recovery is none, as on the form.
    """
    if ("205-1", TOTAL_ROW, _TOTAL) not in values:
        return None
    total = Decimal(0)
    for row in _rows(values, varieties):
        industrial = row.tce("205-1", _INDUSTRIAL)
        if industrial is None and row.has("205-1", _TOTAL):
            return None
        made = row.made_tce()
        recovered = row.tce("205-2", _RECOVERY) if row.has("205-2", _RECOVERY) else Decimal(0)
        if made is None or recovered is None:
            return None
        total = EXACT.add(total, industrial or Decimal(0))
        total = EXACT.subtract(EXACT.subtract(total, made), recovered)
    return total


def supply_identity(values: Values, varieties: Iterable[Variety]) -> Identity | None:
    """Both sides of the identity; None where one cannot be told.

    For a filing, whose form has no columns for 一次自产, 外供 and 损失, the difference is what these would have to be.
    """
    varieties = list(varieties)
    used = comprehensive_consumption(values, varieties)
    if used is None:
        return None
    supply = Decimal(0)
    for row in _rows(values, varieties):
        apart = row.tce("205-1", _NON_INDUSTRIAL) if row.has("205-1", _NON_INDUSTRIAL) else Decimal(0)
        if apart is None:
            return None
        used = EXACT.add(used, apart)
        for column, sign in SUPPLY_SIGNS.items():
            if row.has("205-1", column):
                amount = row.tce("205-1", column)
                if amount is None:
                    return None
                supply = EXACT.add(supply, amount * sign)
    return Identity(supply_tce=supply, use_tce=used)


def net_supply_tce(values: Values, varieties: Iterable[Variety]) -> dict[str, Decimal | None]:
    """What each row takes from outside, in tce: consumption less what conversion made and what was recovered.

    Negative where the unit sells more of a variety than it buys. None where a row's cells do not say.
    """
    net: dict[str, Decimal | None] = {}
    for row in _rows(values, varieties):
        used, made = row.tce("205-1", _TOTAL), row.made_tce()
        recovered = row.tce("205-2", _RECOVERY) if row.has("205-2", _RECOVERY) else Decimal(0)
        if used is None or made is None or recovered is None:
            net[row.code] = None
        else:
            net[row.code] = EXACT.subtract(EXACT.subtract(used, made), recovered)
    return net


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that the total is a sum of, and the rows that are part of it."""

    code: str
    parts: tuple[str, ...]
    values: Values

    def has(self, form: str, column: str) -> bool:
        return (form, self.code, column) in self.values

    def made_tce(self) -> Decimal | None:
        """产出折标量: as the form has it, else column 11 by the coefficient."""
        if self.has("205-2", _OUTPUT_TCE):
            return self.values["205-2", self.code, _OUTPUT_TCE]
        return self.tce("205-2", _OUTPUT) if self.has("205-2", _OUTPUT) else Decimal(0)

    def tce(self, form: str, column: str) -> Decimal | None:
        """A cell in standard coal: each part by its own coefficient, and what is left by the row's own."""
        if not self.has(form, column):
            return None
        rest, total = self.values[form, self.code, column], Decimal(0)
        for part in self.parts:
            amount = self.values.get((form, part, column))
            if amount is None:
                continue
            coefficient = self.values.get(("205-1", part, _COEFFICIENT))
            if coefficient is None:
                return None
            total = EXACT.add(total, EXACT.multiply(amount, coefficient))
            rest = EXACT.subtract(rest, amount)
        if rest == 0:
            return total
        own = self._own_coefficient()
        return None if own is None else EXACT.add(total, EXACT.multiply(rest, own))

    def _own_coefficient(self) -> Decimal | None:
        """Column 10 of the row; behind one with parts, that of what is in no part."""
        shown = self.values.get(("205-1", self.code, _COEFFICIENT))
        there = [part for part in self.parts if ("205-1", part, _TOTAL) in self.values]
        if not there or ("205-1", self.code, "tce") not in self.values:
            return shown
        rest = Fraction(self.values["205-1", self.code, _TOTAL])
        tce = Fraction(self.values["205-1", self.code, "tce"])
        for part in there:
            rest -= Fraction(self.values["205-1", part, _TOTAL])
            tce -= Fraction(self.values.get(("205-1", part, "tce"), Decimal(0)))
        return shown if rest == 0 else _decimal(tce / rest)


def _decimal(value: Fraction) -> Decimal:
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _rows(values: Values, varieties: Iterable[Variety]) -> Iterable[_Row]:
    varieties = list(varieties)
    there = {row for _, row, _ in values}
    for variety in varieties:
        if variety.parent is None and variety.code != TOTAL_ROW and variety.code in there:
            yield _Row(variety.code, tuple(one.code for one in varieties if one.parent == variety.code), values)
