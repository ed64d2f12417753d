"""The platform's own campaigns: when they run, what they may spend and what they spend a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.bookings import bookings
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, days_since_epoch, event_ids, midnight
from generators.core.catalogue import catalogue_factor
from generators.core.changes import arrival_of, changes
from generators.core.columns import Columns
from generators.core.people import USERS_BEFORE
from generators.core.random import Bools, Floats, Ints, hash_uniform, pick
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.prices import read
from generators.domains.commerce.products import round_price, unit_price

CHANNELS = ("social_media", "email", "push", "influencer", "search", "display")
SOCIAL, EMAIL, PUSH, INFLUENCER, SEARCH, BANNER = range(6)
OBJECTIVES = ("acquisition", "reactivation", "upgrade", "engagement")
_SEGMENTS = ("prospects", "lapsed_listeners", "subscribers", "free_listeners")
"""Whom a campaign aims at, by its objective."""
_STATUS = ("planned", "active", "paused", "ended")
_COST = np.array([1.0, 0.12, 0.06, 1.3, 0.8, 0.5])
"""Budget of a day, relative, by channel."""
_CONTACT_COST = np.array([0.012, 0.0009, 0.0004, 0.016, 0.02, 0.006])
"""Price of a contact in monthly individual prices, by channel."""
CLICK_RATE = np.array([0.018, 0.032, 0.041, 0.022, 0.065, 0.006])
"""Clicks per contact, by channel."""
_REPORTED = 23 * HOUR + 30 * MINUTE
_NAMES = {
    "IN": ("दिवाली धूम", "Monsoon Beats", "பொங்கல் இசை", "New Year, New Music"),
    "BR": ("Verão Sonic", "Carnaval sem parar", "Volta às aulas", "Som do Brasil"),
    "ID": ("Ramadan Nada", "Liburan Seru", "Musik Tanpa Batas", "Awal Tahun"),
}


@cache
def marketing_rates() -> dict[str, float]:
    """Rates of marketing by name (marketing.csv)."""
    return {row["name"]: float(row["value"]) for row in read("marketing.csv")}


@dataclass(frozen=True)
class Promos(Columns):
    """Campaigns in order of planning; id is row + 1. ``NEVER`` where something does not happen."""

    created_at: Ints
    starts_at: Ints
    ends_at: Ints
    paused_at: Ints
    resumed_at: Ints
    channel: Ints
    objective: Ints
    country: Ints
    budget: Ints

    def runs(self, rows: Ints, instants: Ints) -> Bools:
        """Whether campaigns run at instants and are not paused."""
        paused = (self.paused_at[rows] <= instants) & (instants < self.resumed_at[rows])
        return np.asarray((self.starts_at[rows] <= instants) & (instants < self.ends_at[rows]) & ~paused)


def first_campaign_day(world: World) -> date:
    """Day on which the first campaigns are planned."""
    return world.first_day - timedelta(days=int(marketing_rates()["history_days"]))


def promos(world: World) -> Promos:
    """Campaigns of the world's horizon."""
    return world.remember(("promos", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Promos:
    rate, seed = marketing_rates(), world.seed
    per_day = max(0.15, rate["campaigns_a_day"] * catalogue_factor(world.scale))
    created = bookings(world, "promos", per_day, first_campaign_day(world), world.horizon)
    n = np.arange(len(created))

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"promos.{what}", n)

    launch = np.flatnonzero(world.ref.launch)
    country = launch[pick(draw("country"), world.ref.country_weight[launch])]
    channel = pick(draw("channel"), np.array([30, 18, 14, 14, 14, 10.0]))
    # The first ones take turns, so that every channel is there in every market.
    turns = n < len(launch) * len(CHANNELS)
    country = np.where(turns, launch[n // len(CHANNELS) % len(launch)], country)
    channel = np.where(turns, n % len(CHANNELS), channel)
    starts = created + DAY + (draw("start") * 8 * DAY).astype(np.int64)
    days = 10 + (draw("days") * 35).astype(np.int64)
    ends = starts + days * DAY
    paused = starts + ((0.2 + 0.4 * draw("pause_at")) * days * DAY).astype(np.int64)
    resumed = paused + DAY + (draw("pause_days") * 3 * DAY).astype(np.int64)
    pauses = draw("pauses") < rate["pauses"]
    size = rate["budget_share"] * USERS_BEFORE * world.scale * days * _COST[channel] * (0.5 + draw("size"))
    return Promos(
        created_at=created,
        starts_at=starts,
        ends_at=ends,
        paused_at=np.where(pauses, paused, NEVER),
        resumed_at=np.where(pauses, resumed, NEVER),
        channel=channel,
        objective=pick(draw("objective"), np.array([0.55, 0.2, 0.15, 0.1])),
        country=country,
        budget=round_price(np.maximum(size, 1.0) * unit_price(country)),
    )


_RECENT = 6


def running(world: World, country: Ints, at: Ints, uniform: Floats) -> Ints:
    """A campaign of each country that runs at the instant, among those that began last; -1 if none of them does."""
    p = promos(world)
    chosen = np.full(len(at), -1)
    for index in np.flatnonzero(world.ref.launch):
        among = np.flatnonzero(p.country == index)
        among = among[np.argsort(p.starts_at[among], kind="stable")]
        rows = np.flatnonzero(country == index)
        last = np.searchsorted(p.starts_at[among], at[rows], side="right") - 1
        first_try = (uniform[rows] * _RECENT).astype(np.int64)
        for attempt in range(_RECENT):
            place = last - (first_try + attempt) % _RECENT
            open_ = np.flatnonzero((chosen[rows] < 0) & (place >= 0))
            tried = among[place[open_]]
            chosen[rows[open_]] = np.where(p.runs(tried, at[rows[open_]]), tried, -1)
    return chosen


def campaign_codes(world: World, row: Ints) -> pa.Array:
    """Codes of campaigns as they stand in links."""
    p = promos(world)
    country = pa.array(world.ref.country_codes).take(pa.array(p.country[row]))
    channel = pa.array([name[:3].upper() for name in CHANNELS]).take(pa.array(p.channel[row]))
    return names.join(country, "-", channel, "-", names.padded(row + 1, 4))


def campaigns_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Campaigns with their begin, pause and end."""
    p = promos(world)
    instants = [p.created_at, p.starts_at, p.paused_at, p.resumed_at, p.ends_at]
    found = changes(world, "promo_campaigns", lambda: instants, begin, until)
    row, at = found.row, found.at
    paused = (p.paused_at[row] <= at) & (at < p.resumed_at[row])
    status = np.where(p.ends_at[row] <= at, 3, np.where(paused, 2, np.where(p.starts_at[row] <= at, 1, 0)))
    words = list(_NAMES)
    pool = np.array([words.index(c) if c in words else 0 for c in world.ref.country_codes])[p.country[row]]
    which = pool * 4 + (hash_uniform(world.seed, "promos.name", row) * 4).astype(np.int64)
    return make_table(
        "promo_campaigns",
        {
            "promo_campaign_id": row + 1,
            "campaign_code": campaign_codes(world, row),
            "name": Coded(which, [name for of_country in _NAMES.values() for name in of_country]),
            "channel": Coded(p.channel[row], CHANNELS),
            "objective": Coded(p.objective[row], OBJECTIVES),
            "target_country_id": p.country[row] + 1,
            "target_segment": Coded(p.objective[row], _SEGMENTS),
            "budget_minor": p.budget[row],
            "currency_code": Coded(p.country[row], [c["currency"] for c in world.ref.countries]),
            "status": Coded(status, _STATUS),
            "starts_at": p.starts_at[row],
            "ends_at": p.ends_at[row],
            "created_at": p.created_at[row],
            **found.metadata,
        },
    )


def spend_table(world: World, begin: date | None, until: date) -> pa.Table:
    """What campaigns spent on each day of a period: their budget's share of the time they ran, or a little less."""
    p = promos(world)
    first = days_since_epoch(begin or first_campaign_day(world))
    days = np.arange(first, days_since_epoch(until))[:, None]
    low, high = days * DAY, days * DAY + DAY

    def overlap(since: Ints, to: Ints) -> Ints:
        return np.asarray(np.maximum(np.minimum(to, high) - np.maximum(since, low), 0))

    ran = overlap(p.starts_at, p.ends_at) - overlap(p.paused_at, p.resumed_at)
    day, row = np.nonzero(ran >= HOUR)
    day_number = days[day, 0]
    thrift = 0.85 + 0.15 * hash_uniform(world.seed, "promo_spend.thrift", row, day_number)
    share = ran[day, row] / (p.ends_at[row] - p.starts_at[row])
    amount = (p.budget[row] * share * thrift).astype(np.int64)
    channel, country = p.channel[row], p.country[row]
    price = _CONTACT_COST[channel] * unit_price(country)
    contacts = (amount / price * (0.8 + 0.4 * hash_uniform(world.seed, "promo_spend.reach", row, day_number))).astype(
        np.int64
    )
    luck = 0.6 + 0.8 * hash_uniform(world.seed, "promo_spend.luck", row, day_number)
    at = day_number * DAY + _REPORTED
    return make_table(
        "promo_spend",
        {
            "promo_spend_id": event_ids(at, row),
            "promo_campaign_id": row + 1,
            "channel": Coded(channel, CHANNELS),
            "spend_date": day_number,
            "amount_minor": amount,
            "currency_code": Coded(country, [c["currency"] for c in world.ref.countries]),
            "contacts": contacts,
            "clicks": (contacts * CLICK_RATE[channel] * luck).astype(np.int64),
            "reported_at": at,
            "arrived_at": arrival_of(world, "promo_spend", at, begin, until, row, day_number),
        },
    )


def issued_campaigns(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    return {"promo_campaigns": int(np.searchsorted(promos(world).created_at, midnight(until)))}
