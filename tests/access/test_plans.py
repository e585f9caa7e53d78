"""What the choice of rows costs: a look by key stays a look by key through policies and barriers."""

import pytest

from tests.access.conftest import People

DAYS = 40
BY_KEY = {
    "series_day": ("series_id = 1 AND day_on = '2026-01-05'", "series_day_pk"),
    "reading": ("series_id = 1 AND at = '2026-10-01Z'", "Index Scan"),
    "point_day": ("point_id = 1 AND day_on = '2026-01-05'", "point_day_pk"),
    "message": ("message_id = 2", "message_pk"),
    "case_now": ("case_id = 1", "audit_case_pk"),
}


@pytest.fixture(scope="module")
def many(people: People) -> People:
    """Enough series, days and messages that a planner would rather not read them all."""
    with people.owner() as conn:
        conn.execute(
            "INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)"
            " SELECT p.unit_id, 'n' || n, p.data_code, 'n', p.variety_code, p.flow, p.use"
            " FROM point AS p, generate_series(1, 400) AS n WHERE p.point_code = 'p'"
        )
        conn.execute(
            "INSERT INTO series (point_id, quantity, kind, period)"
            " SELECT point_id, 'active_energy', 'register', 'instant' FROM point WHERE point_code LIKE 'n%'"
        )
        conn.execute(
            "INSERT INTO series_day (series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality,"
            " method, due_slots, received_slots, measured_energy, content_hash, computed_at)"
            " SELECT s.series_id, '2026-01-01'::date + n, 60, 'kWh', 0, '{1}', 0, '{1}', 'V', 'M', 1, 1, 1, '\\x00',"
            " now()"
            " FROM series AS s, generate_series(1, %s) AS n",
            [DAYS],
        )
        conn.execute(
            "INSERT INTO point_day (point_id, day_on, series_id, unit, measured_energy, due_slots, received_slots,"
            " known_slots) SELECT s.point_id, '2026-01-01'::date + n, s.series_id, 'kWh', 1, 1, 1, 1"
            " FROM series AS s, generate_series(1, %s) AS n",
            [DAYS],
        )
        conn.execute(
            "INSERT INTO reading (series_id, at, value, message_id, ordinal, source)"
            " SELECT s.series_id, '2026-10-01Z'::timestamptz + n * INTERVAL '1 hour', 1, 2, 0, 'l'"
            " FROM series AS s, generate_series(0, 20) AS n"
        )
        conn.execute(
            "INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome,"
            " reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count,"
            " collected_under)"
            " SELECT 100 + n, 0, 't', 'c', 'sha256', n::text::bytea, now(), 'refused', 0, 0, 0, 0, 0, 0,"
            " 'online_monitoring' FROM generate_series(1, 5000) AS n"
        )
        conn.execute(
            "INSERT INTO audit_case (unit_id, level, opened_at)"
            " SELECT min(unit_id), 'lead', now() FROM unit, generate_series(1, 2000) AS n GROUP BY n"
        )
        conn.commit()
        conn.execute("ANALYZE")
    return people


@pytest.mark.parametrize("login", ["nation", "city_in", "own_filler"])
@pytest.mark.parametrize("relation", BY_KEY)
def test_a_row_by_its_key_is_found_by_its_index(many: People, login: str, relation: str) -> None:
    if login == "own_filler" and relation == "case_now":
        return
    condition, index = BY_KEY[relation]
    with many.asking(login) as (conn, _):
        plan = "\n".join(row[0] for row in conn.execute(f"EXPLAIN SELECT * FROM {relation} WHERE {condition}"))
    assert index in plan, plan
    for big in ("series_day", "point_day", "message", "audit_case", "reading"):
        assert f"Seq Scan on {big}" not in plan, plan


@pytest.mark.parametrize("login", ["nation", "city_in", "own_filler"])
def test_the_days_of_a_unit_are_found_through_its_points(many: People, login: str) -> None:
    with many.asking(login) as (conn, _):
        plan = "\n".join(
            row[0]
            for row in conn.execute(
                "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT p.point_code, d.received_slots FROM point AS p"
                " JOIN series AS s ON p.point_id = s.point_id JOIN series_day AS d ON s.series_id = d.series_id"
                " WHERE p.unit_id = %s AND p.point_code = 'n7' AND d.day_on >= '2026-01-01'",
                [many.unit_ids["own_filler"]],
            )
        )
    assert "Seq Scan on series_day" not in plan, plan
