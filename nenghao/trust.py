"""Which keys are believed, and since when: public keys that somebody pinned, and their successors.

A trust folder holds pinned keys as `*.pem`. A key that replaces one of them comes as `*.rotation`: a statement signed
by the old key, and by the new one to show that it is there. What the old key signs after that is not believed.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from nenghao.crypto import Signature, SigningKey, TrustedKeys, check_signature, load_trusted_keys, public_key_from_bytes
from nenghao.envelope import enclose, open_envelope, signed_bytes
from nenghao.errors import ConfigError, SealBroken

KEYS_TOPIC: Final = "nenghao/v1/heads/key-"
#: What the old key signed while the new one was being put in its place.
OVERLAP: Final = timedelta(days=1)
_COUNTERSIGNED: Final = "nenghao/v1 key succession"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """When a key signs; open ends are None."""

    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Whether the key was valid at an instant."""
        return (self.valid_from is None or self.valid_from - OVERLAP <= at) and (
            self.valid_to is None or at <= self.valid_to + OVERLAP
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Keys by id, with the time in which each of them signs."""

    keys: TrustedKeys
    validity: Mapping[str, Validity]

    def objection(self, signature: Signature, topic: str, body: bytes, at: datetime) -> str | None:
        """Why a signature is not believed, as the key of a label; None where it is."""
        if signature.key_id not in self.keys:
            return "trust.unknown_key"
        try:
            if not check_signature(signature, signed_bytes(topic, body), self.keys):
                return "trust.signature_wrong"
        except SealBroken:
            return "trust.unknown_algorithm"
        return None if self.validity[signature.key_id].holds_at(at) else "trust.key_not_valid_then"

    @property
    def keys_in_use(self) -> TrustedKeys:
        """Those that no other one has replaced: what is signed now is signed by one of them."""
        return {key_id: key for key_id, key in self.keys.items() if self.validity[key_id].valid_to is None}

    def with_rotation(self, payload: bytes) -> "Trust":
        """The trust that also has a key which one of these names as its successor; a key has one successor.

        Raises: SealBroken where the statement is not signed by both, or the old key was replaced by another one.
        """
        new_id, raw, old_id, valid_from = _read_rotation(payload, self.keys)
        replaced_at = self.validity[old_id].valid_to
        if replaced_at is not None:
            if new_id in self.keys and replaced_at == valid_from:
                return self
            raise SealBroken(f"rotation to key {new_id}: key {old_id} was replaced by another one")
        ended = replace(self.validity[old_id], valid_to=valid_from)
        return Trust(
            keys={**self.keys, new_id: public_key_from_bytes(raw)},
            validity={**self.validity, old_id: ended, new_id: Validity(valid_from=valid_from)},
        )


def load_trust(folder: Path) -> Trust:
    """Read a trust folder.

    Raises: ConfigError where it has no key, or a file is none; SealBroken where a rotation does not follow from a
    pinned key.
    """
    trust = pinned(load_trusted_keys(folder))
    return with_rotations(trust, (path.read_bytes() for path in sorted(folder.glob("*.rotation"))))


def pinned(keys: TrustedKeys) -> Trust:
    """The trust in keys that somebody pinned."""
    return Trust(keys=keys, validity={key_id: Validity() for key_id in keys})


def with_rotations(trust: Trust, payloads: Iterable[bytes]) -> Trust:
    """The trust after all rotations, in whatever order they come.

    Raises: SealBroken where one follows from no key.
    """
    waiting = list(payloads)
    while waiting:
        later: list[bytes] = []
        for payload in waiting:
            try:
                trust = trust.with_rotation(payload)
            except SealBroken:
                later.append(payload)
        if len(later) == len(waiting):
            trust.with_rotation(later[0])
        waiting = later
    return trust


def rotation(old: SigningKey, new: SigningKey, valid_from: datetime) -> bytes:
    """The statement that `new` signs from an instant on in the place of `old`: the content of a `.rotation` file."""
    counter = new.sign(_countersigned(old.key_id, new.key_id, valid_from)).value
    body = {
        "schema": "nenghao/1",
        "kind": "key",
        "key_id": new.key_id,
        "public_key": base64.b64encode(new.public_bytes).decode(),
        "previous_key_id": old.key_id,
        "valid_from": valid_from.isoformat(),
        "countersignature": base64.b64encode(counter).decode(),
    }
    return enclose(old, KEYS_TOPIC + new.key_id, json.dumps(body, sort_keys=True, separators=(",", ":")).encode())


def _read_rotation(payload: bytes, keys: TrustedKeys) -> tuple[str, bytes, str, datetime]:
    envelope = open_envelope(payload)
    if envelope is None or envelope.signature is None:
        raise SealBroken("a rotation is not signed")
    try:
        fields: dict[str, Any] = json.loads(envelope.body)
        new_id, raw = str(fields["key_id"]), base64.b64decode(fields["public_key"], validate=True)
        valid_from = datetime.fromisoformat(fields["valid_from"])
        counter = base64.b64decode(fields["countersignature"], validate=True)
        old_id = str(fields["previous_key_id"])
        new_key = public_key_from_bytes(raw)
    except (ValueError, LookupError, TypeError, binascii.Error, RecursionError, ConfigError) as error:
        raise SealBroken("a rotation cannot be read") from error
    old_signature = envelope.signature
    if old_signature.key_id != old_id or old_id not in keys:
        raise SealBroken(f"rotation to key {new_id}: it follows from no trusted key")
    is_signed = check_signature(old_signature, signed_bytes(KEYS_TOPIC + new_id, envelope.body), keys)
    countersignature = Signature(algorithm=old_signature.algorithm, key_id=new_id, value=counter)
    if not is_signed or not check_signature(
        countersignature, _countersigned(old_id, new_id, valid_from), {new_id: new_key}
    ):
        raise SealBroken(f"rotation to key {new_id}: not signed by both keys")
    return new_id, raw, old_id, valid_from


def _countersigned(old_id: str, new_id: str, valid_from: datetime) -> bytes:
    return f"{_COUNTERSIGNED}\n{old_id}\n{new_id}\n{valid_from.isoformat()}".encode()
