"""Mutants tried by the suite's schedules: rows that come late or twice, builds that die, in a copy of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from mutants.by_dbt import as_file
from mutants.direct import Outcome
from mutants.ground import Ground
from sonic.errors import SonicError
from sonic.paths import PROJECT

TESTS = "tests/python/schedules"
SECONDS = 1200
"""A mutant that takes longer is killed by that."""
CONFIG = re.compile(r"\{\{\s*config\(.*?\)\s*\}\}", re.DOTALL)


class Copy:
    """A copy of the project for one process, with a state folder of its own."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.project = ground.folder / f"by-suite-{os.getpid()}"
        listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True)
        for name in listed.stdout.splitlines():
            if (PROJECT / name).is_file():
                (self.project / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(PROJECT / name, self.project / name)
        with (self.project / "dbt_project.yml").open("a", encoding="utf-8") as settings:
            settings.write(f"\non-run-start: {json.dumps(ground.functions)}\n")

    def judge(self, outcome: Outcome) -> Outcome:
        """Tries a mutant that lives so far. Raises `SonicError` if the tests cannot run at all."""
        mutant = outcome.mutant
        model = self.ground.models[mutant.model]
        path = self.project / model.path
        before = path.read_text(encoding="utf-8")
        config = CONFIG.search(before)
        code = as_file(self.ground, model, mutant.full, mutant.incremental)
        path.write_text(f"{config[0] if config else ''}\n{code}\n", encoding="utf-8")
        try:
            result = subprocess.run(
                [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", TESTS],
                cwd=self.project,
                env={**os.environ, "PYTHONPATH": str(self.project), "SONIC_HOME": str(self.project / ".sonic")},
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Outcome(mutant, f"time: more than {SECONDS} s", changed=True)
        finally:
            path.write_text(before, encoding="utf-8")
        if result.returncode == 0:
            return outcome
        failed = re.search(r"^(?:FAILED|ERROR) (\S+)", result.stdout, re.MULTILINE)
        if result.returncode != 1 or not failed:
            said = (result.stdout + result.stderr).strip().splitlines()[-1:]
            what = f"The schedules cannot be tried: {' '.join(said)}"
            raise SonicError(what, str(self.project), "Mend what it says.")
        return Outcome(mutant, f"schedules: {failed[1].rpartition('::')[2]}", changed=True)


_copy: Copy | None = None


def begin(folder: Path) -> None:
    """Makes this process's copy of the project."""
    global _copy  # noqa: PLW0603 - one for each process of the pool
    _copy = Copy(Ground(folder))


def judge(outcome: Outcome) -> Outcome:
    """Tries a mutant that lives so far in this process's copy."""
    assert _copy is not None
    return _copy.judge(outcome)
