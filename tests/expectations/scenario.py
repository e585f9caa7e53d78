"""Lays a case file into a database as closed series days: small inputs in, out what the jobs would have written.

A case is a unit of its own, so all cases of all rules lie in one database and are judged by one run.
"""

import random
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from nenghao.domain.periods import SHANGHAI, day_start, slots_per_day
from tests.expectations import rows, senders
from tests.expectations.edits import edit_slots
from tests.expectations.senders import FIRST_ON

Slots = list[int | None]


@dataclass(slots=True)
class Channel:
    """One series of a case: advances in last digits of the meter's face, slot by slot from FIRST_ON."""

    point: str
    values: Slots
    kind: str = "register"
    quantity: str = "active_energy"
    unit: str = "kWh"
    slot_minutes: int = 60
    decimals: int = 3
    multiplier: int = 1
    part_of: str | None = None
    #: Highest power by the ratings, in the unit an hour.
    rated_capacity: float | None = None
    sign: int = 1
    #: Letters of series_day.reason by slot, where the close refused one; a questionable slot keeps its value.
    reasons: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rough:
    """A span that a finding of the rule has to overlap, sticking out of it by no more than `slack`."""

    point: str
    from_at: datetime
    to_at: datetime
    slack: timedelta

    def is_met_by(self, point: str | None, from_at: datetime, to_at: datetime) -> bool:
        """Whether a finding is this one."""
        is_near = from_at >= self.from_at - self.slack and to_at <= self.to_at + self.slack
        return point == self.point and is_near and from_at < self.to_at and to_at > self.from_at


@dataclass(slots=True)
class Case:
    """A case file: channels, conflicts, what the rule has to find as (point, from, to), and who else may speak.

    Without a point where the rule speaks of the unit.
    """

    rule: str
    name: str
    channels: list[Channel]
    expected: set[tuple[str | None, datetime, datetime]]
    also: set[str] = field(default_factory=set)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    corrections: list[dict[str, Any]] = field(default_factory=list)
    #: What gateways sent and told (tests/expectations/senders.py).
    senders: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    #: Rows of registers, documents, totals and returns (tests/expectations/rows.py).
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    industry_code: str = "C3393"
    #: Where a search cannot know the day exactly: spans that a finding has to touch, and lie in but for some days.
    roughly: list[Rough] = field(default_factory=list)
    #: Days that the case is about; those before are history (detectors learn from them and judge them, too).
    days: int = 28


def read_case(path: Path) -> Case:
    """Read `rules/<rule>/cases/<name>.toml`."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    days = content.get("days", 28)
    made: dict[str, Slots] = {}
    channels = []
    for entry in content.get("series", []):
        slot_minutes = entry.get("slot_minutes", 60)
        values = _values(entry, days, slots_per_day(slot_minutes), made, path.stem)
        made.setdefault(entry.get("name", entry["point"]), list(values))
        for edit in entry.get("edits", []):
            edit_slots(values, edit, slots_per_day(slot_minutes), made)
        for kind in entry.get("kinds", ["register"]):
            shown = list(values)
            for edit in entry.get(f"edits_{kind}", []):
                edit_slots(shown, edit, slots_per_day(slot_minutes), made)
            names = ("quantity", "unit", "decimals", "multiplier", "part_of", "rated_capacity", "sign")
            options = {name: entry[name] for name in names if name in entry}
            channel = Channel(point=entry["point"], values=shown, kind=kind, slot_minutes=slot_minutes, **options)
            channel.reasons = _reasons(entry, slots_per_day(slot_minutes))
            channels.append(channel)
    expected = {_span(item) for item in content.get("expected", []) if "slack_days" not in item}
    also = set(content.get("also", []))
    told = {name: content.get(name, []) for name in senders.TABLES}
    said = content.get("conflicts", []), content.get("corrections", [])
    case = Case(path.parent.parent.name, path.stem, channels, expected, also, *said, told)
    case.rows = {name: content[name] for name in rows.TABLES if name in content}
    case.days = days
    case.roughly = [
        Rough(item["point"], *_span(item)[1:], timedelta(days=item["slack_days"]))
        for item in content.get("expected", [])
        if "slack_days" in item
    ]
    case.industry_code = content.get("industry_code", case.industry_code)
    return case


def _span(item: dict[str, Any]) -> tuple[str | None, datetime, datetime]:
    if "month" in item:
        first, end = rows.months_from(item["month"], item.get("months", 1) + 1), item.get("months", 1)
        starts = list(first)
        return item.get("point"), day_start(starts[0]), day_start(starts[end])
    from_at = day_start(FIRST_ON + timedelta(days=item["day"]))
    if "days" in item:
        return item.get("point"), from_at, from_at + timedelta(days=item["days"])
    slot = timedelta(minutes=item["slot_minutes"])
    from_at += item["slot"] * slot
    return item["point"], from_at, from_at + item["slots"] * slot


def _values(entry: dict[str, Any], days: int, per_day: int, made: dict[str, Slots], case: str) -> Slots:
    """A daily shape (repeated over the day's slots), with noise that is the same in every run, plus other series.

    The noise is the case's own: units that lie side by side must not be each other's copies.
    """
    noise = random.Random(case + entry["point"] + entry.get("quantity", ""))  # noqa: S311
    load = random.Random(f"load {case} {entry['point']}")  # noqa: S311
    shape, amplitude = entry.get("shape", [0]), entry.get("noise", 0)
    on_days = entry.get("on_days", list(range(7)))
    values: Slots = []
    for day in range(days):
        swing = 1 + load.uniform(-1, 1) * entry.get("swing", 0)
        for slot in range(per_day):
            base = shape[slot * len(shape) // per_day] if day % 7 in on_days else entry.get("idle", 0)
            for change in entry.get("factor_days", []):
                base = round(base * change["factor"]) if day >= change["day"] else base
            base = round(base * swing) if swing != 1 else base
            value = base + (noise.randint(-amplitude, amplitude) if amplitude and base else 0)
            values.append(max(0, value) + sum(made[name][len(values)] or 0 for name in entry.get("plus", [])))
    return values


def _reasons(entry: dict[str, Any], per_day: int) -> dict[int, str]:
    return {
        item["day"] * per_day + item["slot"] + n: item["letter"]
        for item in entry.get("reasons", [])
        for n in range(item["slots"])
    }


def lay_out(conn: psycopg.Connection, case: Case, number: int) -> int:
    """Write a case as a unit with its registers, days and conflicts; returns the unit's id."""
    code = f"91150200{number:09d}X"
    unit_id = _one(
        conn,
        "INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)"
        " VALUES (%s, %s, %s, %s, 'industry', 'metering') RETURNING unit_id",
        # A division of its own: cases are not each other's neighbours.
        [code, f"{case.rule} {case.name}", f"{150000 + number:06d}", case.industry_code],
    )
    meter_id = _one(
        conn,
        "INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)"
        " VALUES (%s, 'M1', 'DTZ', '0.5S', 'qualified') RETURNING meter_id",
        [unit_id],
    )
    points: dict[str, int] = {}
    series_ids: dict[tuple[str, str], int] = {}
    for channel in case.channels:
        if channel.point not in points:
            points[channel.point] = _point(conn, unit_id, channel.point, len(points) + 100 * number)
        series_id = _series(conn, points[channel.point], meter_id, channel)
        series_ids[channel.point, channel.kind] = series_id
        write_days(conn, series_id, channel)
    for part, whole, sign in {(one.point, one.part_of, one.sign) for one in case.channels if one.part_of}:
        conn.execute(
            "INSERT INTO network_term (whole_point_id, part_point_id, sign, valid_from)"
            " VALUES (%s, %s, %s, '2026-01-01')",
            [points[whole], points[part], sign],
        )
    for place, correction in enumerate(case.corrections):
        _correct(
            conn, series_ids[correction["point"], correction.get("kind", "register")], f"{number}/c{place}", correction
        )
    for place, conflict in enumerate(case.conflicts):
        at = day_start(FIRST_ON + timedelta(days=conflict["day"])) + timedelta(hours=conflict["hour"])
        message_id = _one(
            conn,
            "INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome,"
            " reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count,"
            " collected_under) VALUES (nextval('message_id_seq'), 0, %s, 'json', 'SHA-256', %s, %s, 'accepted',"
            " 1, 0, 0, 1, 0, 0, 'metering') RETURNING message_id",
            [f"{number}/{place}", b"hash", at],
        )
        if conflict.get("stored"):
            conn.execute(
                "INSERT INTO reading (series_id, at, value, message_id, ordinal, source)"
                " VALUES (%s, %s, %s, %s, 0, 'l')",
                [
                    series_ids[conflict["point"], conflict.get("kind", "register")], at,
                    Decimal(conflict["standing"]), message_id,
                ],
            )  # fmt: skip
        conn.execute(
            "INSERT INTO reading_conflict (series_id, at, standing_value, value, message_id, ordinal, recorded_at)"
            " VALUES (%s, %s, %s, %s, %s, 0, %s)",
            [
                series_ids[conflict["point"], conflict.get("kind", "register")], at, Decimal(conflict["standing"]),
                Decimal(conflict["value"]), message_id, at,
            ],
        )  # fmt: skip
    senders.lay_out(conn, unit_id, number, case.senders)
    rows.lay_out(conn, unit_id, number, case.rows)
    return unit_id


def _correct(conn: psycopg.Connection, series_id: int, topic: str, correction: dict[str, Any]) -> None:
    """A reading, and a message that corrects it; it waits unless the case says how it stands."""
    at = day_start(FIRST_ON + timedelta(days=correction["day"])) + timedelta(hours=correction["hour"])
    message_id = _one(
        conn,
        "INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome,"
        " reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count,"
        " collected_under) VALUES (nextval('message_id_seq'), 0, %s, 'json', 'SHA-256', %s, %s, 'accepted',"
        " 1, 0, 0, 0, 1, 0, 'metering') RETURNING message_id",
        [topic, b"hash", at],
    )
    if not correction.get("is_reading_missing"):
        conn.execute(
            "INSERT INTO reading VALUES (%s, %s, %s, %s, 0, 'l')",
            [series_id, at, Decimal(correction["earlier"]), message_id],
        )
    conn.execute(
        "INSERT INTO reading_revision (series_id, at, earlier_value, value, reason, standing, message_id, ordinal,"
        " recorded_at) VALUES (%s, %s, %s, %s, 'typed wrongly', %s, %s, 0, %s)",
        [
            series_id, at, Decimal(correction["earlier"]), Decimal(correction["value"]),
            correction.get("standing", "waiting"), message_id, at + timedelta(days=2),
        ],
    )  # fmt: skip


def write_days(conn: psycopg.Connection, series_id: int, channel: Channel, first_on: date = FIRST_ON) -> None:
    """Write a channel's values as closed days."""
    per_day = slots_per_day(channel.slot_minutes)
    scale = Decimal(10) ** -channel.decimals
    columns = (
        "series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method, reason, due_slots,"
        " received_slots, total_energy, measured_energy, content_hash, computed_at"
    )
    with conn.cursor().copy(f"COPY series_day ({columns}) FROM STDIN") as copy:
        for start in range(0, len(channel.values), per_day):
            face = channel.values[start : start + per_day]
            energy = [
                None if value is None or channel.kind == "gauge" else value * channel.multiplier for value in face
            ]
            known = [value for value in energy if value is not None]
            total = sum(known) * scale if known else None
            letters = [channel.reasons.get(start + n, "g" if value is None else "-") for n, value in enumerate(face)]
            copy.write_row(
                (
                    series_id, first_on + timedelta(days=start // per_day), channel.slot_minutes, channel.unit,
                    channel.decimals, energy, channel.decimals, face,
                    "".join(
                        "N" if value is None else "Q" if letter == "s" else "V"
                        for value, letter in zip(face, letters, strict=True)
                    ),
                    "-" * per_day, None if set(letters) == {"-"} else "".join(letters), per_day, len(known),
                    total, total or 0, b"hash", datetime(2026, 11, 1, tzinfo=SHANGHAI),
                )
            )  # fmt: skip
    conn.execute(
        "INSERT INTO feature_mark (series_id, day_on) SELECT series_id, day_on FROM series_day WHERE series_id = %s",
        [series_id],
    )


def _point(conn: psycopg.Connection, unit_id: int, code: str, number: int) -> int:
    return _one(
        conn,
        "INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)"
        " VALUES (%s, %s, %s, %s, '33', 'internal', 'industrial') RETURNING point_id",
        [unit_id, code, f"{number:016d}", code],
    )


def _series(conn: psycopg.Connection, point_id: int, meter_id: int, channel: Channel) -> int:
    interval_period = "1h" if channel.slot_minutes == 60 else f"{channel.slot_minutes}min"
    series_id = _one(
        conn,
        "INSERT INTO series (point_id, quantity, kind, period) VALUES (%s, %s, %s, %s) RETURNING series_id",
        [point_id, channel.quantity, channel.kind, interval_period if channel.kind == "interval" else "instant"],
    )
    conn.execute(
        "INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by,"
        " decimals, rated_capacity) VALUES (%s, '[2000-01-01,)', %s, %s, %s, %s, 'platform', %s, %s)",
        [
            series_id, meter_id, channel.unit, channel.slot_minutes, channel.multiplier, channel.decimals,
            channel.rated_capacity,
        ],
    )  # fmt: skip
    return series_id


def _one(conn: psycopg.Connection, query: str, parameters: list[Any]) -> int:
    row = conn.execute(query, parameters).fetchone()
    assert row is not None
    number: int = row[0]
    return number
