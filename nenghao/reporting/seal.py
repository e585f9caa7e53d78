"""Seals content into one archive: canonical bytes, frozen inputs, signature, spreadsheet, manifest.

Before: content of a release (reporting.content). After: a row of `release` and a file (jobs.seal_balances).
"""

import json
from typing import Any, Final

from nenghao.crypto import SHA_256, Signature, SigningKey, digest
from nenghao.db.releases import SealedRelease
from nenghao.domain.canonical import canonical_bytes
from nenghao.reporting.spreadsheet import write_spreadsheet
from nenghao.reporting.stored_zip import write_stored_zip

CONTENT, INPUTS, SIGNATURE = "release.json", "inputs.json", "signature.json"
SPREADSHEET, MANIFEST = "release.xlsx", "manifest.json"
HASH_ALGORITHM: Final = SHA_256
#: What each kind of release is called in the name of its file.
FILE_KINDS: Final = {"monitored_balance": "monitored", "filing": "filing", "aggregate": "aggregate"}


def seal(content: dict[str, Any], key: SigningKey, inputs: bytes | None = None) -> SealedRelease:
    """Sign the content and pack it; the same content and key give the same bytes.

    `inputs` are the canonical bytes that the content's cells were computed from, where they may lie in the archive.
    """
    data = canonical_bytes(content)
    signature = key.sign(data)
    archive = build_archive(data, signature, inputs)
    return SealedRelease(
        version=content["version"],
        format_version=content["format_version"],
        content=data,
        hash_algorithm=HASH_ALGORITHM,
        hash=digest(HASH_ALGORITHM, data),
        signature_algorithm=signature.algorithm,
        signature=signature.value,
        key_id=signature.key_id,
        archive=archive,
        archive_name=archive_name(content),
        archive_hash=digest(HASH_ALGORITHM, archive),
    )


def archive_name(content: dict[str, Any]) -> str:
    """The name of a release's file; without `.zip` it is the name of the release."""
    owner = content["scope"]["code"] if content["kind"] == "aggregate" else content["unit"]["code"]
    return f"{owner}-{content['month']}-{FILE_KINDS[content['kind']]}-v{content['version']}.zip"


def build_archive(content: bytes, signature: Signature, inputs: bytes | None = None) -> bytes:
    """The archive of canonical content and its signature; sealing and checking build it alike."""
    content_hash, parsed = digest(HASH_ALGORITHM, content).hex(), json.loads(content)
    members = {
        CONTENT: content,
        **({} if inputs is None else {INPUTS: inputs}),
        SIGNATURE: canonical_bytes(seal_content(content_hash, signature)),
        SPREADSHEET: write_spreadsheet(parsed, content_hash, parsed["language"]),
    }
    manifest = {name: digest(HASH_ALGORITHM, data).hex() for name, data in members.items()}
    return write_stored_zip(
        {**members, MANIFEST: canonical_bytes({"hash_algorithm": HASH_ALGORITHM, "files": manifest})}
    )


def seal_content(content_hash: str, signature: Signature) -> dict[str, str]:
    """Hash and signature as canonical values."""
    return {
        "hash_algorithm": HASH_ALGORITHM,
        "hash": content_hash,
        "signature_algorithm": signature.algorithm,
        "key_id": signature.key_id,
        "signature": signature.value.hex(),
    }
