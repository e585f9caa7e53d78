"""The broker's authority and certificate, judged by OpenSSL's own rules through real handshakes."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from ingest.connection import tls_context
from nenghao.broker_hello import shown_certificate
from nenghao.certificates import Credential, issue_server, new_authority, read_certificate
from nenghao.credentials import generate_secrets, renew_broker_certificate
from nenghao.errors import ConfigError

NOW = datetime.now(UTC)
HOSTS = ("localhost", "127.0.0.1")


@pytest.fixture(scope="module")
def authority() -> Credential:
    return new_authority(NOW)


def handshake(server: Credential, folder: Path, host: str, authority_pem: str) -> str:
    """The fingerprint that a client gets from a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (folder / "key").write_text(server.key_pem)
    (folder / "certificate").write_text(server.certificate_pem)
    context.load_cert_chain(folder / "certificate", folder / "key")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as encrypted:
                    encrypted.recv(1)
            except OSError:
                connection.close()  # the client did not like it

        thread = Thread(target=serve)
        thread.start()
        try:
            return shown_certificate(host, listener.getsockname()[1], authority_pem)
        finally:
            thread.join(10)


@pytest.mark.parametrize("host", HOSTS)
def test_a_client_takes_the_certificate_under_every_name_it_is_for(
    authority: Credential, tmp_path: Path, host: str
) -> None:
    server = issue_server(authority, HOSTS, NOW)
    facts = read_certificate(server.certificate_pem, authority.certificate_pem)
    assert handshake(server, tmp_path, host, authority.certificate_pem) == facts.fingerprint
    assert (facts.names, facts.is_of_authority) == (set(HOSTS), True)
    assert timedelta(days=729) < facts.valid_until - NOW < timedelta(days=731)


def test_a_client_refuses_another_name_another_authority_and_an_old_one(authority: Credential, tmp_path: Path) -> None:
    elsewhere = issue_server(authority, ["broker.example"], NOW)
    old = issue_server(authority, HOSTS, NOW - timedelta(days=740))
    foreign = issue_server(new_authority(NOW), HOSTS, NOW)
    for server, reason in ((elsewhere, "IP address mismatch"), (old, "expired"), (foreign, "certificate")):
        with pytest.raises(ssl.SSLCertVerificationError, match=reason):
            handshake(server, tmp_path, "127.0.0.1", authority.certificate_pem)
    assert not read_certificate(foreign.certificate_pem, authority.certificate_pem).is_of_authority


def test_a_server_certificate_makes_no_others(authority: Credential, tmp_path: Path) -> None:
    server = issue_server(authority, HOSTS, NOW)
    forged = issue_server(server, HOSTS, NOW)
    chain = Credential(key_pem=forged.key_pem, certificate_pem=forged.certificate_pem + server.certificate_pem)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(chain, tmp_path, "127.0.0.1", authority.certificate_pem)


def test_what_is_no_host_no_key_and_no_certificate_is_told(authority: Credential) -> None:
    for host in ("能耗", ""):
        with pytest.raises(ConfigError):
            issue_server(authority, [host], NOW)
    other = new_authority(NOW)
    mixed = Credential(key_pem=other.key_pem, certificate_pem=authority.certificate_pem)
    for wrong in (mixed, Credential(key_pem="x", certificate_pem=authority.certificate_pem),
                  Credential(key_pem=authority.key_pem, certificate_pem="x")):  # fmt: skip
        with pytest.raises(ConfigError):
            issue_server(wrong, HOSTS, NOW)
    with pytest.raises(ConfigError):
        tls_context("x")
    assert authority.key_pem not in repr(authority)


def test_renewing_changes_nothing_that_gateways_have(tmp_path: Path) -> None:
    generate_secrets(tmp_path, tmp_path, HOSTS)
    names = ("broker_authority.crt", "broker_authority_key.pem", "broker_server.crt", "broker_server_key.pem")
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in names[1:]} == {0o600}
    before = [(tmp_path / name).read_text() for name in names]
    generate_secrets(tmp_path, tmp_path, HOSTS)
    assert [(tmp_path / name).read_text() for name in names] == before
    renew_broker_certificate(tmp_path, tmp_path, ["broker.example"])
    after = [(tmp_path / name).read_text() for name in names]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, True, False, False]
    assert read_certificate(after[2], after[0]).names == {"broker.example"}


def test_without_the_authoritys_key_nothing_is_renewed(tmp_path: Path) -> None:
    generate_secrets(tmp_path, tmp_path, HOSTS)
    (tmp_path / "broker_authority_key.pem").unlink()
    generate_secrets(tmp_path, tmp_path, HOSTS)
    with pytest.raises(ConfigError, match="broker_authority_key"):
        renew_broker_certificate(tmp_path, tmp_path, HOSTS)
    (tmp_path / "broker_server.crt").unlink()
    with pytest.raises(ConfigError, match="broker_authority_key"):
        generate_secrets(tmp_path, tmp_path, HOSTS)
