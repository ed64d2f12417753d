"""Tiers of support that creators offer, and who supports them for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.bookings import KEPT_SHARE, bookings, someone
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, midnight
from generators.core.changes import changes, changes_of
from generators.core.columns import Columns
from generators.core.random import Bools, Floats, Ints, exponential, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.documents import book
from generators.domains.billing.lifecycle import add_months
from generators.domains.billing.sales import FAN_SUBSCRIPTION, Sales, sales, share_of
from generators.domains.billing.timeline import market_at, timeline
from generators.domains.commerce.products import first_shop_day, round_price, shop_rates, unit_price
from generators.domains.experiments.assignment import effect, strongest

LEVELS = 3
STATES = ("active", "cancelled", "expired")
_NAMES = {
    "en": ("Supporter", "Backstage", "Inner circle"),
    "hi": ("साथी", "मंच के पीछे", "अपने लोग"),
    "ta": ("ஆதரவாளர்", "மேடைக்குப் பின்", "நெருங்கிய வட்டம்"),
    "pt": ("Apoiador", "Camarim", "Círculo íntimo"),
    "id": ("Pendukung", "Belakang panggung", "Lingkaran dalam"),
}
_BENEFITS = {
    "en": ("Name in the credits", "Demos before anyone else", "A call with the artist every season"),
    "hi": ("आभार में नाम", "सबसे पहले डेमो", "हर मौसम कलाकार से बातचीत"),
    "ta": ("நன்றியில் பெயர்", "எல்லோருக்கும் முன் டெமோ", "கலைஞருடன் அழைப்பு"),
    "pt": ("Nome nos créditos", "Demos antes de todos", "Uma chamada com o artista por estação"),
    "id": ("Nama di ucapan terima kasih", "Demo lebih dulu", "Telepon dengan artis tiap musim"),
}


@dataclass(frozen=True)
class Tiers(Columns):
    """Tiers in order of creation; id is row + 1. ``NEVER`` where something does not happen."""

    created_at: Ints
    artist: Ints
    level: Ints
    """0 is the lowest."""
    yearly: Bools
    price: Ints
    repriced_at: Ints
    new_price: Ints
    closed_at: Ints

    def price_at(self, rows: Ints, instants: Ints) -> Ints:
        """Price in force of some tiers at instants."""
        return np.where(self.repriced_at[rows] <= instants, self.new_price[rows], self.price[rows])


@dataclass(frozen=True)
class Support(Columns):
    """Supporters in order of their start; id is row + 1."""

    at: Ints
    user: Ints
    tier: Ints
    country: Ints
    amount: Ints
    commission: Ints
    months: Ints
    """Of a cycle."""
    cycles: Ints
    """Whole cycles paid."""
    cancelled_at: Ints
    """``NEVER`` where the last renewal was not paid."""
    ends_at: Ints


def tiers(world: World) -> Tiers:
    """Tiers of the world's horizon."""
    return world.remember(("fan_tiers", world.horizon), lambda: _make_tiers(world), keep=1)


def _make_tiers(world: World) -> Tiers:
    rate, seed, artists = shop_rates(), world.seed, world.artists(world.horizon)
    n = np.arange(len(artists))
    offers = world.ref.launch[artists.country] & (hash_uniform(seed, "tiers.offers", n) < rate["tier_artists"])
    count = 1 + (hash_uniform(seed, "tiers.count", n) * LEVELS).astype(np.int64)
    artist, level = np.nonzero(offers[:, None] & (np.arange(LEVELS)[None, :] < count[:, None]))
    wait = exponential(hash_uniform(seed, "tiers.wait", artist), 60.0 * DAY).astype(np.int64)
    since = np.maximum(artists.created_at[artist], midnight(first_shop_day(world)))
    created = since + HOUR + wait + level * MINUTE
    order = np.lexsort((level, artist, created))
    order = order[created[order] < midnight(world.horizon)]
    artist, level, created = artist[order], level[order], created[order]
    key = artist * LEVELS + level

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"tiers.{what}", key)

    yearly = draw("year") < rate["fan_year"]
    size = np.array([0.5, 1.2, 3.0])[level] * np.where(yearly, 10.0, 1.0) * (0.8 + 0.5 * draw("price"))
    exact = unit_price(artists.country[artist]) * size
    price, new_price = round_price(exact), round_price(exact * 1.2)
    repriced = created + 30 * DAY + exponential(draw("repriced_at"), 120.0 * DAY).astype(np.int64)
    return Tiers(
        created_at=created,
        artist=artist,
        level=level,
        yearly=yearly,
        price=price,
        repriced_at=np.where((draw("repriced") < 0.25) & (new_price != price), repriced, NEVER),
        new_price=new_price,
        closed_at=repriced + 30 * DAY + exponential(draw("closed_at"), 1_200.0 * DAY).astype(np.int64),
    )


def support(world: World) -> Support:
    """Supporters of the world's horizon."""
    return world.remember(("fan_subscriptions", world.horizon), lambda: _make_support(world), keep=1)


def _make_support(world: World) -> Support:
    rate, seed, offered = shop_rates(), world.seed, tiers(world)
    artists, users = world.artists(world.horizon), world.users(world.horizon)
    per_day = rate["fans_a_day"] * world.scale / KEPT_SHARE * strongest("tier_preview")
    at = bookings(world, "fans", per_day, first_shop_day(world), world.horizon)
    user, kept = someone(world, "fans", at)
    moved = effect(world, "tier_preview", user, at) / strongest("tier_preview")
    kept &= hash_uniform(seed, "fans.moved", np.arange(len(at))) < moved
    n = np.flatnonzero(kept)
    at, user = at[n], user[n]
    country = market_at(world, timeline(world, world.first_day), user, at)
    tier = np.full(len(at), -1)
    draw = hash_uniform(seed, "fans.tier", n)
    for index in np.flatnonzero(world.ref.launch):
        among = np.flatnonzero(artists.country[offered.artist] == index)
        rows = np.flatnonzero(country == index)
        exists = np.searchsorted(offered.created_at[among], at[rows] - HOUR)
        if len(among):
            place = np.minimum((draw[rows] ** 1.6 * exists).astype(np.int64), len(among) - 1)
            tier[rows] = np.where(exists > 0, among[place], -1)
    open_ = np.flatnonzero((tier >= 0) & (offered.closed_at[tier] > at))
    # Nobody supports a tier twice: the first time counts.
    _, first = np.unique(user[open_] * 1_000_000 + tier[open_], return_index=True)
    some = open_[np.sort(first)]
    n, at, user, tier, country = n[some], at[some], user[some], tier[some], country[some]
    months = np.where(offered.yearly[tier], 12, 1)
    stays = DAY + exponential(hash_uniform(seed, "fans.stays", n), rate["fan_stays_days"] * DAY * months**0.5)
    leaves = np.minimum(at + stays.astype(np.int64), users.deleted_at[user])
    # The cycle that is not renewed for want of money, if that comes before the cancel.
    fails = np.log1p(-hash_uniform(seed, "fans.fails", n)) / np.log1p(-rate["fan_renewal_fails"])
    unpaid = 1 + np.minimum(fails, 1e6).astype(np.int64)
    cycles = _months_between(at, leaves) // months + 1
    involuntary = unpaid < cycles
    cycles = np.minimum(cycles, unpaid)
    artist = offered.artist[tier]
    return Support(
        at=at,
        user=user,
        tier=tier,
        country=country,
        amount=offered.price_at(tier, at),
        commission=np.where(artists.verified_at[artist] <= at, 100_000, 150_000),
        months=months,
        cycles=cycles,
        cancelled_at=np.where(involuntary, NEVER, leaves),
        ends_at=add_months(at, cycles * months),
    )


def _months_between(start: Ints, end: Ints) -> Ints:
    """Whole months from start to a later instant, as billing counts them."""

    def month(at: Ints) -> Ints:
        return np.asarray((at // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))

    whole = month(end) - month(start)
    return np.asarray(whole - (add_months(start, whole) > end), dtype=np.int64)


def fan_tiers_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Tiers with their changes of price and their end."""
    t, artists = tiers(world), world.artists(world.horizon)
    found = changes(world, "fan_tiers", lambda: [t.created_at, t.repriced_at, t.closed_at], begin, until)
    row = found.row
    artist = t.artist[row]
    spoken = _language_pool(world)[artists.language[artist]] * LEVELS + t.level[row]
    return make_table(
        "fan_tiers",
        {
            "fan_tier_id": row + 1,
            "artist_id": artist + 1,
            "tier_level": t.level[row] + 1,
            "name": Coded(spoken, [text for of_language in _NAMES.values() for text in of_language]),
            "benefits": Coded(spoken, [text for of_language in _BENEFITS.values() for text in of_language]),
            "price_minor": t.price_at(row, found.at),
            "currency_code": Coded(artists.country[artist], [c["currency"] for c in world.ref.countries]),
            "billing_cycle": Coded(t.yearly[row].astype(np.int64), ("month", "year")),
            "is_active": t.closed_at[row] > found.at,
            "created_at": t.created_at[row],
            **found.metadata,
        },
    )


def _language_pool(world: World) -> Ints:
    known = list(_NAMES)
    return np.array([known.index(code) if code in known else 0 for code in world.ref.language_codes])


def support_sales(world: World) -> Sales:
    """Payments for each cycle of support, and the last one that was not paid."""

    def make() -> Sales:
        s = support(world)
        row = np.repeat(np.arange(len(s)), s.cycles)
        cycle = np.arange(len(row)) - np.repeat(np.cumsum(s.cycles) - s.cycles, s.cycles)
        unpaid = np.flatnonzero(s.cancelled_at == NEVER)
        every = np.concatenate([row, unpaid])
        return sales(
            world,
            FAN_SUBSCRIPTION,
            document=every,
            user=s.user[every],
            artist=tiers(world).artist[s.tier[every]],
            currency=s.country[every],
            amount=s.amount[every],
            commission=share_of(s.amount[every], s.commission[every]),
            at=np.concatenate([add_months(s.at[row], cycle * s.months[row]), s.ends_at[unpaid]]),
            paid=np.arange(len(every)) < len(row),
        )

    return world.remember(("fans.sales", world.horizon), make, keep=1)


def support_steps(world: World) -> tuple[Ints, Ints]:
    """Supporter row and instant of every step: start, each renewal, cancel and end."""
    s = support(world)
    n = np.arange(len(s))
    row = np.repeat(n, s.cycles)
    cycle = np.arange(len(row)) - np.repeat(np.cumsum(s.cycles) - s.cycles, s.cycles)
    begins = add_months(s.at[row], cycle * s.months[row])
    cancels = n[s.cancelled_at < NEVER]
    rows = np.concatenate([row, cancels, n])
    at = np.concatenate([begins, s.cancelled_at[cancels], s.ends_at])
    return rows, at


def fan_subscriptions_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Supporters with every renewal, their cancel and their end."""
    s = support(world)
    found = changes_of(world, "fan_subscriptions", lambda: support_steps(world), begin, until)
    row, at = found.row, found.at
    cancelled, ended = s.cancelled_at[row] <= at, s.ends_at[row] <= at
    # The period that is paid at the step; after the last one it stays as it was.
    cycle = np.minimum(_months_between(s.at[row], at) // s.months[row], s.cycles[row] - 1)
    method = book(world, world.first_day).methods.latest(s.user[row], s.at[row])
    return make_table(
        "fan_subscriptions",
        {
            "fan_subscription_id": row + 1,
            "user_id": s.user[row] + 1,
            "fan_tier_id": s.tier[row] + 1,
            "state": Coded(support_state(s, row, at), STATES),
            "amount_minor": s.amount[row],
            "currency_code": Coded(s.country[row], [c["currency"] for c in world.ref.countries]),
            "commission_ppm": s.commission[row],
            "current_period_start_at": add_months(s.at[row], cycle * s.months[row]),
            "current_period_end_at": add_months(s.at[row], (cycle + 1) * s.months[row]),
            "started_at": s.at[row],
            "cancelled_at": np.where(cancelled, s.cancelled_at[row], NEVER),
            "ended_at": np.where(ended, s.ends_at[row], NEVER),
            "end_reason": Coded(
                np.where(ended, (s.cancelled_at[row] == NEVER).astype(np.int64), -1), ("voluntary", "involuntary")
            ),
            "payment_method_id": np.where(method >= 0, method + 1, -1),
            "transaction_id": support_sales(world).payment_of(world, row, at),
            **found.metadata,
        },
    )


def support_state(s: Support, row: Ints, at: Ints) -> Ints:
    """State of supporters at instants, as an index into STATES."""
    return np.where(s.ends_at[row] <= at, 2, np.where(s.cancelled_at[row] <= at, 1, 0))


def issued_fans(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, by table."""
    end = midnight(until)
    return {
        "fan_tiers": int(np.searchsorted(tiers(world).created_at, end)),
        "fan_subscriptions": int(np.searchsorted(support(world).at, end)),
    }
