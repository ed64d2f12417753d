"""What the project's own way of making views and tables on PostgreSQL keeps of dbt's: contracts, comments, indexes,
hooks, and that what stands is there until what replaces it is."""

from __future__ import annotations

from itertools import product

from sonic.warehouse.postgres import Postgres
from tests.python.macros.small_project import SmallProject

KINDS = ("view", "table", "incremental")
SETTINGS = """
  - name: {name}
    description: {description}
    config:
      materialized: {kind}
      contract: {{enforced: true}}
      persist_docs: {{relation: true, columns: true}}
      on_schema_change: fail
    columns:
      - {{name: thing_id, data_type: bigint, description: Its "id"., constraints: [{{type: not_null}}]}}
      - {{name: name, data_type: "varchar(9)", description: It's a name.}}
      - {{name: share, data_type: "numeric(18, 6)", description: A share.}}
"""
RIGHT = "select cast(1 as bigint) as thing_id, cast('one' as varchar(9)) as name, cast(0.5 as numeric(18, 6)) as share"
# What breaks the contract, and what is said of it.
WRONG = {
    "type": (RIGHT.replace("as bigint", "as integer"), "thing_id: bigint by contract, integer in the model"),
    "like_type": (RIGHT.replace("varchar(9)", "text"), "name: character varying by contract, text in the model"),
    "missing": (
        RIGHT.replace(", cast(0.5 as numeric(18, 6)) as share", ""),
        "share: numeric by contract, not there in the model",
    ),
    "too_many": (f"{RIGHT}, 1 as more", "more: not there by contract, integer in the model"),
    "other_name": (
        RIGHT.replace("as name", "as title"),
        "title: not there by contract, character varying in the model",
    ),
}


def settings(kinds_by_name: dict[str, str], description: str = "It's a thing.") -> str:
    return "models:" + "".join(
        SETTINGS.format(name=name, kind=kind, description=description) for name, kind in kinds_by_name.items()
    )


def test_contracts_are_kept(project: SmallProject, database: Postgres) -> None:
    """Whatever of one is broken is named, when a model is made first and when it is made again; what stands stays."""
    kinds = {f"{wrong}_{kind}": kind for wrong, kind in product(WRONG, KINDS)}
    said = {f"{wrong}_{kind}": WRONG[wrong][1] for wrong, kind in product(WRONG, KINDS)}
    broken = {f"{wrong}_{kind}.sql": WRONG[wrong][0] for wrong, kind in product(WRONG, KINDS)}
    there = (
        "select relname from pg_class where relnamespace = cast('small' as regnamespace) or relname like '%contract%'"
        " order by 1"
    )

    project.write(broken | {"things.yml": settings(kinds)})
    messages = project.messages("run")
    assert {name: said[name] in message for name, message in messages.items()} == dict.fromkeys(kinds, True), messages
    assert database.query(there)[1] == []

    project.write({f"{name}.sql": RIGHT for name in kinds})
    assert set(project.messages("run").values()) == {"CREATE VIEW", "INSERT 0 1"}
    for again in ([], ["--full-refresh"]):
        project.write(broken)
        messages = project.messages("run", *again)
        assert {name: said[name] in message for name, message in messages.items()} == dict.fromkeys(kinds, True)
        assert [name for (name,) in database.query(there)[1]] == sorted(kinds)
        for name in kinds:
            assert database.query(f"select thing_id, name from small.{name}")[1] == [(1, "one")]


def test_a_table_without_constraints_has_the_contracts_types_too(project: SmallProject, database: Postgres) -> None:
    """Filled as it is made: a number is rounded as it would be on its way into the column."""
    plain = settings({"plain": "table"}).replace(", constraints: [{type: not_null}]", "")
    project.write({"things.yml": plain, "plain.sql": RIGHT.replace("0.5 as numeric(18, 6)", "0.12345678 as numeric")})
    assert project.messages("run") == {"plain": "SELECT 1"}
    types = "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = cast('small.plain' as regclass)"
    assert database.query(f"{types} and attnum > 0 order by attnum")[1] == [
        ("bigint",),
        ("character varying(9)",),
        ("numeric(18,6)",),
    ]
    assert str(database.value("select share from small.plain")) == "0.123457"
    for wrong, said in WRONG.values():
        project.write({"plain.sql": wrong})
        assert said in project.messages("run")["plain"]
        assert str(database.value("select share from small.plain")) == "0.123457"


def test_comments_are_those_of_the_yaml(project: SmallProject, database: Postgres) -> None:
    kinds = {f"a_{kind}": kind for kind in KINDS}
    project.write({f"{name}.sql": RIGHT for name in kinds})
    for description in ("It's a thing.", "Another thing."):
        project.write({"things.yml": settings(kinds, description)})
        project.messages("run")
        for name in kinds:
            comments = database.query(
                "select objsubid, description from pg_description"
                f" where objoid = cast('small.{name}' as regclass) and classoid = cast('pg_class' as regclass)"
                " order by objsubid"
            )[1]
            assert comments == [(0, description), (1, 'Its "id".'), (2, "It's a name."), (3, "A share.")], name


def test_a_table_has_its_indexes_and_hooks_each_time(project: SmallProject, database: Postgres) -> None:
    hooks = ", ".join(
        f"{when}_hook=[{{'sql': 'insert into small.hooks values (''{when}'')', 'transaction': {inside}}}]"
        for when, inside in (("pre", "false"), ("post", "true"))
    )
    database.execute("create schema small")
    database.execute("create table small.hooks (name text)")
    for kind in ("table", "incremental"):
        config = (
            f"materialized='{kind}', {hooks},"
            " indexes=[{'columns': ['thing_id'], 'unique': true}, {'columns': ['name'], 'type': 'hash'}]"
        ).replace("''", "\\'")
        project.write({f"a_{kind}.sql": f"{{{{ config({config}) }}}} {RIGHT} where not {{{{ is_incremental() }}}}"})
    for number, arguments in enumerate(([], [], ["--full-refresh"]), start=1):
        added = "INSERT 0 0" if number == 2 else "SELECT 1"
        assert project.messages("run", *arguments) == {"a_table": "SELECT 1", "a_incremental": added}
        for name in ("a_table", "a_incremental"):
            indexes = database.query(
                "select amname, indisunique, indkey[0] from pg_index"
                " join pg_class on pg_class.oid = indexrelid join pg_am on pg_am.oid = relam"
                f" where indrelid = cast('small.{name}' as regclass) order by amname"
            )[1]
            assert indexes == [("btree", True, 1), ("hash", False, 2)]
        assert database.query("select name, count(*) from small.hooks group by name order by name")[1] == [
            ("post", 2 * number),
            ("pre", 2 * number),
        ]


def test_one_kind_replaces_another(project: SmallProject, database: Postgres) -> None:
    """With what reads it, which is made anew; what an earlier run that was killed left beside it is no hindrance."""
    changes = {f"{before}_to_{after}": (before, after) for before, after in product(KINDS, KINDS)}
    for step, word in enumerate(("one", "two")):
        for name, kinds in changes.items():
            text = f"{{{{ config(materialized='{kinds[step]}') }}}} select '{word}' as word"
            project.write({f"{name}.sql": text, f"of_{name}.sql": f"select * from {{{{ ref('{name}') }}}}"})
        messages = project.messages("run", "--full-refresh")
        assert set(messages.values()) == {"CREATE VIEW", "SELECT 1"}
        for name in changes:
            assert database.query(f"select word from small.of_{name}")[1] == [(word,)]
            if step == 0:
                database.execute(f"create table small.{name}__dbt_tmp as select 'left over' as word")
    found = database.query(
        "select relname, relkind from pg_class where relnamespace = cast('small' as regnamespace)"
        " and relname not like 'of_%' and not (relkind = 'r' and relname like '%_to_view__dbt_tmp')"
    )[1]
    assert dict(found) == {name: "v" if after == "view" else "r" for name, (_, after) in changes.items()}


DAYS = """{{{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key={key},
    indexes=[{{'columns': ['day', 'rank']{unique}}}]
) }}}}
select day, rank, name from public.told where {{{{ 'is_touched' if is_incremental() else 'true' }}}}
"""


def test_an_increment_writes_only_the_rows_that_differ(project: SmallProject, database: Postgres) -> None:
    """Of a day told anew as a whole a row that is as it was stays the very same; others change, come and go.

    Ranks are handed on under a unique index. Without one each row is written; the rows are the same.
    """
    unique = ", 'unique': true"
    project.write(
        {
            "days.sql": DAYS.format(key="'day'", unique=unique),
            "cells.sql": DAYS.format(key="['day', 'rank']", unique=unique),
            "loose.sql": DAYS.format(key="'day'", unique=""),
        }
    )
    database.execute("create table public.told (day int, rank int, name text, is_touched boolean default true)")
    database.execute("insert into told values (1, 1, 'a', false)")
    database.execute("insert into told values (2, 1, 'b'), (2, 2, null), (2, 3, 'c'), (2, 4, 'd')")
    models = ("days", "cells", "loose")
    first = {name: result[0] for name, result in project.dbt("run").items()}
    assert first == dict.fromkeys(models, "success")
    before = {model: _versions(database, model) for model in models}
    database.execute("delete from told where rank = 4")
    database.execute("update told set name = case name when 'b' then 'c' else 'b' end where name in ('b', 'c')")
    database.execute("insert into told values (3, 1, 'e')")
    project.dbt("run")
    after = {model: _versions(database, model) for model in models}
    rows = {(1, 1, "a"), (2, 1, "c"), (2, 2, None), (2, 3, "b"), (3, 1, "e")}
    assert set(after["days"]) == set(after["loose"]) == rows
    assert set(after["cells"]) == {*rows, (2, 4, "d")}, "a key that is not told any more stays, as with dbt"
    stays: dict[str, set[tuple[object, ...]]] = {"days": {(2, 2, None)}, "cells": {(2, 2, None), (2, 4, "d")}}
    for model in models:
        stood = {row for row in before[model] if after[model].get(row) == before[model][row]}
        assert stood == {(1, 1, "a"), *stays.get(model, set())}


def _versions(database: Postgres, model: str) -> dict[tuple[object, ...], object]:
    """The rows, and by which transaction each was written."""
    found = database.query(f"select day, rank, name, cast(cast(xmin as text) as bigint) from small.{model}")[1]
    return {row[:3]: row[3] for row in found}


def test_rows_are_joined_by_hash(project: SmallProject, database: Postgres) -> None:
    """Those of a table, and of an increment, which once merged all plays by their month alone."""
    how = "select current_setting('enable_mergejoin') || current_setting('enable_nestloop') as how"
    project.write(
        {
            "made.sql": f"{{{{ config(materialized='table') }}}}\n{how}",
            "grown.sql": f"{{{{ config(materialized='incremental') }}}}\n{how}",
        }
    )
    for rows in (1, 2):
        project.messages("run")
        assert database.query("select how from small.made")[1] == [("offoff",)]
        assert database.query("select how from small.grown")[1] == [("offoff",)] * rows
