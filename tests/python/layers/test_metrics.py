"""The metrics: dbt knows all of them, they can be told in other languages, and they name what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sonic.errors import SonicError, UsageError
from sonic.project.marts import marts
from sonic.project.metrics import find, measures_of, metrics, of_each, semantic_models

Manifest = dict[str, Any]
SEMANTIC_MODELS, METRICS = 18, 117
"""dbt 1.11 ignores metrics in the form of later versions in silence: what it knows is counted."""
OUR_OWN = """
semantic_models:
  - name: plays
    model: ref('fct_streams')
    defaults: {{agg_time_dimension: local_date}}
    entities: [{{name: play, type: primary, expr: stream_id}}]
    dimensions: [{{name: local_date, type: time}}]
    measures: [{{name: plays, agg: count, expr: stream_id}}]
metrics:
  - name: plays
    label: Plays
    description: Plays.
    type: {type}
    type_params: {{measure: plays}}
    filter: "{filter}"
    config: {{meta: {{format: {format}, unit: plays, mart: fct_streams}}}}
"""


def test_dbt_knows_them_all(manifest: Manifest) -> None:
    of_dbt = {metric["name"]: metric for metric in manifest["metrics"].values()}
    assert {model["name"] for model in manifest["semantic_models"].values()} == semantic_models().keys()
    assert of_dbt.keys() == metrics().keys()
    assert (len(semantic_models()), len(metrics())) == (SEMANTIC_MODELS, METRICS)
    for name, metric in metrics().items():
        assert of_dbt[name]["type"] == metric.type
        assert of_dbt[name]["config"]["meta"]["format"] == metric.format


def test_they_read_columns_that_there_are() -> None:
    for model in semantic_models().values():
        columns = {column.name for column in marts()[model.table].columns}
        assert columns.issuperset([*model.entities.values(), *model.dimensions.values()]), model.name
        for measure in model.measures.values():
            assert columns.issuperset(re.findall(r"[a-z_][a-z0-9_]*", measure.expression)), measure.name


def test_each_says_what_it_is() -> None:
    known = metrics()
    labels = [metric.label for metric in known.values()]
    assert len(labels) == len(set(labels))
    for metric in known.values():
        unit, _, words = metric.description.partition(". ")
        assert unit and words.endswith("."), f"{metric.name}: its description is to begin with its unit"
        assert metric.mart in marts(), metric.name
        assert set(metric.inputs) <= known.keys(), metric.name
        assert (metric.measure is None) == bool(metric.inputs), metric.name
        named = set(re.findall(r"[a-z_][a-z0-9_]*", metric.expression)) - {"nullif", "coalesce"}
        assert not metric.expression or named == set(metric.inputs), metric.name
        assert metric.unit.startswith("EUR") == (metric.format == "currency"), metric.name
        for mentioned in re.findall(r"\b(?:fct|mart|dim)_\w+", metric.description):
            assert mentioned in marts(), f"{metric.name} names {mentioned}"
        for mart, column in re.findall(r"\b((?:fct|mart)_\w+)\.(\w+)", metric.description):
            assert column in {each.name for each in marts()[mart].columns}, f"{metric.name} names {mart}.{column}"


def test_what_does_not_add_up_is_known_of_all_together_or_of_each() -> None:
    """And who asks the one by its members can be given the other."""
    afresh = {
        name: set(model.counted_afresh)
        for model in semantic_models().values()
        if model.counted_afresh
        for name in model.measures
    }
    assert afresh
    for metric in metrics().values():
        entities = set().union(*(afresh.get(measure.name, set()) for measure in measures_of(metric)))
        assert metric.together ^ metric.apart == entities, metric.name
        for entity in metric.together:
            assert of_each(metric, entity).apart == {entity}, metric.name


def test_one_that_is_not_there_is_told() -> None:
    assert find("skip-rate").name == "skip_rate"
    with pytest.raises(UsageError, match="no metric 'arpus'") as raised:
        find("arpus")
    assert "arpu" in raised.value.todo


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"filter": "{{ Dimension('play__local_date') }} > '2026-01-01'"}, "no comparison with a value"),
        ({"filter": "{{ Dimension('play__colour') }} = 'red'"}, "plays has no play__colour"),
        ({"type": "cumulative"}, "type cumulative"),
        ({"format": "roman"}, "format roman"),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path: Path, wrong: dict[str, str], told: str) -> None:
    right = {"type": "simple", "format": "integer", "filter": "{{ Dimension('play__local_date') }} = '2026-01-01'"}
    (tmp_path / "right.yml").write_text(OUR_OWN.format(**right), encoding="utf-8")
    assert metrics(tmp_path)["plays"].conditions[0].value == "2026-01-01"
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "wrong.yml").write_text(OUR_OWN.format(**right | wrong), encoding="utf-8")
    with pytest.raises(SonicError, match=told):
        metrics(folder)


def test_each_question_is_an_exposure(manifest: Manifest) -> None:
    """So that a change of a mart shows which questions it touches: with the same words, and all that it reads."""
    asked = {
        f"question_{node['name']}": node for node in manifest["nodes"].values() if node["resource_type"] == "analysis"
    }
    exposed = {entry["name"]: entry for entry in manifest["exposures"].values() if entry["type"] == "analysis"}
    assert asked and exposed.keys() == asked.keys()
    for name, node in asked.items():
        assert set(exposed[name]["depends_on"]["nodes"]) == set(node["depends_on"]["nodes"]), name
        assert exposed[name]["description"].split() == node["description"].split(), name
        assert exposed[name]["config"]["meta"]["audience"] == node["config"]["meta"]["audience"], name
