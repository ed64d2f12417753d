"""Mutants tried in processes, each with a workplace of its own; an interrupt or a termination leaves none running.

Not in `__main__`: a process that is spawned does not read that module, and would not find there what it is to call.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from mutants.direct import Outcome
from sonic.cli.shell import progress

Begin = Callable[[Path], None]
Judge = Callable[[Outcome], Outcome]


def trials(stage: str, begin: Begin, judge: Judge, folder: Path, tried: list[Outcome], jobs: int) -> Iterable[Outcome]:
    """Outcomes of mutants as they come, from processes that each begin with a workplace of their own."""
    context = multiprocessing.get_context("spawn")
    # who works without a terminal often hears no other; by default the processes of the pool would outlive it
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with progress(stage) as tell, ProcessPoolExecutor(jobs, context, _begun, (begin, folder)) as pool:
        try:
            for number, done in enumerate(as_completed([pool.submit(_tried, judge, outcome) for outcome in tried]), 1):
                outcome = done.result()
                tell(outcome.mutant.model, number, len(tried))
                yield outcome
        except BaseException:
            # an interrupt need not have reached them, and they have processes of their own to end
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in multiprocessing.active_children():
                if worker.pid:
                    os.kill(worker.pid, signal.SIGINT)
            raise


_is_at_work = False
_is_interrupted = False


def _begun(begin: Begin, folder: Path) -> None:
    signal.signal(signal.SIGINT, _hear)
    begin(folder)


def _hear(*_: object) -> None:
    """An interrupt ends a trial; a process between trials does not die of it, or the pool would kill the others."""
    global _is_interrupted  # noqa: PLW0603 - one for each process of the pool
    _is_interrupted = True
    if _is_at_work:
        raise KeyboardInterrupt


def _tried(judge: Judge, outcome: Outcome) -> Outcome:
    """Tries a mutant; after an interrupt none that still stands in this process's queue."""
    global _is_at_work  # noqa: PLW0603 - one for each process of the pool
    _is_at_work = True
    try:
        if _is_interrupted:
            raise KeyboardInterrupt
        return judge(outcome)
    finally:
        _is_at_work = False
