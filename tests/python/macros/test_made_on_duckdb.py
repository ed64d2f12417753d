"""What the project's own way of making views on DuckDB keeps of dbt's: contracts, hooks, and what stands until then."""

from __future__ import annotations

from pathlib import Path

from tests.python.macros.small_project import SmallProject

YAML = """
models:
  - name: thing
    config:
      materialized: {kind}
      contract: {{enforced: true}}
      pre_hook: "create table if not exists hooks as select 'before' as at_what where false"
      post_hook: "insert into hooks values ('after')"
    columns:
      - {{name: thing_id, data_type: bigint}}
      - {{name: name, data_type: varchar}}
  - name: reader
    config: {{materialized: view}}
"""
RIGHT = "select cast(1 as bigint) as thing_id, 'one' as name"
WRONG = {
    "type": (RIGHT.replace("as bigint", "as text"), "data type mismatch"),
    "missing": (RIGHT.replace(", 'one' as name", ""), "missing in definition"),
    "too_many": (f"{RIGHT}, 1 as more", "missing in contract"),
}


def test_a_view_replaces_what_stands_once_its_contract_is_kept(tmp_path: Path) -> None:
    project = SmallProject.lay(tmp_path, {"reader.sql": "select name from {{ ref('thing') }}"})
    for number, kind in enumerate(("table", "view", "view", "table", "view")):
        project.write({"things.yml": YAML.format(kind=kind), "thing.sql": RIGHT.replace("one", f"{kind} {number}")})
        assert set(project.dbt("run").values()) == {("success", 0)}
        assert project.rows("select * from reader") == [(f"{kind} {number}",)]
        assert project.rows("select table_type from information_schema.tables where table_name = 'thing'") == [
            ({"view": "VIEW", "table": "BASE TABLE"}[kind],)
        ]
        assert project.rows("select count(*) from hooks") == [(number + 1,)]
    for query, said in WRONG.values():
        project.write({"thing.sql": query})
        assert said in project.messages("run", "--select", "thing")["thing"]
        assert project.rows("select * from thing") == [(1, "view 4")]
    left = "select table_name from information_schema.tables where table_name like '%dbt%'"
    assert project.rows(left) == []
