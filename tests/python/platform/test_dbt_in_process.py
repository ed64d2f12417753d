"""What dbt's commands of one process share: what was parsed, compiled templates, events that are heard."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dbt.adapters.cache import RelationsCache
from dbt.adapters.events.types import SQLQuery
from dbt.adapters.exceptions import ApproximateMatchError
from dbt.adapters.postgres.impl import PostgresAdapter
from dbt.adapters.postgres.relation import PostgresRelation
from dbt.clients.jinja import MacroStack
from dbt.context.macros import MacroNamespaceBuilder
from dbt.events.types import MainReportVersion
from dbt.task.base import BaseRunner
from dbt_common.behavior_flags import Behavior
from dbt_common.clients.agate_helper import table_from_data_flat
from dbt_common.clients.jinja import get_template
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager import EventManager

from sonic.project import contexts, parsed
from sonic.project.events import unsourced_flags, without_unheard
from sonic.project.relations import found_by_name
from sonic.project.templates import compiled_once


def manifest() -> Any:
    """One with a model, a test and a source of another database."""
    return SimpleNamespace(
        nodes={
            "model": SimpleNamespace(database="sonic", relation_name='"sonic"."marts"."sonic"'),
            "test": SimpleNamespace(database="sonic", relation_name=None),
        },
        sources={"source": SimpleNamespace(database="shop", relation_name='"shop"."operations"."sonic"')},
    )


def test_one_parse_serves_all_databases_until_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed, "PROJECT", tmp_path)
    monkeypatch.setattr(parsed, "_kept", {})
    monkeypatch.setenv("SONIC_DBT_PACKAGES", str(tmp_path / "packages"))
    for file in ("dbt_project.yml", "models/one.sql", "packages/dbt_utils/macros/some.sql"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("one", encoding="utf-8")

    first = parsed.manifest("duckdb", "sonic", manifest)
    assert parsed.manifest("duckdb", "sonic", manifest) is first
    assert parsed.manifest("embedded", "sonic", manifest) is not first

    assert parsed.manifest("duckdb", "imported", manifest) is first
    assert [node.database for node in first.nodes.values()] == ["imported"] * 2
    assert first.nodes["model"].relation_name == '"imported"."marts"."sonic"'
    assert vars(first.sources["source"]) == {"database": "shop", "relation_name": '"shop"."operations"."sonic"'}
    assert parsed.manifest("duckdb", "sonic", manifest) is first
    assert first.nodes["model"].relation_name == '"sonic"."marts"."sonic"'

    for change in (
        lambda: (tmp_path / "models/one.sql").write_text("other", encoding="utf-8"),
        lambda: (tmp_path / "models/two.yml").write_text("new", encoding="utf-8"),
        (tmp_path / "models/two.yml").unlink,
        lambda: (tmp_path / "packages/dbt_utils/macros/some.sql").write_text("newer", encoding="utf-8"),
        lambda: (tmp_path / "dbt_project.yml").write_text("newer", encoding="utf-8"),
    ):
        before = parsed.manifest("duckdb", "sonic", manifest)
        change()
        after = parsed.manifest("duckdb", "sonic", manifest)
        assert after is not before
        assert parsed.manifest("duckdb", "sonic", manifest) is after


def test_what_dbt_stored_of_other_macros_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed, "PROJECT", tmp_path)
    monkeypatch.setenv("SONIC_DBT_PACKAGES", str(tmp_path / "packages"))
    macros, test, package = (
        tmp_path / name for name in ("macros/money.sql", "tests/generic/key.sql", "packages/dbt_utils/macros/some.sql")
    )
    for file in (macros, test, package):
        file.parent.mkdir(parents=True)
        file.write_text("{% macro share(amount) -%} 1 {%- endmacro %}", encoding="utf-8")
    target = tmp_path / "target"
    stored = target / parsed.STORED

    def is_read() -> bool:
        with parsed.stored_fits(target):
            was_there = stored.is_file()
        stored.write_text("what dbt stores", encoding="utf-8")
        return was_there

    assert not is_read()
    assert is_read()
    macros.write_text("{% macro share(amount) -%} 2 {%- endmacro %}", encoding="utf-8")
    assert is_read(), "dbt sees by itself what a macro says anew"
    for file, text in (
        (macros, "{% macro share(amount, parts) -%} 2 {%- endmacro %}"),
        (macros.with_name("dispatched.sql"), "{%- macro postgres__share(amount) -%} 3 {%- endmacro -%}"),
        (test, "{% test key(model) %} select 2 {% endtest %}"),
        (package, "{%macro other()%} 4 {%endmacro%}"),
    ):
        file.write_text(text, encoding="utf-8")
        assert not is_read(), file
        assert is_read(), file

    with pytest.raises(KeyboardInterrupt), parsed.stored_fits(target):
        raise KeyboardInterrupt
    assert not is_read(), "a parse that was interrupted may have stored what it had"


def test_a_template_is_compiled_once_and_rendered_with_what_it_is_given() -> None:
    text = "{{ greeting }}, {{ name | as_text }}"
    usual = EventManager.fire_event
    with compiled_once():
        templates = [get_template(text, {}) for _ in range(2)]
        assert templates[0].root_render_func.__code__ is templates[1].root_render_func.__code__
        given = [{"greeting": greeting, "name": "you"} for greeting in ("Good day", "Good night")]
        rendered = [template.render(values) for template, values in zip(templates, given, strict=True)]
        assert rendered == ["Good day, you", "Good night, you"]
        kinds = [get_template("{{ '7' | as_number }}", {}, native=native) for native in (True, False, True)]
        assert [each.render({}) for each in kinds] == [7, "7", 7]
    assert get_template(text, {}).root_render_func.__code__ is not templates[0].root_render_func.__code__
    assert EventManager.fire_event is usual


def test_events_below_the_level_of_the_log_are_left_out() -> None:
    manager, heard = EventManager(), []
    manager.add_callback(lambda event: heard.append(event.info.level))
    event = MainReportVersion(version="1", log_version=3)
    with without_unheard():
        manager.fire_event(event, level=EventLevel.DEBUG)
        manager.fire_event(event)
        manager.fire_event(event, level=EventLevel.WARN)
    manager.fire_event(event, level=EventLevel.DEBUG)
    assert heard == ["info", "warn", "debug"]


def test_flags_of_behaviour_are_what_they_are_without_their_source() -> None:
    flags: Any = [
        {"name": "new_way", "default": False, "docs_url": "url"},
        {"name": "old_way", "default": True, "docs_url": ""},
    ]
    with unsourced_flags():
        quick = Behavior(flags, {"new_way": True})
    usual = Behavior(flags, {"new_way": True})
    for made in (quick, usual):
        assert [bool(made.new_way), bool(made.old_way)] == [True, True]
    assert quick.new_way._behavior_change_event.flag_source == "dbt.adapters"
    assert usual.new_way._behavior_change_event.flag_source == __name__


def test_an_event_that_is_not_heard_still_tells_who_asks() -> None:
    with without_unheard():
        event = MainReportVersion(version="1", log_version=3)
        unheard = SQLQuery(conn_name="one", sql="select 1", node_info={})
        assert (event.version, unheard.sql, unheard.conn_name) == ("1", "select 1", "one")
        assert "select 1" in unheard.message()


def test_the_macros_that_a_thread_keeps_see_the_context_of_their_node() -> None:
    macros: Any = {"shop": {"greet": SimpleNamespace(name="greet", package_name="shop", unique_id="macro.shop.greet")}}
    namespaces: list[Any] = []

    def run(node: str) -> None:
        def compile_and_execute(*_: Any) -> None:
            for step in ("compile", "run"):
                builder = MacroNamespaceBuilder("shop", "shop", MacroStack(), ["dbt"], node)
                namespace: Any = builder.build_namespace(macros, {"node": node, "step": step})
                found = namespace["greet"], namespace.get_from_package("shop", "greet"), namespace["shop"]["greet"]
                for macro in found:
                    assert (macro.context, macro.node) == ({"node": node, "step": step}, node)
                    assert macro.stack is builder.thread_ctx
                namespaces.append(namespace)

        runner: Any = SimpleNamespace(
            node=node,
            compile_and_execute=compile_and_execute,
            _safe_release_connection=lambda: None,
            ephemeral_result=lambda *_: None,
        )
        BaseRunner.safe_run(runner, None)

    usual = BaseRunner.safe_run
    with contexts.kept_between_nodes():
        run("first")
        run("second")
        outside = MacroNamespaceBuilder("shop", "shop", MacroStack(), ["dbt"], None).build_namespace(macros, {})
    run("third")
    assert BaseRunner.safe_run is usual
    # a node has as many as it has contexts, the next one has the same
    assert len({id(each) for each in namespaces[:2]}) == 2
    assert {id(each) for each in namespaces[:2]} == {id(each) for each in namespaces[2:4]}
    assert not {id(outside), *map(id, namespaces[4:])} & {id(each) for each in namespaces[:4]}


def test_results_are_typed_as_ever() -> None:
    rows = [{"name": "007", "number": 7, "day": None}, {"name": "", "number": 8, "day": None}]
    usual = table_from_data_flat(rows, ["name", "number", "day"])
    with contexts.kept_between_nodes():
        for _ in range(2):
            kept = table_from_data_flat(rows, ["name", "number", "day"])
            assert [tuple(row) for row in kept.rows] == [tuple(row) for row in usual.rows]
            assert [type(each) for each in kept.column_types] == [type(each) for each in usual.column_types]


def test_a_relation_is_found_by_its_name_as_among_all() -> None:
    """In dbt's own list where the schema is in it; a name in another case is refused as ever."""
    listed = PostgresRelation.create(database="sonic", schema="marts", identifier="dim_date", type="table")

    class Adapter(PostgresAdapter):
        def __init__(self) -> None:
            self.cache = RelationsCache()
            self.connections: Any = SimpleNamespace(get_if_exists=lambda: None)
            self.config: Any = SimpleNamespace(quoting={"database": True, "schema": True, "identifier": True})

        def list_relations_without_caching(self, schema_relation: Any) -> list[Any]:
            return [listed] if schema_relation.schema == "marts" else []

    for found in (nullcontext, found_by_name):
        adapter = Adapter()
        with found():
            for _ in range(2):
                assert adapter.get_relation("sonic", "marts", "dim_date") == listed
                assert adapter.get_relation("sonic", "marts", "dim_user") is None
                assert adapter.get_relation("sonic", "staging", "dim_date") is None
                with pytest.raises(ApproximateMatchError):
                    adapter.get_relation("sonic", "marts", "DIM_DATE")
