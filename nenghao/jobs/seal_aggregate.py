"""Sums the sealed balances of a region's units and seals the sum.

Before: releases of monitored balances (seal_balances). After: `nenghao verify`; its export, after the embargo.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from nenghao.config import Settings
from nenghao.crypto import load_signing_key
from nenghao.db import aggregates, locks, releases
from nenghao.db.aggregates import SealedAggregate, SealedContent
from nenghao.db.connection import Connection
from nenghao.db.releases import ReleaseObject
from nenghao.db.tree import last_tree
from nenghao.domain.restatement import Cause, Reason, reason_of
from nenghao.errors import DataRefused
from nenghao.jobs.seal_balances import SIGNING_KEY, write_missing_files
from nenghao.reporting.aggregate import build_aggregate_content, hidden_sums, told_by
from nenghao.reporting.aggregate_inputs import Scope, SumKey, freeze_inputs
from nenghao.reporting.content import Restatement
from nenghao.reporting.seal import seal


def seal_aggregate(
    conn: Connection, settings: Settings, scope: Scope, now: datetime, *, public_from: datetime | None = None
) -> int | None:
    """Seal the sum of a scope; returns the id of the new release, None where it is what was sealed before.

    A later version restates the earlier: its reason is that of the balances that were restated since, or that a unit
    came or went. What another aggregate of the month shows is held against what this one hides.

    Raises: DataRefused where nothing is sealed to be summed, or the sum cannot be protected beside the others.
    """
    key = load_signing_key(settings.secret(SIGNING_KEY))
    with conn.transaction():
        locks.lock_aggregates(conn, scope.month_on)
        contents = aggregates.newest_contents(conn, scope.month_on, scope.region_prefix)
        members = aggregates.panel_units(
            conn, month_on=scope.month_on, region_prefix=scope.region_prefix, sector_code=scope.sector_code,
            panel_code=scope.panel_code,
        )  # fmt: skip
        known = aggregates.aggregates_of_month(conn, scope.month_on)
        own = [one for one in known if one.aggregate_code == scope.code]
        earlier = own[-1] if own else None
        inputs = _freeze(scope, contents, members, known)
        if not json.loads(inputs)["units"]:
            raise DataRefused(f"{scope.code} {scope.month_on:%Y-%m}: no sealed balance with a total to be summed")
        if earlier is not None and _units(earlier.inputs) == _units(inputs):
            return None
        restatement = None if earlier is None else _restatement(earlier, inputs, contents)
        content = build_aggregate_content(
            scope, inputs, head=last_tree(conn), restatement=restatement, public_from=public_from
        )
        sealed_object = ReleaseObject(
            kind="aggregate",
            month_on=scope.month_on,
            aggregate_code=scope.code,
            inputs=inputs,
            public_from=public_from,
            earlier=earlier.release if earlier else None,
            reason=restatement.reason if restatement else None,
        )
        release_id = releases.insert_release(conn, sealed_object, seal(content, key), now)
    write_missing_files(conn, settings.release_dir, now)
    return release_id


def _freeze(
    scope: Scope, contents: Sequence[SealedContent], members: Sequence[str], known: Sequence[SealedAggregate]
) -> bytes:
    """The inputs, with what every version of every aggregate of the month tells, earlier ones of this one included."""
    parsed = [json.loads(one.content) for one in contents]
    hashes = {content["unit"]["code"]: one.hash.hex() for content, one in zip(parsed, contents, strict=True)}
    now = freeze_inputs(scope, parsed, hashes, members, [], ())
    told: list[Mapping[str, Any]] = []
    hidden_before: Collection[SumKey] = ()
    for code, group in groupby(known, key=attrgetter("aggregate_code")):  # they come in the order of their codes
        versions = [(one.archive_name, one.inputs, json.loads(one.content)) for one in group]
        if code == scope.code:
            hidden_before = hidden_sums(versions[-1][2])
        told += told_by(versions, now if code == scope.code else None)
    return freeze_inputs(scope, parsed, hashes, members, told, hidden_before)


def _units(inputs: bytes) -> Mapping[str, str]:
    return {unit["unit"]: unit["hash"] for unit in json.loads(inputs)["units"]}


def _restatement(earlier: SealedAggregate, inputs: bytes, contents: Sequence[SealedContent]) -> Restatement:
    """Why the sum is another one: it counts units and names none, since the reason is printed."""
    before, after = _units(earlier.inputs), _units(inputs)
    changed = {after[unit] for unit in before.keys() & after.keys() if before[unit] != after[unit]}
    kinds = Counter(one.reason_kind for one in contents if one.hash.hex() in changed and one.reason_kind)
    causes = [Cause(kind=kind, reference=f"balances restated: {count}") for kind, count in kinds.items()]  # type: ignore[arg-type]
    if before.keys() != after.keys():
        came, went = len(after.keys() - before.keys()), len(before.keys() - after.keys())
        causes.append(Cause(kind="late_data", reference=f"units that came: {came}, that went: {went}"))
    content: dict[str, Any] = json.loads(earlier.content)
    reason = reason_of(causes) or Reason(kind="late_data", causes=())
    return Restatement(earlier=earlier.release, earlier_content=content, reason=reason)
