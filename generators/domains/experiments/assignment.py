"""Who is in which variant of which experiment from when on, and what that changes: the planted effects.

The effects stand in ``effects.csv`` by experiment and variant, and nowhere in the data: what acts on them asks here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from generators.core.bookings import is_there
from generators.core.calendar import DAY, HOUR, NEVER, midnight
from generators.core.effects import effects
from generators.core.random import Floats, Ints, hash_uniform, pick
from generators.core.world import World
from generators.domains.billing.prices import MILLION, read

_UNEVEN = "skip_colour"
"""The experiment whose split is not as planned."""


@dataclass(frozen=True)
class Variant:
    """One line of ``experiment_variants.csv``."""

    experiment: int
    """Index of the experiment."""
    code: str
    description: str
    planned_ppm: int


@cache
def experiment_rows() -> list[dict[str, str]]:
    """Lines of ``experiments.csv``; index + 1 is the id."""
    return read("experiments.csv")


@cache
def variants() -> tuple[Variant, ...]:
    """All variants, by experiment; index + 1 is the id."""
    codes = [row["code"] for row in experiment_rows()]
    return tuple(
        Variant(
            experiment=codes.index(row["experiment"]),
            code=row["code"],
            description=row["description"],
            planned_ppm=int(row["planned_ppm"]),
        )
        for row in read("experiment_variants.csv")
    )


def of_experiment(experiment: int) -> Ints:
    """Variant indexes of an experiment."""
    return np.array([i for i, variant in enumerate(variants()) if variant.experiment == experiment])


def period(world: World, experiment: int) -> tuple[int, int]:
    """First instant and end of an experiment."""
    row, begin = experiment_rows()[experiment], midnight(world.first_day)
    return begin + int(row["first_day"]) * DAY, begin + int(row["end_day"]) * DAY


def assigned(world: World, experiment: int) -> tuple[Ints, Ints]:
    """Variant index of every account of the horizon (-1: takes no part) and its first exposure (``NEVER`` if none)."""
    return world.remember((f"assigned {experiment}", world.horizon), lambda: _assign(world, experiment), keep=1)


def _assign(world: World, experiment: int) -> tuple[Ints, Ints]:
    row, users = experiment_rows()[experiment], world.users(world.horizon)
    code, n = row["code"], np.arange(len(users))
    start, end = period(world, experiment)
    wait = hash_uniform(world.seed, f"experiment.{code}.wait", n) ** 2 * 12 * DAY
    exposed = np.maximum(start, users.signup_at + HOUR) + wait.astype(np.int64)
    inside = hash_uniform(world.seed, f"experiment.{code}.in", n) < float(row["population"])
    inside &= (exposed < end - DAY) & is_there(world, n, exposed)
    among = of_experiment(experiment)
    weight = np.array([variants()[i].planned_ppm / MILLION for i in among])
    if code == _UNEVEN:
        weight[0] = world.effect(f"{code}.control")
        weight[1:] *= (1 - weight[0]) / weight[1:].sum()
    chosen = among[pick(hash_uniform(world.seed, f"experiment.{code}.variant", n), weight)]
    return np.where(inside, chosen, -1), np.where(inside, exposed, NEVER)


def factors(world: World, code: str) -> Floats:
    """Factor that each variant of an experiment puts on what its primary metric counts; 1 where none is planted."""
    among = of_experiment(experiment_index(code))
    planted = [f"{code}.{variants()[i].code}" for i in among]
    return np.array([world.effect(name) if name in effects() else 1.0 for name in planted])


def experiment_index(code: str) -> int:
    """Index of an experiment."""
    return [row["code"] for row in experiment_rows()].index(code)


def effect(world: World, code: str, user: Ints, at: Ints) -> Floats:
    """Factor that an experiment puts on what accounts (rows) do at instants; 1 before exposure and after the end."""
    experiment = experiment_index(code)
    variant, exposed = assigned(world, experiment)
    _, end = period(world, experiment)
    # One number more than there are variants: that of those who take no part.
    of_variant = np.ones(len(variants()) + 1)
    of_variant[of_experiment(experiment)] = factors(world, code)
    factor = of_variant[variant[user]]
    return np.where((exposed[user] <= at) & (at < end), factor, 1.0)


def strongest(code: str) -> float:
    """The largest factor that an experiment's variants may have: what others are thinned by."""
    return max(effect.size for name, effect in effects().items() if name.startswith(f"{code}."))
