"""Mutants tried by the suite's schedules: rows that come late or twice, builds that die, in a copy of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from mutants.by_dbt import as_file
from mutants.direct import Outcome
from mutants.ground import Ground
from sonic.errors import SonicError
from sonic.paths import PROJECT

TESTS = "tests/python/schedules"
SECONDS = 1200
"""A mutant that takes longer is killed by that."""
SECONDS_TO_END = 30
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
        places = {"PYTHONPATH": str(self.project), "SONIC_HOME": str(self.project / ".sonic")}
        try:
            result = run([sys.executable, "-m", "pytest", "-x", "-q", "--no-header", TESTS], self.project, places)
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


def run(command: Sequence[str], folder: Path, places: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs tests in a process that does not outlive this call, whatever ends it: an interrupt, the time, an error.

    Tests have servers of their own, so that they are asked to end before they are killed; it takes them a moment.
    Raises `subprocess.TimeoutExpired` after `SECONDS`.
    """
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **places},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a key pressed at the terminal is for us alone: a second interrupt would break off what the first one began
        start_new_session=True,
    ) as tests:
        try:
            out, err = tests.communicate(timeout=SECONDS)
        except BaseException:
            _end(tests)
            raise
    return subprocess.CompletedProcess(command, tests.returncode, out, err)


def _end(tests: subprocess.Popen[str]) -> None:
    """Ends tests, their servers with them; meanwhile nobody's interrupt is heard."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        tests.send_signal(signal.SIGINT)
        tests.communicate(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        os.killpg(tests.pid, signal.SIGKILL)
        tests.communicate()
    finally:
        signal.signal(signal.SIGINT, before)


_copy: Copy | None = None


def begin(folder: Path) -> None:
    """Makes this process's copy of the project."""
    global _copy  # noqa: PLW0603 - one for each process of the pool
    _copy = Copy(Ground(folder))


def judge(outcome: Outcome) -> Outcome:
    """Tries a mutant that lives so far in this process's copy."""
    assert _copy is not None
    return _copy.judge(outcome)
