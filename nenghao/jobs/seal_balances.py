"""Seals newest balances as releases and writes their archives to the release folder.

Before: balances whose relations were run (build_months, expectations). After: `nenghao verify`, wherever one goes.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from nenghao.config import Settings
from nenghao.db import balances, releases
from nenghao.db.connection import Connection
from nenghao.db.releases import UnreleasedBalance
from nenghao.db.tree import last_tree
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.layouts import load_layout
from nenghao.reporting.content import FORM, build_content
from nenghao.reporting.seal import SPREADSHEET, seal
from nenghao.reporting.stored_zip import read_zip

SIGNING_KEY = "release_signing_key.pem"
#: The form is an official Chinese one, whatever language its maker's screen has.
FORM_LANGUAGE: Final = "zh"


def seal_balances(
    conn: Connection, settings: Settings, now: datetime, balance_ids: Sequence[int] | None = None
) -> list[int]:
    """Seal every newest balance without a release, or those of the given ids; returns the ids of new releases.

    A balance whose relations were not checked, or break a mandatory one that nobody has decided on, is held back; so is
    one of other editions than those in force, whose texts and coefficients are not here any more.
    A sealed balance is not sealed again. One that changed becomes the next version, which names what it restates.
    Each release is a transaction of its own; files that a crash left out are written by the next run.
    """
    key = settings.secret(SIGNING_KEY)
    with conn.transaction():
        waiting = releases.unreleased_balances(conn, balance_ids)
    sealed = []
    for balance in waiting:
        if _is_held(balance):
            continue
        release_id = _seal_one(conn, balance, key, now)
        if release_id is not None:
            sealed.append(release_id)
    _write_missing_files(conn, settings.release_dir)
    return sealed


def held_balances(conn: Connection) -> list[int]:
    """Ids of the newest balances that wait for their relations or for a decision."""
    with conn.transaction():
        return [balance.balance_id for balance in releases.unreleased_balances(conn, None) if _is_held(balance)]


def _is_held(balance: UnreleasedBalance) -> bool:
    """Whether a balance waits: for its relations, for a decision, or to be made again in the editions in force."""
    in_force = load_layout(FORM).edition, load_coefficients().edition
    return balance.is_held or (balance.layout_edition, balance.coefficient_edition) != in_force


def _seal_one(conn: Connection, balance: UnreleasedBalance, key: str, now: datetime) -> int | None:
    with conn.transaction():
        balances.lock_unit_month(conn, (balance.unit_id, balance.month_on))
        # Read again under the lock: another run may have sealed it, or built a newer version.
        current = releases.unreleased_balances(conn, [balance.balance_id])
        if not current or _is_held(current[0]):
            return None
        content = build_content(
            current[0], balances.load_cells(conn, balance.balance_id), FORM_LANGUAGE, last_tree(conn)
        )
        return releases.insert_release(conn, current[0], seal(content, key), now)


def _write_missing_files(conn: Connection, folder: Path) -> None:
    """The archive of each release, and its spreadsheet beside it for reading."""
    folder.mkdir(parents=True, exist_ok=True)
    with conn.transaction():
        for name in releases.archive_names(conn):
            archive_path, sheet_path = folder / name, (folder / name).with_suffix(".xlsx")
            if archive_path.exists() and sheet_path.exists():
                continue
            archive = releases.load_archive(conn, name)
            if archive is not None:
                _write_whole(sheet_path, read_zip(archive)[SPREADSHEET])
                _write_whole(archive_path, archive)


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody sees half of it."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
