"""The commands by which the containers prepare their server and their secrets."""

import json
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from nenghao.cli import db, secrets
from nenghao.config import PROJECT_ROOT, Role
from nenghao.credentials import PUBLIC_KEY, SECRETS, SIGNER_KEY, generate_secrets
from nenghao.crypto import load_signing_key
from nenghao.db.bootstrap import Server, drop_database
from nenghao.db.connection import conninfo
from nenghao.errors import RetryableError
from nenghao.stack import Stack
from nenghao.stack.environment import variables_of
from nenghao.trust import load_trust


def test_server_is_prepared_from_nothing_and_again(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = stack.settings().model_copy(update={"database_name": "from_nothing"})
    for name, value in variables_of(settings).items():
        monkeypatch.setenv(name, value)
    server = Server(host="127.0.0.1", port=settings.database_port, password=stack.secret("postgres"))
    try:
        for _ in range(2):
            for command in ("bootstrap", "migrate"):
                result = CliRunner().invoke(db.app, [command], catch_exceptions=False)
                assert result.exit_code == 0, result.output
        with psycopg.connect(conninfo(settings, Role.OWNER)) as conn:
            applied = conn.execute("SELECT count(*) FROM schema_migrations").fetchone()
        assert applied == (len(list((PROJECT_ROOT / "sql" / "migrations").glob("*.sql"))),)
        with psycopg.connect(conninfo(settings, Role.COLLECTOR)) as conn:
            assert conn.execute("SELECT count(*) FROM message").fetchone() == (0,)
    finally:
        drop_database(server, "from_nothing")


def test_server_that_is_away_is_told_in_one_line_without_the_password() -> None:
    server = Server(host="127.0.0.1", port=1, password="not-to-be-seen")
    with pytest.raises(RetryableError, match=r"database postgres at 127\.0\.0\.1:1: .+") as caught:
        server.connect()
    assert "\n" not in str(caught.value)
    assert "not-to-be-seen" not in str(caught.value) + repr(server)


@pytest.mark.parametrize(("options", "mode"), [([], 0o600), (["--for-compose"], 0o444)])
def test_secrets_are_made_once_and_never_overwritten(tmp_path: Path, options: list[str], mode: int) -> None:
    folder = tmp_path / "secrets"
    arguments = ["init", "--dir", str(folder), *options]
    assert CliRunner().invoke(secrets.app, arguments).exit_code == 0
    first = {name: (folder / name).read_bytes() for name in SECRETS}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {(folder / name).stat().st_mode & 0o777 for name in SECRETS} == {mode}
    assert len(set(first.values())) == len(SECRETS)
    assert json.loads(first["airflow_passwords.json"]) == {"admin": first["airflow_admin"].decode()}

    (folder / "nenghao_jobs").unlink()
    result = CliRunner().invoke(secrets.app, arguments)
    assert "1 made" in result.output
    second = {name: (folder / name).read_bytes() for name in SECRETS}
    assert {name for name in SECRETS if first[name] != second[name]} == {"nenghao_jobs"}
    assert (folder / secrets.TRUST / PUBLIC_KEY).read_bytes().startswith(b"-----BEGIN PUBLIC KEY")
    assert len(load_trust(folder / secrets.TRUST).keys) == 2


@pytest.mark.parametrize("place", ["secrets/trust", "trust"])
def test_the_signers_key_is_replaced_in_either_layout(tmp_path: Path, place: str) -> None:
    folder, trust = tmp_path / "secrets", tmp_path / place
    folder.mkdir()
    trust.mkdir()
    generate_secrets(folder, trust, ["localhost"])
    result = CliRunner().invoke(secrets.app, ["rotate-signer", "--dir", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0
    key = load_signing_key((folder / SIGNER_KEY).read_text())
    assert key.key_id in result.output
    assert set(load_trust(trust).keys_in_use) >= {key.key_id}
    assert len(load_trust(trust).keys) == len(load_trust(trust).keys_in_use) + 1
