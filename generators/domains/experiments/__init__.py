"""Experiments with their variants, metrics and assignments."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.bookings import happening
from generators.core.calendar import DAY, HOUR, NEVER, midnight
from generators.core.changes import changes
from generators.core.random import Ints
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.prices import MILLION, read
from generators.domains.experiments.assignment import assigned, experiment_rows, period, variants

__all__ = ["day", "issued", "opening"]

_PLANNED_DAYS = 10
"""From the plan to the start."""


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day."""
    return _period(world, None, world.first_day)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until)
    return {
        "experiments": _experiments(world, begin, until),
        "experiment_variants": _variants(world, begin, until),
        "experiment_metrics": _metrics(world, begin, until),
        "experiment_assignments": _assignments(world, begin, until),
    }


def _periods(world: World) -> tuple[Ints, Ints, Ints]:
    """Plan, start and end of every experiment."""
    both = np.array([period(world, index) for index in range(len(experiment_rows()))])
    return both[:, 0] - _PLANNED_DAYS * DAY + 9 * HOUR, both[:, 0], both[:, 1]


def _experiments(world: World, begin: date | None, until: date) -> pa.Table:
    planned, starts, ends = _periods(world)
    rows = experiment_rows()
    found = changes(world, "experiments", lambda: [planned, starts, ends], begin, until)
    row = found.row
    return make_table(
        "experiments",
        {
            "experiment_id": row + 1,
            **{
                column: Coded(row, [line[name] for line in rows])
                for column, name in (
                    ("experiment_code", "code"), ("name", "name"), ("hypothesis", "hypothesis"), ("surface", "surface"),
                )
            },
            "unit": "user",
            "population_ppm": np.array([round(float(line["population"]) * MILLION) for line in rows])[row],
            "status": Coded(found.number, ("planned", "running", "completed")),
            "starts_at": starts[row],
            "ends_at": ends[row],
            "created_at": planned[row],
            **found.metadata,
        },
    )  # fmt: skip


def _variants(world: World, begin: date | None, until: date) -> pa.Table:
    every = variants()
    experiment = np.array([variant.experiment for variant in every])
    found = changes(world, "experiment_variants", lambda: [_periods(world)[0][experiment]], begin, until)
    row = found.row
    return make_table(
        "experiment_variants",
        {
            "experiment_variant_id": row + 1,
            "experiment_id": experiment[row] + 1,
            "variant_code": Coded(row, [variant.code for variant in every]),
            "description": Coded(row, [variant.description for variant in every]),
            "is_control": np.array([variant.code == "control" for variant in every])[row],
            "planned_ppm": np.array([variant.planned_ppm for variant in every])[row],
            **found.metadata,
        },
    )


def _metrics(world: World, begin: date | None, until: date) -> pa.Table:
    rows = read("experiment_metrics.csv")
    codes = [line["code"] for line in experiment_rows()]
    experiment = np.array([codes.index(line["experiment"]) for line in rows])
    found = changes(world, "experiment_metrics", lambda: [_periods(world)[0][experiment]], begin, until)
    row = found.row
    return make_table(
        "experiment_metrics",
        {
            "experiment_metric_id": row + 1,
            "experiment_id": experiment[row] + 1,
            **{
                column: Coded(row, [line[name] for line in rows])
                for column, name in (
                    ("metric_code", "code"), ("definition", "definition"), ("statistic", "statistic"),
                    ("direction", "direction"),
                )
            },
            "is_primary": np.array([line["is_primary"] == "1" for line in rows])[row],
            "minimum_effect_ppm": np.array([int(line["minimum_effect_ppm"]) for line in rows])[row],
            **found.metadata,
        },
    )  # fmt: skip


def _assignments(world: World, begin: date | None, until: date) -> pa.Table:
    def make() -> tuple[Ints, Ints, Ints]:
        each = [assigned(world, index) for index in range(len(experiment_rows()))]
        user = np.concatenate([np.flatnonzero(variant >= 0) for variant, _ in each])
        variant = np.concatenate([variant[variant >= 0] for variant, _ in each])
        at = np.concatenate([exposed[exposed < NEVER] for _, exposed in each])
        order = np.lexsort((variant, user, at))
        order = order[at[order] < midnight(world.horizon)]
        return at[order], user[order], variant[order]

    at, user, variant = world.remember(("assignments", world.horizon), make, keep=1)
    found = happening(world, "experiment_assignments", at, begin, until)
    of_variant = np.array([v.experiment for v in variants()])
    chosen = variant[found.row]
    return make_table(
        "experiment_assignments",
        {
            "experiment_assignment_id": found.ids(),
            "experiment_id": of_variant[chosen] + 1,
            "experiment_variant_id": chosen + 1,
            "user_id": user[found.row] + 1,
            "first_exposed_at": found.at,
            "arrived_at": found.arrived_at,
        },
    )


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, by table."""
    planned, _, _ = _periods(world)
    known = int(np.searchsorted(planned, midnight(until)))
    codes = [line["code"] for line in experiment_rows()][:known]
    return {
        "experiments": known,
        "experiment_variants": sum(variant.experiment < known for variant in variants()),
        "experiment_metrics": sum(line["experiment"] in codes for line in read("experiment_metrics.csv")),
    }
