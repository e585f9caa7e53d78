"""The demo's units: three that send measured data honestly, and one for each family of rules with a planted fraud.

All stand on the same few sources, but no two on the same span of one: a curve that two meters share is a finding.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
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
    #: Slots whose interval and closing register it does not report.
    silent: frozenset[int] = frozenset()
    #: Interval values that are sent once more after all others, by slot.
    again: Mapping[int, Decimal] = field(default_factory=dict)

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
    gas = uk_gas(data, window)
    last = window.days
    return (
        _unit("150200", "演示单位甲（实测数据代用）", "C3393", "industry", _works(data, window, 0)),
        _unit(
            "150100",
            "演示单位乙（实测数据代用）",
            "I6450",
            "building",
            (
                _meter("E1", "总进线", "33", "active_energy", "kWh", 400, uk_electricity(data, 0, window, 0)),
                _meter("G1", "天然气总表", "15", "volume", "m3", 100, gas),
            ),
        ),
        _unit("150600", "演示单位丙（实测数据代用）", "C2614", "industry", _two_feeders(data, window, 0)),
        _tampered(
            "150300",
            "丁",
            "C2614",
            _two_feeders(data, window, 1),
            Fraud("表后修改时段值", "E2", "register_against_interval", 40, 45),
            lambda curve: frauds.edit_after_meter(curve, 40, 5),
        ),
        _tampered(
            "150400",
            "戊",
            "C3393",
            _works(data, window, 2),
            Fraud("旧日数据回放", "E1", "exact_repeat", 47, 48),
            lambda curve: frauds.replay_day(curve, 47, 41),
        ),
        _tampered(
            "150500",
            "己",
            "C3393",
            _works(data, window, 3),
            Fraud("互感器短接，计量减半", "E1-3", "ratio_step", 33, last),
            lambda curve: frauds.ratio_step(curve, 33),
        ),
        _tampered(
            "150700",
            "庚",
            "C3393",
            _works(data, window, 4),
            Fraud("数值冻结", "E1", "frozen", 50, 51),
            lambda curve: frauds.freeze(curve, 50, 1),
        ),
        _tampered(
            "150800",
            "辛",
            "C2614",
            _two_feeders(data, window, 2),
            Fraud("事后改小重报", "E1", "conflicting_value", 44, 45),
            lambda curve: frauds.send_again(curve, 44),
        ),
        _tampered(
            "150900",
            "壬",
            "C3393",
            _works(data, window, 5),
            Fraud("高负荷时段断线", "E1", "selective_silence", 38, 58),
            lambda curve: frauds.fall_silent(curve, 38, 20),
        ),
        _tampered(
            "152200",
            "癸",
            "C2614",
            _two_feeders(data, window, 3),
            Fraud("单位错乱，数值放大一千倍", "E1", "unit_jump", 46, 48),
            lambda curve: frauds.slip_unit(curve, 46, 2),
        ),
    )


def readings(unit: DemoUnit) -> Iterator[list[dict[str, str]]]:
    """What the unit's gateway has to send, one list a cycle: registers at the cycle, intervals that end there.

    Last comes what is sent once more.
    """
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
            if number - 1 in meter.silent:
                continue
            at = (start + number * step).isoformat()
            cycle.append(
                {**_head(meter), "kind": "register", "period": "instant", "at": at, "value": str(face[number])}
            )
            if number:
                cycle.append(_interval(meter, start + (number - 1) * step, meter.intervals.steps[number - 1]))
        yield cycle
    again = [
        _interval(meter, start + slot * step, value) for meter in unit.meters for slot, value in meter.again.items()
    ]
    if again:
        yield again


def _head(meter: Meter) -> dict[str, str]:
    return {"point": meter.point_code, "quantity": meter.quantity, "unit": meter.unit}


def _interval(meter: Meter, at: datetime, value: Decimal) -> dict[str, str]:
    return {**_head(meter), "kind": "interval", "period": meter.period, "at": at.isoformat(), "value": str(value)}


def _works(data: Path, window: Window, take: int) -> tuple[Meter, ...]:
    # Nobody sends take 1: the package filled four days of September 2010 with days before, which rules rightly find.
    curves = house(data, window, take)
    return (
        _meter("E1", "总进线", "33", "active_energy", "kWh", 2000, curves["main"]),
        _meter("E1", "总进线", "33", "reactive_energy", "kvarh", 2000, curves["reactive"]),
        *(
            _meter(f"E1-{number}", f"{number}#分表", "33", "active_energy", "kWh", 2000, curves[f"sub{number}"], "E1")
            for number in (1, 2, 3)
        ),
    )


def _two_feeders(data: Path, window: Window, take: int) -> tuple[Meter, ...]:
    return (
        _meter("E1", "1#进线", "33", "active_energy", "kWh", 400, uk_electricity(data, 1, window, take)),
        _meter("E2", "2#进线", "33", "active_energy", "kWh", 400, uk_electricity(data, 2, window, take)),
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


def _tampered(
    division_code: str,
    name: str,
    industry_code: str,
    meters: tuple[Meter, ...],
    fraud: Fraud,
    plant: Callable[[Curve], Planted],
) -> DemoUnit:
    """A unit with one fraud planted into the active energy of one point."""
    shown = []
    for meter in meters:
        if (meter.point_code, meter.quantity) == (fraud.point_code, "active_energy"):
            planted = plant(meter.intervals)
            shown.append(
                replace(
                    meter,
                    intervals=planted.intervals,
                    registers=planted.registers,
                    silent=planted.silent,
                    again=planted.again,
                )
            )
        else:
            shown.append(meter)
    return _unit(division_code, f"演示单位{name}（植入异常）", industry_code, "industry", tuple(shown), fraud)


def _unit(
    division_code: str, name: str, industry_code: str, field: str, meters: tuple[Meter, ...], fraud: Fraud | None = None
) -> DemoUnit:
    front = f"91{division_code}000000000"  # an all-zero organisation part: no company has it
    return DemoUnit(front + uscc.calc_check_digit(front), name, division_code, industry_code, field, meters, fraud)
