"""A sealed month that changes: the next version says why and what, and whoever has the first one is to be told."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nenghao.cli import release as release_cli
from nenghao.config import Role, Settings
from nenghao.crypto import load_trusted_keys
from nenghao.db import recipients, releases
from nenghao.db.connection import Connection, connect
from nenghao.db.releases import StoredRelease
from nenghao.domain.balance import parse_balance_inputs
from nenghao.domain.periods import Month, day_start
from nenghao.domain.records import to_plain
from nenghao.errors import SealBroken
from nenghao.jobs.build_months import build_months
from nenghao.jobs.close_days import close_changed_days
from nenghao.jobs.seal_balances import held_balances, seal_balances
from nenghao.jobs.sync_reference import sync_reference
from nenghao.reporting.explain import FrozenPoint
from nenghao.reporting.explain_store import read_story
from nenghao.reporting.verify import verify_archive
from tests.jobs.plant import DAY, NOW, Plant

RUN = CliRunner()
FIRST = DAY.replace(day=1)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def settings(module_database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("secrets_dir", "database_host", "database_port", "database_name"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(module_database, name)))
    return module_database.model_copy(update={"release_dir": tmp_path})


@pytest.fixture
def sealed(plant: Plant, jobs: Connection, settings: Settings) -> tuple[int, int, str]:
    """A unit whose October is sealed without its last four days; (unit, series, name of the release)."""
    sync_reference(jobs)
    unit_id = plant.unit()
    series_id = plant.series(plant.point(unit_id))
    plant.readings(series_id, registers(*range(28)))
    run(plant, jobs, settings, NOW)
    (name,) = names(jobs, unit_id)
    return unit_id, series_id, name


def registers(*days: int) -> dict[datetime, object]:
    """A register at midnight of each day, 1 000 kWh a day until the 10th and 2 000 after it."""
    return {
        day_start(FIRST) + timedelta(days=n): Decimal(1000) * n + (Decimal(1000) * (n - 10) if n > 10 else 0)
        for n in days
    }


def run(plant: Plant, jobs: Connection, settings: Settings, now: datetime) -> list[int]:
    close_changed_days(jobs, now)
    build_months(jobs, now)
    plant.pass_relations()
    return seal_balances(jobs, settings, now)


def names(conn: Connection, unit_id: int) -> list[str]:
    rows = conn.execute("SELECT archive_name FROM release WHERE unit_id = %s ORDER BY version", [unit_id]).fetchall()
    conn.rollback()
    return [name.removesuffix(".zip") for (name,) in rows]


def stored(conn: Connection, name: str) -> tuple[StoredRelease, dict[str, object]]:
    found = releases.find_release(conn, f"{name}.zip")
    assert found is not None
    content = json.loads(releases.load_content(conn, found.release_id))
    conn.rollback()
    return found, content


def receive_later(plant: Plant, series_id: int, values: dict[datetime, object], at: datetime) -> None:
    """Readings of a message that came after the month was sealed."""
    message_id = plant._id(
        "INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome,"
        " reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under)"
        " SELECT coalesce(max(message_id), 1) + 1, 0, 't', 'json_v1', 'sha256', decode(md5(random()::text), 'hex'), %s,"
        " 'accepted', 1, 1, 0, 0, 0, 0, 'metering' FROM message RETURNING message_id",
        at,
    )
    plant.readings(series_id, values, message_id=message_id)


def test_late_data_restates_with_reason_differences_and_who_is_to_be_told(
    plant: Plant, jobs: Connection, settings: Settings, sealed: tuple[int, int, str]
) -> None:
    unit_id, series_id, first = sealed
    told = RUN.invoke(
        release_cli.app,
        ["recipients", "add", first, "--to", "city bureau", "--way", "platform", "--by", "clerk"],
        catch_exceptions=False,
    )
    assert told.exit_code == 0, told.output
    receive_later(plant, series_id, registers(29, 30, 31), LATER)
    (release_id,) = run(plant, jobs, settings, LATER)
    _, second = names(jobs, unit_id)
    found, content = stored(jobs, second)
    assert (found.release_id, found.version) == (release_id, 2)
    restates = content["restates"]
    assert isinstance(restates, dict)
    assert restates["reason"]["kind"] == "late_data"
    assert [cause["kind"] for cause in restates["reason"]["causes"]] == ["late_data"]
    assert "3 readings" in restates["reason"]["causes"][0]["reference"]
    before = stored(jobs, first)[1]
    assert restates["hash"] == releases.find_release(jobs, f"{first}.zip").hash.hex()  # type: ignore[union-attr]
    assert {(change["row"], change["column"]) for change in restates["changes"]} == {
        (cell["row"], cell["column"])
        for cell in content["cells"]  # type: ignore[attr-defined]
        if cell not in before["cells"]  # type: ignore[operator]
    }
    assert {change["difference"] for change in restates["changes"] if change["column"] == "2"} == {"0.8"}
    jobs.rollback()
    listed = RUN.invoke(release_cli.app, ["recipients", "list", second, "--json"], catch_exceptions=False)
    assert listed.exit_code == 1
    assert json.loads(listed.output)["to_tell"][0]["recipient"] == "city bureau"
    RUN.invoke(
        release_cli.app,
        ["recipients", "add", second, "--to", "city bureau", "--way", "hand", "--by", "clerk"],
        catch_exceptions=False,
    )
    assert RUN.invoke(release_cli.app, ["recipients", "list", second], catch_exceptions=False).exit_code == 0
    checks = verify_archive(
        (settings.release_dir / f"{second}.zip").read_bytes(), load_trusted_keys(settings.trust_dir)
    )
    assert all(check.is_passed for check in checks)
    shown = RUN.invoke(release_cli.app, ["diff", second], catch_exceptions=False)
    assert "33" in shown.output
    between = RUN.invoke(release_cli.app, ["diff", second, first, "--json"], catch_exceptions=False)
    assert json.loads(between.output) == restates["changes"]


def test_a_decision_is_named_as_the_reason(
    plant: Plant, jobs: Connection, settings: Settings, sealed: tuple[int, int, str]
) -> None:
    unit_id, series_id, _ = sealed
    plant.exclude(series_id, day_start(FIRST) + timedelta(days=20), day_start(FIRST) + timedelta(days=60))
    plant.mark(series_id, *(FIRST + timedelta(days=n) for n in range(20, 31)))
    run(plant, jobs, settings, LATER)
    _, content = stored(jobs, names(jobs, unit_id)[1])
    assert content["restates"]["reason"]["kind"] == "decision"  # type: ignore[index]


def test_a_change_that_nothing_explains_waits_for_a_persons_reason(
    plant: Plant, jobs: Connection, settings: Settings, sealed: tuple[int, int, str]
) -> None:
    unit_id, _, first = sealed
    plant.owner.execute(
        "UPDATE point_month SET energy = energy + 1 WHERE point_id IN (SELECT point_id FROM point WHERE unit_id = %s)",
        [unit_id],
    )
    plant.owner.execute("INSERT INTO month_mark VALUES (%s, %s)", [unit_id, FIRST])
    assert run(plant, jobs, settings, LATER) == []
    assert len(held_balances(jobs)) == 1
    assert names(jobs, unit_id) == [first]
    given = RUN.invoke(
        release_cli.app,
        ["restate", first, "--reason", "correction", "--reference", "letter 7", "--by", "clerk"],
        catch_exceptions=False,
    )
    assert given.exit_code == 0, given.output
    assert len(seal_balances(jobs, settings, LATER)) == 1
    _, content = stored(jobs, names(jobs, unit_id)[1])
    assert content["restates"]["reason"] == {  # type: ignore[index]
        "kind": "correction",
        "causes": [{"kind": "correction", "reference": "letter 7"}],
    }


def test_cells_that_do_not_follow_from_their_inputs_are_not_sealed(
    plant: Plant, jobs: Connection, settings: Settings
) -> None:
    sync_reference(jobs)
    series_id = plant.series(plant.point(plant.unit()))
    plant.readings(series_id, registers(0, 31))
    close_changed_days(jobs, NOW)
    (balance_id,) = build_months(jobs, NOW)
    plant.pass_relations()
    plant.owner.execute("ALTER TABLE balance_cell DISABLE TRIGGER balance_cell_append_only")
    plant.owner.execute("UPDATE balance_cell SET value = value + 1 WHERE balance_id = %s", [balance_id])
    plant.owner.execute("ALTER TABLE balance_cell ENABLE TRIGGER balance_cell_append_only")
    with pytest.raises(SealBroken, match="stored cells"):
        seal_balances(jobs, settings, NOW)
    assert balance_id in held_or_waiting(plant)
    plant.owner.execute("ALTER TABLE balance_cell DISABLE TRIGGER balance_cell_append_only")
    plant.owner.execute("UPDATE balance_cell SET value = value - 1 WHERE balance_id = %s", [balance_id])
    plant.owner.execute("ALTER TABLE balance_cell ENABLE TRIGGER balance_cell_append_only")
    assert len(seal_balances(jobs, settings, NOW, [balance_id])) == 1


def held_or_waiting(plant: Plant) -> list[int]:
    rows = plant.owner.execute(
        "SELECT balance_id FROM monitored_balance WHERE balance_id NOT IN (SELECT balance_id FROM release)"
    ).fetchall()
    return [balance_id for (balance_id,) in rows]


def test_who_got_what_refuses_the_future_and_the_unknown(
    module_database: Settings, settings: Settings, sealed: tuple[int, int, str]
) -> None:
    first = sealed[2]
    add = ["recipients", "add", first, "--to", "x", "--way", "hand", "--by", "y", "--sent-at"]
    late = RUN.invoke(release_cli.app, [*add, "2999-01-01T00:00:00+08:00"])
    assert late.exit_code != 0
    unknown = RUN.invoke(release_cli.app, ["recipients", "list", "nobody"])
    assert unknown.exit_code != 0
    with connect(module_database, Role.VERIFIER) as conn:
        found = releases.find_release(conn, f"{first}.zip")
        assert found is not None
        assert recipients.load_recipients(conn, found.release_id) == []


def test_the_readings_of_later_months_explain_nothing(
    plant: Plant, jobs: Connection, settings: Settings, sealed: tuple[int, int, str]
) -> None:
    unit_id, series_id, first = sealed
    receive_later(plant, series_id, registers(29, 30, 31), LATER)
    run(plant, jobs, settings, LATER)
    _, second = names(jobs, unit_id)
    assert second != first

    much_later = LATER + timedelta(days=20)
    receive_later(plant, series_id, registers(32, 33, 40), much_later)
    change_multiplier(plant, series_id, day_start(FIRST) + timedelta(days=45))
    plant.exclude(series_id, day_start(FIRST) + timedelta(days=35), day_start(FIRST) + timedelta(days=36))
    plant.owner.execute(
        "UPDATE point_month SET energy = energy + 1 WHERE month_on = %s"
        " AND point_id IN (SELECT point_id FROM point WHERE unit_id = %s)",
        [FIRST, unit_id],
    )
    plant.owner.execute("INSERT INTO month_mark VALUES (%s, %s)", [unit_id, FIRST])
    build_months(jobs, much_later)
    plant.pass_relations()
    assert seal_balances(jobs, settings, much_later) == []
    assert len(names(jobs, unit_id)) == 2
    (balance_id,) = plant.owner.execute(
        "SELECT max(balance_id) FROM monitored_balance WHERE unit_id = %s", [unit_id]
    ).fetchone() or (0,)
    assert balance_id in held_balances(jobs)


def change_multiplier(plant: Plant, series_id: int, at: datetime) -> None:
    """End the version in force at an instant, and begin another: what a register change does."""
    plant.owner.execute(
        "UPDATE series_version SET valid = tstzrange(lower(valid), %s) WHERE series_id = %s", [at, series_id]
    )
    plant.owner.execute(
        "INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by,"
        " decimals, register_modulus) SELECT series_id, tstzrange(%s, NULL), meter_id, unit, slot_minutes, 2,"
        " multiplier_applied_by, decimals, register_modulus FROM series_version WHERE series_id = %s",
        [at, series_id],
    )


def test_a_meter_that_changed_in_the_month_is_named_and_one_that_changed_after_it_is_not(
    plant: Plant, jobs: Connection, settings: Settings, sealed: tuple[int, int, str]
) -> None:
    unit_id, series_id, _ = sealed
    change_multiplier(plant, series_id, day_start(FIRST) + timedelta(days=20))
    plant.mark(series_id, *(FIRST + timedelta(days=n) for n in range(19, 31)))
    run(plant, jobs, settings, LATER)
    reason = stored(jobs, names(jobs, unit_id)[1])[1]["restates"]["reason"]  # type: ignore[index]
    assert reason["kind"] == "register_change"
    assert len(reason["causes"]) == 2


def test_explain_says_that_more_is_measured_now_though_the_total_is_the_same(
    plant: Plant, jobs: Connection, sealed: tuple[int, int, str]
) -> None:
    unit_id, _, _ = sealed
    row = jobs.execute("SELECT inputs FROM monitored_balance WHERE unit_id = %s", [unit_id]).fetchone()
    jobs.rollback()
    assert row is not None
    inputs = parse_balance_inputs(bytes(row[0]))
    points = [
        FrozenPoint(point_id=one.point_id, facts={}, totals=[to_plain(one) for one in inputs.months])
        for one in inputs.points
    ]

    def has_moved() -> bool:
        (told,) = read_story(jobs, unit_id, Month.of(FIRST), points, []).points
        jobs.rollback()
        return told.has_moved

    assert not has_moved()
    plant.owner.execute(
        "UPDATE point_month SET measured_energy = measured_energy + 1 WHERE point_id = %s", [points[0].point_id]
    )
    assert has_moved()
