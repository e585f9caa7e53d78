"""What `nenghao doctor` finds, on the real servers."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from nenghao.certificates import Credential, issue_server, new_authority
from nenghao.cli.doctor import app
from nenghao.cli.installation_checks import check_certificate, check_secrets
from nenghao.config import PROJECT_ROOT, Settings
from nenghao.credentials import SECRETS
from nenghao.crypto import new_signing_key
from nenghao.labels import load_labels
from nenghao.stack import Stack
from nenghao.stack.environment import variables_of

CHECKS = [
    "secrets", "signing", "disk", "broker", "broker_store", "certificate", "schema", "database", "edition", "people",
    "clock", "signer", "changed_mark", "audit_mark", "month_mark", "deadlines",
]  # fmt: skip
Doctor = Callable[..., tuple[int, dict[str, str], str]]


@pytest.fixture
def doctor(module_database: Settings, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Run it with changed settings: exit code, state by check, output."""

    def run(**changed: object) -> tuple[int, dict[str, str], str]:
        trust = module_database.trust_dir
        for name, value in variables_of(module_database.model_copy(update=changed)).items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(app, ["--json", "--trust", str(trust)], catch_exceptions=False)
        found = json.loads(result.output)
        assert found["schema"] == "nenghao/doctor/1"
        assert found["is_fine"] == (result.exit_code == 0) == all(one["is_fine"] for one in found["checks"])
        return result.exit_code, {one["check"]: one["state"] for one in found["checks"]}, result.output

    return run


@pytest.fixture
def secrets_dir(module_database: Settings, tmp_path: Path) -> Path:
    """A copy of the secrets, to spoil."""
    return Path(shutil.copytree(module_database.secrets_dir, tmp_path / "secrets"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_installation_as_it_should_be_is_fine_in_both_languages(
    doctor: Doctor, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, states, _ = doctor()
    assert (code, states) == (0, dict.fromkeys(CHECKS, "fine"))
    monkeypatch.setenv("NENGHAO_LANGUAGE", language)
    result = CliRunner().invoke(app, [], catch_exceptions=False)
    lines = result.output.splitlines()
    assert len(lines) == len(CHECKS)
    labels = load_labels("zh" if language == "zh" else "en")
    for line, check in zip(lines, CHECKS, strict=True):
        assert line.startswith(f"{labels['doctor.fine']}  {labels[f'doctor.{check}.title']}")


def test_servers_that_are_away_are_told_without_a_password(doctor: Doctor, module_database: Settings) -> None:
    code, states, output = doctor(database_port=1, broker_port=1, gateway_port=1)
    assert code == 1
    assert {name for name, state in states.items() if state == "failed"} == {
        "broker",
        "certificate",
        "schema",
        "database",
    }
    assert not [name for name in SECRETS if (module_database.secrets_dir / name).read_text().strip() in output]


def test_a_broker_that_does_not_know_the_password_refuses(doctor: Doctor, secrets_dir: Path) -> None:
    (secrets_dir / "broker_collector").write_text("guess")
    code, states, _ = doctor(secrets_dir=secrets_dir)
    assert (code, states["broker"]) == (1, "refused")


def test_a_key_that_nobody_trusts_is_found(doctor: Doctor, secrets_dir: Path) -> None:
    key = new_signing_key()
    (secrets_dir / "release_signing_key.pem").write_text(key)
    code, states, output = doctor(secrets_dir=secrets_dir)
    assert (code, states["signing"]) == (1, "untrusted")
    assert key.splitlines()[1] not in output


def test_secrets_are_there_and_private_by_file_or_by_folder(secrets_dir: Path) -> None:
    assert check_secrets(secrets_dir).state == "fine"
    secret = secrets_dir / "nenghao_jobs"
    for folder_mode, mode, state in ((0o700, 0o444, "fine"), (0o755, 0o444, "open"), (0o755, 0o600, "fine"),
                                     (0o700, 0o666, "open")):  # fmt: skip
        secrets_dir.chmod(folder_mode)
        secret.chmod(mode)
        assert check_secrets(secrets_dir).state == state, (folder_mode, mode)
    secret.unlink()
    assert check_secrets(secrets_dir).values == {"names": "nenghao_jobs"}


@pytest.mark.parametrize(
    ("days_ago", "hosts", "state"),
    [
        (0, ["127.0.0.1", "localhost"], "stale"),  # good, but not the one that the broker shows
        (0, ["localhost"], "names"),
        (690, ["127.0.0.1", "localhost"], "expiring"),
        (731, ["127.0.0.1", "localhost"], "expired"),
    ],
)
def test_a_certificate_is_looked_at_before_gateways_refuse_it(
    module_database: Settings, secrets_dir: Path, days_ago: int, hosts: list[str], state: str
) -> None:
    authority = Credential(
        key_pem=(secrets_dir / "broker_authority_key.pem").read_text(),
        certificate_pem=(module_database.trust_dir / "broker_authority.crt").read_text(),
    )
    now = datetime.now(UTC)
    server = issue_server(authority, hosts, now - timedelta(days=days_ago))
    (secrets_dir / "broker_server.crt").write_text(server.certificate_pem)
    settings = module_database.model_copy(update={"secrets_dir": secrets_dir})
    assert check_certificate(settings, module_database.trust_dir, now).state == state


def test_a_certificate_of_another_authority_is_found(module_database: Settings, secrets_dir: Path) -> None:
    now = datetime.now(UTC)
    server = issue_server(new_authority(now), module_database.gateway_hosts, now)
    (secrets_dir / "broker_server.crt").write_text(server.certificate_pem)
    settings = module_database.model_copy(update={"secrets_dir": secrets_dir})
    assert check_certificate(settings, module_database.trust_dir, now).state == "foreign"


def test_an_authoritys_key_may_be_away_but_not_open(secrets_dir: Path) -> None:
    secrets_dir.chmod(0o755)
    key = secrets_dir / "broker_authority_key.pem"
    key.chmod(0o644)
    assert check_secrets(secrets_dir).values == {"names": "broker_authority_key.pem"}
    key.unlink()
    assert check_secrets(secrets_dir).state == "fine"


def test_a_schema_of_another_version_and_work_that_waits_too_long_are_found(
    doctor: Doctor, stack: Stack, module_database: Settings
) -> None:
    newest = max(path.name[:4] for path in (PROJECT_ROOT / "sql" / "migrations").glob("*.sql"))
    with psycopg.connect(stack.superuser_conninfo(module_database.database_name), autocommit=True) as conn:
        conn.execute("INSERT INTO schema_migrations VALUES ('9999')")
        assert doctor()[1]["schema"] == "ahead"
        conn.execute("UPDATE schema_migrations SET version = '9998' WHERE version = %s", [newest])
        conn.execute("INSERT INTO changed_mark VALUES (1, '2026-10-01', now() - interval '3 hours')")
        conn.execute("INSERT INTO audit_mark VALUES (1, '2026-10-01', now() - interval '3 hours')")
        conn.execute("INSERT INTO month_mark VALUES (1, '2999-01-01', now() - interval '90 days')")
        code, states, _ = doctor()
        assert code == 1
        assert {name: state for name, state in states.items() if state != "fine"} == {
            "schema": "behind", "changed_mark": "late",
        }  # fmt: skip
        conn.execute("TRUNCATE changed_mark, audit_mark, month_mark")
        conn.execute("DELETE FROM schema_migrations WHERE version = '9999'")
        conn.execute("UPDATE schema_migrations SET version = %s WHERE version = '9998'", [newest])
    assert doctor()[0] == 0


def test_a_right_of_people_where_nothing_chooses_rows_is_found(
    doctor: Doctor, stack: Stack, module_database: Settings
) -> None:
    with psycopg.connect(stack.superuser_conninfo(module_database.database_name), autocommit=True) as conn:
        for grant in (
            "SELECT ON point_day TO nenghao_web",
            "SELECT ON reading TO nenghao_officer",
            "SELECT (series_id) ON audit_mark TO nenghao_unit",
            "INSERT ON message TO nenghao_unit",
        ):
            conn.execute(f"GRANT {grant}")
            assert doctor()[1]["people"] == "too_many", grant
            conn.execute(f"REVOKE {grant.replace(' TO ', ' FROM ')}")
            assert doctor()[1]["people"] == "fine", grant
