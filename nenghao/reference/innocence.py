"""Reads which checks answer which question of a rule's checklist, and what to ask for where none can."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from nenghao.reference.files import read_rows

#: What is asked for where the reference rows do not know the question.
STATEMENT: Final = "statement"


@dataclass(frozen=True, slots=True)
class Answer:
    """Checks that answer a question, and the paper to ask for beside them (label `evidence.ask.<ask>`)."""

    checks: tuple[str, ...]
    #: Those of them whose objection decides, where none supports the explanation.
    strong: tuple[str, ...]
    ask: str


@cache
def answer_to(innocence_key: str) -> Answer:
    """What answers the question of a label key `rule.<code>.innocence.<word>`."""
    _, rule_code, _, word = innocence_key.split(".", 3)
    items = read_rows("innocence.toml")["item"]
    named = [row for row in items if f"{rule_code}.{word}" in row.get("keys", ())]
    fitting = [row for row in items if any(known in word for known in row.get("words", ()))]
    for row in (*named, *fitting):
        return Answer(checks=tuple(row["checks"]), strong=tuple(row["strong"]), ask=row["ask"])
    return Answer(checks=(), strong=(), ask=STATEMENT)


def innocence_edition() -> str:
    """The edition of the reference rows."""
    return str(read_rows("innocence.toml")["edition"])
