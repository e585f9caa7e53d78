"""Steps that were taken down without network, as a file has them (docs/cases.md, `steps.json`).

Before: somebody filled a folder, by command or by hand. After: `nenghao.review.merging` takes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

FORMAT: Final = "nenghao/case-steps/1"
#: What may be taken down on the way: what officers saw and what the unit handed them. Nothing that decides.
ACTS: Final = frozenset({"verify", "comment", "explain", "acknowledge", "recheck", "report_rectified", "object"})
MOST_STEPS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderStep:
    """One step of a file; `attachments` are names and SHA-256 of files beside it."""

    act: str
    acted_by: str
    acted_at: datetime
    told: str
    content: Mapping[str, Any]
    attachments: tuple[tuple[str, str], ...]
    hash: str | None


def parse_steps(content: Mapping[str, Any]) -> tuple[int, list[FolderStep]]:
    """The case and the steps of a file.

    Raises: ValueError, with what is wrong, where it is no such file.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError("format")
    case_id, steps = content.get("case_id"), content.get("steps")
    if not isinstance(case_id, int) or not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise ValueError("case_id, steps")
    return case_id, [_step(number, row) for number, row in enumerate(steps, start=1)]


def _step(number: int, row: Any) -> FolderStep:
    try:
        acted_at = datetime.fromisoformat(row["acted_at"])
        attachments = tuple((str(one["name"]), str(one["sha256"]).lower()) for one in row.get("attachments", []))
        step = FolderStep(
            act=str(row["act"]),
            acted_by=str(row["acted_by"]),
            acted_at=acted_at,
            told=str(row.get("told", "")),
            content=dict(row.get("content", {})),
            attachments=attachments,
            hash=row.get("hash"),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"steps[{number}]: {type(error).__name__}") from None
    if acted_at.tzinfo is None:
        raise ValueError(f"steps[{number}]: acted_at")
    return step
