"""Takes back the steps of a case folder: each as if it were taken now, each once; what does not fit is named.

Before: `nenghao.review.folder_reading` read the folder. After: steps of the case with the channel `folder`. Nothing
that is stored changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nenghao.db import procedure as db
from nenghao.db.connection import Connection
from nenghao.domain.attachments import Upload
from nenghao.domain.folder_steps import ACTS, FolderStep
from nenghao.domain.procedure import Actor
from nenghao.errors import DataRefused
from nenghao.review.folder_reading import Folder
from nenghao.review.procedure_refusals import ProcedureRefused
from nenghao.review.steps import Turn, step_hash, take


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A step that was not taken: its place in the file, and why as a label's key and values."""

    number: int
    act: str
    key: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What became of a folder's steps."""

    taken: tuple[int, ...]
    known: int
    conflicts: tuple[Conflict, ...]


def merge_folder(conn: Connection, case_id: int, turn: Turn, folder: Folder, *, is_own_only: bool) -> Merged:
    """Take the steps of a folder in their order; `turn` is of who brings it.

    `is_own_only`: only steps of that person count, since through the console nobody writes in another's name.

    Raises: ProcedureRefused where the folder is of another case.
    """
    if folder.case_id != case_id:
        raise ProcedureRefused("folder_other_case", case=folder.case_id)
    taken: list[int] = []
    conflicts: list[Conflict] = []
    known = 0
    with conn.transaction():
        hashes = db.step_hashes(conn, case_id)
        for number, step in enumerate(folder.steps, start=1):
            actor = _actor(step, turn.actor)
            try:
                files = _files(step, folder)
                made = step_hash(
                    case_id,
                    step.act,
                    actor,
                    step.acted_at,
                    step.told.strip(),
                    step.content,
                    [one.content for one in files],
                )
                if made.hex() in hashes:
                    known += 1
                    continue
                _check(step, made.hex(), turn, is_own_only=is_own_only)
                done = Turn(
                    actor=actor,
                    now=turn.now,
                    limits=turn.limits,
                    channel="folder",
                    acted_at=step.acted_at,
                    recorded_by=turn.actor.name,
                )
                written = take(conn, case_id, done, step.act, step.told, content=step.content, files=files)
            except (DataRefused, TypeError, ValueError) as refused:
                conflicts.append(_conflict(number, step, refused))
            else:
                taken.append(written.step_id)
                hashes.add(written.hash)
    return Merged(taken=tuple(taken), known=known, conflicts=tuple(conflicts))


def _actor(step: FolderStep, bringer: Actor) -> Actor:
    named = Actor(name=step.acted_by)
    return bringer if named.is_same(bringer) else named


def _files(step: FolderStep, folder: Folder) -> Sequence[Upload]:
    missing = next((name for name, sha in step.attachments if sha not in folder.files), None)
    if missing is not None:
        raise ProcedureRefused("folder_no_file", name=missing)
    return [Upload(name=name, content=folder.files[sha][1]) for name, sha in step.attachments]


def _check(step: FolderStep, made: str, turn: Turn, *, is_own_only: bool) -> None:
    if step.act not in ACTS:
        raise ProcedureRefused("folder_act", act=step.act)
    if step.hash is not None and step.hash != made:
        raise ProcedureRefused("folder_hash")
    if step.acted_at > turn.now:
        raise ProcedureRefused("folder_future")
    if is_own_only and not Actor(name=step.acted_by).is_same(turn.actor):
        raise ProcedureRefused("folder_not_own", by=step.acted_by)


def _conflict(number: int, step: FolderStep, refused: Exception) -> Conflict:
    if isinstance(refused, ProcedureRefused):
        return Conflict(number=number, act=step.act, key=refused.key, values=refused.values)
    return Conflict(
        number=number, act=step.act, key="procedure.refused.folder_unfit", values={"why": str(refused)[:200]}
    )
