"""Experiments: accounts keep their variant, and the effects are those that were planted."""

from functools import cache

import numpy as np
import pytest

from generators.core.calendar import NEVER
from generators.core.random import Bools, Floats, Ints
from generators.core.world import World
from generators.domains import experiments
from generators.domains.commerce.fans import support
from generators.domains.commerce.orders import shop
from generators.domains.experiments.assignment import assigned, experiment_rows, factors, of_experiment, period
from tests.python.generators.tables_in_duckdb import FIRST, count, same_alone, violations

SEEDS = range(100, 120)
ENOUGH = 19
"""Of twenty seeds."""
TOLERANCE = 3.0
"""Standard errors by which a measured ratio may differ from the planted one: one seed in 370 is beyond."""
SUSPICIOUS = 10.8
"""Chi-square of one degree of freedom at p = 0.001."""
_CODES = [row["code"] for row in experiment_rows()]


def test_every_declared_constraint_holds() -> None:
    assert violations("experiments") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(experiments, (1, 8, 36)) == []


def test_shares_of_variants_add_up() -> None:
    wrong = "select count(*) from (select sum(planned_ppm) as s from experiment_variants group by experiment_id)"
    assert count(f"{wrong} where s <> 1000000") == 0
    controls = "select experiment_id from experiment_variants where is_control group by 1 having count(*) = 1"
    assert count(f"select count(*) from ({controls})") == count("select count(*) from experiments")
    primary = "select experiment_id from experiment_metrics where is_primary group by 1 having count(*) = 1"
    assert count(f"select count(*) from ({primary})") == count("select count(*) from experiments")


def test_accounts_are_assigned_while_the_experiment_runs() -> None:
    wrong = """
        select count(*) from experiment_assignments as a join experiments as e using (experiment_id)
        join experiment_variants as v using (experiment_variant_id) join users as u using (user_id)
        where v.experiment_id <> a.experiment_id or a.first_exposed_at < e.starts_at or a.first_exposed_at >= e.ends_at
            or u.created_at >= a.first_exposed_at or u.deleted_at <= a.first_exposed_at
    """
    assert count("select count(*) from experiment_assignments") > 500
    assert count("select count(distinct experiment_id) from experiment_assignments") == 5
    assert count(wrong) == 0


@cache
def world(seed: int) -> World:
    """A world with enough customers."""
    return World(seed, 0.5, FIRST)


def _done(seed: int, code: str, user: Ints, at: Ints, what: Bools | None = None) -> tuple[Floats, Floats]:
    """Accounts in each variant, weighed by the time they were exposed, and what they did in it."""
    experiment = _CODES.index(code)
    variant, exposed = assigned(world(seed), experiment)
    _, end = period(world(seed), experiment)
    inside = (exposed[user] <= at) & (at < end) & (variant[user] >= 0)
    if what is not None:
        inside &= what
    among = of_experiment(experiment)
    took_part = variant >= 0
    time = np.where(took_part, end - np.where(took_part, exposed, end), 0) / 1e12
    size = np.array([time[variant == v].sum() for v in among])
    return size, np.array([(variant[user[inside]] == v).sum() for v in among], dtype=np.float64)


def _ratio(code: str, treated: int, done: list[tuple[Floats, Floats]]) -> int:
    """Seeds in which the rate of a variant over that of the control is the planted factor, within the tolerance."""
    planted = factors(world(SEEDS[0]), code)[treated]
    within = 0
    for size, events in done:
        ratio = np.log(events[treated] / size[treated]) - np.log(events[0] / size[0])
        error = np.sqrt(1 / events[treated] + 1 / events[0])
        within += bool(abs(ratio - np.log(planted)) < TOLERANCE * error)
    return within


def test_a_banner_sells_as_much_more_as_was_planted() -> None:
    done = [_done(seed, "shop_banner", shop(world(seed))[0].user, shop(world(seed))[0].at) for seed in SEEDS]
    assert _ratio("shop_banner", 1, done) >= ENOUGH
    assert sum(e[1] / s[1] > e[0] / s[0] for s, e in done) >= ENOUGH


def test_a_preview_wins_as_many_more_supporters_as_was_planted() -> None:
    done = [_done(seed, "tier_preview", support(world(seed)).user, support(world(seed)).at) for seed in SEEDS]
    assert _ratio("tier_preview", 1, done) >= ENOUGH


@pytest.mark.parametrize("treated", [1, 2])
def test_one_tap_and_nothing_else_lowers_unpaid_orders(treated: int) -> None:
    counted = []
    for seed in SEEDS:
        orders, _ = shop(world(seed))
        _, all_ = _done(seed, "one_tap_checkout", orders.user, orders.at)
        _, unpaid = _done(seed, "one_tap_checkout", orders.user, orders.at, orders.cancelled_at < NEVER)
        counted.append((all_, unpaid))
    assert _ratio("one_tap_checkout", treated, counted) >= ENOUGH
    together = sum(np.concatenate(pair).reshape(2, -1) for pair in counted)
    share = together[1] / together[0]
    assert (share[1] < 0.7 * share[0]) and share[2] > 0.8 * share[0]


@pytest.mark.parametrize(
    ("code", "suspicious"), [("home_layout", False), ("skip_colour", True), ("shop_banner", False)]
)
def test_one_split_is_not_as_planned(code: str, suspicious: bool) -> None:
    """In all seeds together the ratio of one experiment is off so far that no read-out may be trusted."""
    experiment = _CODES.index(code)
    sizes = np.zeros(2)
    for seed in SEEDS:
        variant, _ = assigned(world(seed), experiment)
        sizes += [(variant == v).sum() for v in of_experiment(experiment)]
    expected = sizes.sum() / 2
    assert (((sizes - expected) ** 2 / expected).sum() > SUSPICIOUS) == suspicious
