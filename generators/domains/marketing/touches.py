"""Contacts of campaigns with accounts and prospects: those that led to a subscription, and some of the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.core.bookings import KEPT_SHARE, bookings, happening, is_there, someone
from generators.core.calendar import DAY, HOUR, MINUTE, SECOND
from generators.core.columns import Columns, concatenate
from generators.core.random import Ints, hash_bits, hash_uniform
from generators.core.tables import Coded, hex_text, make_table
from generators.core.world import World
from generators.domains.billing import ledger as log
from generators.domains.billing.timeline import timeline
from generators.domains.identity import allows_email, allows_push
from generators.domains.marketing.campaigns import (
    CHANNELS,
    CLICK_RATE,
    EMAIL,
    PUSH,
    marketing_rates,
    promos,
    running,
)

SENT, SHOWN, CLICKED = range(3)
_TYPES = ("sent", "shown", "clicked")
_LEAD_DAYS = 25
"""From a click to the subscription it leads to."""


@dataclass(frozen=True)
class Touches(Columns):
    """Contacts: ``user`` is a row, -1 for a prospect; ``key`` tells prospects apart."""

    at: Ints
    campaign: Ints
    user: Ints
    key: Ints
    kind: Ints


def touches(world: World) -> Touches:
    """Contacts of the world's horizon, by instant; complete up to a month before it."""

    def make() -> Touches:
        every = concatenate([_that_led(world), _that_led_to_nothing(world)])
        return every.take(np.lexsort((every.user, every.kind, every.at)))

    return world.remember(("touches", world.horizon), make, keep=1)


def _allowed(world: World, campaign: Ints, user: Ints, at: Ints) -> Ints:
    """Rows whose account allows the campaign's channel."""
    channel = promos(world).channel[campaign]
    email, push = allows_email(world, user, at), allows_push(world, user)
    return np.flatnonzero(np.where(channel == EMAIL, email, np.where(channel == PUSH, push, True)))


def _with_clicks(world: World, at: Ints, clicked_at: Ints, campaign: Ints, user: Ints, key: Ints) -> Touches:
    """First contacts and, where there is one, the click on each."""
    channel = promos(world).channel[campaign]
    first = np.where((channel == EMAIL) | (channel == PUSH), SENT, SHOWN)
    click = np.flatnonzero(clicked_at > 0)
    return Touches(
        at=np.concatenate([at, clicked_at[click]]),
        campaign=np.concatenate([campaign, campaign[click]]),
        user=np.concatenate([user, user[click]]),
        key=np.concatenate([key, key[click]]),
        kind=np.concatenate([first, np.full(len(click), CLICKED)]),
    )


def _that_led(world: World) -> Touches:
    """Of a share of first subscriptions: a contact in the weeks before, and the click on it."""
    seed, users, line = world.seed, world.users(world.horizon), timeline(world, world.first_day)
    bought = np.flatnonzero(line.events["kind"] == log.CREATED)
    user, first = np.unique(line.events["user"][bought], return_index=True)
    purchase = line.events["at"][bought[first]]
    lead = 5 * MINUTE + (hash_uniform(seed, "touches.lead", user) ** 2 * _LEAD_DAYS * DAY).astype(np.int64)
    click = purchase - lead
    shown = click - 30 * SECOND - (hash_uniform(seed, "touches.look", user) * 3 * HOUR).astype(np.int64)
    campaign = running(world, users.payment_country[user], shown, hash_uniform(seed, "touches.campaign", user))
    led = (hash_uniform(seed, "touches.led", user) < marketing_rates()["touched"]) & (campaign >= 0)
    led &= (users.signup_at[user] + HOUR < shown) & promos(world).runs(campaign, click) & is_there(world, user, shown)
    rows = np.flatnonzero(led)
    rows = rows[_allowed(world, campaign[rows], user[rows], shown[rows])]
    none = np.full(len(rows), -1)
    return _with_clicks(world, shown[rows], click[rows], campaign[rows], user[rows], none)


def _that_led_to_nothing(world: World) -> Touches:
    """A sample of the others."""
    rate, seed = marketing_rates(), world.seed
    per_day = rate["touches_a_day"] * world.scale / KEPT_SHARE
    at = bookings(world, "touches", per_day, world.first_day - timedelta(days=_LEAD_DAYS), world.horizon)
    user, kept = someone(world, "touches", at)
    n = np.flatnonzero(kept)
    at, user = at[n], user[n]
    country = world.users(world.horizon).payment_country[user]
    campaign = running(world, country, at, hash_uniform(seed, "touches.other", n))
    rows = np.flatnonzero(campaign >= 0)
    channel = promos(world).channel[campaign]
    prospect = (channel != EMAIL) & (channel != PUSH) & (hash_uniform(seed, "touches.prospect", n) < rate["prospects"])
    rows = rows[_allowed(world, campaign[rows], user[rows], at[rows])]
    clicks = hash_uniform(seed, "touches.clicks", n) < CLICK_RATE[channel]
    wait = 2 * SECOND + (hash_uniform(seed, "touches.click_at", n) * 4 * MINUTE).astype(np.int64)
    return _with_clicks(
        world,
        at[rows],
        np.where(clicks, at + wait, -1)[rows],
        campaign[rows],
        np.where(prospect, -1, user)[rows],
        np.where(prospect, n, -1)[rows],
    )


def touches_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Contacts of a period."""
    every = touches(world)
    found = happening(world, "marketing_touches", every.at, begin, until)
    t = every.take(found.row)
    device, _ = world.user_devices(world.horizon)
    known = (t.user >= 0) & (hash_uniform(world.seed, "touches.device", found.row) < 0.7)
    first = device[np.maximum(t.user, 0), 0]
    words = np.stack([hash_bits(world.seed, f"touches.key.{i}", t.key) for i in range(4)], axis=1)
    keys = pc.if_else(pa.array(t.user < 0), hex_text(words), pa.scalar(None, pa.string()))
    return make_table(
        "marketing_touches",
        {
            "marketing_touch_id": found.ids(),
            "promo_campaign_id": t.campaign + 1,
            "channel": Coded(promos(world).channel[t.campaign], CHANNELS),
            "user_id": np.where(t.user >= 0, t.user + 1, -1),
            "prospect_key": keys,
            "device_id": np.where(known & (first >= 0), first + 1, -1),
            "touch_type": Coded(t.kind, _TYPES),
            "touched_at": t.at,
            "arrived_at": found.arrived_at,
        },
    )
