import pytest

from nenghao.domain.relation_query import relation_sql
from nenghao.domain.relations import Relation
from nenghao.errors import DataRefused
from nenghao.labels import load_labels
from nenghao.reference.relations import load_relations

GOOD: dict[str, object] = {
    "left": [{"row": "33", "column": "4"}],
    "operator": "=",
    "right": [{"row": "33", "column": "5"}],
    "tolerance": "0.01",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"operator": "=="},
        {"tolerance": "little"},
        {"left": "33.4"},
        {"left": [{"row": "33"}]},
        {"right": [{"row": "33'; DROP TABLE release; --", "column": "4"}]},
        {"right": [{"row": "33", "column": "4", "form": "205-1' OR TRUE"}]},
        {"rows": "all"},
        {"tolerance": "NaN"},
        {"tolerance": "Infinity"},
        {"tolerance": "-1"},
        {"relative_tolerance": "-0.1"},
        {"left": [{"row": "*", "column": "4"}]},
        {"left": [{"row": "*", "column": "4"}], "rows": []},
        {"left": [{"row": "33", "column": "*"}], "rows": ["33"]},
        {"left": [], "right": [{"row": "33", "column": "5", "optional": True}]},
        {"left": [{"row": "33", "column": "4", "of": "next_year"}]},
        {"left": [{"row": "33", "column": "4", "factor": "NaN"}]},
        {"left": [{"row": "33", "column": "4", "times": {"row": "*", "column": "10"}}]},
        {"rows": "each"},
        {"operator": "within"},
        {"band": ["0.9", "1.1"]},
        {"operator": "within", "band": ["1.1", "0.9"]},
        {"operator": "within", "band": ["0.9"]},
        {"operator": "decimals"},
        {"operator": "decimals", "right": [], "tolerance": "1.5"},
        {"returns": ["draft"]},
        {"when": {"terms": [{"row": "40", "column": "4"}]}},
    ],
)
def test_a_malformed_relation_is_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(DataRefused, match="A1|no plain code|is not a code"):
        relation_sql(Relation.parse("A1", "205-1", {**GOOD, **wrong}))


def test_every_seed_relation_compiles_and_has_a_label_in_both_languages() -> None:
    for row in load_relations():
        relation = Relation.parse(row.code, row.form, row.definition)
        assert relation.code == row.code
        assert "{batch}" in relation_sql(relation)
        assert f"relation.{row.code}" in load_labels("zh").keys() & load_labels("en").keys()


def test_codes_of_an_edition_are_told_apart() -> None:
    codes = [row.code for row in load_relations()]
    assert len(codes) == len(set(codes))


def test_the_batch_is_the_only_placeholder() -> None:
    relation = Relation.parse("A1", "205-1", GOOD)
    assert relation_sql(relation).format(batch="cells").count("FROM cells") == 1
