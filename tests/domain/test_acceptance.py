"""One reading against its series: what is taken, and why the rest is not."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nenghao.domain.acceptance import Accepted, Limits, Reason, Refused, SeriesVersion, Source, Times, Window, accept

#: A busy machine is no fault of the code.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

NOW = datetime(2026, 10, 3, 4, tzinfo=UTC)
LIMITS = Limits(clock_skew=timedelta(seconds=60), backfill_age=timedelta(days=10))
OPEN = Window(backfill_from=datetime(2026, 1, 1, tzinfo=UTC), backfill_until=None)
CHANGED_AT = datetime(2026, 9, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Correction:
    value: str = "1"
    reason: str = "misread"


@dataclass(frozen=True)
class Reading:
    value: str = "1.5"
    at: datetime = NOW - timedelta(minutes=5)
    unit: str = "kWh"
    meter: str | None = None
    multiplier: str | None = None
    corrects: Correction | None = None
    point: str = "p"
    quantity: str = "active_energy"
    kind: str = "register"
    period: str = "instant"


def version(valid_from: datetime | None, valid_to: datetime | None, meter_no: str) -> SeriesVersion:
    return SeriesVersion(
        series_id=7, valid_from=valid_from, valid_to=valid_to, meter_no=meter_no, unit="kWh", multiplier=Decimal(80)
    )


VERSIONS = (version(None, CHANGED_AT, "old"), version(CHANGED_AT, None, "new"))


def judge(reading: Reading, window: Window = OPEN) -> Accepted | Refused:
    return accept(reading, VERSIONS, Times.of(window, now=NOW, limits=LIMITS), source=Source.LIVE)


def reason(reading: Reading, window: Window = OPEN) -> Reason | None:
    judged = judge(reading, window)
    return judged.reason if isinstance(judged, Refused) else None


def test_the_version_valid_at_the_instant_judges_the_meter() -> None:
    assert reason(Reading(meter="new")) is None
    assert reason(Reading(meter="old")) is Reason.METER_MISMATCH
    assert reason(Reading(meter="old", at=CHANGED_AT - timedelta(minutes=15))) is None
    assert reason(Reading(meter="new", at=CHANGED_AT)) is None


def test_a_value_in_another_unit_is_converted_exactly() -> None:
    judged = judge(Reading(value="0.123456789012", unit="10^4kWh", corrects=Correction(value="1")))
    assert isinstance(judged, Accepted)
    assert str(judged.value) == "1234.56789012"
    assert judged.correction is not None
    assert judged.correction.earlier_value == 10000


def test_a_multiplier_is_compared_as_a_number() -> None:
    assert reason(Reading(multiplier="80.0")) is None
    assert reason(Reading(multiplier="8000")) is Reason.MULTIPLIER_MISMATCH


def test_the_future_begins_after_the_allowed_skew() -> None:
    assert reason(Reading(at=NOW + timedelta(seconds=60))) is None
    assert reason(Reading(at=NOW + timedelta(seconds=61))) is Reason.AT_IN_FUTURE


def test_an_old_reading_is_taken_while_commissioning_runs_and_refused_after() -> None:
    old = Reading(at=NOW - timedelta(days=11))
    assert reason(old) is None
    assert reason(old, Window(backfill_from=OPEN.backfill_from, backfill_until=NOW)) is Reason.BACKFILL_CLOSED
    assert reason(old, Window(backfill_from=OPEN.backfill_from, backfill_until=NOW + timedelta(days=1))) is None
    assert reason(Reading(at=OPEN.backfill_from - timedelta(seconds=1))) is Reason.TOO_OLD


def test_a_correction_needs_a_reason() -> None:
    assert reason(Reading(corrects=Correction(reason=" "))) is Reason.CORRECTION_MALFORMED


def test_a_negative_or_zero_value_is_for_the_rules_to_judge() -> None:
    assert reason(Reading(value="-0.001")) is None
    assert reason(Reading(value="0")) is None


@patient
@given(
    st.builds(
        Reading,
        value=st.text() | st.decimals().map(str) | st.from_regex(r"-?[0-9]{1,40}(\.[0-9]{1,20})?", fullmatch=True),
        at=st.datetimes(timezones=st.timezones()) | st.datetimes(timezones=st.just(UTC)),
        unit=st.sampled_from(["kWh", "MWh", "t", "", "10^4kWh"]) | st.text(),
        meter=st.none() | st.text(),
        multiplier=st.none() | st.text(),
        corrects=st.none() | st.builds(Correction, value=st.text(), reason=st.text()),
    )
)
def test_any_reading_is_accepted_or_refused(reading: Reading) -> None:
    judged = judge(reading)
    if isinstance(judged, Accepted):
        assert judged.value.is_finite()
        assert judged.at <= NOW + LIMITS.clock_skew
