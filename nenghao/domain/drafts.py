"""Prefills a draft (底稿) from the unit's own meters and earlier filings, and computes what follows from other cells.

Before: monitored months of the unit, its last filings. After: the unit's people complete it, check it and sign it.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from nenghao.domain.filed_cells import (
    CLOSING,
    COEFFICIENT,
    FORM_1,
    FORM_2,
    INDUSTRIAL,
    MONEY,
    NON_INDUSTRIAL,
    OPENING,
    TOTAL,
    FiledCell,
    Key,
    Source,
    standard_coal,
    values,
    weighted_mean,
)
from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import round_figure
from nenghao.domain.varieties import TOTAL_ROW, VarietyEdition

#: A filed figure has at most two decimals (domain 3.7, A5).
FIGURE_DECIMALS: Final = 2
#: What meters tell of a month and add up to a year. Column 4 is the sum of 5 and 7; 205-2 repeats column 5
#: and converts its output with column 10.
METERED: Final[frozenset[tuple[str, str]]] = frozenset(
    {(FORM_1, column) for column in ("2", INDUSTRIAL, NON_INDUSTRIAL, "primary", "supplied", "loss")}
    | {(FORM_2, column) for column in ("3", "4", "5", "6", "7", "8", "9", "10", "11", "13")}
)
#: Sums within a row of 205-2 (relation A14).
INPUTS: Final = ("3", "4", "5", "6", "7", "8", "9", "10")
#: Parts of raw coal (relation A3), in every column but the mean.
_COLUMNS_OF_PARTS: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9")

Months = Sequence[Mapping[Key, Decimal]]


def prefill(
    *,
    months: Months,
    year_end: Mapping[Key, Decimal],
    earlier: Mapping[Key, Decimal],
    references: Mapping[str, Decimal],
    kept: Iterable[FiledCell],
    varieties: VarietyEdition,
) -> dict[Key, FiledCell]:
    """A draft's cells.

    `months`: monitored cells of every month from January on. A figure is taken from meters only where each month has
    it: a sum with a month missing would be a figure that nobody measured. `year_end`: last year's closing filing,
    `earlier`: the filing before this one in the same year. `references`: reference coefficient by variety. `kept`: what
    people have entered so far; it stays.
    """
    cells: dict[Key, FiledCell] = {}
    totals = {key: sum((month[key] for month in months), Decimal(0)) for key in _in_every(months)}
    for key, total in totals.items():
        is_told = (key[0], key[2]) in METERED and key[1] != TOTAL_ROW and _has_whole_input(key, totals)
        if is_told and not _is_sum_of_parts(key, totals, varieties):
            _put(cells, key, round_figure(total, FIGURE_DECIMALS), "meter")
    for variety in varieties.varieties:
        opening, mean = (FORM_1, variety.code, OPENING), (FORM_1, variety.code, COEFFICIENT)
        carried = earlier.get(opening, year_end.get((FORM_1, variety.code, CLOSING)))
        if carried is not None:
            _put(cells, opening, carried, "carried")
        coefficient = _mean_of_months(months, variety.code)
        if coefficient is None and _is_used(cells, variety.code):
            coefficient = references.get(variety.code)
        if coefficient is not None:
            _put(cells, mean, coefficient, "computed")
    cells |= {cell.key: cell for cell in kept if cell.source == "manual"}
    for cell in kept:
        is_coefficient = cell.form == FORM_1 and cell.column == COEFFICIENT
        if is_coefficient and cell.key not in cells and _is_used(cells, cell.row):
            cells[cell.key] = cell
    return recompute(cells, varieties, references)


def recompute(
    cells: Mapping[Key, FiledCell], varieties: VarietyEdition, references: Mapping[str, Decimal]
) -> dict[Key, FiledCell]:
    """The draft with every computed cell made anew from the others; what people entered stays as they entered it."""
    means = {key: cell for key, cell in cells.items() if cell.form == FORM_1 and cell.column == COEFFICIENT}
    kept = {key: cell for key, cell in cells.items() if cell.source != "computed"} | means
    for code in sorted({row for form, row, _ in kept if form == FORM_1}):
        apart = kept.get((FORM_1, code, NON_INDUSTRIAL))
        # A canteen's meter without the feeder's tells no total; a person who enters nothing else means it.
        if (FORM_1, code, INDUSTRIAL) in kept or (apart is not None and apart.source == "manual"):
            _sum_row(kept, FORM_1, code, TOTAL, (INDUSTRIAL, NON_INDUSTRIAL))
        mean = (FORM_1, code, COEFFICIENT)
        if _is_used(kept, code) and mean not in kept and code in references:
            _put(kept, mean, references[code], "computed")
    for parent in sorted({v.parent for v in varieties.varieties if v.parent}):
        _sum_parts(kept, parent, [v.code for v in varieties.varieties if v.parent == parent])
    if any(form == FORM_2 for form, _, _ in kept):
        for code in sorted({row for form, row, _ in kept if form == FORM_2 and row != TOTAL_ROW}):
            _sum_row(kept, FORM_2, code, "2", INPUTS)
            if (used := kept.get((FORM_1, code, INDUSTRIAL))) is not None:
                _compute(kept, (FORM_2, code, "1"), used.value)
            made = standard_coal(values(kept), [code], "11", FORM_2)
            if (FORM_2, code, "11") in kept and made is not None:
                _compute(kept, (FORM_2, code, "12"), round_figure(made, FIGURE_DECIMALS))
    _total_row(kept, varieties)
    return kept


def _is_sum_of_parts(key: Key, totals: Mapping[Key, Decimal], varieties: VarietyEdition) -> bool:
    """Whether the kinds of a row make up its metered figure, so that it follows from theirs."""
    form, row, column = key
    parts = [(form, v.code, column) for v in varieties.varieties if v.parent == row]
    there = [totals[part] for part in parts if part in totals]
    return form == FORM_1 and bool(there) and sum(there, Decimal(0)) == totals[key]


def _has_whole_input(key: Key, totals: Mapping[Key, Decimal]) -> bool:
    """Whether the kinds of a row's conversion are all there: their sum would pass for the whole input."""
    form, row, column = key
    if form != FORM_2 or column not in INPUTS:
        return True
    return totals.get((form, row, "2")) == sum(
        (totals.get((form, row, kind), Decimal(0)) for kind in INPUTS), Decimal(0)
    )


def _in_every(months: Months) -> list[Key]:
    return sorted(set.intersection(*(set(month) for month in months))) if months else []


def _mean_of_months(months: Months, row: str) -> Decimal | None:
    """The quantity-weighted mean of what each month was converted with (practice 3)."""
    total, mean = (FORM_1, row, TOTAL), (FORM_1, row, COEFFICIENT)
    if not months or not any(mean in month for month in months):
        return None
    return weighted_mean((month.get(mean), month.get(total)) for month in months)


def _is_used(cells: Mapping[Key, FiledCell], row: str) -> bool:
    """Whether something of the variety is consumed or made, so that it has to be converted."""
    places = [(FORM_1, row, column) for column in (TOTAL, INDUSTRIAL, NON_INDUSTRIAL)]
    places += [(FORM_2, row, column) for column in ("11", "13")]
    return any(place in cells and cells[place].value != 0 for place in places)


def _sum_row(cells: dict[Key, FiledCell], form: str, row: str, whole: str, parts: Sequence[str]) -> None:
    there = [cells[form, row, column].value for column in parts if (form, row, column) in cells]
    if there:
        _compute(cells, (form, row, whole), sum(there, Decimal(0)))


def _sum_parts(cells: dict[Key, FiledCell], parent: str, parts: Sequence[str]) -> None:
    """A row that is the sum of others, and its mean coefficient; metered beside its kinds, it keeps its own."""
    own = {column for column in _COLUMNS_OF_PARTS if _is_metered(cells, parent, column)}
    if own & {INDUSTRIAL, NON_INDUSTRIAL}:
        own |= {TOTAL, INDUSTRIAL, NON_INDUSTRIAL}
    for column in _COLUMNS_OF_PARTS:
        if column in own:
            continue
        there = [cells[FORM_1, code, column].value for code in parts if (FORM_1, code, column) in cells]
        if there:
            _compute(cells, (FORM_1, parent, column), sum(there, Decimal(0)))
    if TOTAL in own:
        return
    found = values(cells)
    weights = [
        (found.get((FORM_1, code, COEFFICIENT)), found[FORM_1, code, TOTAL])
        for code in parts
        if (FORM_1, code, TOTAL) in found
    ]
    if weights and (mean := weighted_mean(weights)) is not None:
        _compute(cells, (FORM_1, parent, COEFFICIENT), mean)


def _is_metered(cells: Mapping[Key, FiledCell], row: str, column: str) -> bool:
    cell = cells.get((FORM_1, row, column))
    return cell is not None and cell.source == "meter"


def _total_row(cells: dict[Key, FiledCell], varieties: VarietyEdition) -> None:
    """Row 40: standard coal of column 4, money as it is."""
    found = values(cells)
    if any((FORM_1, code, TOTAL) in found for code in varieties.in_total):
        total = standard_coal(found, varieties.in_total, TOTAL)
        if total is not None:
            _compute(cells, (FORM_1, TOTAL_ROW, TOTAL), round_figure(total, FIGURE_DECIMALS))
    money = [found[FORM_1, code, MONEY] for code in varieties.in_total if (FORM_1, code, MONEY) in found]
    if money:
        _compute(cells, (FORM_1, TOTAL_ROW, MONEY), sum(money, Decimal(0)))


def _compute(cells: dict[Key, FiledCell], key: Key, value: Decimal) -> None:
    """Write a computed cell where no person has entered one."""
    if key not in cells or cells[key].source in ("computed", "meter"):
        _put(cells, key, value, "computed")


def _put(cells: dict[Key, FiledCell], key: Key, value: Decimal, source: Source) -> None:
    form, row, column = key
    cells[key] = FiledCell(form=form, row=row, column=column, value=EXACT.plus(value), source=source)
