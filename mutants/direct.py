"""Mutants tried by the statements that dbt compiled: does a mart say something else, does a data or a unit test fail?

What a model and those below it select is what a full refresh would write, so a mart that differs from the expected
one, which the oracle found right, is one that `sonic verify oracle` rejects. Each mutant is tried in a transaction
that is rolled back.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from mutants.ground import DATABASE, QUARANTINE, Ground, Model, fingerprint
from mutants.mutant import Mutant
from mutants.units import UnitTests, fails
from mutants.washing import Washing
from oracle.answers import ANSWERS
from oracle.lake import Lake
from sonic.verify.staging import is_compared

SECONDS = 30
"""A mutant that takes longer of a processor's time is killed by that; others on the machine do not count."""
NO_MUTANT = (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException, duckdb.NotImplementedException)
"""What DuckDB says of a statement that means nothing: no programmer could have left it so."""


@dataclass(frozen=True)
class Outcome:
    """How a mutant fared: `by` names what killed it; nothing if it lives. `changed`: whether it changed any row."""

    mutant: Mutant
    by: str = ""
    is_void: bool = False
    changed: bool = False


class Trial:
    """A copy of the warehouse for one process."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.unit_tests = UnitTests(ground)
        folder = ground.folder / f"direct-{os.getpid()}"
        folder.mkdir(exist_ok=True)
        path = folder / f"{DATABASE}.duckdb"
        shutil.copy(ground.whole, path)
        # a mutant that multiplies rows without end dies of these limits, and leaves the disk to others
        limits: dict[str, Any] = {"threads": 1, "memory_limit": "5GB", "max_temp_directory_size": "5GB"}
        self.connection = duckdb.connect(str(path), config=limits)
        self.connection.execute("set timezone = 'UTC'; set enable_progress_bar = false")
        compiled = {name: model.full for name, model in ground.models.items()}
        self.washing = Washing(Lake(ground.clean), compiled, ground.functions)

    def judge(self, mutant: Mutant) -> Outcome:
        """Tries a mutant."""
        judged = threading.Event()
        threading.Thread(target=self._interrupt_late, args=(judged, time.process_time() + SECONDS), daemon=True).start()
        self.connection.execute("begin")
        try:
            if self._is_found_by_washing(mutant):
                return Outcome(mutant, "washing", changed=True)
            outcome = Outcome(mutant) if mutant.is_of_increments else self._by_rows(mutant)
            return outcome if outcome.by else self._by_unit_tests(mutant, outcome.changed)
        except NO_MUTANT as error:
            return Outcome(mutant, str(error).splitlines()[0], is_void=True)
        except duckdb.InterruptException:
            return Outcome(mutant, f"time: more than {SECONDS} s", changed=True)
        except duckdb.Error as error:
            return Outcome(mutant, f"error: {str(error).splitlines()[0][:80]}", changed=True)
        finally:
            judged.set()
            self.connection.execute("rollback")

    def _interrupt_late(self, judged: threading.Event, deadline: float) -> None:
        while not judged.wait(1):
            if time.process_time() > deadline:
                self.connection.interrupt()

    def _is_found_by_washing(self, mutant: Mutant) -> bool:
        is_asked = mutant.model in self.washing.models and not mutant.is_of_increments
        return is_asked and bool(self.washing.faults(mutant.model, mutant.full))

    def _by_unit_tests(self, mutant: Mutant, changed: bool) -> Outcome:
        model = self.ground.models[mutant.model]
        for test in self.unit_tests.direct[mutant.model]:
            statement, before = (
                (mutant.incremental, model.incremental) if test.is_of_increments else (mutant.full, model.full)
            )
            if statement != before and fails(self.connection, test.of(statement)):
                return Outcome(mutant, f"unit test: {test.name}", changed=True)
        return Outcome(mutant, changed=changed)

    def _by_rows(self, mutant: Mutant) -> Outcome:
        models = self.ground.models
        altered = False
        changed: set[str] = set()
        for name in (mutant.model, *self.ground.below(mutant.model)):
            model = models[name]
            if name != mutant.model and not any(name in self.ground.children[each] for each in changed):
                continue
            self._write(model, mutant.full if name == mutant.model else model.full)
            found, expected = fingerprint(self.connection, model), self.ground.expected[name]
            altered = altered or found != expected
            if found[:2] == expected[:2]:
                continue
            if name in ANSWERS or is_compared(name):
                return Outcome(mutant, f"oracle: {name}", changed=True)
            if name == QUARANTINE:
                return Outcome(mutant, "list of defects", changed=True)
            changed.add(name)
        for test in self.ground.data_tests:
            if test.reads & changed and self._fails(test.sql, test.failures):
                return Outcome(mutant, f"data test: {test.name}", changed=True)
        return Outcome(mutant, changed=altered)

    def _write(self, model: Model, sql: str) -> None:
        """Puts what a statement selects in a model's place; columns have the types of the contract."""
        self.connection.execute(f"drop {'view' if model.materialized == 'view' else 'table'} {model.relation}")
        self.connection.execute(f"create table {model.relation} as (\n{sql}\n)")

    def _fails(self, sql: str, failures: str) -> bool:
        found = self.connection.execute(f"select {failures} from (\n{sql}\n) as found").fetchone()
        return bool(found and found[0])


_trial: Trial | None = None


def begin(folder: Path) -> None:
    """Makes this process's copy of the warehouse."""
    global _trial  # noqa: PLW0603 - one for each process of the pool
    _trial = Trial(Ground(folder))


def judge(outcome: Outcome) -> Outcome:
    """Tries a mutant on this process's copy."""
    assert _trial is not None
    return _trial.judge(outcome.mutant)
