"""The demo's units: three that send measured data honestly, and four copies with one planted fraud each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from stdnum.cn import uscc

from demo import frauds
from demo.frauds import Planted
from demo.measured import Curve, Window, house, uk_electricity, uk_gas
from nenghao.domain.periods import SHANGHAI

GATEWAY = "gw01"
SHARD = 0
#: What each register showed when the demo's window begins: any face value will do, so one that is not round.
FIRST_FACE = Decimal("48213.507")
REGISTER_MODULUS = Decimal("1000000")


@dataclass(frozen=True, slots=True)
class Meter:
    """One quantity that a meter at a point counts, with its register and its interval channel."""

    point_code: str
    name: str
    variety_code: str
    quantity: str
    unit: str
    multiplier: int
    intervals: Curve
    registers: Curve
    is_part_of: str | None = None

    @property
    def slot_minutes(self) -> int:
        """Distance of its readings on the grid."""
        return int(self.intervals.slot / timedelta(minutes=1))

    @property
    def period(self) -> str:
        """The period of its interval series."""
        return "1h" if self.slot_minutes == 60 else f"{self.slot_minutes}min"


@dataclass(frozen=True, slots=True)
class Fraud:
    """A planted fraud: what, where, and which rule is there to catch it. The rules never see this."""

    title: str
    point_code: str
    rule_code: str
    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit of the demo."""

    unit_code: str
    name: str
    division_code: str
    industry_code: str
    field: str
    meters: tuple[Meter, ...]
    fraud: Fraud | None = None


def build_units(data: Path, window: Window) -> tuple[DemoUnit, ...]:
    """All units of the demo over `window`, from the package data unpacked in `data`."""
    curves = house(data, window)
    uk = [uk_electricity(data, sample, window) for sample in (0, 1, 2)]
    gas = uk_gas(data, window)
    works = _works(curves)
    two_feeders = (
        _meter("E1", "1#进线", "33", "active_energy", "kWh", 400, uk[1]),
        _meter("E2", "2#进线", "33", "active_energy", "kWh", 400, uk[2]),
    )
    last = window.days
    return (
        _unit("150200", "演示单位甲（实测数据代用）", "C3393", "industry", works),
        _unit(
            "150100",
            "演示单位乙（实测数据代用）",
            "I6450",
            "building",
            (
                _meter("E1", "总进线", "33", "active_energy", "kWh", 400, uk[0]),
                _meter("G1", "天然气总表", "15", "volume", "m3", 100, gas),
            ),
        ),
        _unit("150600", "演示单位丙（实测数据代用）", "C2614", "industry", two_feeders),
        _copy(
            "150300",
            "副本一",
            "C2614",
            two_feeders,
            "E2",
            "register_against_interval",
            (40, 45),
            lambda curve: frauds.edit_after_meter(curve, 40, 5),
            "表后修改时段值",
        ),
        _copy(
            "150400",
            "副本二",
            "C3393",
            works,
            "E1",
            "exact_repeat",
            (47, 48),
            lambda curve: frauds.replay_day(curve, 47, 41),
            "旧日数据回放",
        ),
        _copy(
            "150500",
            "副本三",
            "C3393",
            works,
            "E1-3",
            "ratio_step",
            (33, last),
            lambda curve: frauds.ratio_step(curve, 33),
            "互感器短接，计量减半",
        ),
        _copy(
            "150700",
            "副本四",
            "C3393",
            works,
            "E1",
            "frozen",
            (50, 51),
            lambda curve: frauds.freeze(curve, 50, 1),
            "数值冻结",
        ),
    )


def readings(unit: DemoUnit) -> Iterator[list[dict[str, str]]]:
    """What the unit's gateway has to send, one list a cycle: registers at the cycle, intervals that end there."""
    slot_counts = {meter.slot_minutes: len(meter.intervals.steps) for meter in unit.meters}
    faces = [meter.registers.registers(FIRST_FACE) for meter in unit.meters]
    (slot_minutes, slots), *others = slot_counts.items()
    if others:
        raise ValueError(f"{unit.unit_code}: meters of one gateway have one cycle")
    start = unit.meters[0].intervals.start.replace(tzinfo=SHANGHAI)
    step = timedelta(minutes=slot_minutes)
    for number in range(slots + 1):
        cycle: list[dict[str, str]] = []
        for meter, face in zip(unit.meters, faces, strict=True):
            common = {"point": meter.point_code, "quantity": meter.quantity, "unit": meter.unit}
            at = (start + number * step).isoformat()
            cycle.append({**common, "kind": "register", "period": "instant", "at": at, "value": str(face[number])})
            if number:
                before = (start + (number - 1) * step).isoformat()
                value = str(meter.intervals.steps[number - 1])
                cycle.append({**common, "kind": "interval", "period": meter.period, "at": before, "value": value})
        yield cycle


def _works(curves: dict[str, Curve]) -> tuple[Meter, ...]:
    return (
        _meter("E1", "总进线", "33", "active_energy", "kWh", 2000, curves["main"]),
        _meter("E1", "总进线", "33", "reactive_energy", "kvarh", 2000, curves["reactive"]),
        *(
            _meter(f"E1-{number}", f"{number}#分表", "33", "active_energy", "kWh", 2000, curves[f"sub{number}"], "E1")
            for number in (1, 2, 3)
        ),
    )


def _meter(
    point_code: str,
    name: str,
    variety_code: str,
    quantity: str,
    unit: str,
    multiplier: int,
    curve: Curve,
    is_part_of: str | None = None,
) -> Meter:
    return Meter(point_code, name, variety_code, quantity, unit, multiplier, curve, curve, is_part_of)


def _copy(
    division_code: str,
    name: str,
    industry_code: str,
    meters: tuple[Meter, ...],
    point_code: str,
    rule_code: str,
    days: tuple[int, int],
    plant: Callable[[Curve], Planted],
    title: str,
) -> DemoUnit:
    """A copy of a unit's active-energy meters with one fraud planted at one point."""
    shown = []
    for meter in meters:
        if meter.quantity == "reactive_energy":
            continue
        if meter.point_code == point_code:
            planted = plant(meter.intervals)
            shown.append(
                Meter(
                    meter.point_code,
                    meter.name,
                    meter.variety_code,
                    meter.quantity,
                    meter.unit,
                    meter.multiplier,
                    planted.intervals,
                    planted.registers,
                    meter.is_part_of,
                )
            )
        else:
            shown.append(meter)
    fraud = Fraud(title, point_code, rule_code, *days)
    return _unit(division_code, f"演示{name}（植入异常）", industry_code, "industry", tuple(shown), fraud)


def _unit(
    division_code: str, name: str, industry_code: str, field: str, meters: tuple[Meter, ...], fraud: Fraud | None = None
) -> DemoUnit:
    front = f"91{division_code}000000000"  # an all-zero organisation part: no company has it
    return DemoUnit(front + uscc.calc_check_digit(front), name, division_code, industry_code, field, meters, fraud)
