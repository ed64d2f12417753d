"""Who holds a recording that bots play is charged. Small data hold no loop of one: here fewer plays are enough."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oracle.lake import Seeds
from oracle.truth import Truth
from sonic.paths import PROJECT, Home
from sonic.project.dbt import Dbt
from sonic.verify.truth import verify
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import WITHOUT_VIEWS, Warehouse, environment

RULES = "business_rules"
FIGURES = {"artificial_penalty_plays": "1", "artificial_penalty_share_ppm": "400000"}
"""Rules of fewer plays and of a smaller share of them."""
MARTS = ("fct_artificial_penalties", "fct_royalty_statement_lines")
SELECTION = ("int_rules_by_date", "int_artificial_recordings", "int_royalty_shares", "fct_artificial_penalties+")


@pytest.fixture(scope="module")
def strict(duckdb: Any, truth: Truth, folder: Path) -> Iterator[tuple[Warehouse, Truth]]:
    """A copy of the DuckDB warehouse with other rules, what they change built anew, and the truth by the same rules."""
    home = Home(folder / "strict")
    seeds = folder / "strict-seeds"
    duckdb.database.execute("force checkpoint")
    shutil.copytree(duckdb.database.path.parent, home.root / "duckdb")
    shutil.copytree(PROJECT / "seeds", seeds)
    with environment({"SONIC_HOME": str(home.root)}):
        database = open_database(home, "duckdb", duckdb.database.name)
        for name, value in FIGURES.items():
            database.execute(f"update staging.{RULES} set value = {value} where rule_name = '{name}'")
        _change(next(seeds.rglob(f"{RULES}.csv")))
        command = ["run", "--full-refresh", "--select", *SELECTION, *WITHOUT_VIEWS]
        nodes = Dbt(home, "duckdb", database.name).run(command)
        assert not [f"{node.name}: {node.message}" for node in nodes if node.failed]
        yield Warehouse(home, database), Truth(truth.lake, Seeds(seeds), truth.planted)


def _change(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["rule_name"] for row in rows} > FIGURES.keys()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "value": FIGURES.get(row["rule_name"], row["value"])} for row in rows)


@pytest.mark.parametrize("mart", MARTS)
def test_who_holds_what_bots_play_is_charged(strict: tuple[Warehouse, Truth], mart: str) -> None:
    """Each holder its part, as plain Python has it, and a line of the month's statement for it."""
    warehouse, truth = strict
    (verdict,) = verify(warehouse.database, truth, [mart])
    assert verdict.rows > 0
    assert not verdict.differences, "\n".join(str(one) for one in verdict.differences[:5])


def test_several_recordings_and_holders_are_charged(strict: tuple[Warehouse, Truth]) -> None:
    """More than one of each, and statements that say so: the comparison above is of something."""
    database = strict[0].database
    charged = "select count(distinct song_id), count(distinct payee_id) from marts.fct_artificial_penalties"
    ((songs, payees),) = database.query(charged)[1]
    assert songs > 3 and payees > 3
    assert database.value("select count(*) from marts.fct_royalty_statement_lines where kind = 'penalty'") > 3
