"""The signer's memory: every head that it signed, one line each, on disk before the signature leaves."""

import errno
import fcntl
import json
import os
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from nenghao.crypto import Signature, SigningKey
from nenghao.envelope import open_envelope, payload_of, signed_bytes
from nenghao.errors import ConfigError, SealBroken
from nenghao.signer.statements import Head, read_head, refuse_attempt, refuse_downward, refuse_head
from nenghao.trust import Trust

HEADS_FILE: Final = "heads.jsonl"


class Signer:
    """The key and the memory; one process at a time."""

    def __init__(self, key: SigningKey, folder: Path) -> None:
        """Take a key, and the folder of its memory.

        Raises: ConfigError where another process signs there; SealBroken where its memory does not read as it was
        written.
        """
        self.key = key
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._file = (folder / HEADS_FILE).open("a+b", buffering=0)
        except OSError as error:
            raise ConfigError(f"signer's folder {folder}: {error.strerror}") from error
        self._lock = Lock()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._heads = self._read()
        except BlockingIOError as error:
            self._file.close()
            raise ConfigError(f"another signer works in {folder}") from error
        except SealBroken:
            self._file.close()
            raise

    @property
    def last(self) -> Head | None:
        """The newest head that was signed."""
        return self._heads[-1][0] if self._heads else None

    def payloads(self) -> list[tuple[str, bytes]]:
        """Every signed head with its topic, the oldest first."""
        return [(head.topic, payload_of(signature, head.body())) for head, signature in self._heads]

    def sign_head(self, body: bytes, now: datetime) -> Signature:
        """Sign a head that follows the last one; the last one itself again, as it was.

        Raises: SealBroken with the reason where it does not follow.
        """
        head = read_head(body)
        with self._lock:
            if self._heads and self._heads[-1][0] == head:
                return self._heads[-1][1]
            reason = refuse_head(head, self.last, now)
            if reason is not None:
                raise SealBroken(reason)
            signature = self.key.sign(signed_bytes(head.topic, body))
            self._remember(head, signature)
        return signature

    def adopt(self, payload: bytes, trust: Trust) -> Head:
        """Take a signed head as the last one, where the memory is lost: from the broker, a gateway or a print.

        Raises: SealBroken where the memory is not empty, or the head is not signed by a trusted key.
        """
        envelope = open_envelope(payload)
        if envelope is None or envelope.signature is None:
            raise SealBroken("not a signed head")
        head = read_head(envelope.body)
        objection = trust.objection(envelope.signature, head.topic, envelope.body, head.closed_at)
        if objection is not None:
            raise SealBroken(f"head {head.tree_no}: {objection}")
        with self._lock:
            if self._heads:
                raise SealBroken(f"the signer remembers head {self._heads[-1][0].tree_no}: there is nothing to adopt")
            self._remember(head, envelope.signature)
        return head

    def _read(self) -> list[tuple[Head, Signature]]:
        """What is remembered. A last line that a crash cut short goes: its signature had not left yet."""
        self._file.seek(0)
        *lines, rest = self._file.read().split(b"\n")
        heads = [_read_line(line) for line in lines]
        if rest:
            try:
                heads.append(_read_line(rest))
                self._file.write(b"\n")
            except SealBroken:
                self._file.truncate(self._file.tell() - len(rest))
        return heads

    def _remember(self, head: Head, signature: Signature) -> None:
        line = json.dumps({"body": head.body().decode(), **_fields(signature)}).encode() + b"\n"
        end = self._file.seek(0, os.SEEK_END)
        try:
            if self._file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(end)
            raise
        self._heads.append((head, signature))

    def sign_downward(self, topic: str, body: bytes, now: datetime) -> Signature:
        """Sign a receipt or a configuration of now.

        Raises: SealBroken with the reason where it is none.
        """
        reason = refuse_downward(topic, body, now)
        if reason is not None:
            raise SealBroken(reason)
        return self.key.sign(signed_bytes(topic, body))

    def sign_attempt(self, topic: str, body: bytes, now: datetime) -> Signature:
        """Sign the receipt of a try to file that is made now.

        Raises: SealBroken with the reason where it is none.
        """
        reason = refuse_attempt(topic, body, now)
        if reason is not None:
            raise SealBroken(reason)
        return self.key.sign(signed_bytes(topic, body))

    def close(self) -> None:
        """Let the folder go."""
        self._file.close()


def _fields(signature: Signature) -> dict[str, str]:
    return {"algorithm": signature.algorithm, "key_id": signature.key_id, "signature": signature.value.hex()}


def _read_line(line: bytes) -> tuple[Head, Signature]:
    try:
        fields = json.loads(line)
        signature = Signature(
            algorithm=fields["algorithm"], key_id=fields["key_id"], value=bytes.fromhex(fields["signature"])
        )
        return read_head(fields["body"].encode()), signature
    except (ValueError, LookupError, TypeError) as error:
        raise SealBroken(f"{HEADS_FILE} of the signer is damaged: restore it from its backup") from error
