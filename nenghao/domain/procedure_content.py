"""What a step has to say beside its words: fields of each act, and why they do not do.

Before: a form, a command or a folder. After: `nenghao.review.procedure` stores them as `case_step.content`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from nenghao.domain.explanations import Explanation, refuse_explanation
from nenghao.domain.procedure import Standing

BASES: Final = ("original_record", "site_reading")
PLACES: Final = ("desk", "site")
STATEMENTS: Final = ("attached", "refused", "none")
GROUNDS: Final = ("facts", "procedure", "recusal", "outcome")
#: Fields of the site form (现场核查记录), all of them words as they were taken down.
SITE_FIELDS: Final = (
    "seals", "ct_plate", "secondary_current", "register_value", "register_at", "server_value", "photo", "signature",
)  # fmt: skip
#: The longest text of a field; what is longer belongs into an attachment.
LONGEST_FIELD: Final = 2000
MOST_OFFICERS: Final = 9
OFFICERS_TO_CONFIRM: Final = 2

Content = Mapping[str, Any]

#: Fields that an act may have; what is not here is refused, so that nothing is stored that nobody reads.
FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "assign": frozenset({"handler", "handler_account_id"}),
    "recuse": frozenset({"officer", "officer_account_id"}),
    "notify": frozenset({"form"}),
    "issue_inquiry": frozenset({"form", "document_no"}),
    "check_inquiry": frozenset({"verdict"}),
    "acknowledge": frozenset({"how"}),
    "explain": frozenset({"cause", "quantity", "document"}),
    "verify": frozenset(
        {"place", "basis", "document", "officers", "statement", "proposal", "outcome", "values", "site"}
    ),
    "review": frozenset({"verdict", "proposal", "outcome", "values"}),
    "recheck": frozenset({"verdict", "document"}),
    "report_rectified": frozenset({"document"}),
    "object": frozenset({"ground"}),
    "answer_objection": frozenset({"verdict"}),
    "refer": frozenset({"body", "document_no"}),
}


def refuse_content(
    act: str,
    content: Content,
    standing: Standing,
    *,
    outcomes: Mapping[str, Sequence[str]],
    bodies: Iterable[str],
    empty_phrases: Iterable[str],
) -> str | None:
    """Why the fields of an act do not do; a label key below `procedure.refused`, None where they do.

    `outcomes`: which a proposal may have. `bodies`: whom a case may be referred to.
    """
    if not set(content) <= FIELDS.get(act, frozenset()) or not _is_short(content):
        return "unknown_field"
    if act == "explain":
        return _refuse_explain(content, empty_phrases)
    if act == "refer":
        return None if content.get("body") in set(bodies) and _text(content, "document_no") else "no_body"
    if act == "verify":
        return _refuse_verify(content, standing, outcomes)
    check = _CHECKS.get(act)
    return None if check is None else check(content, standing)


def _refuse_explain(content: Content, empty_phrases: Iterable[str]) -> str | None:
    said = Explanation(**{name: str(content.get(name, "")) for name in ("cause", "quantity", "document")})
    return refuse_explanation(said, empty_phrases)


def _refuse_verify(content: Content, standing: Standing, outcomes: Mapping[str, Sequence[str]]) -> str | None:
    officers = content.get("officers")
    if not isinstance(officers, list) or not 1 <= len(officers) <= MOST_OFFICERS:
        return "no_officer"
    if not all(isinstance(one, dict) and _text(one, "name") and _text(one, "number") for one in officers):
        return "no_officer"
    if content.get("place") not in PLACES or content.get("proposal") not in outcomes:
        return "no_proposal"
    if not set(content.get("site") or ()) <= set(SITE_FIELDS):
        return "unknown_field"
    if content.get("outcome") not in outcomes[content["proposal"]]:
        return "outcome_unfit"
    return _refuse_confirming(content, standing) if content["proposal"] == "confirm" else None


def _refuse_confirming(content: Content, standing: Standing) -> str | None:
    """What it takes to say that something is so: practice 5, level 核实."""
    names = {"".join(one["name"].split()).casefold() for one in content["officers"]}
    if len(names) < OFFICERS_TO_CONFIRM:
        return "two_officers"
    if content.get("basis") not in BASES or not _text(content, "document"):
        return "no_basis"
    statement = content.get("statement")
    if not standing.is_asked or statement not in ("attached", "refused"):
        return "no_statement"
    return "no_statement" if statement == "attached" and not standing.is_explained else None


def _refuse_recheck(content: Content, _: Standing) -> str | None:
    if content.get("verdict") == "failed":
        return None
    if content.get("verdict") != "passed":
        return "no_verdict"
    return None if _text(content, "document") else "no_document"


def _refuse_handler(content: Content, standing: Standing) -> str | None:
    name = "".join(str(content.get("handler", "")).split()).casefold()
    if not name:
        return "no_name"
    return "recused" if name in {"".join(one.name.split()).casefold() for one in standing.recused} else None


def _verdict(*known: str) -> Callable[[Content, Standing], str | None]:
    return lambda content, _: None if content.get("verdict") in known else "no_verdict"


_CHECKS: Final[Mapping[str, Callable[[Content, Standing], str | None]]] = {
    "assign": _refuse_handler,
    "recuse": lambda content, _: None if _text(content, "officer") else "no_name",
    "review": _verdict("agree", "send_back"),
    "check_inquiry": _verdict("agree", "send_back"),
    "answer_objection": _verdict("upheld", "rejected"),
    "recheck": _refuse_recheck,
    "object": lambda content, _: None if content.get("ground") in GROUNDS else "no_ground",
    "report_rectified": lambda content, _: None if _text(content, "document") else "no_document",
    "issue_inquiry": lambda content, _: None if _text(content, "document_no") else "no_document",
}


def _text(content: Content, field: str) -> bool:
    value = content.get(field)
    return isinstance(value, str) and bool(value.strip())


def _is_short(value: Any) -> bool:
    match value:
        case None | bool() | int():
            return True
        case str():
            return len(value) <= LONGEST_FIELD
        case dict():
            return all(isinstance(key, str) and _is_short(item) for key, item in value.items())
        case list():
            return len(value) <= MOST_OFFICERS and all(_is_short(item) for item in value)
        case _:
            return False
