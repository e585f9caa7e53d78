"""A person asks for a seal by a row; the job that holds the key follows it and says what it came to."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nenghao.cli import release as release_cli
from nenghao.config import Role, Settings
from nenghao.db.clock import rows_to_follow
from nenghao.db.connection import Connection, connect
from nenghao.db.errors import driver_errors
from nenghao.db.seal_requests import NewSealRequest, SealRequest, insert_seal_request, load_seal_requests
from nenghao.domain.periods import day_start
from nenghao.errors import DataRefused
from nenghao.jobs.build_months import build_months
from nenghao.jobs.clock_entry import run_close_decided, run_look, run_restate
from nenghao.jobs.close_days import close_changed_days
from nenghao.jobs.seal_requests import begin_seals
from nenghao.jobs.sync_reference import sync_reference
from tests.jobs.plant import DAY, NOW, Plant
from tests.jobs.test_filing_releases import accept, file

FIRST = DAY.replace(day=1)
RUN = CliRunner()


@pytest.fixture
def settings(module_database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("secrets_dir", "database_host", "database_port", "database_name"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(module_database, name)))
    return module_database.model_copy(update={"release_dir": tmp_path})


@pytest.fixture
def unit_id(plant: Plant, jobs: Connection) -> int:
    """A unit whose October is built and not checked yet."""
    sync_reference(jobs)
    unit_id = plant.unit()
    series_id = plant.series(plant.point(unit_id))
    plant.readings(series_id, {day_start(FIRST) + timedelta(days=n): Decimal(1000) * n for n in range(32)})
    close_changed_days(jobs, NOW)
    build_months(jobs, NOW)
    return unit_id


def ask(settings: Settings, unit_id: int | None, kind: str = "monitored_balance", **more: object) -> int:
    request = NewSealRequest(
        kind=kind, month_on=FIRST, unit_id=unit_id, requested_by="Zhao", requested_at=datetime.now(UTC), **more,
    )  # type: ignore[arg-type]  # fmt: skip
    with connect(settings, Role.CONSOLE) as conn:
        return insert_seal_request(conn, request)


def follow(settings: Settings) -> dict[str, int]:
    """What the DAG does between its steps, without the rules: the relations of every test here pass or are broken."""
    return run_restate(run_close_decided(settings), settings)


def seen(settings: Settings, number: int) -> SealRequest:
    with connect(settings, Role.CONSOLE) as conn:
        (found,) = load_seal_requests(conn, ids=[number])
    return found


def test_a_request_waits_runs_and_ends_with_the_release_that_it_led_to(
    plant: Plant, settings: Settings, unit_id: int
) -> None:
    plant.pass_relations()
    number = ask(settings, unit_id)
    assert seen(settings, number).state == "waiting"
    assert run_look(settings)
    rows = run_close_decided(settings)
    assert ("seal_request", number) in rows
    assert seen(settings, number).state == "running"
    assert run_restate(rows, settings)["asked"] == 1
    done = seen(settings, number)
    assert (done.state, done.version, done.reason) == ("sealed", 1, None)
    assert done.archive_name is not None
    assert (settings.release_dir / done.archive_name).exists()
    again = ask(settings, unit_id)
    follow(settings)
    assert (seen(settings, again).state, seen(settings, again).release_id) == ("unchanged", done.release_id)
    assert not run_look(settings)


def test_a_request_that_cannot_be_met_says_why_and_stays_answered(
    plant: Plant, jobs: Connection, settings: Settings, unit_id: int
) -> None:
    unchecked = ask(settings, unit_id)
    nothing = ask(settings, plant.unit())
    unaccepted_unit = plant.unit()
    filing_id = file(plant, unaccepted_unit, 1, "31.5")
    unaccepted = ask(settings, unaccepted_unit, "filing")
    follow(settings)
    reasons = {number: seen(settings, number).reason for number in (unchecked, nothing, unaccepted)}
    assert reasons == {unchecked: "not_checked", nothing: "nothing_there", unaccepted: "not_accepted"}
    plant.pass_relations(broken=1)
    plant.break_relation(unit_id, FIRST)
    held = ask(settings, unit_id)
    accept(plant, filing_id)
    accepted = ask(settings, unaccepted_unit, "filing")
    follow(settings)
    assert seen(settings, held).reason == "mandatory_broken"
    assert (seen(settings, accepted).state, seen(settings, accepted).version) == ("sealed", 1)
    # What was answered stays as it was answered, though the same request would be met today.
    assert seen(settings, unaccepted).reason == "not_accepted"
    begin_seals(jobs, [unaccepted], NOW)
    assert seen(settings, unaccepted).state == "refused"


def test_a_sum_is_asked_for_by_region_and_refused_where_nothing_is_sealed(
    plant: Plant, settings: Settings, unit_id: int
) -> None:
    number = ask(settings, None, "aggregate", region_code="460100", parts="industry")
    follow(settings)
    assert (seen(settings, number).state, seen(settings, number).reason) == ("refused", "not_summed")


def test_requests_are_only_added_and_a_job_may_not_ask(settings: Settings, unit_id: int, jobs: Connection) -> None:
    number = ask(settings, unit_id)
    with connect(settings, Role.OWNER) as owner, pytest.raises(DataRefused), driver_errors():
        owner.execute("UPDATE seal_request SET requested_by = 'Qian' WHERE seal_request_id = %s", [number])
    with pytest.raises(Exception, match="permission denied"):
        insert_seal_request(
            jobs,
            NewSealRequest(
                kind="filing", month_on=FIRST, unit_id=unit_id, requested_by="job", requested_at=datetime.now(UTC)
            ),
        )
    jobs.rollback()
    assert ("seal_request", number) in rows_to_follow(jobs)


def test_the_command_asks_and_shows_what_became_of_it(plant: Plant, settings: Settings, unit_id: int) -> None:
    row = plant.owner.execute("SELECT unit_code FROM unit WHERE unit_id = %s", [unit_id]).fetchone()
    assert row is not None
    asked = ["--month", "2026-10", "--unit", row[0], "--kind", "monitored_balance", "--by", "Zhao"]
    told = RUN.invoke(release_cli.app, ["ask", *asked])
    assert told.exit_code == 0, told.output
    plant.pass_relations()
    follow(settings)
    told = RUN.invoke(release_cli.app, ["asked", "--month", "2026-10"])
    assert f"{row[0]}-2026-10-monitored-v1" in told.output
