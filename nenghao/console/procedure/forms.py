"""Forms of the acts of a case: which fields each has, and how what was posted becomes a step's fields.

Before: `standing` says which acts a person may take. After: `nenghao.review.steps` takes one. Words are labels below
`procedure` and `console.procedure.field`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from nenghao.console.forms import Form
from nenghao.domain.attachments import Upload
from nenghao.domain.procedure_content import BASES, GROUNDS, PLACES, SITE_FIELDS, STATEMENTS
from nenghao.reference.procedure import referral_bodies
from nenghao.review.cases import OUTCOMES
from nenghao.review.procedure_refusals import ProcedureRefused

Kind = Literal["text", "textarea", "date", "choice"]
#: Rows of the officers who verified: two are needed to confirm, a third may have come along.
OFFICER_ROWS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its name, and for a choice the label keys of its options."""

    name: str
    kind: Kind = "text"
    options: tuple[tuple[str, str], ...] = ()
    is_needed: bool = True
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActForm:
    """The form of an act."""

    act: str
    fields: tuple[Field, ...] = ()
    #: Whether it has words of its own beside the fields, files, rows of officers, the site form.
    has_words: bool = True
    has_files: bool = False
    has_officers: bool = False
    site_fields: tuple[str, ...] = ()


def _choice(name: str, values: Sequence[str], labels: str, *, is_needed: bool = True) -> Field:
    options = tuple((value, f"{labels}.{value}") for value in values)
    return Field(name=name, kind="choice", options=options, is_needed=is_needed)


def _verdict(*values: str) -> Field:
    return _choice("verdict", values, "procedure.verdict")


_DUE: Final = Field(name="due_on", kind="date", is_needed=False)
_DOCUMENT: Final = Field(name="document")
_OUTCOMES: Final = tuple(dict.fromkeys(outcome for each in OUTCOMES.values() for outcome in each))
_FORMS: Final = {
    form.act: form
    for form in (
        ActForm(act="assign", fields=(Field(name="handler"),)),
        ActForm(act="notify", fields=(_DUE,)),
        ActForm(act="draft_inquiry"),
        ActForm(act="check_inquiry", fields=(_verdict("agree", "send_back"),)),
        ActForm(act="issue_inquiry", fields=(Field(name="document_no"), _DUE)),
        ActForm(act="acknowledge", fields=(Field(name="how"),), has_words=False),
        ActForm(act="request_extension"),
        ActForm(act="extend", fields=(_DUE,)),
        ActForm(act="decline_extension"),
        ActForm(
            act="explain",
            fields=(Field(name="cause", kind="textarea"), Field(name="quantity"), _DOCUMENT),
            has_words=False,
            has_files=True,
        ),
        ActForm(
            act="verify",
            fields=(
                _choice("place", PLACES, "procedure.place"),
                _choice("basis", BASES, "procedure.basis", is_needed=False),
                Field(name="document", is_needed=False),
                _choice("statement", STATEMENTS, "procedure.statement"),
                _choice("proposal", tuple(OUTCOMES), "case.decision"),
                _choice("outcome", _OUTCOMES, "case.outcome"),
                _choice("values", ("reported", "standing"), "console.procedure.values", is_needed=False),
            ),
            has_files=True,
            has_officers=True,
            site_fields=SITE_FIELDS,
        ),
        ActForm(act="review", fields=(_verdict("agree", "send_back"),)),
        ActForm(act="rectify", fields=(_DUE,)),
        ActForm(act="report_rectified", fields=(_DOCUMENT,), has_files=True),
        ActForm(
            act="recheck",
            fields=(_verdict("passed", "failed"), Field(name="document", is_needed=False)),
            has_files=True,
        ),
        ActForm(act="object", fields=(_choice("ground", GROUNDS, "procedure.ground"),), has_files=True),
        ActForm(act="answer_objection", fields=(_verdict("upheld", "rejected"),)),
        ActForm(
            act="refer",
            fields=(_choice("body", referral_bodies(), "procedure.body"), Field(name="document_no")),
        ),
        ActForm(act="close"),
        ActForm(act="reopen"),
        ActForm(act="recuse", fields=(Field(name="officer"),)),
        ActForm(act="comment", has_files=True),
    )
}


def forms_of(acts: Sequence[str]) -> list[ActForm]:
    """The forms of acts, in their order."""
    return [_FORMS[act] for act in acts]


def content_of(act: str, form: Form) -> dict[str, Any]:
    """The fields of an act as they were posted; fields that were left empty are none.

    Raises: ProcedureRefused for an act that has no form.
    """
    if act not in _FORMS:
        raise ProcedureRefused("no_act", act=act)
    known = _FORMS[act]
    content: dict[str, Any] = {
        field.name: form.text(field.name) for field in known.fields if field.name != "due_on" and form.text(field.name)
    }
    if known.has_officers:
        rows = zip(form.texts("officer_name"), form.texts("officer_number"), strict=False)
        content["officers"] = [{"name": name, "number": number} for name, number in rows if name or number]
        site = {field: form.text(f"site.{field}") for field in known.site_fields if form.text(f"site.{field}")}
        content |= {"site": site} if site else {}
    return content


def words_of(form: Form) -> str:
    """What a step says: its words, or where it has none of its own the field that says it."""
    return form.text("told") or form.text("cause") or form.text("how")


def due_of(form: Form) -> date | None:
    """The day that was named, None where none was.

    Raises: ProcedureRefused where it is no day.
    """
    typed = form.text("due_on")
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise ProcedureRefused("day_unfit", on=typed) from None


def files_of(form: Form) -> list[Upload]:
    """The files that were posted with an act."""
    return [Upload(name=one.name, content=one.content) for one in form.uploads("files")]
