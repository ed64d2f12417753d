"""The warehouse that mutants are tried on: built once on DuckDB, found right by the oracle, with what dbt compiled."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from mutants import atoms
from oracle.answers import ANSWERS, BY_DAY, LEFT_OUT
from sonic.errors import SonicError
from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.verify.staging import is_compared, verify_staging
from sonic.verify.truth import truth_of, verify
from sonic.warehouse.build import build
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.targets import open_database

DATABASE = "mutants"
QUARANTINE = "quarantine"
RECIPE, DAYS = Recipe(seed=7, scale=0.1), 45
"""The data of the suite's own warehouses, defects included."""
EARLIER = 40
"""Day after which the increments begin that a mutant must stand."""
ACTUAL = "_dbt_internal_unit_test_actual"
"""Name of what a model selects, in the query of a unit test."""
UNIT_TESTS = ("test", "--select", "test_type:unit")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Model:
    """A model as dbt compiled it: for a full refresh, and for an increment where it has one."""

    name: str
    unique_id: str
    path: str
    relation: str
    materialized: str
    columns: dict[str, str]
    full: str
    incremental: str

    @property
    def is_incremental(self) -> bool:
        return self.materialized == "incremental"


@dataclass(frozen=True)
class DataTest:
    """A data test, compiled: the rows that it finds are failures."""

    name: str
    sql: str
    failures: str
    reads: frozenset[str]


@dataclass(frozen=True)
class Ground:
    """Files of the warehouse: all days, the same up to an earlier day, what every model holds, and dbt's words."""

    folder: Path

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    @property
    def whole(self) -> Path:
        return self.folder / "whole.duckdb"

    @property
    def earlier(self) -> Path:
        return self.folder / "earlier.duckdb"

    @cached_property
    def expected(self) -> dict[str, list[int]]:
        """The fingerprint of what each model holds."""
        return dict(json.loads((self.folder / "expected.json").read_text(encoding="utf-8")))

    @cached_property
    def functions(self) -> list[str]:
        """Statements that make the functions which compiled SQL calls in place of macros."""
        return list(json.loads((self.folder / "functions.json").read_text(encoding="utf-8")))

    @cached_property
    def clean(self) -> Path:
        """The lake of clean rows."""
        return Path((self.folder / "clean").read_text(encoding="utf-8"))

    @cached_property
    def _full(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "full.json").read_text(encoding="utf-8")))

    @cached_property
    def _incremental(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "incremental.json").read_text(encoding="utf-8")))

    @cached_property
    def models(self) -> dict[str, Model]:
        """By name, each after those that it reads."""
        found = {
            node["unique_id"]: Model(
                name=node["name"],
                unique_id=node["unique_id"],
                path=node["original_file_path"],
                relation=node["relation_name"],
                materialized=node["config"]["materialized"],
                columns={column["name"]: column["data_type"] for column in node["columns"].values()},
                full=node["compiled_code"],
                incremental=self._incremental["nodes"][node["unique_id"]]["compiled_code"],
            )
            for node in self._full["nodes"].values()
            if node["resource_type"] == "model"
        }
        return {found[name].name: found[name] for name in self._in_order(list(found))}

    def _in_order(self, names: list[str]) -> list[str]:
        done: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in done:
                return
            for parent in sorted(self._full["nodes"][name]["depends_on"]["nodes"]):
                if parent.startswith("model."):
                    visit(parent)
            done[name] = None

        for name in sorted(names):
            visit(name)
        return list(done)

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Names of the models that read a model."""
        found: dict[str, list[str]] = {name: [] for name in self.models}
        for model in self.models.values():
            for parent in self._full["nodes"][model.unique_id]["depends_on"]["nodes"]:
                if parent.startswith("model."):
                    found[parent.split(".")[-1]].append(model.name)
        return found

    def below(self, name: str) -> list[str]:
        """Names of the models that depend on a model, each after those that it reads."""
        wanted = {name}
        for each in self.models:
            if each in wanted:
                wanted.update(self.children[each])
        return [each for each in self.models if each in wanted - {name}]

    @cached_property
    def data_tests(self) -> list[DataTest]:
        return [
            DataTest(
                node["name"],
                node["compiled_code"],
                node["config"]["fail_calc"],
                frozenset(p.split(".")[-1] for p in node["depends_on"]["nodes"] if p.startswith("model.")),
            )
            for node in self._full["nodes"].values()
            if node["resource_type"] == "test"
        ]

    @cached_property
    def unit_tests(self) -> dict[str, tuple[str, str]]:
        """By the name of a unit test its model's and the query that dbt makes of it."""
        asked = dict(json.loads((self.folder / "unit_tests.json").read_text(encoding="utf-8")))
        return {test["name"]: (test["model"], asked[test["name"]]) for test in self._full["unit_tests"].values()}

    @cached_property
    def references(self) -> dict[str, str]:
        """For each relation as compiled SQL names it, how a model's file does."""
        nodes = [node for node in self._full["nodes"].values() if node.get("relation_name")]
        found = {node["relation_name"]: "{{ ref('" + node["name"] + "') }}" for node in nodes}
        for source in self._full["sources"].values():
            found[source["relation_name"]] = f"{{{{ source('{source['source_name']}', '{source['name']}') }}}}"
        return found


def prepare(folder: Path, tell: Tell) -> Ground:
    """Makes the ground in an empty folder. Raises `SonicError` if the oracle does not find it right."""
    ground = Ground(folder)
    home, lake = ground.home, Lake(ground.home.root / "lake")
    tell("Generating")
    generate(lake.root, RECIPE, DAYS)
    database = open_database(home, "duckdb", DATABASE)
    for day, kept in ((EARLIER, ground.earlier), (DAYS, ground.whole)):
        tell(f"Building {day} days")
        load(database, lake, until=RECIPE.first_day + timedelta(days=day - 1))
        build(home, database, full_refresh=True)
        let_go()
        shutil.copy(home.duckdb(DATABASE), kept)
    tell("Asking the oracle")
    truth = truth_of(home, database, lake)
    with database.held():
        verdicts = [*verify(database, truth), *verify_staging(database, truth)]
    if wrong := [each.mart for each in verdicts if each.differences]:
        raise SonicError(f"The warehouse is wrong before any mutation: {', '.join(wrong)}", str(folder), "Mend it.")
    dbt = Dbt(home, "duckdb", DATABASE)
    functions = atoms.functions(dbt)
    (folder / "functions.json").write_text(json.dumps(functions), encoding="utf-8")
    (folder / "clean").write_text(str(truth.lake.root), encoding="utf-8")
    manifest = atoms.as_functions(dbt.parse())
    for name, options in (("full", ["--full-refresh"]), ("incremental", [])):
        tell(f"Compiling, {name}")
        dbt.run(["compile", *options], manifest=copy.deepcopy(manifest), written=True)
        shutil.copy(dbt.target_path / "manifest.json", folder / f"{name}.json")
    let_go()
    for path in (ground.whole, home.duckdb(DATABASE)):
        with duckdb.connect(str(path)) as connection:
            for statement in functions:
                connection.execute(statement)
    tell("Asking the unit tests")
    queries: dict[str, str] = {}
    failed = [node.name for node in dbt.run(UNIT_TESTS, manifest=manifest, listen=_keep(queries)) if node.failed]
    if failed:
        raise SonicError(f"Unit tests fail before any mutation: {', '.join(failed)}", str(folder), "Mend them.")
    (folder / "unit_tests.json").write_text(json.dumps(queries), encoding="utf-8")
    let_go()
    tell("Reading what every model holds")
    with duckdb.connect(str(home.duckdb(DATABASE))) as connection:
        connection.execute("set timezone = 'UTC'")
        expected = {name: fingerprint(connection, model) for name, model in ground.models.items()}
    (folder / "expected.json").write_text(json.dumps(expected), encoding="utf-8")
    return ground


def _keep(queries: dict[str, str]) -> Callable[[Any], None]:
    """A listener that keeps the query of each unit test that dbt runs."""

    def listen(event: Any) -> None:
        if event.info.name == "SQLQuery" and ACTUAL in event.data.sql:
            queries[event.data.node_info.node_name] = event.data.sql

    return listen


def let_go() -> None:
    """Closes dbt's connection: it would keep the file open, and the last rows in its log."""
    connections: Any = DuckDBConnectionManager
    connections.close_all_connections()


def fingerprint(connection: duckdb.DuckDBPyConnection, model: Model) -> list[int]:
    """Of a model's rows: their number, the sum of their hashes as the oracle compares them, and of all columns."""
    sums = (f"coalesce(sum(hash({', '.join(columns)})), 0)" for columns in (_compared(model), model.columns))
    row = connection.execute(f"select count(*), {', '.join(sums)} from {model.relation}").fetchall()[0]
    return [int(number) for number in row]


def _compared(model: Model) -> list[str]:
    if model.name not in ANSWERS and model.name != QUARANTINE and not is_compared(model.name):
        return list(model.columns)
    kept = [name for name in model.columns if name not in LEFT_OUT]
    return kept if is_compared(model.name) else [f"cast({name} as date)" if name in BY_DAY else name for name in kept]
