"""What docs/requirements.csv says: each requirement with what meets it and the tests that show it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from sonic.paths import PROJECT

TESTS = PROJECT / "tests" / "python"
SHOWN_BY = {
    "tables": (
        "generators/test_integrity.py::test_table_has_rows_and_its_declared_schema",
        "warehouse/test_oracle.py::test_staging_holds_what_was_sent",
    ),
    "models": (
        "warehouse/test_oracle.py::test_marts_of_postgres_are_true",
        "warehouse/test_oracle.py::test_marts_of_duckdb_are_true",
    ),
    "analyses": ("warehouse/test_project.py::test_every_question_has_an_answer",),
}
"""Tests that show all things of a kind, each with rows; a line of the file names those of its own besides."""


class Requirement(NamedTuple):
    """One line of the file; lists are divided by blanks, commands by semicolons."""

    id: str
    requirement: str
    tables: tuple[str, ...]
    models: tuple[str, ...]
    analyses: tuple[str, ...]
    commands: tuple[str, ...]
    tests: tuple[str, ...]
    open: str

    @property
    def shown(self) -> tuple[str, ...]:
        """All tests that show it."""
        kinds = {"tables": self.tables, "models": self.models, "analyses": self.analyses}
        return (*self.tests, *(test for kind, named in kinds.items() if named for test in SHOWN_BY[kind]))


def requirements(path: Path = PROJECT / "docs" / "requirements.csv") -> list[Requirement]:
    """All of them, in their order."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Requirement(
                id=row["id"],
                requirement=row["requirement"],
                tables=tuple(row["tables"].split()),
                models=tuple(row["models"].split()),
                analyses=tuple(row["analyses"].split()),
                commands=tuple(filter(None, row["commands"].split("; "))),
                tests=tuple(row["tests"].split()),
                open=row["open"],
            )
            for row in csv.DictReader(file)
        ]


def not_shown(passed: set[str]) -> list[str]:
    """Tests that requirements name and that are not among those that passed, with the requirements."""
    named: dict[str, list[str]] = {}
    for requirement in requirements():
        for test in requirement.shown:
            named.setdefault(test, []).append(requirement.id)
    return [f"{test} ({', '.join(ids)})" for test, ids in sorted(named.items()) if test not in passed]
