"""How long the rules take over a province's day: curves, detectors and Great Expectations, from marks to findings.

1 200 units with 80 registers at 15 minutes and a network of a main meter and ten of its parts, 28 days of stored curves
before the day, nothing falsified. On a stack of its own, with the product's schema and roles.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg

from expectations.runner import audit_pending
from nenghao.config import Role, Settings
from nenghao.db.connection import connect, conninfo
from nenghao.db.queries import parse_queries
from nenghao.detection.curves import CURVE_VERSION
from nenghao.domain.periods import day_of, day_start
from nenghao.domain.unit_code import check_character
from nenghao.jobs.compute_features import compute_features
from nenghao.stack import Stack, StackSpec
from nenghao.stack.spec import SERVERS

QUERIES = parse_queries(Path(__file__).parent / "close_data.sql")
UNITS, POINTS, SLOTS, HISTORY_DAYS = 1_200, 80, 96, 28
PARTS = range(5, 15)
STEP_KWH = 0.8
DAY = day_of(datetime.now(UTC)) - timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Speed:
    """Seconds for a day of so many series, and the share of Great Expectations in them."""

    series_days: int
    series_days_s: float
    features_s: float
    detect_s: float
    validate_s: float
    findings: int

    @property
    def gx_share(self) -> float:
        """How much of the time is Great Expectations'."""
        return round(self.validate_s / self.series_days_s, 3)


def measure(units: int = UNITS) -> Speed:
    """One run over so many units."""
    folder = Path(tempfile.mkdtemp(prefix="nenghao-bench-", dir="/tmp"))
    folder.chmod(0o711)
    stack = Stack(folder / "stack", StackSpec(components=SERVERS, shared_buffers_mb=2048, is_denial_logged=False))
    try:
        stack.up()
        settings = stack.settings().model_copy(update={"data_docs_dir": folder / "docs"})
        store(settings, units)
        with psycopg.connect(stack.superuser_conninfo(settings.database_name), autocommit=True) as conn:
            conn.execute("VACUUM ANALYZE series_day, series_day_feature, series, point, network_term")
        return run(settings, units)
    finally:
        stack.down()
        shutil.rmtree(folder)


def run(settings: Settings, units: int) -> Speed:
    """Derive the day's curves and audit it, timed."""
    started = time.monotonic()
    with connect(settings, Role.JOBS) as conn:
        compute_features(conn, datetime.now(UTC))
    features_s = time.monotonic() - started
    summary = audit_pending(settings, datetime.now(UTC))
    if summary.not_run:
        raise RuntimeError(f"{summary.not_run} rules did not run")
    return Speed(
        series_days=units * POINTS,
        series_days_s=round(time.monotonic() - started, 1),
        features_s=round(features_s, 1),
        detect_s=round(summary.detect_s, 1),
        validate_s=round(summary.validate_s, 1),
        findings=summary.findings,
    )


def store(settings: Settings, units: int) -> None:
    """Registers, stored curves of the days before, and the closed day with its marks."""
    fronts = [f"91150200{number:09d}" for number in range(1, units + 1)]
    codes = [front + check_character(front) for front in fronts]
    with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
        conn.execute(QUERIES["register"], {"codes": codes, "points": POINTS, "day_at": day_start(DAY)})
        conn.execute(
            "INSERT INTO network_term (whole_point_id, part_point_id, sign, valid_from)"
            " SELECT w.point_id, p.point_id, 1, '2020-01-01' FROM point AS w JOIN point AS p USING (unit_id)"
            " WHERE w.point_code = 'p1' AND p.point_code = ANY(%s)",
            [[f"p{number}" for number in PARTS]],
        )
        rows = conn.execute(
            "SELECT s.series_id, p.unit_id, substr(p.point_code, 2)::integer FROM series AS s"
            " JOIN point AS p USING (point_id) ORDER BY p.unit_id, 3"
        ).fetchall()
        conn.commit()
        series = np.array([row[0] for row in rows]).reshape(units, POINTS)
        for back in range(HISTORY_DAYS, 0, -1):
            _store_curves(conn, series, DAY - timedelta(days=back), back)
        _store_day(conn, series)
        conn.execute("INSERT INTO audit_mark SELECT series_id, day_on FROM series_day")
        conn.execute("INSERT INTO feature_mark SELECT series_id, day_on FROM series_day")


def curves(series: np.ndarray, day_on: date, back: int) -> np.ndarray:
    """Loads in steps of the face, [units, points, slots]: shifts, weekends and noise of each meter's own."""
    units, points = series.shape
    rng = np.random.default_rng(back)
    own = np.random.default_rng(7)
    level = own.lognormal(4, 1, (units, points, 1))
    phase, depth = own.uniform(0, 2 * np.pi, (units, points, 1)), own.uniform(0.1, 0.8, (units, points, 1))
    slot = np.arange(SLOTS) / SLOTS * 2 * np.pi
    weekend = own.uniform(0.3, 1, (units, points, 1)) if day_on.weekday() >= 5 else 1.0
    noise = rng.normal(0, own.uniform(0.02, 0.2, (units, points, 1)), (units, points, SLOTS))
    day = rng.normal(1, 0.05, (units, points, 1))
    found = np.maximum(0, np.rint(level * weekend * day * (1 + depth * np.sin(slot + phase) + noise))).astype(np.int64)
    parts = found[:, [number - 1 for number in PARTS]].sum(axis=1)
    found[:, 0] = np.rint(parts * (1.01 + rng.normal(0, 0.002, parts.shape)))
    return found


def _store_curves(conn: psycopg.Connection, series: np.ndarray, day_on: date, back: int) -> None:
    packed = curves(series, day_on, back).astype("<i4").reshape(-1, SLOTS)
    columns = "series_id, day_on, curve_version, curve, slot_minutes, unit, step, quantum, content_hash, computed_at"
    with conn.cursor().copy(f"COPY series_day_feature ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4", "date", "int4", "bytea", "int2", "text", "float8", "float8", "bytea", "timestamptz"])
        now = datetime.now(UTC)
        for series_id, row in zip(series.reshape(-1).tolist(), packed, strict=True):
            copy.write_row(
                (series_id, day_on, CURVE_VERSION, row.tobytes(), 15, "kWh", STEP_KWH, STEP_KWH, b"hash", now)
            )
    conn.commit()


def _store_day(conn: psycopg.Connection, series: np.ndarray) -> None:
    with conn.cursor().copy(
        "COPY series_day (series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method,"
        " due_slots, received_slots, total_energy, measured_energy, content_hash, computed_at) FROM STDIN"
    ) as copy:
        for row in _day_rows(series):
            copy.write_row(row)
    conn.commit()


def _day_rows(series: np.ndarray) -> Iterator[tuple[object, ...]]:
    faces = curves(series, DAY, 0).reshape(-1, SLOTS)
    now = datetime.now(UTC)
    for series_id, face in zip(series.reshape(-1).tolist(), faces, strict=True):
        total = int(face.sum()) * STEP_KWH
        yield (
            series_id, DAY, 15, "kWh", 2, (face * 80).tolist(), 2, face.tolist(), "V" * SLOTS, "-" * SLOTS, SLOTS,
            SLOTS, total, total, b"hash", now,
        )  # fmt: skip
