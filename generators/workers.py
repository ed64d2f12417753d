"""Days made by several processes at once, and told of in their order.

Processes, as most of a day is Python over small arrays, for which threads wait for one another. This process is one of
them, so that what days share is still there when more days are asked for. Each makes runs of consecutive days, as a day
shares its sessions with its neighbours. On Linux the others are forked once the first day is made, so that they start
with all that days share; elsewhere they get a copy of it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar, cast

from generators.core.errors import GeneratorError

T = TypeVar("T")
_LONGEST_RUN = 10
"""Days in a run: a run begins with some work of the days before it, and a stop loses the days not yet told of."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    make: Callable[[date, date], T], days: Sequence[date], jobs: int, begun: bool = False
) -> Generator[T, None, None]:
    """What ``make`` returns for each of the days, in their order.

    It is given a day and the last one of the run of days that its process makes, on which another process's follows.

    The first day is made by this process, the others by it and up to ``jobs - 1`` workers. Close the iterator to end
    them.

    Args:
        begun: this process has what days share, so that workers make the first day as well.

    Raises:
        GeneratorError: a worker ended before its work. What ``make`` raises in a worker is raised here.
    """
    with _seldom_tidied():
        yield from _in_order(make, days, jobs, begun)


@contextmanager
def _seldom_tidied() -> Iterator[None]:
    """Python looks for garbage seldom, workers too: days make many small objects and leave hardly any circles."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _in_order(
    make: Callable[[date, date], T], days: Sequence[date], jobs: int, begun: bool
) -> Generator[T, None, None]:
    here = 0 if begun and jobs > 1 else 1
    for day in days[:here]:
        yield make(day, day)
    rest = days[here:]
    # The last run of each round is this process's own: a worker's first day then follows on those made here before.
    *others, own = _dealt(rest, jobs)
    workers: list[_Worker] = []
    # What has been made is here to stay: to look through it for garbage takes time, and memory, as it is copied.
    gc.freeze()
    try:
        workers += (_Worker.start(make, dealt) for dealt in others)
        made: dict[date, T] = {}
        for day in rest:
            while day not in made:
                busy = {worker.pipe: worker for worker in workers if worker.owes}
                for pipe in wait(list(busy), timeout=0 if own else None):
                    made.update(busy[cast(Connection, pipe)].receive())
                if own and day not in made:
                    made[own[0][0]] = make(*own[0])
                    del own[0]
            yield made.pop(day)
    finally:
        for worker in workers:
            worker.process.terminate()
        for worker in workers:
            worker.process.join()
            worker.pipe.close()
        gc.unfreeze()


def _dealt(days: Sequence[date], jobs: int) -> list[list[tuple[date, date]]]:
    """The days of each process: cut into runs of nearly one length, as many for each, and dealt in turn.

    With each day stands the last one of its run; of days that one process makes alone, each is a run.
    """
    rounds = -(-len(days) // (jobs * _LONGEST_RUN))
    length = max(1, -(-len(days) // max(1, rounds * jobs))) if jobs > 1 else 1
    runs = [days[first : first + length] for first in range(0, len(days), length)]
    processes = max(1, min(jobs, len(runs)))
    return [[(day, run[-1]) for run in runs[number::processes] for day in run] for number in range(processes)]


@dataclass
class _Worker:
    """A process, this end of the pipe to it, and how many of its days have not been told of."""

    process: BaseProcess
    pipe: Connection
    owes: int

    @staticmethod
    def start(make: Callable[[date, date], Any], days: Sequence[tuple[date, date]]) -> _Worker:
        context = get_context("fork") if sys.platform == "linux" else get_context("spawn")
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(make, days, here, there), daemon=True)
        process.start()
        there.close()
        return _Worker(process, here, len(days))

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


def _work(
    make: Callable[[date, date], Any], days: Sequence[tuple[date, date]], parents_end: Connection, pipe: Connection
) -> None:
    """The life of a worker: it ends with its days, when its parent says so or is no more."""
    # Ctrl-C reaches the whole group of processes; what follows from it is the parent's affair. SystemExit lets
    # what is being written be cleared away.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parents_end.close()
    try:
        for day, last in days:
            pipe.send((day, *_outcome(make, day, last)))
    except ConnectionError:
        return


def _outcome(make: Callable[[date, date], Any], day: date, last: date) -> tuple[Any, Exception | None]:
    try:
        return make(day, last), None
    except Exception as problem:
        problem.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return None, problem
