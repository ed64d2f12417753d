"""A run of mutants that is broken off leaves nothing running."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from mutants.trials import trials
from sonic.paths import PROJECT

TRIAL = Path(__file__).with_name("long_trial.py")


@pytest.mark.parametrize(
    ("told", "to_all"),
    [
        pytest.param(signal.SIGINT, False, id="an interrupt to the run alone"),
        pytest.param(signal.SIGINT, True, id="an interrupt to its whole group, as a terminal does"),
        pytest.param(signal.SIGTERM, False, id="a termination, as kill does"),
    ],
)
def test_tests_that_run_are_ended(tmp_path: Path, told: signal.Signals, to_all: bool) -> None:
    """The run ends at once, and the tests that it had begun with it, once they have cleared up."""
    run = subprocess.Popen(
        # whoever starts the suite may ignore interrupts, which would be inherited
        ["env", "--default-signal=INT", sys.executable, str(TRIAL), str(tmp_path)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        (tests,) = begun(tmp_path)
        (os.killpg if to_all else os.kill)(run.pid, told)
        assert run.wait(60) != 0
        assert not psutil.pid_exists(tests)
        assert (tmp_path / "cleared-up").exists()
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)


def test_processes_can_import_what_they_are_to_call() -> None:
    """One that is spawned does not read the `__main__` of a package, which `python -m mutants` begins with."""
    assert not trials.__module__.endswith("__main__")


def begun(folder: Path) -> list[int]:
    """Ids of the processes that have begun, as soon as there are any."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if found := [int(path.name) for path in folder.iterdir()]:
            time.sleep(0.3)
            return found
        time.sleep(0.1)
    raise AssertionError("nothing has begun")
