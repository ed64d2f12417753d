"""Unit tests as the queries that dbt makes of them, so that a mutant can stand in the model's place at once.

dbt puts its rows for each input in front of the model's own statement, selects from it the columns that are expected,
and compares. The model's statement in that query is taken out and the mutant's put in; a test whose query holds
anything else (a variable or macro of its own) is left to dbt.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from mutants.ground import ACTUAL, Ground
from mutants.operators import parse, text

INPUT = "__dbt__cte__"
"""Beginning of the name that an input's rows have in dbt's query."""
MODEL = "__model__"


@dataclass(frozen=True)
class UnitTest:
    """A unit test as a query: the rows found and those expected, told apart by the last column."""

    name: str
    is_of_increments: bool
    """Whether it tries what an increment selects."""

    query: str
    """What dbt asks, with `MODEL` in the place of the model's statement."""

    inputs: dict[str, str]
    """The rows of each input, by its name."""

    def of(self, statement: str) -> str:
        """The query with a statement, as `operators.text` writes it, in the model's place."""
        rest = _on_inputs(statement, self.inputs)
        own = re.match("WITH (RECURSIVE )?", rest)
        ctes = ", ".join(self.inputs.values())
        return self.query.replace(
            MODEL, f"WITH RECURSIVE {ctes}{', ' if own else ' '}{rest[own.end() if own else 0 :]}"
        )


class UnitTests:
    """The unit tests of a ground: those that can be asked directly, and the names of those left to dbt, by model."""

    def __init__(self, ground: Ground) -> None:
        self.direct: dict[str, list[UnitTest]] = defaultdict(list)
        self.left_to_dbt: dict[str, list[str]] = defaultdict(list)
        for name, (model, sql) in ground.unit_tests.items():
            tested = ground.models[model]
            test = _directly(name, sql, tested.full, tested.incremental)
            if test:
                self.direct[model].append(test)
            else:
                self.left_to_dbt[model].append(name)


def _directly(name: str, sql: str, full: str, incremental: str) -> UnitTest | None:
    """A unit test whose query holds what the model selects and nothing else; no variables or macros of its own."""
    query = parse(sql)
    place = next(each for each in query.find_all(exp.Subquery) if each.alias == ACTUAL).this
    statement = place.copy()
    place.replace(exp.column(MODEL))
    ctes = statement.args["with_"].expressions
    inputs = {each.alias: text(each) for each in ctes if each.alias.startswith(INPUT)}
    ctes[:] = [each for each in ctes if each.alias not in inputs]
    if not ctes:
        statement.set("with_", None)
    for is_of_increments, selected in ((False, full), (True, incremental)):
        if text(statement) == _on_inputs(text(parse(selected)), inputs):
            return UnitTest(name, is_of_increments, text(query), inputs)
    return None


def _on_inputs(statement: str, inputs: Collection[str]) -> str:
    """A statement that reads a test's inputs in place of the tables."""

    def put(found: re.Match[str]) -> str:
        return INPUT + found[1] if INPUT + found[1] in inputs else found[0]

    return re.sub(r'"\w+"\."\w+"\."(\w+)"', put, statement)


def fails(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    """Whether the rows found are others than those expected, in any order."""
    rows: dict[str, Counter[tuple[object, ...]]] = {"actual": Counter(), "expected": Counter()}
    for *row, which in connection.execute(sql).fetchall():
        rows[which][tuple(row)] += 1
    return rows["actual"] != rows["expected"]
