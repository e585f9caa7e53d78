"""Words about cases that several pages say: labels of rules, findings and states, in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any, Final, Literal

from nenghao.labels import Language, label, load_labels

Row = Mapping[str, Any]

#: Which badge (shape and colour) a state has.
BADGES: Final = {"open": "info", "asked": "wait", "quiet": "off", "merged": "off", "decided": "ok"}


def rule_title(code: str, language: Language) -> str:
    """The title of a rule; its code where it is of an edition whose labels are gone."""
    return load_labels(language).get(f"rule.{code}.title", code)


def finding_words(finding: Row, language: Language) -> str:
    """What a finding says; the title of its rule where its evidence is of an older form than the label."""
    template = load_labels(language).get(f"rule.{finding['rule_code']}.message")
    if template is None:
        return rule_title(finding["rule_code"], language)
    try:
        return template.format(**{name: _short(value) for name, value in finding["evidence"].items()})
    except (KeyError, IndexError, ValueError):
        return rule_title(finding["rule_code"], language)


def moment(text: str | None) -> str:
    """An instant of a document, which holds them in Shanghai time, to the minute; empty where there is none."""
    return "" if text is None else text[:16].replace("T", " ")


_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+08:00")
#: Statistics have no more digits that mean anything.
_DIGITS: Final = 6


def _short(value: Any) -> Any:
    """A value of evidence as people read it: statistics to six digits, instants to the minute."""
    if isinstance(value, float) and isfinite(value):
        return format(Decimal(f"{value:.{_DIGITS}g}").normalize(), "f")
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return moment(value)
    return value


def case_state(row: Row, language: Language) -> str:
    """The state of a case in words: what was decided last, with its outcome, or that it waits or went quiet."""
    if row["state"] in ("merged", "quiet"):
        return label(f"case.state.{row['state']}", language)
    if row["decision"] is None:
        return label("case.state.open", language)
    decided = label(f"case.decision.{row['decision']}", language)
    outcome = row["outcome"]
    return decided if outcome is None else f"{decided} ({label(f'case.outcome.{outcome}', language)})"


def state_badge(row: Row) -> str:
    """The badge of a case's state."""
    return BADGES.get(row["state"], "off")


def history_words(event: Row, language: Language) -> str:
    """One line of a case's history."""
    about = event["about"] or ""
    if event["what"].startswith("event."):
        about = rule_title(about, language)
    elif event["what"].startswith("level."):
        about = label(f"case.level.{about}", language)
    return label(f"case.history.{event['what']}", language, about=about, number=event["number"] or "")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an essay's line: plain, strong, or code."""

    style: Literal["plain", "strong", "code"]
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a line of a list."""

    kind: Literal["paragraph", "item"]
    pieces: tuple[Piece, ...]


_PIECES: Final = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`", re.DOTALL)
_ENGLISH: Final = "\n## English"


def essay_blocks(essay: str, language: Language) -> list[Block]:
    """The part of a rule's essay that is in the reader's language, its heading left out, as blocks of plain text.

    An essay is Chinese first; its English part follows under `## English`. Nothing of it is taken for HTML.
    """
    chinese, _, english = essay.partition(_ENGLISH)
    text = english if language == "en" and english else chinese
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line for line in paragraph.strip().splitlines() if not line.startswith("#")]
        if lines and all(line.startswith(("- ", "  ")) for line in lines):
            items = re.split(r"\n(?=- )", "\n".join(lines))
            blocks += [Block("item", _pieces(item[2:])) for item in items]
        elif lines:
            # A paragraph of an essay is lines that begin with a strong word each.
            parts = re.split(r"\n(?=\*\*)", "\n".join(lines))
            blocks += [Block("paragraph", _pieces(part)) for part in parts]
    return blocks


def _pieces(text: str) -> tuple[Piece, ...]:
    found: list[Piece] = []
    at = 0
    for match in _PIECES.finditer(text):
        if match.start() > at:
            found.append(Piece("plain", text[at : match.start()]))
        strong = match["strong"]
        found.append(Piece("strong", strong) if strong is not None else Piece("code", match["code"]))
        at = match.end()
    if at < len(text):
        found.append(Piece("plain", text[at:]))
    return tuple(found)
