"""What a benchmark gives: a rate or a time of ours, the same of a yardstick, and the ratio aimed at."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

ROUNDS = 3


@dataclass(frozen=True)
class Figure:
    """One comparison; `ratio` is above the aim when it is met."""

    name: str
    ours: str
    yardstick: str
    ratio: float
    aim: float

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.aim


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def in_turn(ours: Callable[[], float], yardstick: Callable[[], float], rounds: int = ROUNDS) -> tuple[float, float]:
    """Medians of both, measured in turn, so that a machine's drift meets both."""
    pairs = [(ours(), yardstick()) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
