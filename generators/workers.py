"""Days made by several processes at once, and told of in their order.

Processes, as most of a day is Python over small arrays, for which threads wait for one another. A worker is given
runs of consecutive days, as a day shares its sessions with its neighbours. On Linux workers are forked once the first
day is made, so that they start with all that days share; elsewhere they get a copy of it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from generators.core.errors import GeneratorError

T = TypeVar("T")
_LONGEST_RUN = 10
"""Days in a run: a run begins with the work of about half a day more, and a stop loses the days not yet told of."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    make: Callable[[date], T], days: Sequence[date], jobs: int, begun: bool = False
) -> Generator[T, None, None]:
    """What ``make`` returns for each of the days, in their order.

    The first day is made by this process, the others by up to ``jobs`` workers. Close the iterator to end them.

    Args:
        begun: this process has what days share, so that workers make the first day as well.

    Raises:
        GeneratorError: a worker ended before its work. What ``make`` raises in a worker is raised here.
    """
    here = 0 if begun and jobs > 1 else 1
    yield from map(make, days[:here])
    rest = days[here:]
    runs = _runs(rest, jobs)
    if min(jobs, len(runs)) < 2:
        yield from map(make, rest)
        return
    workers: list[_Worker] = []
    try:
        workers += (_Worker.start(make, runs.pop(0)) for _ in range(min(jobs, len(runs))))
        made: dict[date, T] = {}
        for day in rest:
            while day not in made:
                busy = {worker.pipe: worker for worker in workers if worker.owes}
                ready = set(wait(list(busy)))
                for worker in (worker for pipe, worker in busy.items() if pipe in ready):
                    made.update(worker.receive())
                    if runs and not worker.owes:
                        worker.give(runs.pop(0))
            yield made.pop(day)
    finally:
        for worker in workers:
            worker.process.terminate()
        for worker in workers:
            worker.process.join()
            worker.pipe.close()


def _runs(days: Sequence[date], jobs: int) -> list[Sequence[date]]:
    """The days cut into runs of nearly one length, as many for each worker."""
    rounds = -(-len(days) // (jobs * _LONGEST_RUN))
    length = max(1, -(-len(days) // max(1, rounds * jobs)))
    return [days[first : first + length] for first in range(0, len(days), length)]


@dataclass
class _Worker:
    """A process, this end of the pipe to it, and how many of its days have not been told of."""

    process: BaseProcess
    pipe: Connection
    owes: int = 0

    @staticmethod
    def start(make: Callable[[date], Any], run: Sequence[date]) -> _Worker:
        context = get_context("fork") if sys.platform == "linux" else get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(make, here, there), daemon=True)
        process.start()
        there.close()
        worker = _Worker(process, here)
        worker.give(run)
        return worker

    def give(self, run: Sequence[date]) -> None:
        self.pipe.send(run)
        self.owes = len(run)

    def receive(self) -> dict[date, Any]:
        try:
            day, result, problem = self.pipe.recv()
        except (EOFError, ConnectionError) as gone:
            self.process.join()
            raise GeneratorError(
                f"A worker process ended early (exit code {self.process.exitcode})",
                "sonic generate",
                "Most often memory ran out: run the same command with fewer --jobs; finished days are kept.",
            ) from gone
        if problem is not None:
            raise problem
        self.owes -= 1
        return {day: result}


def _work(make: Callable[[date], Any], parents_end: Connection, pipe: Connection) -> None:
    """The life of a worker: it ends when its parent says so or is no more."""
    # Ctrl-C reaches the whole group of processes; what follows from it is the parent's affair. SystemExit lets
    # what is being written be cleared away.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parents_end.close()
    # What the parent has made is here to stay: to look through it for garbage takes time, and memory, as it is copied.
    gc.freeze()
    try:
        while True:
            for day in pipe.recv():
                pipe.send((day, *_outcome(make, day)))
    except (EOFError, ConnectionError):
        return


def _outcome(make: Callable[[date], Any], day: date) -> tuple[Any, Exception | None]:
    try:
        return make(day), None
    except Exception as problem:
        problem.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return None, problem
