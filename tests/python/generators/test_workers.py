"""Days made by several processes: the same bytes, clear errors, and nothing left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generators import api
from generators.api import generate
from generators.core import listening
from generators.core.calendar import midnight
from generators.core.errors import GeneratorError
from generators.core.lake import Beside, existing_days, write_files
from generators.core.left import CARRIED
from generators.core.listening import Batch, arriving
from generators.workers import _dealt, in_order

from .conftest import FIRST_DAY
from .test_determinism import bytes_of

_SCALE = 0.02
_DAYS = [FIRST_DAY + timedelta(days=n) for n in range(25)]


def test_any_number_of_workers_writes_the_same_bytes(tmp_path: Path) -> None:
    for jobs in (1, 3):
        generate(tmp_path / str(jobs) / "lake", scale=_SCALE, days=12, jobs=jobs)
        assert not (tmp_path / str(jobs) / "lake" / api.TALLIES / CARRIED).exists()
    assert bytes_of(tmp_path / "1") == bytes_of(tmp_path / "3")


def _day_and_process(day: date, last: date) -> tuple[date, int]:
    time.sleep(0.002 * (day.day % 3))
    return day, os.getpid()


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_days_come_in_their_order(jobs: int) -> None:
    made = list(in_order(_day_and_process, _DAYS, jobs))
    assert [day for day, _ in made] == _DAYS
    # The first day is made here; this process is one of those that make the others, and makes the last run.
    assert len({process for _, process in made}) == len({process for _, process in made[1:]}) == jobs
    assert made[0][1] == made[-1][1] == os.getpid()
    assert not multiprocessing.active_children()


def test_workers_make_the_first_day_too_where_days_have_begun() -> None:
    made = list(in_order(_day_and_process, _DAYS, 2, begun=True))
    assert [day for day, _ in made] == _DAYS
    assert len({process for _, process in made}) == 2
    assert made[0][1] != made[-1][1] == os.getpid()


def test_days_that_go_on_with_a_world_have_the_same_bytes(tmp_path: Path) -> None:
    world, origin = api.World(42, _SCALE), api.Origin(42, _SCALE, clean=True)
    api.make_day(world, FIRST_DAY)
    assert world.has_begun
    api.write_days(world, tmp_path / "goes_on", origin, _DAYS[1:6], 2)
    generate(tmp_path / "whole", scale=_SCALE, days=6, clean=True, jobs=1)
    whole, parts = bytes_of(tmp_path / "whole"), bytes_of(tmp_path / "goes_on")
    assert parts
    assert {path: whole[path] for path in parts} == parts


def test_runs_are_of_consecutive_days() -> None:
    runs = _DAYS[:9], _DAYS[9:18], _DAYS[18:]
    assert _dealt(_DAYS, 3) == [[(day, run[-1]) for day in run] for run in runs]
    assert _dealt(_DAYS, 1) == [[(day, day) for day in _DAYS]]


def test_what_a_day_carries_over_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there, alone = (api.World(42, 0.5) for _ in range(3))
    here.tallies = there.tallies = tmp_path
    arriving(here, _DAYS[2])
    make_batch, made = listening.make_batch, []

    def make(world: api.World, day: date, lateness: int) -> Batch:
        made.append((day, lateness))
        return make_batch(world, day, lateness)

    monkeypatch.setattr(listening, "make_batch", make)
    found = arriving(there, _DAYS[3])
    assert (_DAYS[3], 0) in made
    assert (_DAYS[2], 0) not in made
    carried = 0
    for batch, same in zip(found, arriving(alone, _DAYS[3]), strict=True):
        for name, column in vars(batch).items():
            np.testing.assert_array_equal(column, vars(same)[name])
            assert column.dtype == vars(same)[name].dtype
        carried += int((batch.start < midnight(_DAYS[3])).sum())
    assert carried


def test_a_run_begins_with_what_its_last_day_carries_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world, make_batch, made = api.World(42, _SCALE), listening.make_batch, []

    def make(world: api.World, day: date, lateness: int) -> Batch:
        if lateness == 0:
            made.append(day)
        return make_batch(world, day, lateness)

    monkeypatch.setattr(listening, "make_batch", make)
    # One worker makes the first three days, this process the last three, each with defects, which need the day before.
    world.tallies = tmp_path / api.TALLIES
    for day in _DAYS[:3]:
        api._write_files(world, tmp_path, api.Origin(42, _SCALE, clean=False), day, _DAYS[2])
        assert (tmp_path / api.TALLIES / CARRIED / f"{_DAYS[2]}.npy").exists()
    assert made == [_DAYS[2], _DAYS[0], _DAYS[1]]


def test_what_an_interrupted_run_left_is_not_taken(tmp_path: Path) -> None:
    left = api.World(1, _SCALE)
    left.tallies = tmp_path / "lake" / api.TALLIES
    listening.carried_over(left, _DAYS[1])
    generate(tmp_path / "lake", scale=_SCALE, days=5, jobs=2)
    generate(tmp_path / "whole", scale=_SCALE, days=5, jobs=1)
    assert bytes_of(tmp_path / "lake") == bytes_of(tmp_path / "whole")


def test_days_made_in_any_order_make_no_batch_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    world, make_batch, made = api.World(42, 0.05), listening.make_batch, []

    def make(world: api.World, day: date, lateness: int) -> Batch:
        made.append((day, lateness))
        return make_batch(world, day, lateness)

    monkeypatch.setattr(listening, "make_batch", make)
    for day in [*_DAYS[3:9], _DAYS[2]]:
        arriving(world, day)
    assert sorted(day for day, lateness in made if lateness == 0) == _DAYS[1:9]


@pytest.fixture(params=[1, -1], ids=["by a worker", "by this process"])
def made_by(request: pytest.FixtureRequest) -> date:
    """A day that is made by a worker where there are two processes, and one that is not."""
    return _DAYS[request.param]


def _fails(failing: date, day: date, last: date) -> date:
    if day == failing:
        raise GeneratorError("No space", "the disk", "Make some.")
    return day


def _is_killed(day: date, last: date) -> date:
    if day == _DAYS[1]:
        os.kill(os.getpid(), signal.SIGKILL)
    return day


def test_an_error_is_raised_as_it_is(made_by: date) -> None:
    with pytest.raises(GeneratorError) as raised:
        list(in_order(partial(_fails, made_by), _DAYS, 2))
    error = raised.value
    assert (error.what, error.where, error.remedy) == ("No space", "the disk", "Make some.")
    assert not multiprocessing.active_children()


def test_a_worker_that_is_killed_is_told_of() -> None:
    with pytest.raises(GeneratorError, match=r"ended early \(exit code -9\).*fewer --jobs"):
        list(in_order(_is_killed, _DAYS, 2))
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("failing", [_DAYS[4], _DAYS[9]], ids=["in a worker", "in this process"])
def test_what_fails_keeps_the_days_before_it(failing: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, lake = api.make_day, tmp_path / "lake"

    def fails(world: api.World, day: date, **options: Any) -> object:
        if day == failing:
            raise OSError(28, "No space left on device", "some file")
        return real(world, day, **options)

    with monkeypatch.context() as patched:
        patched.setattr(api, "make_day", fails)
        with pytest.raises(OSError, match="No space"):
            generate(lake, scale=_SCALE, days=12, jobs=2)
    kept = sorted(existing_days(lake))
    assert kept == [FIRST_DAY - timedelta(days=1), *_DAYS[: len(kept) - 1]]
    assert not list(lake.rglob("*.tmp"))
    generate(lake, scale=_SCALE, days=12, jobs=2)
    generate(tmp_path / "whole" / "lake", scale=_SCALE, days=12, jobs=1)
    assert bytes_of(lake) == bytes_of(tmp_path / "whole" / "lake")


_INTERRUPTED = """
import sys
from pathlib import Path
from typing import Any
from generators.api import generate
generate(Path(sys.argv[1]), scale=0.02, days=2000, jobs=2, progress=lambda *told: print(*told, flush=True))
"""


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_workers_end_with_their_parent(end: signal.Signals, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    # A run in the background ignores interrupts, and what it starts would inherit that.
    command = ["env", "--default-signal=INT", sys.executable, "-c", _INTERRUPTED, str(lake)]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert running.stdout is not None
    while " 5 " not in running.stdout.readline():
        assert running.poll() is None
    if end == signal.SIGINT:
        os.killpg(running.pid, end)
    else:
        running.kill()
    _, complaint = running.communicate(timeout=60)
    assert running.returncode == -end or "KeyboardInterrupt" in complaint
    assert complaint.count("Traceback") == (1 if end == signal.SIGINT else 0)
    deadline = time.monotonic() + 60
    while _is_alive(running.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _is_alive(running.pid)
    days = sorted(existing_days(lake))
    assert days == [FIRST_DAY + timedelta(days=n - 1) for n in range(len(days))]
    if end == signal.SIGINT:
        assert not list(lake.rglob("*.tmp"))


def _is_alive(group: int) -> bool:
    """Whether any process of a group lives."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_files_written_beside_have_the_bytes_of_others(tmp_path: Path) -> None:
    tables = api.make_day(api.World(42, _SCALE), FIRST_DAY)
    told = write_files(tmp_path / "by_one", FIRST_DAY, tables)
    some = {**tables, "users": tables["users"].slice(0, 1), "streams": tables["streams"].slice(0, 1)}
    with Beside(tmp_path / "beside", FIRST_DAY) as beside:
        # Rows that come later replace those that were begun with.
        beside.begin(some)
        assert beside.files(tables) == told
    assert bytes_of(tmp_path / "beside") == bytes_of(tmp_path / "by_one")


def test_a_full_disk_is_told_of_by_the_thread_too(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("no folder")
    tables = api.make_day(api.World(42, _SCALE), FIRST_DAY)
    with Beside(tmp_path / "lake", FIRST_DAY) as beside, pytest.raises(GeneratorError, match="cannot be written"):
        beside.files(tables)
