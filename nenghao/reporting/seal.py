"""Seals content into one archive: canonical bytes, signature, spreadsheet, manifest.

Before: content of a release (reporting.content). After: a row of `release` and a file (jobs.seal_balances).
"""

import json
from typing import Any, Final

from nenghao.crypto import SHA_256, Signature, digest, sign
from nenghao.db.releases import SealedRelease
from nenghao.domain.canonical import canonical_bytes
from nenghao.reporting.spreadsheet import write_spreadsheet
from nenghao.reporting.stored_zip import write_stored_zip

CONTENT, SIGNATURE, SPREADSHEET, MANIFEST = "release.json", "signature.json", "205-1.xlsx", "manifest.json"
HASH_ALGORITHM: Final = SHA_256


def seal(content: dict[str, Any], private_key_pem: str) -> SealedRelease:
    """Sign the content and pack it; the same content and key give the same bytes."""
    data = canonical_bytes(content)
    signature = sign(private_key_pem, data)
    archive = build_archive(data, signature)
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
        archive_name=f"{content['unit']['code']}-{content['month']}-205-1-v{content['version']}.zip",
        archive_hash=digest(HASH_ALGORITHM, archive),
    )


def build_archive(content: bytes, signature: Signature) -> bytes:
    """The archive of canonical content and its signature; sealing and checking build it alike."""
    content_hash = digest(HASH_ALGORITHM, content).hex()
    members = {
        CONTENT: content,
        SIGNATURE: canonical_bytes(
            {
                "hash_algorithm": HASH_ALGORITHM,
                "hash": content_hash,
                "signature_algorithm": signature.algorithm,
                "key_id": signature.key_id,
                "signature": signature.value.hex(),
            }
        ),
        SPREADSHEET: write_spreadsheet(json.loads(content), content_hash),
    }
    manifest = {name: digest(HASH_ALGORITHM, data).hex() for name, data in members.items()}
    return write_stored_zip(
        {**members, MANIFEST: canonical_bytes({"hash_algorithm": HASH_ALGORITHM, "files": manifest})}
    )
