from decimal import Decimal

import pytest

from nenghao.domain.explanations import Explanation, Note, note_json, parse_note, refuse_explanation
from nenghao.reference.explanations import empty_phrases

GOOD = Explanation(cause="3号炉9月12日停炉检修21天", quantity="少用原煤约1200吨", document="检修工单 2026-09-117")


def test_an_explanation_with_cause_quantity_and_document_is_taken() -> None:
    assert refuse_explanation(GOOD, empty_phrases()) is None
    english = Explanation(cause="Boiler 3 overhauled", quantity="1200 t less", document="work order 117")
    assert refuse_explanation(english, empty_phrases()) is None


@pytest.mark.parametrize(
    "cause",
    [
        "核实无误",
        "经核实，数据无误。",
        "  已核实 属实 ",
        "企业情况属实",
        "OK",
        "Data are correct.",
        "……",
        "",
        "核实无误，核实无误",
    ],
)
def test_an_empty_phrase_explains_nothing(cause: str) -> None:
    explanation = Explanation(cause=cause, quantity=GOOD.quantity, document=GOOD.document)
    assert refuse_explanation(explanation, empty_phrases()) in ("empty", "empty_phrase")


def test_a_quantity_has_a_number_and_a_document_a_name() -> None:
    assert (
        refuse_explanation(Explanation(cause=GOOD.cause, quantity="略少", document=GOOD.document), ()) == "no_quantity"
    )
    assert refuse_explanation(Explanation(cause=GOOD.cause, quantity="5", document="单"), ()) == "too_short"
    assert (
        refuse_explanation(Explanation(cause=GOOD.cause, quantity="5", document="见附件"), empty_phrases())
        == "empty_phrase"
    )


def test_a_note_explains_the_values_that_stood_there_and_no_others() -> None:
    note = Note(
        relation="A8", key=("205-1", "33", "4"), left=Decimal(5), right=Decimal(6), explanation=GOOD, noted_by="Wang"
    )
    assert parse_note(note_json(note)) == note
    assert note.explains("A8", note.key, Decimal("5.00"), Decimal(6))
    assert not note.explains("A8", note.key, Decimal(4), Decimal(6))
    assert not note.explains("A7a", note.key, Decimal(5), Decimal(6))
