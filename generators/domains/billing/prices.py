"""Plans, prices, payment methods and rates of the life cycle: the committed files as arrays."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np

from generators.core.calendar import DAY, days_since_epoch
from generators.core.random import Floats, Ints
from generators.core.reference import reference

CYCLES = ("month", "year", "week", "day")
MONTH, YEAR, WEEK, DAY_PASS = range(4)
TIERS = ("free", "prime", "pro")
METHODS = ("card", "upi", "upi_autopay", "pix", "gopay", "ovo", "dana", "carrier", "amazon_pay", "gift_card")
FREE, PRIME, DUO, FAMILY, STUDENT, PRO, PRO_FAMILY = range(7)
"""Plan indexes, in the order of plans.csv; the plan id is index + 1."""
OPEN_END = np.int64(1) << 40
MILLION = 1_000_000


@cache
def read(name: str) -> list[dict[str, str]]:
    """Rows of a committed data file, read once; not to be altered."""
    text = files("generators.data").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def rates() -> dict[str, float]:
    """Rates of the subscription life cycle by name (lifecycle.csv)."""
    return {row["name"]: float(row["value"]) for row in read("lifecycle.csv")}


@dataclass(frozen=True)
class Prices:
    """Plans and prices; row i of a price array is the price with id i + 1."""

    plan_tier: Ints
    plan_shared: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """Plan is shared by a household (duo or family)."""
    plan: Ints
    country: Ints
    cycle: Ints
    amount: Ints
    """Price with tax, minor units."""
    tax_ppm: Ints
    first_day: Ints
    """First day in force, days since 1970."""
    end_day: Ints
    """Day it is no longer in force; ``OPEN_END`` while open."""
    table: Ints
    """Price rows by (plan, country, cycle, k-th period); -1 where there is none."""

    def at(self, plan: Ints, country: Ints, cycle: Ints, instant: Ints) -> Ints:
        """Price row in force at instants (microseconds UTC); -1 where the plan is not sold so."""
        options = self.table[plan, country, cycle]
        day = (instant // DAY)[:, None]
        fits = (options >= 0) & (self.first_day[options] <= day) & (self.end_day[options] > day)
        return np.where(fits.any(axis=1), options[np.arange(len(options)), fits.argmax(axis=1)], -1)


def net_of(gross: Ints, tax_ppm: Ints) -> Ints:
    """Amount without tax, half up: gross * 1e6 / (1e6 + tax)."""
    whole = MILLION + tax_ppm
    return (2 * gross * MILLION + whole) // (2 * whole)


@cache
def prices() -> Prices:
    """The price list."""
    plans, rows = read("plans.csv"), read("plan_prices.csv")
    countries = reference().country_index
    plan_index = {row["code"]: i for i, row in enumerate(plans)}
    order = sorted(range(len(rows)), key=lambda i: (rows[i]["valid_from"], i))
    rows = [rows[i] for i in order]
    plan = np.array([plan_index[r["plan"]] for r in rows])
    country = np.array([countries[r["country"]] for r in rows])
    cycle = np.array([CYCLES.index(r["cycle"]) for r in rows])
    table = np.full((len(plans), len(countries), len(CYCLES), 4), -1)
    for i in range(len(rows)):
        slot = table[plan[i], country[i], cycle[i]]
        slot[np.flatnonzero(slot < 0)[0]] = i
    return Prices(
        plan_tier=np.array([TIERS.index(r["tier"]) for r in plans]),
        plan_shared=np.array([r["variant"] in ("duo", "family") for r in plans]),
        plan=plan,
        country=country,
        cycle=cycle,
        amount=np.array([int(r["price_minor"]) for r in rows]),
        tax_ppm=np.array([int(r["tax_rate_ppm"]) for r in rows]),
        first_day=np.array([days_since_epoch(date.fromisoformat(r["valid_from"])) for r in rows]),
        end_day=np.array(
            [days_since_epoch(date.fromisoformat(r["valid_to"])) if r["valid_to"] else OPEN_END for r in rows]
        ),
        table=table,
    )


@dataclass(frozen=True)
class Offers:
    """Payment methods on offer, one row per (method, country)."""

    method: Ints
    """Index into METHODS."""
    country: Ints
    weight: Floats
    """Shape (offers, 2): for renewing and for prepaid purchases."""
    failure_rate: Floats
    fee_ppm: Ints
    fee_fixed: Ints
    provider: list[str]

    def choose(self, uniform: Floats, country: Ints, prepaid: Ints) -> Ints:
        """Offer row per payer."""
        chosen = np.zeros(len(uniform), dtype=np.int64)
        for index in np.unique(country):
            for kind in (0, 1):
                rows = np.flatnonzero((country == index) & (prepaid == kind))
                among = np.flatnonzero(self.country == index)
                cumulative = np.cumsum(self.weight[among, kind])
                chosen[rows] = among[np.searchsorted(cumulative, uniform[rows] * cumulative[-1], side="right")]
        return chosen


@cache
def offers() -> Offers:
    """The payment methods of each launch country."""
    rows = read("payment_methods.csv")
    countries = reference().country_index
    return Offers(
        method=np.array([METHODS.index(r["method"]) for r in rows]),
        country=np.array([countries[r["country"]] for r in rows]),
        weight=np.array([[float(r["renewing_weight"]), float(r["prepaid_weight"])] for r in rows]),
        failure_rate=np.array([float(r["failure_rate"]) for r in rows]),
        fee_ppm=np.array([int(r["fee_ppm"]) for r in rows]),
        fee_fixed=np.array([int(r["fee_fixed_minor"]) for r in rows]),
        provider=[r["provider"] for r in rows],
    )


_FAMILY_OF_METHOD = ("card", "bank", "bank", "bank", "wallet", "wallet", "wallet", "carrier", "wallet", "wallet")


@cache
def failure_codes() -> tuple[list[str], Floats]:
    """Failure codes and their cumulative weights per method, shape (methods, codes)."""
    rows = read("payment_failures.csv")
    weights = np.array([[float(r[family]) for r in rows] for family in _FAMILY_OF_METHOD])
    return [r["code"] for r in rows], np.cumsum(weights, axis=1) / weights.sum(axis=1)[:, None]
