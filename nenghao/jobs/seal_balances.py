"""Seals newest balances as releases and writes their archives to the release folder.

Before: balances whose relations were run (build_months, expectations). After: `nenghao verify`, wherever one goes.
"""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from nenghao.config import Settings
from nenghao.crypto import SigningKey, load_signing_key
from nenghao.db import balances, releases
from nenghao.db.connection import Connection
from nenghao.db.releases import ReleaseObject, UnreleasedBalance
from nenghao.db.tree import last_tree
from nenghao.domain.balance import Balance, BalanceInputs, build_balance, parse_balance_inputs
from nenghao.domain.periods import Month
from nenghao.domain.restatement import Reason, reason_of
from nenghao.errors import SealBroken
from nenghao.jobs.affected_days import REACH
from nenghao.reporting.content import Restatement, build_content, cells_content, editions_in_force
from nenghao.reporting.seal import SPREADSHEET, seal
from nenghao.reporting.stored_zip import read_zip

SIGNING_KEY: Final = "release_signing_key.pem"


def seal_balances(
    conn: Connection, settings: Settings, now: datetime, balance_ids: Sequence[int] | None = None
) -> list[int]:
    """Seal every newest balance without a release, or those of the given ids; returns the ids of new releases.

    A balance whose relations were not checked, or break a mandatory one that nobody has decided on, is held back; so is
    one of other editions than those in force, whose texts and coefficients are not here any more.
    A sealed balance is not sealed again. One that changed becomes the next version: it names what it restates, why, and
    each cell that differs, and opens a notice for whoever has an earlier one. Where the store knows no reason, it waits
    for a person's (`nenghao release restate`): a sealed month does not change silently.
    Each release is a transaction of its own; files that a crash left out are written by the next run.

    Raises: SealBroken, after all others are sealed, where stored cells are not what their stored inputs give.
    """
    key = load_signing_key(settings.secret(SIGNING_KEY))
    with conn.transaction():
        waiting = releases.unreleased_balances(conn, balance_ids)
    sealed, broken = [], []
    for balance in waiting:
        if held_itself(balance) is not None:
            continue
        try:
            release_id = _seal_one(conn, balance, key, now)
        except SealBroken as error:
            broken.append(str(error))
            continue
        if release_id is not None:
            sealed.append(release_id)
    write_missing_files(conn, settings.release_dir, now)
    if broken:
        raise SealBroken("; ".join(broken))
    return sealed


def held_balances(conn: Connection) -> list[int]:
    """Ids of the newest balances that wait for their relations, for a decision, or for the reason of a restatement."""
    with conn.transaction():
        return [
            balance.balance_id
            for balance in releases.unreleased_balances(conn, None)
            if why_held(conn, balance) is not None
        ]


def why_held(conn: Connection, balance: UnreleasedBalance) -> str | None:
    """Why a balance waits, as a code below `release.refused`; None where it may be sealed."""
    if (reason := held_itself(balance)) is not None:
        return reason
    return "no_reason" if balance.earlier is not None and find_reason(conn, balance) is None else None


def find_reason(conn: Connection, balance: UnreleasedBalance) -> Reason | None:
    """Why a balance restates the release before it; None where nothing that the store knows explains it."""
    if balance.earlier is None:
        return None
    month = Month.of(balance.month_on)
    return reason_of(releases.restatement_causes(conn, balance.earlier.release_id, balance.unit_id, month, reach=REACH))


def held_itself(balance: UnreleasedBalance) -> str | None:
    """Why a balance waits whatever was sealed before it: its relations, a decision, or the editions in force."""
    if balance.held_by is not None:
        return balance.held_by
    made_by = balance.layout_edition, balance.coefficient_edition, balance.engine_version
    return None if made_by == editions_in_force(balance.month_on) else "other_editions"


def _seal_one(conn: Connection, balance: UnreleasedBalance, key: SigningKey, now: datetime) -> int | None:
    with conn.transaction():
        balances.lock_unit_month(conn, (balance.unit_id, balance.month_on))
        # Read again under the lock: another run may have sealed it, or built a newer version.
        current = releases.unreleased_balances(conn, [balance.balance_id])
        if not current or held_itself(current[0]) is not None:
            return None
        restatement = _restatement(conn, current[0])
        if current[0].earlier is not None and restatement is None:
            return None
        frozen = current[0].inputs or b""
        inputs, built = _rebuild(conn, current[0], frozen)
        content = build_content(current[0], inputs, built, frozen, last_tree(conn), restatement)
        sealed_object = ReleaseObject(
            kind="monitored_balance",
            month_on=balance.month_on,
            unit_id=balance.unit_id,
            balance_id=balance.balance_id,
            earlier=current[0].earlier,
            reason=restatement.reason if restatement else None,
        )
        return releases.insert_release(conn, sealed_object, seal(content, key, frozen), now)


def _rebuild(conn: Connection, balance: UnreleasedBalance, frozen: bytes) -> tuple[BalanceInputs, Balance]:
    """What the balance was computed from, and what it gives.

    Raises: SealBroken where the stored cells do not follow from the stored inputs: then one of them was changed.
    """
    inputs = parse_balance_inputs(frozen)
    built, stored = build_balance(inputs), balances.load_cells(conn, balance.balance_id)
    if cells_content(built.cells) != cells_content(stored):
        raise SealBroken(
            f"{balance.unit_code} {balance.month_on:%Y-%m}: the stored cells are not what the stored inputs give"
        )
    return inputs, built


def _restatement(conn: Connection, balance: UnreleasedBalance) -> Restatement | None:
    reason = find_reason(conn, balance)
    if balance.earlier is None or reason is None:
        return None
    earlier_content = json.loads(releases.load_content(conn, balance.earlier.release_id))
    return Restatement(earlier=balance.earlier, earlier_content=earlier_content, reason=reason)


def write_missing_files(conn: Connection, folder: Path, now: datetime) -> None:
    """The archive of each release that is not embargoed, and its spreadsheet beside it for reading."""
    folder.mkdir(parents=True, exist_ok=True)
    with conn.transaction():
        for name in releases.archive_names(conn, now):
            archive_path, sheet_path = folder / name, (folder / name).with_suffix(".xlsx")
            if archive_path.exists() and sheet_path.exists():
                continue
            found = releases.load_archive(conn, name)
            if found is not None:
                _write_whole(sheet_path, read_zip(found[0])[SPREADSHEET])
                _write_whole(archive_path, found[0])


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody sees half of it, whoever else writes the same one."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)
