"""Decides whether one reading is taken: `Reading` (from ingest/codecs) -> `Accepted | Refused` (to ingest/storing).

Checks what concerns a reading alone (domain V02, V18, V19, V28); what needs its neighbours is for jobs and rules, so a
negative or running-back value is accepted here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple, NoReturn

from nenghao.domain.candidates import CorrectionCandidate, ReadingCandidate
from nenghao.domain.periods import FIRST_DAY, day_start
from nenghao.domain.quantities import UnitMismatch, convert

#: More than any meter shows (a 12-digit register with 6 decimals), and exact in every store and spreadsheet we feed.
MAX_DIGITS: Final = 30
MAX_DECIMALS: Final = 12
EARLIEST_AT: Final = day_start(FIRST_DAY).astimezone(UTC)
#: An instant beyond is kept in the message's bytes only.
FIRST_YEAR: Final = 1900
LATEST_YEAR: Final = 9000

_DECIMAL = re.compile(r"-?[0-9]+(?:\.([0-9]+))?")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


class Reason(StrEnum):
    """Why a message or a reading was refused; stable, since senders act on it (docs/ingest-protocol.md lists all)."""

    # The message as a whole.
    TOPIC_MALFORMED = "topic_malformed"
    UNIT_UNKNOWN = "unit_unknown"
    GATEWAY_UNKNOWN = "gateway_unknown"
    SHARD_MISMATCH = "shard_mismatch"
    ENVELOPE_MALFORMED = "envelope_malformed"
    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_UNKNOWN_KEY = "signature_unknown_key"
    SIGNATURE_WRONG = "signature_wrong"
    BOOT_UNKNOWN = "boot_unknown"
    UNIT_MISMATCH = "unit_mismatch"
    PAYLOAD_TOO_LARGE = "payload_too_large"
    PAYLOAD_TOO_DEEP = "payload_too_deep"
    PAYLOAD_NOT_UTF8 = "payload_not_utf8"
    PAYLOAD_NOT_JSON = "payload_not_json"
    SCHEMA_UNKNOWN = "schema_unknown"
    MESSAGE_MALFORMED = "message_malformed"
    TOO_MANY_READINGS = "too_many_readings"
    TOO_MANY_DAYS = "too_many_days"
    SEQ_REUSED = "seq_reused"
    STORAGE_REJECTED = "storage_rejected"
    # One reading.
    READING_MALFORMED = "reading_malformed"
    TIME_MALFORMED = "time_malformed"
    TIME_WITHOUT_ZONE = "time_without_zone"
    VALUE_NOT_DECIMAL_STRING = "value_not_decimal_string"
    VALUE_MALFORMED = "value_malformed"
    VALUE_NOT_FINITE = "value_not_finite"
    VALUE_TOO_LONG = "value_too_long"
    LABEL_NOT_START = "label_not_start"
    FLAGGED_INVALID = "flagged_invalid"
    VALIDITY_UNKNOWN = "validity_unknown"
    DATA_CODE_MALFORMED = "data_code_malformed"
    SCOPE_MISMATCH = "scope_mismatch"
    DATA_CODE_AMBIGUOUS = "data_code_ambiguous"
    POINT_UNKNOWN = "point_unknown"
    SERIES_UNKNOWN = "series_unknown"
    SERIES_AMBIGUOUS = "series_ambiguous"
    SERIES_NOT_VALID = "series_not_valid"
    MEASURE_MISMATCH = "measure_mismatch"
    METER_MISMATCH = "meter_mismatch"
    MULTIPLIER_MISMATCH = "multiplier_mismatch"
    AT_IN_FUTURE = "at_in_future"
    TOO_OLD = "too_old"
    BACKFILL_CLOSED = "backfill_closed"
    CORRECTION_MALFORMED = "correction_malformed"


class Source(StrEnum):
    """How a reading came: as it happened, sent again later from a store, or typed in by a person."""

    LIVE = "l"
    BACKFILL = "b"
    MANUAL = "m"


class Assurance(StrEnum):
    """How far the sender of a value is proven, the strongest first; it is the gateway that is proven, not the meter."""

    SIGNED = "s"
    PASSWORD = "p"  # noqa: S105 - a level, not a password
    MANUAL = "m"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesVersion:
    """What the registers say about a series in `[valid_from, valid_to)`; an open end is None."""

    series_id: int
    valid_from: datetime | None
    valid_to: datetime | None
    meter_no: str
    unit: str
    multiplier: Decimal

    def holds_at(self, at: datetime) -> bool:
        """Whether this version is the valid one at an instant."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when on readings of a gateway are taken; None as the end says that commissioning still runs."""

    backfill_from: datetime
    backfill_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far from now an instant may lie."""

    clock_skew: timedelta
    backfill_age: timedelta


class Times(NamedTuple):
    """When the readings of a message may have been read: worked out once for all of them."""

    earliest: datetime
    latest: datetime
    window: Window
    now: datetime
    limits: Limits

    @classmethod
    def of(cls, window: Window, *, now: datetime, limits: Limits) -> "Times":
        """For a message received at an instant from a gateway with this window."""
        earliest = max(window.backfill_from, EARLIEST_AT)
        if window.backfill_until is not None and now >= window.backfill_until:
            earliest = max(earliest, now - limits.backfill_age)
        return cls(earliest, now + limits.clock_skew, window, now, limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The earlier value, in the unit of the series, and the sender's reason for taking it back."""

    earlier_value: Decimal
    reason: str


class Accepted(NamedTuple):
    """A reading in the unit of its series; the multiplier is not applied."""

    series_id: int
    at: datetime
    value: Decimal
    source: Source
    is_register: bool
    correction: Correction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A message or a reading that is not taken, with the texts that tell a person which one it was."""

    reason: Reason
    detail: str
    point_code: str | None = None
    at: datetime | None = None
    value_text: str | None = None


class _NotTaken(Exception):  # noqa: N818 - a way out of nested checks, never seen outside this module
    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def accept(
    reading: ReadingCandidate, versions: Sequence[SeriesVersion], times: Times, *, source: Source
) -> Accepted | Refused:
    """Judge one reading against the versions of its series.

    Source: domain V02 (meter), V18 (multiplier), V19 (unit of measure), V28 (time).
    """
    try:
        # Instants of one zone are compared, subtracted and copied several times as fast as those of two.
        at = storable(reading.at) or reading.at
        if not times.earliest <= at <= times.latest:
            _explain_time(at, times)
        for version in versions:
            if (version.valid_from is None or version.valid_from <= at) and (
                version.valid_to is None or at < version.valid_to
            ):
                break
        else:
            raise _NotTaken(Reason.SERIES_NOT_VALID, "no version of the series is valid at this instant")
        if reading.meter is not None or reading.multiplier is not None:
            _check_meter(reading, version)
        value = parse_value(reading.value)
        if reading.unit != version.unit:
            value = _convert(value, reading.unit, version.unit)
        correction = None if reading.corrects is None else _correction(reading.corrects, reading.unit, version)
        return Accepted(version.series_id, at, value, source, reading.kind == "register", correction)
    except _NotTaken as refusal:
        return refuse_reading(reading, refusal.reason, refusal.detail)


def refuse_reading(reading: ReadingCandidate, reason: Reason, detail: str) -> Refused:
    """The refusal of one decoded reading."""
    at = storable(reading.at)
    return Refused(reason=reason, detail=detail, point_code=reading.point, at=at, value_text=reading.value)


def storable(at: datetime) -> datetime | None:
    """An instant in UTC, None where not every store and language could hold it in every zone."""
    return at.astimezone(UTC) if FIRST_YEAR <= at.year < LATEST_YEAR else None


def parse_value(text: str) -> Decimal:
    """Read a decimal string: digits, at most one point, perhaps a minus; neither exponent nor grouping nor comma."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        if _NOT_FINITE.fullmatch(text):
            raise _NotTaken(Reason.VALUE_NOT_FINITE, "not a finite number")
        raise _NotTaken(Reason.VALUE_MALFORMED, "not a decimal like -12345.678")
    if len(text) > MAX_DECIMALS and (sum(map(str.isdigit, text)) > MAX_DIGITS or len(match[1] or "") > MAX_DECIMALS):
        raise _NotTaken(Reason.VALUE_TOO_LONG, f"more than {MAX_DIGITS} digits or {MAX_DECIMALS} decimals")
    return Decimal(text)


def _explain_time(at: datetime, times: Times) -> NoReturn:
    window, now, limits = times.window, times.now, times.limits
    if at > times.latest:
        raise _NotTaken(Reason.AT_IN_FUTURE, f"later than {now.isoformat()} by more than {limits.clock_skew}")
    if at < window.backfill_from or at < EARLIEST_AT:
        raise _NotTaken(Reason.TOO_OLD, f"before the back-fill window, which begins {window.backfill_from.isoformat()}")
    raise _NotTaken(Reason.BACKFILL_CLOSED, f"older than {limits.backfill_age} and the commissioning window is closed")


def _check_meter(reading: ReadingCandidate, version: SeriesVersion) -> None:
    if reading.meter is not None and reading.meter != version.meter_no:
        raise _NotTaken(Reason.METER_MISMATCH, f"the ledger names meter {version.meter_no}")
    if reading.multiplier is None:
        return
    try:
        is_equal = parse_value(reading.multiplier) == version.multiplier
    except _NotTaken:
        is_equal = False
    if not is_equal:
        raise _NotTaken(Reason.MULTIPLIER_MISMATCH, f"the ledger names multiplier {version.multiplier}")


def _convert(value: Decimal, unit_from: str, unit_to: str) -> Decimal:
    if unit_from == unit_to:
        return value
    try:
        return convert(value, unit_from, unit_to)
    except UnitMismatch:
        raise _NotTaken(Reason.MEASURE_MISMATCH, f"the series is kept in {unit_to}") from None


def _correction(corrects: CorrectionCandidate, unit: str, version: SeriesVersion) -> Correction:
    if not corrects.reason.strip():
        raise _NotTaken(Reason.CORRECTION_MALFORMED, "a correction needs a reason")
    try:
        earlier = parse_value(corrects.value)
    except _NotTaken as refusal:
        raise _NotTaken(Reason.CORRECTION_MALFORMED, f"earlier value: {refusal.detail}") from None
    return Correction(earlier_value=_convert(earlier, unit, version.unit), reason=corrects.reason)
