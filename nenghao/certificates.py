"""The private authority by which gateways know the broker, and the certificate that the broker shows them.

ECDSA on P-256, not Ed25519: the TLS libraries of gateways in the field know it, and of Ed25519 many do not.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from nenghao.errors import ConfigError

#: The authority's certificate lies in every gateway, so that it must outlive them.
AUTHORITY_LIFE: Final = timedelta(days=20 * 365)
#: Renewing the broker's own touches no gateway; two years are two reminders by `nenghao doctor` a person can miss.
SERVER_LIFE: Final = timedelta(days=2 * 365)
#: A gateway's clock may be behind when it connects for the first time.
CLOCK_SLACK: Final = timedelta(days=1)

#: Source: RFC 1123, 2.1; names in other scripts are written in their xn-- form.
HOST_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A certificate with its private key, both in PEM; the key is not encrypted: the file's mode protects it."""

    key_pem: str = field(repr=False)
    certificate_pem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What a certificate says: for whom it is, and until when."""

    names: frozenset[str]
    valid_until: datetime
    #: SHA-256 of its DER form, in hex.
    fingerprint: str
    is_of_authority: bool


def new_authority(now: datetime) -> Credential:
    """An authority that may sign server certificates and nothing below them."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"nenghao broker authority {now:%Y-%m-%d}")])
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        _started(name, name, key, now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )
    return _credential(key, certificate)


def issue_server(authority: Credential, hosts: Sequence[str], now: datetime) -> Credential:
    """A new key and a certificate for these host names and addresses, signed by the authority.

    Raises: ConfigError where the authority is none or a host is neither a name nor an address.
    """
    issuer_key, issuer = _load_key(authority.key_pem), _load(authority.certificate_pem)
    if not _signs_for(issuer_key, issuer):
        raise ConfigError("the authority's key and certificate do not belong together")
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nenghao broker")])
    certificate = (
        _started(subject, issuer.subject, key, now, SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, SHA256())
    )
    return _credential(key, certificate)


def read_certificate(pem: str, authority_pem: str) -> CertificateFacts:
    """What a server certificate says, and whether the authority signed it.

    Raises: ConfigError where one of them is no certificate.
    """
    certificate, authority = _load(pem), _load(authority_pem)
    try:
        san = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = {*san.get_values_for_type(x509.DNSName), *map(str, san.get_values_for_type(x509.IPAddress))}
    except x509.ExtensionNotFound:
        names = set()
    try:
        certificate.verify_directly_issued_by(authority)
        is_of_authority = True
    except (InvalidSignature, ValueError, TypeError):
        is_of_authority = False
    return CertificateFacts(
        names=frozenset(names),
        valid_until=certificate.not_valid_after_utc,
        fingerprint=certificate.fingerprint(SHA256()).hex(),
        is_of_authority=is_of_authority,
    )


def _started(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SLACK)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not HOST_NAME.fullmatch(host):
        raise ConfigError(f"{host!r} is neither a host name nor an address")
    return x509.DNSName(host)


def _credential(key: EllipticCurvePrivateKey, certificate: x509.Certificate) -> Credential:
    return Credential(
        key_pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        certificate_pem=certificate.public_bytes(Encoding.PEM).decode(),
    )


def _load(pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise ConfigError("not a certificate in PEM") from error


def _load_key(pem: str) -> EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ConfigError("the authority's key is not a private key in PEM") from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise ConfigError("the authority's key is not an elliptic-curve key")
    return key


def _signs_for(key: EllipticCurvePrivateKey, certificate: x509.Certificate) -> bool:
    public = certificate.public_key()
    return public == key.public_key()
