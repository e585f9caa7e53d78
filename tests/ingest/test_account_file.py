"""The file that carries an account from the platform to a gateway."""

import json
from pathlib import Path

import pytest

from ingest.gateway.account import GatewayAccount, read_account, write_account
from nenghao.errors import ConfigError

ACCOUNT = GatewayAccount(
    host="broker.example",
    port=8883,
    unit_code="91110000000000013A",
    gateway_code="gw1",
    shard=3,
    password="geheim",
    ca_pem="-----BEGIN CERTIFICATE-----\n",
    trust_pems=("one", "two"),
)


def test_an_account_comes_out_of_its_file_as_it_went_in(tmp_path: Path) -> None:
    path = tmp_path / "gw1.account"
    write_account(path, ACCOUNT)
    assert read_account(path) == ACCOUNT
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(path.read_text())) == {
        "schema", "host", "port", "unit_code", "gateway_code", "shard", "password", "ca_pem", "trust_pems",
    }  # fmt: skip


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "gw1.account"
    path.write_text("another")
    with pytest.raises(ConfigError, match="File exists"):
        write_account(path, ACCOUNT)
    assert path.read_text() == "another"


def test_secrets_are_not_shown() -> None:
    assert "geheim" not in repr(ACCOUNT)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "nenghao/account/2"}', '{"password": "geheim"', "\udcff"])
def test_what_is_no_account_is_told_without_its_content(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gw1.account"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError, match=r"gw1\.account") as caught:
        read_account(path)
    assert "geheim" not in str(caught.value)


def test_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gw1.account"
    write_account(path, ACCOUNT)
    path.write_text(path.read_text().replace("nenghao/account/1", "nenghao/account/2"))
    with pytest.raises(ConfigError, match="nenghao/account/2"):
        read_account(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nobody"):
        read_account(tmp_path / "nobody")
