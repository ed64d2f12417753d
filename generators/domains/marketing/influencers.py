"""Influencers, and their work for campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.bookings import bookings
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, midnight
from generators.core.catalogue import catalogue_factor
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.random import Floats, Ints, hash_uniform, normal, pick
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.marketing.campaigns import INFLUENCER, first_campaign_day, marketing_rates, promos
from generators.domains.marketing.coupons import coupon_of_campaign

PLATFORMS = ("instagram", "youtube", "tiktok", "moj", "x")
_NICHES = ("music", "dance", "comedy", "lifestyle", "gaming", "fashion")
_DELIVERABLES = ("post", "story", "reel", "video")
_MAX = 3
"""Influencers of one campaign."""
_LANGUAGE = {"IN": "hi", "BR": "pt", "ID": "id"}


@dataclass(frozen=True)
class Influencers(Columns):
    """Influencers in the order in which they became known; id is row + 1."""

    created_at: Ints
    country: Ints
    platform: Ints
    followers: Ints
    recounted_at: Ints


@dataclass(frozen=True)
class Collaborations(Columns):
    """Collaborations in order of agreement; id is row + 1."""

    created_at: Ints
    influencer: Ints
    campaign: Ints
    fee: Ints
    cancelled_at: Ints


def influencers(world: World) -> Influencers:
    """Influencers of the world's horizon."""
    return world.remember(("influencers", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Influencers:
    rate, factor = marketing_rates(), catalogue_factor(world.scale)
    before = max(12, round(rate["influencers"] * factor))
    start = midnight(first_campaign_day(world)) - 60 * DAY
    share = (np.arange(before) + world.rng("influencers.before").random(before)) / before
    later = bookings(world, "influencers", rate["influencers_a_day"] * factor, world.first_day, world.horizon)
    created = np.concatenate([start + (share * 200 * DAY).astype(np.int64), later])
    n = np.arange(len(created))

    def draw(what: str) -> Floats:
        return hash_uniform(world.seed, f"influencers.{what}", n)

    launch = np.flatnonzero(world.ref.launch)
    country = launch[pick(draw("country"), world.ref.country_weight[launch])]
    # The first ones take turns, so that every market has some.
    country = np.where(n < 2 * len(launch), launch[n % len(launch)], country)
    return Influencers(
        created_at=created,
        country=country,
        platform=pick(draw("platform"), np.array([0.42, 0.24, 0.18, 0.1, 0.06])),
        followers=np.exp(normal(draw("followers")) * 1.3 + np.log(60_000)).astype(np.int64),
        recounted_at=created + 60 * DAY + (draw("recounted") * 200 * DAY).astype(np.int64),
    )


def collaborations(world: World) -> Collaborations:
    """Collaborations of the world's horizon."""
    return world.remember(("collaborations", world.horizon), lambda: _make_collaborations(world), keep=1)


def _make_collaborations(world: World) -> Collaborations:
    p, known, seed = promos(world), influencers(world), world.seed
    rows = np.flatnonzero(p.channel == INFLUENCER)
    parts: list[tuple[Ints, Ints, Ints]] = []
    for index in np.flatnonzero(world.ref.launch):
        among = np.flatnonzero(known.country == index)
        mine = rows[p.country[rows] == index]
        exists = np.searchsorted(known.created_at[among], p.created_at[mine])
        first = (hash_uniform(seed, "collaborations.who", mine) * exists).astype(np.int64)
        wanted = np.minimum(1 + (hash_uniform(seed, "collaborations.count", mine) * _MAX).astype(np.int64), exists)
        for place in range(_MAX):
            some = np.flatnonzero(place < wanted)
            parts.append((mine[some], among[(first[some] + place) % exists[some]], np.full(len(some), place)))
    campaign, who, slot = (np.concatenate(part) for part in zip(*parts, strict=True))
    created = p.created_at[campaign] + 2 * HOUR + slot * MINUTE
    order = np.lexsort((slot, campaign, created))
    campaign, who, slot, created = campaign[order], who[order], slot[order], created[order]
    share = 0.15 + 0.15 * hash_uniform(seed, "collaborations.fee", campaign, slot)
    cancels = hash_uniform(seed, "collaborations.cancels", campaign, slot) < 0.08
    return Collaborations(
        created_at=created,
        influencer=who,
        campaign=campaign,
        fee=np.maximum((p.budget[campaign] * share).astype(np.int64), 1),
        cancelled_at=np.where(cancels, p.starts_at[campaign] + 2 * DAY, NEVER),
    )


def influencers_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Influencers, with a later count of their followers."""
    i, seed = influencers(world), world.seed
    found = changes(world, "influencers", lambda: [i.created_at, i.recounted_at], begin, until)
    row = found.row
    country = i.country[row]
    pool = names.pool_of_countries(world.ref.country_codes)[country]
    given = names.pools_of(names.given_names, names.COUNTRIES).draw(pool, hash_uniform(seed, "influencers.given", row))
    family = names.pools_of(names.family_names, names.COUNTRIES).draw(
        pool, hash_uniform(seed, "influencers.family", row)
    )
    language = [world.ref.language_index[_LANGUAGE.get(code, "en")] for code in world.ref.country_codes]
    niche = (hash_uniform(seed, "influencers.niche", row) * len(_NICHES)).astype(np.int64)
    growth = np.where(i.recounted_at[row] <= found.at, 0.9 + 0.6 * hash_uniform(seed, "influencers.growth", row), 1.0)
    number = pa.array(row + 1).cast(pa.string())
    niches = pa.array(_NICHES).take(pa.array(niche))
    return make_table(
        "influencers",
        {
            "influencer_id": row + 1,
            "name": names.join(given, " ", family),
            "platform": Coded(i.platform[row], PLATFORMS),
            "handle": names.join("@", niches, ".", number),
            "followers": np.maximum((i.followers[row] * growth).astype(np.int64), 1),
            "country_id": country + 1,
            "language_id": np.array(language)[country] + 1,
            "niche": Coded(niche, _NICHES),
            "created_at": i.created_at[row],
            **found.metadata,
        },
    )


def collaborations_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Collaborations with their begin and end."""
    c, p = collaborations(world), promos(world)
    starts, ends = p.starts_at[c.campaign], p.ends_at[c.campaign]
    completed = np.where(c.cancelled_at < NEVER, NEVER, ends)
    found = changes(
        world, "influencer_collaborations", lambda: [c.created_at, starts, completed, c.cancelled_at], begin, until
    )
    row, at = found.row, found.at
    campaign = c.campaign[row]
    status = np.where(starts[row] <= at, 1, 0)
    status = np.where(completed[row] <= at, 2, np.where(c.cancelled_at[row] <= at, 3, status))
    coupon = coupon_of_campaign(world, campaign)
    which = (hash_uniform(world.seed, "collaborations.what", row) * len(_DELIVERABLES)).astype(np.int64)
    return make_table(
        "influencer_collaborations",
        {
            "influencer_collaboration_id": row + 1,
            "influencer_id": c.influencer[row] + 1,
            "promo_campaign_id": campaign + 1,
            "coupon_id": np.where(coupon >= 0, coupon + 1, -1),
            "deliverable": Coded(which, _DELIVERABLES),
            "fee_minor": c.fee[row],
            "currency_code": Coded(p.country[campaign], [x["currency"] for x in world.ref.countries]),
            "status": Coded(status, ("agreed", "running", "completed", "cancelled")),
            "starts_at": starts[row],
            "ends_at": ends[row],
            "created_at": c.created_at[row],
            **found.metadata,
        },
    )


def issued_influencers(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    end = midnight(until)
    return {
        "influencers": int(np.searchsorted(influencers(world).created_at, end)),
        "influencer_collaborations": int(np.searchsorted(collaborations(world).created_at, end)),
    }
