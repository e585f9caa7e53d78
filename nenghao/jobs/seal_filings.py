"""Seals filings that every level has accepted.

Before: the province's acceptance of a filing. After: `nenghao verify`, wherever a release goes. A filing that the unit
corrected by its own new filing becomes the next version of its release, with what differs and why.
"""

import json
from datetime import datetime

from nenghao.config import Settings
from nenghao.crypto import SigningKey, load_signing_key
from nenghao.db import balances, releases, sealable_filings
from nenghao.db.connection import Connection
from nenghao.db.releases import ReleaseObject
from nenghao.db.sealable_filings import SealableFiling
from nenghao.db.tree import last_tree
from nenghao.domain.restatement import Cause, Reason
from nenghao.jobs.seal_balances import SIGNING_KEY, write_missing_files
from nenghao.reporting.content import Restatement
from nenghao.reporting.filing_content import build_filing_content
from nenghao.reporting.seal import seal


def seal_filings(conn: Connection, settings: Settings, now: datetime) -> list[int]:
    """Seal every accepted filing without a release; returns the ids of new releases. A second run changes nothing."""
    key = load_signing_key(settings.secret(SIGNING_KEY))
    with conn.transaction():
        waiting = sealable_filings.sealable_filings(conn)
    sealed = [_seal_one(conn, filing, key, now) for filing in waiting]
    write_missing_files(conn, settings.release_dir, now)
    return [release_id for release_id in sealed if release_id is not None]


def _seal_one(conn: Connection, filing: SealableFiling, key: SigningKey, now: datetime) -> int | None:
    with conn.transaction():
        balances.lock_unit_months(conn, [(filing.unit_id, filing.month_on)])
        # Read again under the lock: another run may have sealed it, or the unit filed anew.
        current = sealable_filings.sealable_filings(conn, filing.filing_id)
        if not current:
            return None
        restatement = _restatement(conn, current[0])
        content = build_filing_content(
            current[0],
            sealable_filings.load_notes(conn, filing.filing_id),
            sealable_filings.load_passage(conn, filing.filing_id),
            last_tree(conn),
            restatement,
        )
        sealed_object = ReleaseObject(
            kind="filing",
            month_on=filing.month_on,
            unit_id=filing.unit_id,
            filing_id=filing.filing_id,
            earlier=current[0].earlier,
            reason=restatement.reason if restatement else None,
        )
        return releases.insert_release(conn, sealed_object, seal(content, key), now)


def _restatement(conn: Connection, filing: SealableFiling) -> Restatement | None:
    """The unit's own reason: the kind of its correction, what it wrote, and its document."""
    if filing.earlier is None:
        return None
    reference = ", ".join(filter(None, (f"filing {filing.version} {filing.kind}", filing.reason, filing.document_no)))
    return Restatement(
        earlier=filing.earlier,
        earlier_content=json.loads(releases.load_content(conn, filing.earlier.release_id)),
        reason=Reason(kind="filing_correction", causes=(Cause(kind="filing_correction", reference=reference),)),
    )
