"""The monthly random sample, from the announcement to what it says of all units.

Before: monitored balances give units their sizes, and the tree of a day still to come will give the seed. After:
officers check the named units, and the rate of error and the error of the total stand with their intervals.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from nenghao.db import samples
from nenghao.db.connection import Connection
from nenghao.db.samples import Plan, SampledUnit
from nenghao.domain.periods import Month, day_of
from nenghao.domain.sampling import Estimate, draw, error_rate, horvitz_thompson
from nenghao.errors import DataRefused
from nenghao.reference.cases import load_sample_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample as it stands: its frame, and what it says of all units once every drawn one was checked."""

    plan: Plan
    units: list[SampledUnit]
    #: Whether drawing again from the recorded frame and seed names the same units with the same probabilities.
    is_reproduced: bool | None
    error_rate: Estimate | None
    #: Σ (reported − checked) over all units, in tons of standard coal.
    total_error_tce: Estimate | None

    @property
    def drawn(self) -> list[SampledUnit]:
        """The units that chance named."""
        return [unit for unit in self.units if unit.is_drawn]


def announce(conn: Connection, month: Month, unit_count: int, seed_day_on: date, name: str, now: datetime) -> int:
    """Announce a sample whose seed nobody can know yet; returns its id.

    Raises: DataRefused where the month has a sample, or the seed's day is over or has its tree.
    """
    if not name.strip() or unit_count < 1:
        raise DataRefused("a sample draws at least one unit, and somebody announces it")
    with conn.transaction():
        if samples.plan_of(conn, month.start_on) is not None:
            raise DataRefused(f"{month}: its sample was announced")
        if seed_day_on < day_of(now) or samples.is_tree_closed(conn, seed_day_on):
            raise DataRefused(f"{seed_day_on}: the seed comes from the tree of a day that is not over")
        return samples.insert_plan(
            conn,
            month_on=month.start_on,
            unit_count=unit_count,
            seed_day_on=seed_day_on,
            announced_by=name.strip(),
            announced_at=now,
        )


def draw_sample(conn: Connection, month: Month, name: str, now: datetime) -> Sample:
    """Draw the sample of a month, once; drawn again it stays as it is.

    Raises: DataRefused where it was not announced, its seed's tree is not closed, or there is nobody to draw.
    """
    with conn.transaction():
        plan = _plan(conn, month)
        if plan.seed is None:
            if plan.root is None:
                raise DataRefused(f"{month}: the tree of {plan.seed_day_on} is not closed yet")
            if not name.strip():
                raise DataRefused("somebody draws the sample")
            frame = samples.frame(conn, month.start_on, load_sample_rules().size_cell)
            sizes = {one.unit_id: one.size_tce for one in frame if one.size_tce is not None}
            if not any(size > 0 for size in sizes.values()):
                raise DataRefused(f"{month}: no unit has a balance with consumption")
            sizes = {unit_id: max(size, Decimal(0)) for unit_id, size in sizes.items()}
            codes = {one.unit_id: one.unit_code for one in frame}
            chances = draw(sizes, codes, plan.unit_count, plan.root)
            unsized = [one.unit_id for one in frame if one.unit_id not in sizes]
            samples.insert_draw(conn, plan, chances, unsized, name.strip(), now)
        return load_sample(conn, month)


def record_result(
    conn: Connection,
    month: Month,
    unit_code: str,
    *,
    reported_tce: Decimal,
    checked_tce: Decimal,
    document_no: str,
    officers: tuple[str, str],
    now: datetime,
) -> None:
    """Write what two officers found at a drawn unit.

    Raises: DataRefused where the unit was not drawn, or document or names are missing.
    """
    sample = load_sample(conn, month)
    unit = next((one for one in sample.drawn if one.unit_code == unit_code), None)
    if unit is None:
        raise DataRefused(f"{month}: chance did not name {unit_code}")
    first, second = (name.strip() for name in officers)
    if not first or not second or first == second or not document_no.strip():
        raise DataRefused("a result has a document and two officers")
    samples.insert_result(
        conn,
        sample_plan_id=sample.plan.sample_plan_id,
        unit_id=unit.unit_id,
        reported_tce=reported_tce,
        checked_tce=checked_tce,
        document_no=document_no.strip(),
        checked_by=first,
        also_checked_by=second,
        recorded_at=now,
    )


def load_sample(conn: Connection, month: Month) -> Sample:
    """The sample of a month as it stands.

    Raises: DataRefused where none was announced.
    """
    plan = _plan(conn, month)
    units = samples.sampled_units(conn, plan.sample_plan_id)
    rate, total = _estimates(units)
    return Sample(
        plan=plan,
        units=units,
        is_reproduced=None if plan.seed is None else _is_reproduced(plan, units),
        error_rate=rate,
        total_error_tce=total,
    )


def _plan(conn: Connection, month: Month) -> Plan:
    plan = samples.plan_of(conn, month.start_on)
    if plan is None:
        raise DataRefused(f"{month}: no sample was announced")
    return plan


def _is_reproduced(plan: Plan, units: list[SampledUnit]) -> bool:
    sizes = {unit.unit_id: unit.size_tce for unit in units if unit.size_tce is not None}
    chances = draw(sizes, {unit.unit_id: unit.unit_code for unit in units}, plan.unit_count, plan.seed or b"")
    again = {one.unit_id: (one.probability, one.is_drawn) for one in chances}
    told = {unit.unit_id: (unit.probability, unit.is_drawn) for unit in units if unit.size_tce is not None}
    return again == told and plan.seed == plan.root


def _estimates(units: list[SampledUnit]) -> tuple[Estimate | None, Estimate | None]:
    """Rate and total; None while a drawn unit is not checked: those that are found first are not chance's."""
    drawn = [unit for unit in units if unit.is_drawn]
    limit = load_sample_rules().error_share_min
    wrong: list[tuple[bool, Fraction]] = []
    errors: list[tuple[float, Fraction]] = []
    for unit in drawn:
        if unit.reported_tce is not None and unit.checked_tce is not None:
            error = unit.reported_tce - unit.checked_tce
            wrong.append((abs(error) > limit * abs(unit.checked_tce), unit.probability))
            errors.append((float(error), unit.probability))
    if not drawn or len(errors) < len(drawn):
        return None, None
    return error_rate(wrong), horvitz_thompson(errors)
