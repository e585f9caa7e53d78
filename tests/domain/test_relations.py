import pytest

from nenghao.domain.relations import Relation, relation_sql
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
        {"rows": "all"},
        {"tolerance": "NaN"},
        {"tolerance": "Infinity"},
        {"tolerance": "-1"},
        {"left": [{"row": "*", "column": "4"}]},
        {"left": [{"row": "*", "column": "4"}], "rows": []},
        {"left": [{"row": "33", "column": "*"}], "rows": ["33"]},
        {"left": [], "right": [{"row": "33", "column": "5", "optional": True}]},
    ],
)
def test_a_malformed_relation_is_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(DataRefused):
        relation_sql("A1", {**GOOD, **wrong})


def test_every_seed_relation_compiles_and_has_a_label_in_both_languages() -> None:
    for row in load_relations():
        assert Relation.parse(row.code, row.definition).code == row.code
        assert "{batch}" in relation_sql(row.code, row.definition)
        assert f"relation.{row.code}" in load_labels("zh").keys() & load_labels("en").keys()


def test_the_batch_is_the_only_placeholder() -> None:
    assert relation_sql("A1", GOOD).format(batch="cells").count("FROM cells") == 1
