"""A dbt project of a test's own, with this repository's macros and generic tests and nothing else.

On DuckDB; on PostgreSQL where a profile for it is given.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from dbt.cli.main import dbtRunner

REPOSITORY = Path(__file__).parents[3]
_PROJECT = """\
name: sonic_warehouse
version: "1.0"
config-version: 2
profile: small
vars: {data_date: "2026-01-03"}
flags:
  send_anonymous_usage_stats: false
  require_generic_test_arguments_property: true
"""


@dataclass(frozen=True)
class SmallProject:
    """Its folder; the database is small.duckdb in it."""

    folder: Path

    @classmethod
    def lay(cls, folder: Path, models: dict[str, str], profile: dict[str, object] | None = None) -> SmallProject:
        """Writes the project: `models` maps file names under models/ to their text, `profile` is dbt's output."""
        (folder / "dbt_project.yml").write_text(_PROJECT, encoding="utf-8")
        profile = profile or {"type": "duckdb", "path": str(folder / "small.duckdb"), "schema": "main", "threads": 2}
        lines = ["small:", "  target: small", "  outputs:", "    small:"]
        lines += [f"      {key}: {value}" for key, value in profile.items()]
        (folder / "profiles.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        shutil.copytree(REPOSITORY / "macros", folder / "macros")
        shutil.copytree(REPOSITORY / "tests" / "generic", folder / "tests" / "generic")
        (folder / "models").mkdir()
        project = cls(folder)
        project.write(models)
        return project

    def write(self, models: dict[str, str]) -> None:
        """Adds or replaces models: the text of each by its file name under models/."""
        for name, text in models.items():
            (self.folder / "models" / name).write_text(text, encoding="utf-8")

    def dbt(self, *arguments: str) -> dict[str, tuple[str, int]]:
        """Runs dbt in this process: status and number of failures of each node by name.

        Raises RuntimeError if dbt could not run at all; a failing test or model is no error here.
        """
        results = self._results(*arguments)
        return {result.node.name: (str(result.status), result.failures or 0) for result in results}

    def messages(self, *arguments: str) -> dict[str, str]:
        """Runs dbt in this process: what it says of each node by name. Raises as `dbt` does."""
        return {result.node.name: " ".join(result.message.split()) for result in self._results(*arguments)}

    def _results(self, *arguments: str) -> list[Any]:
        where = ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder), "--quiet"]
        outcome = dbtRunner().invoke([*arguments, *where])
        if outcome.exception is not None:
            raise RuntimeError(f"dbt {' '.join(arguments)}: {outcome.exception}")
        return list(getattr(outcome.result, "results", []))

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Rows of a query on the project's database."""
        with duckdb.connect(str(self.folder / "small.duckdb")) as connection:
            return connection.execute(query).fetchall()

    def execute(self, *statements: str) -> None:
        """Statements on the project's database, one after the other."""
        with duckdb.connect(str(self.folder / "small.duckdb")) as connection:
            for statement in statements:
                connection.execute(statement)
