"""A unit's private check of its draft (自查): the auditors' relations, run for the unit alone; nobody else is told.

Before it: `nenghao.filing.drafting`. After it: `nenghao.filing.acts` files what was checked. The same SQL as that of
the audit, under the unit's role: no Data Docs, no findings, no run that the bureau could see.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from expectations import catalogue, suites
from expectations.returns import Judgement, judge
from nenghao.config import Role, Settings
from nenghao.db import drafts as db
from nenghao.db.connection import Connection, connect
from nenghao.db.identity import OwnUnit, as_unit, own_unit
from nenghao.db.people import Pool, as_person
from nenghao.db.returns import JudgedReturn
from nenghao.domain.explanations import Note
from nenghao.domain.filed_cells import Key
from nenghao.domain.periods import Month
from nenghao.domain.rounding import exact_text
from nenghao.errors import DataRefused
from nenghao.filing.drafting import Draft, load_draft

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A relation that does not hold at a cell of the draft."""

    relation: str
    obligation: str
    key: Key
    left: Decimal
    right: Decimal
    cells: Sequence[str]
    is_explained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCheck:
    """What the relations said of a draft."""

    draft_id: int
    broken: Sequence[Broken]
    not_run: Sequence[str]

    @property
    def mandatory(self) -> int:
        """How many mandatory relations do not hold."""
        return sum(each.obligation == "mandatory" for each in self.broken)

    @property
    def unexplained(self) -> int:
        """How many explanatory ones do not hold and have no explanation of these very values."""
        return sum(each.obligation == "explanatory" and not each.is_explained for each in self.broken)


def check_draft(settings: Settings, unit_code: str, month: Month, now: datetime) -> DraftCheck:
    """Run the relations over the newest draft of a month, and keep what they said for the unit.

    Raises: FilingRefused where there is no draft, RetryableError where the database is away.
    """
    with connect(settings, Role.UNIT) as conn, as_unit(conn, unit_code) as unit:
        return _run(settings, conn, unit, month, now, suites.open_context(settings, unit_id=unit.unit_id))


def check_as_person(settings: Settings, pool: Pool, token: str, month: Month, now: datetime) -> DraftCheck:
    """The same for somebody of a unit's people who is signed in: what is read and kept is that person's unit's.

    Raises: NobodySignedIn where the session has ended; else as `check_draft`.
    """
    with as_person(pool, token, route="unit.check") as (conn, person):
        unit = None if person.unit_code is None else own_unit(conn, person.unit_code)
        if unit is None:
            raise DataRefused("nobody but a unit's people has drafts")
        return _run(settings, conn, unit, month, now, suites.open_context(settings, token=token))


def _run(
    settings: Settings,
    conn: Connection,
    unit: OwnUnit,
    month: Month,
    now: datetime,
    opened: AbstractContextManager["EphemeralDataContext"],
) -> DraftCheck:
    draft = load_draft(conn, unit, month)
    judged = JudgedReturn(draft.draft_id, unit.unit_id, month.start_on)
    versions = {rule.code: 0 for rule in catalogue.load_rules()}
    with opened as context:
        judgement = judge(settings, conn, context, "draft", [judged], versions)
    check = _check(draft, judgement)
    db.insert_check(
        conn,
        draft.draft_id,
        unit.unit_id,
        edition=judgement.edition,
        mandatory_broken=check.mandatory,
        unexplained=check.unexplained,
        not_run=len(check.not_run),
        broken=[_broken_json(each) for each in check.broken],
        checked_at=now,
    )
    return check


def _check(draft: Draft, judgement: Judgement) -> DraftCheck:
    broken = [
        _broken(outcome.check.constants, row, draft.notes) for outcome in judgement.outcomes for row in outcome.rows
    ]
    failures = [
        str(outcome.check.constants.get("relation_code", "-"))
        for outcome in judgement.outcomes
        if outcome.failure is not None
    ]
    return DraftCheck(
        draft_id=draft.draft_id, broken=sorted(broken, key=lambda one: (one.relation, one.key)), not_run=failures
    )


def _broken(constants: dict[str, Any], row: dict[str, Any], notes: Sequence[Note]) -> Broken:
    relation, key = str(constants["relation_code"]), (row["form_code"], row["row_code"], row["column_code"])
    left, right = row["left_value"], row["right_value"]
    return Broken(
        relation=relation,
        obligation=str(constants["obligation"]),
        key=key,
        left=left,
        right=right,
        cells=row["cells"],
        is_explained=any(note.explains(relation, key, left, right) for note in notes),
    )


def _broken_json(broken: Broken) -> dict[str, Any]:
    form, row, column = broken.key
    return {
        "relation": broken.relation,
        "obligation": broken.obligation,
        "form": form,
        "row": row,
        "column": column,
        "left": exact_text(broken.left),
        "right": exact_text(broken.right),
        "cells": list(broken.cells),
        "is_explained": broken.is_explained,
    }
