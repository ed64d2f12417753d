"""A run of mutants whose tests would take a minute: what `test_interrupt.py` breaks off. Argument: a folder for ids."""

import os
import sys
from pathlib import Path

from mutants import by_suite
from mutants.direct import Outcome
from mutants.mutant import Mutant
from mutants.operators import Mutation
from mutants.trials import trials

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
CHILD = f"""
import os, pathlib, time
pathlib.Path({str(FOLDER)!r}, str(os.getpid())).touch()
try:
    time.sleep(60)
finally:
    pathlib.Path({str(FOLDER)!r}, "cleared-up").touch()
"""


def begin(folder: Path) -> None:
    """Nothing is to be made ready."""


def judge(outcome: Outcome) -> Outcome:
    """Asks tests that take long."""
    by_suite.run([sys.executable, "-c", CHILD], FOLDER, {})
    return outcome


if __name__ == "__main__":
    made = Mutant(str(os.getpid()), "model", Mutation("number", "", "1", "2", ""), "", "")
    list(trials("Schedules", begin, judge, FOLDER, [Outcome(made)] * 3, 1))
