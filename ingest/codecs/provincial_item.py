"""What an item of the provincial body means: its own words, and the unit's registers and province -> our words."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from ingest.codecs.decoded import SourcedReading, UnitWords, UnlocatedReading
from nenghao.domain.acceptance import LATEST_YEAR, Reason, Refused, Source
from nenghao.reference.provinces import BodyRules, DateForm, StatType, load_body_rules

#: A data code speaks of amounts of energy and of media; voltages and the like have no data code.
QUANTITIES: Final = ("active_energy", "volume", "mass", "heat")
#: Dates before are typing errors; and the zone's offset, from then on, is one of whole hours.
FIRST_YEAR: Final = 1902


@dataclass(frozen=True, slots=True, kw_only=True)
class _Located:
    """An item in our words."""

    point: str
    quantity: str
    kind: str
    period: str
    at: datetime
    value: str
    unit: str
    source: Source | None
    meter: None = None
    multiplier: None = None
    corrects: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvincialItem(UnlocatedReading):
    """An item whose syntax is right: the code in digits, the value as a plain decimal, the rest as sent."""

    data_code: str
    value: str
    source: Source | None
    stat_type: int
    stat_date: str
    upload_date: str
    valid: str

    def locate(self, unit: UnitWords) -> SourcedReading | Refused:
        """The reading of the one series that is meant, or why there is none or more than one."""
        rules = load_body_rules(unit.division_code)
        at = self._read_label(rules)
        if isinstance(at, Refused):
            return at
        refused = self._judge_flag(rules, at)
        if refused is not None:
            return refused
        points = unit.points_by_data_code.get(self.data_code, ())
        if not points:
            return self._refuse(Reason.POINT_UNKNOWN, "the unit has no point of this data code", at)
        if len(points) > 1:
            return self._refuse(Reason.DATA_CODE_AMBIGUOUS, f"the unit has {len(points)} points of this data code", at)
        return self._find_series(unit, points[0], rules, at)

    def _read_label(self, rules: BodyRules) -> datetime | Refused:
        at = read_date(self.stat_date, rules.date)
        if at is None:
            return self._refuse(Reason.TIME_MALFORMED, "statDate is not written yyyy-MM-dd HH:mm:ss", None)
        if read_date(self.upload_date, rules.date) is None:
            return self._refuse(Reason.TIME_MALFORMED, "uploadDate is not written yyyy-MM-dd HH:mm:ss", at)
        stat_type = rules.stat_types[self.stat_type]
        if not is_label(at, stat_type):
            return self._refuse(Reason.LABEL_NOT_START, f"statDate is not the start of a {stat_type.label}", at)
        return at

    def _judge_flag(self, rules: BodyRules, at: datetime) -> Refused | None:
        flag = rules.valid
        if self.valid in flag.valid:
            return None
        where = f"division {rules.division}, {rules.edition}, {flag.confidence}"
        if self.valid in flag.invalid:
            return self._refuse(Reason.FLAGGED_INVALID, f"valid is {self.valid}: the sender says no ({where})", at)
        return self._refuse(Reason.VALIDITY_UNKNOWN, f"what {self.valid[:20]} means is not known ({where})", at)

    def _find_series(self, unit: UnitWords, point: str, rules: BodyRules, at: datetime) -> SourcedReading | Refused:
        """The one series that can hold this statType; where there are several, nobody can say which one is meant."""
        found = [
            key
            for kind, period in rules.stat_types[self.stat_type].series
            for quantity in QUANTITIES
            if (key := (point, quantity, kind, period)) in unit.series
        ]
        if not found:
            return self._refuse(Reason.SERIES_UNKNOWN, f"point {point}: no series for statType {self.stat_type}", at)
        if len(found) > 1:
            detail = f"point {point}: {len(found)} series for statType {self.stat_type}"
            return self._refuse(Reason.SERIES_AMBIGUOUS, detail, at)
        _, quantity, kind, period = key = found[0]
        versions = unit.series[key]
        version = next((one for one in versions if one.holds_at(at)), versions[0])
        return _Located(
            point=point,
            quantity=quantity,
            kind=kind,
            period=period,
            at=at,
            value=self.value,
            unit=rules.units.by_quantity.get(quantity, version.unit),
            source=self.source,
        )

    def _refuse(self, reason: Reason, detail: str, at: datetime | None) -> Refused:
        return Refused(reason=reason, detail=detail, point_code=self.data_code, at=at, value_text=self.value)


@lru_cache(maxsize=4096)
def read_date(text: str, date: DateForm) -> datetime | None:
    """An instant, from local time as written in a province; None where it is not written so. 24:00 is none.

    Cached, since the items of a body share their dates.
    """
    try:
        at = datetime.strptime(text, date.form).replace(tzinfo=date.zone)
    except ValueError:
        return None
    return at if FIRST_YEAR <= at.year < LATEST_YEAR and at.strftime(date.form) == text else None


def is_label(at: datetime, stat_type: StatType) -> bool:
    """Whether a local time is the start of what a statType labels, to the tolerance."""
    if stat_type.label is None:
        return True
    near = at + stat_type.label_tolerance
    start = near.replace(hour=0, minute=0, second=0, microsecond=0, day=near.day if stat_type.label == "day" else 1)
    return near - start <= 2 * stat_type.label_tolerance
