"""What a build on PostgreSQL spares itself: making views anew that are unchanged, and connecting for each node."""

from __future__ import annotations

from sonic.project.connections import kept_between_nodes
from sonic.warehouse.postgres import Postgres
from tests.python.macros.small_project import SmallProject

THINGS = "{{ config(materialized='table') }} select 1 as thing_id, 'one' as name"
MODELS = {
    "source_things.sql": "select 1 as thing_id, 'one' as name",
    "things.sql": "select * from {{ ref('source_things') }}",
    "many_things.sql": "select count(*) as things from {{ ref('things') }}",
    "stored.sql": THINGS,
    "of_stored.sql": "select * from {{ ref('stored') }}",
}
DESCRIBED = """
models:
  - name: things
    description: {description}
    config: {{persist_docs: {{relation: true, columns: true}}}}
"""


def made_anew(project: SmallProject, database: Postgres, *arguments: str) -> set[str]:
    """Runs dbt; the names of the relations that are others than before."""
    before = relations(database)
    outcomes = project.dbt("run", *arguments)
    assert {status for status, _ in outcomes.values()} == {"success"}
    return {name for name, oid in relations(database).items() if before.get(name) != oid}


def relations(database: Postgres) -> dict[str, int]:
    found = database.query(
        "select relname, pg_class.oid from pg_class join pg_namespace on pg_namespace.oid = relnamespace"
        " where nspname = 'small' and relkind in ('r', 'v')"
    )
    return dict(found[1])


def test_views_are_kept_until_something_changes(project: SmallProject, database: Postgres) -> None:
    project.write(MODELS | {"models.yml": DESCRIBED.format(description="Things.")})
    views = {"source_things", "things", "many_things", "of_stored"}
    with kept_between_nodes():
        assert made_anew(project, database) == views | {"stored"}
        # a table falls with the views that read it
        assert made_anew(project, database) == {"stored", "of_stored"}
        assert made_anew(project, database, "--full-refresh") == views | {"stored"}

        # another description
        project.write({"models.yml": DESCRIBED.format(description="All things.")})
        assert made_anew(project, database, "--select", "things+") == {"things", "many_things"}
        assert database.value("select obj_description(cast('small.things' as regclass))") == "All things."

        # other SQL
        project.write({"many_things.sql": "select count(*) as n from {{ ref('things') }}"})
        assert made_anew(project, database, "--select", "+many_things") == {"many_things"}

        # replaced by hand, in place
        database.execute("create or replace view small.source_things as select 2 as thing_id, 'two' as name")
        assert "source_things" in made_anew(project, database, "--select", "+many_things")
        assert database.value("select thing_id from small.things") == 1

        # dropped by hand
        database.execute("drop view small.many_things")
        assert made_anew(project, database, "--select", "+many_things") == {"many_things"}


def test_threads_keep_their_connections(project: SmallProject, database: Postgres) -> None:
    """Eight nodes leave nothing to each other and need no more connections than dbt has threads."""
    for number in range(8):
        text = (
            "{{ config(materialized='table', pre_hook=['set work_mem = 1234',"
            " 'create temporary table left_over as select 1 as one']) }} select 1 as one"
        )
        project.write({f"node_{number}.sql": text})
    outcomes = {}
    sessions = "select sessions from pg_stat_database where datname = current_database()"
    used = {}
    for name in ("kept", "closed"):
        before = database.value(sessions)
        if name == "kept":
            with kept_between_nodes():
                outcomes = project.dbt("run", "--select", "node_*")
        else:
            outcomes = project.dbt("run", "--select", "node_*")
        # a second table of that name in one session would be an error
        assert {status for status, _ in outcomes.values()} == {"success"}
        assert len(outcomes) == 8
        used[name] = database.value(sessions) - before
    assert used["kept"] <= used["closed"] - 6, used
    assert database.value("select count(*) from pg_stat_activity where application_name = 'dbt'") == 0


def test_a_connection_that_the_server_ended_is_opened_anew(project: SmallProject, database: Postgres) -> None:
    ending = (
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'dbt' and state = 'idle' and pid <> pg_backend_pid()"
    )
    models = {f"before_{number}": "select 1 as one" for number in (1, 2)}
    models["ending"] = (
        f'{{{{ config(materialized="table", pre_hook="{ending}") }}}}'
        " select * from {{ ref('before_1') }} union all select * from {{ ref('before_2') }}"
    )
    models |= {f"after_{number}": "select * from {{ ref('ending') }}" for number in (1, 2)}
    project.write({f"{name}.sql": text for name, text in models.items()})
    with kept_between_nodes():
        outcomes = project.dbt("run", "--select", *models)
    assert {name: status for name, (status, _) in outcomes.items()} == dict.fromkeys(models, "success")
