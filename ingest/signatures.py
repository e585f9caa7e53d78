"""Decides whether a message is its gateway's own: by its signature, and by the spool (boot_id) that it comes from."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from nenghao.crypto import Signature, TrustedKeys, check_signature, public_key_from_bytes
from nenghao.db.ingest_registers import GatewayTrust
from nenghao.domain.acceptance import Assurance, Reason, Refused
from nenghao.envelope import open_envelope, payload_of, signed_bytes

#: More keys than a province has gateways, with room for two each.
MAX_KEYS: Final = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The signature that a payload carries, and what checking it came to.

    A check costs more than all the rest of a message and a message may be judged twice, so each key is tried once.
    """

    topic: str
    payload: bytes
    signature: Signature
    _checked: dict[bytes, bool] = field(default_factory=dict)

    def is_by(self, public_key: bytes) -> bool:
        """Whether the owner of this key made it."""
        found = self._checked.get(public_key)
        if found is None:
            header_end = self.payload.index(b"\n") + 1
            signed = signed_bytes(self.topic, self.payload[header_end:])
            found = check_signature(self.signature, signed, _trusted(self.signature.key_id, public_key))
            self._checked[public_key] = found
        return found


def unseal(topic: str, payload: bytes) -> tuple[bytes, Seal | None] | Refused:
    """The body of a payload, and its seal where it has one; checks the form only.

    There is one way to write a signature: the same message in other bytes would have another hash.
    """
    envelope = open_envelope(payload)
    if envelope is None:
        return Refused(
            reason=Reason.ENVELOPE_MALFORMED, detail="begins as a signed envelope, and its first line is none"
        )
    if envelope.signature is None:
        return envelope.body, None
    header = payload[: len(payload) - len(envelope.body)]
    if header != payload_of(envelope.signature, b""):
        return Refused(reason=Reason.ENVELOPE_MALFORMED, detail="the first line is not in its one form")
    return envelope.body, Seal(topic=topic, payload=payload, signature=envelope.signature)


def assure(seal: Seal | None, trust: GatewayTrust, received_at: datetime) -> Assurance | Refused:
    """How far a message received at an instant proves its gateway, or why it is refused.

    A gateway that has had a key never goes back to unsigned messages, not even when all its keys are revoked.
    """
    if not any(key.valid_from <= received_at for key in trust.keys):
        return Assurance.PASSWORD
    if seal is None:
        return Refused(reason=Reason.SIGNATURE_MISSING, detail="the gateway has a registered key")
    signature = seal.signature
    key = next((key for key in trust.keys if key.is_meant_by(signature.algorithm, signature.key_id)), None)
    if key is None:
        return Refused(reason=Reason.SIGNATURE_UNKNOWN_KEY, detail=f"no {signature.algorithm} key {signature.key_id}")
    if not key.holds_at(received_at):
        return Refused(reason=Reason.SIGNATURE_UNKNOWN_KEY, detail=f"key {key.key_id} was not valid then")
    if not seal.is_by(key.public_key):
        return Refused(reason=Reason.SIGNATURE_WRONG, detail=f"not a signature of key {key.key_id} over topic and body")
    return Assurance.SIGNED


def check_boot(boot_id: UUID | None, trust: GatewayTrust) -> Refused | None:
    """Why a signed message of this spool is not taken; formats without a boot_id have no spool that could change."""
    if boot_id is None or boot_id in trust.boot_ids:
        return None
    return Refused(reason=Reason.BOOT_UNKNOWN, detail=f"boot_id {boot_id} is not enrolled")


@lru_cache(maxsize=MAX_KEYS)
def _trusted(key_id: str, public_key: bytes) -> TrustedKeys:
    return {key_id: public_key_from_bytes(public_key)}
