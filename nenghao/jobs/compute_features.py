"""Derives the curves of closed days that changed, for the detectors; safe to run twice.

Before: `close_days` wrote the days and their marks. After: `find_candidates` lays them side by side.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from nenghao.db import features as db
from nenghao.db.connection import Connection
from nenghao.db.features import Feature, FeatureSource
from nenghao.detection.curves import CURVE_VERSION, ClosedDays, pack_curves

#: Days derived in one transaction: some seconds of work, some ten MB.
CHUNK_DAYS = 10_000


def compute_features(conn: Connection, now: datetime) -> int:
    """Derive what is marked, oldest day first, committing chunk by chunk; returns how many days.

    A chunk takes its marks before it reads, so a day that changes meanwhile is marked again and made again.
    """
    count = 0
    while True:
        with conn.transaction():
            db.lock_features(conn)
            pairs = db.take_feature_marks(conn, max_days=CHUNK_DAYS)
            if not pairs:
                return count
            sources = db.load_feature_sources(conn, pairs)
            db.write_features(conn, pairs, derive(sources), now)
            count += len(sources)


def derive(sources: Sequence[FeatureSource]) -> Iterator[Feature]:
    """The curve of each day."""
    by_slots: defaultdict[int, list[FeatureSource]] = defaultdict(list)
    for source in sources:
        by_slots[source.due_slots].append(source)
    for slots, days in by_slots.items():
        curves, steps = pack_curves(_columns(days), slots)
        for source, curve, step in zip(days, curves, steps, strict=True):
            yield Feature(source, CURVE_VERSION, curve, step)


def _columns(days: Sequence[FeatureSource]) -> ClosedDays:
    return ClosedDays(
        energy=[day.energy for day in days],
        face=[day.face for day in days],
        quality=[day.quality for day in days],
        method=[day.method for day in days],
        scale=[day.scale for day in days],
        face_scale=[day.face_scale for day in days],
        factor=[day.factor for day in days],
        is_gauge=[day.is_gauge for day in days],
    )
