"""Mutants tried by dbt itself: does an increment write something else than a full refresh?

Unit tests that only dbt can run are asked first.
Each mutant is tried in a process of its own, forked from one that has parsed the project, so that nothing of it stays.
"""

from __future__ import annotations

import copy
import multiprocessing
import os
import resource
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from mutants.direct import Outcome
from mutants.ground import DATABASE, Ground, Model, let_go
from mutants.mutant import Mutant
from mutants.units import UnitTests
from sonic import profiles
from sonic.paths import Home
from sonic.project.dbt import Dbt, Node

SECONDS = 240
"""A mutant that takes longer is killed by that."""
MOST_BYTES = 5 << 30
NO_MUTANT = ("Binder Error", "Parser Error", "Catalog Error", "Not implemented Error", "Compilation Error")


class Workshop:
    """dbt for one process, with the manifest parsed."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.home = Home(ground.folder / f"by-dbt-{os.getpid()}")
        self.home.create()
        os.environ["SONIC_HOME"] = str(self.home.root)
        profiles.ensure(self.home)
        self.file = self.home.duckdb(DATABASE)
        self.file.parent.mkdir(exist_ok=True)
        self.dbt = Dbt(self.home, "duckdb", DATABASE)
        self.manifest = self.dbt.parse()
        self.unit_tests = UnitTests(ground)
        # what a mutant spills to disk; DuckDB would take nearly all of it
        resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))

    def judge(self, outcome: Outcome) -> Outcome:
        """Tries a mutant that lives so far by unit tests, then by an increment, if it could change one."""
        tests = self.unit_tests.left_to_dbt[outcome.mutant.model]
        grown = self._grown(outcome)
        return self._apart(outcome.mutant, lambda: self._judge(outcome, tests, grown)) if tests or grown else outcome

    def _grown(self, outcome: Outcome) -> list[str]:
        """Names of the incremental models that a mutant could change."""
        if not (outcome.changed or outcome.mutant.is_of_increments):
            return []
        name = outcome.mutant.model
        return [each for each in (name, *self.ground.below(name)) if self.ground.models[each].is_incremental]

    def _apart(self, mutant: Mutant, work: Any) -> Outcome:
        context = multiprocessing.get_context("fork")
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=lambda: send.send(work()))
        process.start()
        try:
            outcome: Outcome | None = receive.recv() if receive.poll(SECONDS) else None
            process.join(0 if outcome is None else 10)
        finally:
            process.kill()
            process.join()
        return outcome or Outcome(mutant, f"time: more than {SECONDS} s", changed=True)

    def _judge(self, outcome: Outcome, tests: list[str], grown: list[str]) -> Outcome:
        mutant = outcome.mutant
        shutil.copy(self.ground.whole, self.file)
        model = self.ground.models[mutant.model]
        code = as_file(self.ground, model, mutant.full, mutant.incremental)
        self.manifest.nodes[model.unique_id].raw_code = code
        if tests and (failed := self._run(["test", "--select", *tests])):
            return self._killed(mutant, "unit test", failed)
        if not grown:
            return outcome
        command = ["run", "--select", f"{mutant.model}+", "--threads", "2"]
        expected = self.ground.whole
        if not mutant.is_of_increments:
            if failed := self._run([*command, "--full-refresh"]):
                return self._killed(mutant, "build", failed)
            expected = self.file.with_name("full.duckdb")
            self._put_away(expected)
            shutil.copy(self.ground.whole, self.file)
        self._set_back(grown)
        if failed := self._run(command):
            return self._killed(mutant, "build", failed)
        below = [self.ground.models[name] for name in (mutant.model, *self.ground.below(mutant.model))]
        differing = self._differing(expected, below)
        return Outcome(mutant, f"increments: {differing[0]}" if differing else "", changed=True)

    def _run(self, command: Sequence[str]) -> list[Node]:
        """Runs dbt; returns what failed."""
        nodes = self.dbt.run(command, manifest=copy.copy(self.manifest))
        return [node for node in nodes if node.failed]

    def _killed(self, mutant: Mutant, how: str, failed: list[Node]) -> Outcome:
        first = failed[0]
        is_void = any(words in first.message for words in NO_MUTANT)
        return Outcome(mutant, f"{how}: {first.name}", is_void=is_void, changed=True)

    def _put_away(self, to: Path) -> None:
        let_go()
        shutil.move(self.file, to)

    def _set_back(self, names: list[str]) -> None:
        """Tables of incremental models as they were before the days that the increment takes in."""
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(f"attach '{self.ground.earlier}' as earlier (read_only)")
            for name in names:
                relation = self.ground.models[name].relation
                before = relation.replace(f'"{DATABASE}"', "earlier", 1)
                connection.execute(f"delete from {relation}")
                connection.execute(f"insert into {relation} by name select * from {before}")

    def _differing(self, expected: Path, models: list[Model]) -> list[str]:
        """Names of the tables that differ, in any column."""
        let_go()
        found = []
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(f"attach '{expected}' as expected (read_only)")
            for model in models:
                if model.materialized == "view":
                    continue
                columns = ", ".join(model.columns)
                here = f"select {columns} from {model.relation}"
                there = f"select {columns} from {model.relation.replace(chr(34) + DATABASE + chr(34), 'expected', 1)}"
                row = connection.execute(
                    f"select exists (({here}) except all ({there})) or exists (({there}) except all ({here}))"
                ).fetchone()
                if row and row[0]:
                    found.append(model.name)
        return found


def as_file(ground: Ground, model: Model, full: str, incremental: str) -> str:
    """Compiled SQL as a model's file writes it: with references, and with what increments alone run."""
    if model.incremental == model.full:
        return _with_references(ground, model, full)
    return (
        f"{{% if is_incremental() %}}\n{_with_references(ground, model, incremental)}\n"
        f"{{% else %}}\n{_with_references(ground, model, full)}\n{{% endif %}}"
    )


def _with_references(ground: Ground, model: Model, sql: str) -> str:
    assert "{{" not in sql, "that would be read as Jinja"
    sql = sql.replace(model.relation, "{{ this }}")
    for relation, reference in ground.references.items():
        sql = sql.replace(relation, reference)
    return sql


_workshop: Workshop | None = None


def begin(folder: Path) -> None:
    """Parses the project for this process."""
    global _workshop  # noqa: PLW0603 - one for each process of the pool
    _workshop = Workshop(Ground(folder))


def judge(outcome: Outcome) -> Outcome:
    """Tries a mutant that lives so far in this process's workshop."""
    assert _workshop is not None
    return _workshop.judge(outcome)
