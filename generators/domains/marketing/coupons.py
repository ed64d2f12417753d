"""Coupons, and the subscriptions that begin with one: every recurring discount is that of a coupon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.core import names
from generators.core.bookings import happening
from generators.core.calendar import DAY, HOUR, NEVER, SECOND, midnight
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.order import in_order
from generators.core.people import HISTORY_DAYS
from generators.core.random import Ints, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.documents import book
from generators.domains.billing.prices import MILLION, PRIME, prices, rates
from generators.domains.marketing.campaigns import BANNER, marketing_rates, promos

PERCENT, TRIAL = range(2)
_TYPES = ("percent", "trial")


@dataclass(frozen=True)
class Coupons(Columns):
    """Coupons in order of issue; id is row + 1. The first are the standing ones: of each market one of each type."""

    created_at: Ints
    campaign: Ints
    """Row of the campaign, -1 for the standing ones."""
    kind: Ints
    country: Ints
    plan: Ints
    """Row of the plan it is bound to, -1 for any."""
    limit: Ints
    """Redemptions in all, -1 without limit."""
    valid_from: Ints
    valid_to: Ints


def coupons(world: World) -> Coupons:
    """Coupons of the world's horizon."""
    return world.remember(("coupons", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Coupons:
    seed, p = world.seed, promos(world)
    launch = np.flatnonzero(world.ref.launch)
    n = np.arange(len(p))
    # Campaigns for new or returning customers hand out a code, those on banners excepted.
    row = np.flatnonzero((p.objective < 2) & (p.channel != BANNER) & (hash_uniform(seed, "coupons.has", n) < 0.85))
    issued, standing = p.created_at[row] + HOUR, 2 * len(launch)
    long_ago = np.full(standing, midnight(world.first_day) - (HISTORY_DAYS + 15) * DAY)
    none = np.full(standing, -1)
    kind = (hash_uniform(seed, "coupons.kind", row) < 0.45).astype(np.int64)
    bound = (kind == TRIAL) & (hash_uniform(seed, "coupons.plan", row) < 0.3)
    limit = 3 + (hash_uniform(seed, "coupons.limit", row) ** 2 * 60 * max(world.scale, 0.1)).astype(np.int64)
    return Coupons(
        created_at=np.concatenate([long_ago, issued]),
        campaign=np.concatenate([none, row]),
        kind=np.concatenate([np.tile([PERCENT, TRIAL], len(launch)), kind]),
        country=np.concatenate([np.repeat(launch, 2), p.country[row]]),
        plan=np.concatenate([none, np.where(bound, PRIME, -1)]),
        limit=np.concatenate([none, limit]),
        valid_from=np.concatenate([long_ago, p.starts_at[row]]),
        valid_to=np.concatenate([np.full(standing, NEVER), p.ends_at[row] + 14 * DAY]),
    )


def coupon_of_campaign(world: World, campaign: Ints) -> Ints:
    """Coupon row of campaigns, -1 for those without one."""
    c = coupons(world)
    of = np.full(len(promos(world)), -1)
    handed = np.flatnonzero(c.campaign >= 0)
    of[c.campaign[handed]] = handed
    return of[campaign]


@dataclass(frozen=True)
class Redemptions(Columns):
    """Redemptions in order of time."""

    at: Ints
    coupon: Ints
    user: Ints
    subscription: Ints
    attempt: Ints
    """Row of the first payment, -1 for a trial."""
    discount: Ints
    country: Ints


def redemptions(world: World) -> Redemptions:
    """Redemptions of the world's horizon."""
    return world.remember(("redemptions", world.horizon), lambda: _make_redemptions(world), keep=1)


def _make_redemptions(world: World) -> Redemptions:
    of, rate = book(world, world.first_day), marketing_rates()
    line = of.line
    born = np.flatnonzero(line.changes["change_no"] == 0)
    images = {name: line.changes[name][born] for name in ("user", "at", "price", "plan", "discount", "trial_end")}
    first_payment = _first_payment(world)
    discounted = np.flatnonzero((images["discount"] > 0) & (first_payment >= 0))
    lucky = hash_uniform(world.seed, "redemptions.trial", images["user"], images["at"]) < rate["trial_coupon"]
    trials = np.flatnonzero((images["trial_end"] < NEVER) & lucky)
    sub = np.concatenate([discounted, trials])
    kind = np.repeat([PERCENT, TRIAL], [len(discounted), len(trials)])
    at = np.concatenate([line.attempts["at"][first_payment[discounted]], images["at"][trials] + 2 * SECOND])
    order = in_order(sub, at)
    sub, kind, at = sub[order], kind[order], at[order]
    user, country = images["user"][sub], prices().country[images["price"][sub]]
    return Redemptions(
        at=at,
        coupon=_coupon_for(world, kind, country, images["plan"][sub], user, at),
        user=user,
        subscription=sub,
        attempt=np.where(kind == PERCENT, first_payment[sub], -1),
        discount=images["discount"][sub],
        country=country,
    )


def _first_payment(world: World) -> Ints:
    """Attempt row of the first captured payment of each subscription's first invoice, -1 where there is none."""
    line = book(world, world.first_day).line
    subscription, first_invoice = np.unique(line.invoices["subscription"], return_index=True)
    captured = np.flatnonzero(line.attempts["ok"] > 0)[::-1]
    of_invoice = np.full(len(line.invoices["at"]), -1)
    of_invoice[line.attempts["invoice"][captured]] = captured
    found = np.full(int(line.changes["subscription"].max(initial=-1)) + 1, -1)
    found[subscription] = of_invoice[first_invoice]
    return found


def _coupon_for(world: World, kind: Ints, country: Ints, plan: Ints, user: Ints, at: Ints) -> Ints:
    """A campaign's coupon that holds and is not used up, for most; else the standing one of market and type.

    Args:
        at: instants, rising: whoever comes first uses a coupon up.
    """
    c = coupons(world)
    chosen = np.full(len(at), -1)
    for index in np.flatnonzero(world.ref.launch):
        for type_ in (PERCENT, TRIAL):
            among = np.flatnonzero((c.country == index) & (c.kind == type_) & (c.campaign >= 0))
            among = among[np.argsort(c.valid_from[among], kind="stable")]
            rows = np.flatnonzero((country == index) & (kind == type_))
            back = (hash_uniform(world.seed, "redemptions.which", user[rows], at[rows]) * 3).astype(np.int64)
            place = np.searchsorted(c.valid_from[among], at[rows], side="right") - 1 - back
            known = place >= 0
            chosen[rows[known]] = among[place[known]]
    holds = (chosen >= 0) & (at < c.valid_to[chosen]) & ((c.plan[chosen] < 0) | (c.plan[chosen] == plan))
    holds &= hash_uniform(world.seed, "redemptions.campaign", user, at) < marketing_rates()["campaign_coupon"]
    rows = np.flatnonzero(holds)
    # An account uses a coupon once, and all accounts together as often as its limit says.
    _, first = np.unique(user[rows] * 1_000_000 + chosen[rows], return_index=True)
    rows = rows[np.sort(first)]
    by_coupon = rows[np.argsort(chosen[rows], kind="stable")]
    rank = np.arange(len(by_coupon)) - np.searchsorted(chosen[by_coupon], chosen[by_coupon])
    kept = by_coupon[rank < c.limit[chosen[by_coupon]]]
    launch = np.flatnonzero(world.ref.launch)
    coupon = np.searchsorted(launch, country) * 2 + kind
    coupon[kept] = chosen[kept]
    return coupon


def coupons_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Coupons as they are issued."""
    c = coupons(world)
    found = changes(world, "coupons", lambda: [c.created_at], begin, until)
    row = found.row
    ours = c.campaign[row] >= 0
    country = pa.array(world.ref.country_codes).take(pa.array(c.country[row]))
    kind = pa.array(["SAVE20", "TRIAL"]).take(pa.array(c.kind[row]))
    own_number = names.join("-", names.padded(np.maximum(c.campaign[row], 0) + 1, 4))
    tail = pc.if_else(pa.array(ours), own_number, "")
    return make_table(
        "coupons",
        {
            "coupon_id": row + 1,
            "coupon_code": names.join(country, "-", kind, tail),
            "promo_campaign_id": np.where(ours, c.campaign[row] + 1, -1),
            "discount_type": Coded(c.kind[row], _TYPES),
            "discount_ppm": np.where(c.kind[row] == PERCENT, round(rates()["discount_share"] * MILLION), -1),
            "trial_days": np.where(c.kind[row] == TRIAL, int(rates()["trial_days"]), -1),
            "country_id": c.country[row] + 1,
            "plan_id": np.where(c.plan[row] >= 0, c.plan[row] + 1, -1),
            "max_redemptions": c.limit[row],
            "max_redemptions_per_user": np.where(ours, 1, -1),
            "valid_from": c.valid_from[row],
            "valid_to": c.valid_to[row],
            "created_at": c.created_at[row],
            **found.metadata,
        },
    )


def redemptions_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Redemptions of a period."""
    r = redemptions(world)
    found = happening(world, "coupon_redemptions", r.at, begin, until)
    r = r.take(found.row)
    # Of the payments before the data only some are there.
    paid = (r.attempt >= 0) & (r.at >= midnight(world.first_day))
    return make_table(
        "coupon_redemptions",
        {
            "coupon_redemption_id": found.ids(),
            "coupon_id": r.coupon + 1,
            "user_id": r.user + 1,
            "subscription_id": r.subscription + 1,
            "transaction_id": np.where(paid, book(world, world.first_day).transaction_id[r.attempt], -1),
            "discount_minor": r.discount,
            "currency_code": Coded(r.country, [c["currency"] for c in world.ref.countries]),
            "redeemed_at": r.at,
            "arrived_at": found.arrived_at,
        },
    )


def issued_coupons(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    return {"coupons": int(np.searchsorted(coupons(world).created_at, midnight(until)))}
