"""Advertisers, campaigns with their life, targets and creatives, as struct of arrays and as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, event_ids, midnight
from generators.core.catalogue import catalogue_factor
from generators.core.changes import changes
from generators.core.playlists import SPONSORS
from generators.core.random import Bools, Floats, Ints, hash_uniform, pick
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.prices import read

AUDIO, VIDEO, DISPLAY = range(3)
FORMATS = ("audio", "video", "display")
PACINGS = ("even", "front_loaded", "asap")
STATUS = ("scheduled", "active", "paused", "ended")
EVENT_TYPES = ("launched", "paused", "resumed", "budget_changed", "ended")
AGE_BANDS = ((13, 18, "13-17"), (18, 25, "18-24"), (25, 35, "25-34"), (35, 45, "35-44"), (45, 55, "45-54"))
GENDERS = ("female", "male")
DAY_PARTS = (
    (0, 300, "night"), (300, 420, "early_morning"), (420, 720, "morning"), (720, 1020, "afternoon"),
    (1020, 1320, "evening"), (1320, 1440, "late_evening"),
)  # fmt: skip
_INDUSTRIES = (
    "consumer_electronics", "food_and_beverage", "telecommunications", "automotive", "finance", "retail", "travel",
    "education", "gaming", "beauty", "health", "entertainment",
)  # fmt: skip


@cache
def ad_rates() -> dict[str, float]:
    """Rates of advertising by name (ad_rates.csv)."""
    return {row["name"]: float(row["value"]) for row in read("ad_rates.csv")}


@dataclass(frozen=True)
class Campaigns:
    """Campaigns in order of booking; id is row + 1. ``NEVER`` where something does not happen."""

    created_at: Ints
    advertiser: Ints
    """Row of the advertiser, -1 for a creator's promotion."""
    artist: Ints
    song: Ints
    market: Ints
    """Row of ad_market.csv: currency and level of price."""
    country: Ints
    """Country aimed at."""
    price: Ints
    goal: Ints
    budget: Ints
    later_budget: Ints
    vcpm: Bools
    pacing: Ints
    starts_at: Ints
    ends_at: Ints
    paused_at: Ints
    resumed_at: Ints
    budget_changed_at: Ints
    ended_at: Ints
    has_format: Bools
    """Shape (campaigns, formats)."""

    def serves(self, rows: Ints, instants: Ints) -> Bools:
        """Whether campaigns are launched, not paused and not ended at instants (broadcast together)."""
        paused = (self.paused_at[rows] <= instants) & (instants < self.resumed_at[rows])
        return np.asarray((self.starts_at[rows] <= instants) & (instants < self.ended_at[rows]) & ~paused)


@dataclass(frozen=True)
class Advertisers:
    """Advertisers in order of their first contract; id is row + 1."""

    created_at: Ints
    country: Ints


@dataclass(frozen=True)
class Creatives:
    """Creatives in order of creation; id is row + 1."""

    campaign: Ints
    format: Ints
    version: Ints
    created_at: Ints
    active_from: Ints
    active_to: Ints
    duration_ms: Ints
    """-1 for display."""


@dataclass(frozen=True)
class Market:
    """Everything that is sold, up to a horizon."""

    advertisers: Advertisers
    campaigns: Campaigns
    creatives: Creatives
    target_campaign: Ints
    target_type: Ints
    target_code: Ints
    """Index into the vocabulary of its type."""


TARGET_TYPES = ("age_band", "gender", "country", "region", "language", "genre", "day_part")


def vocabularies(world: World) -> tuple[list[str], ...]:
    """Codes of each target type, in the order of TARGET_TYPES."""
    ref = world.ref
    return (
        [name for _, _, name in AGE_BANDS],
        list(GENDERS),
        [row["code"] for row in ref.countries],
        [f"{ref.countries[country]['code']}-{name}" for country, name in ref.regions],
        [row["code"] for row in ref.languages],
        [row["name"] for row in ref.genres],
        [name for _, _, name in DAY_PARTS],
    )


def market(world: World, until: date) -> Market:
    """The market up to the world's horizon, which covers ``until``."""
    horizon = world.reach(until)
    return world.remember(("ads.market", horizon), lambda: _make(world, horizon), keep=1)


def _bookings(world: World, purpose: str, per_day: float, first: date, until: date) -> Ints:
    """Instants of a Poisson number of bookings a day, within office hours."""
    parts = [np.zeros(0, dtype=np.int64)]
    day = first
    while day < until:
        rng = world.rng(purpose, day)
        count = int(rng.poisson(per_day))
        parts.append(midnight(day) + 4 * HOUR + (np.sort(rng.random(count)) * 12 * HOUR).astype(np.int64))
        day += timedelta(days=1)
    return np.concatenate(parts)


def _advertisers(world: World, horizon: date) -> Advertisers:
    rate, factor = ad_rates(), catalogue_factor(world.scale)
    before = max(SPONSORS, round(rate["advertisers"] * factor))
    start = midnight(world.first_day) - 420 * DAY
    share = (np.arange(before) + world.rng("advertisers.before").random(before)) / before
    later = _bookings(world, "advertisers.booked", rate["advertisers_a_day"] * factor, world.first_day, horizon)
    created = np.concatenate([start + (share * 320 * DAY).astype(np.int64), later])
    launch = np.flatnonzero(world.ref.launch)
    others = np.array([world.ref.country_index[code] for code in ("US", "SG", "GB", "DE")])
    places = np.concatenate([launch, others])
    home = pick(
        hash_uniform(world.seed, "advertisers.country", np.arange(len(created))),
        np.array([34.0, 26.0, 18.0, 10.0, 6.0, 3.0, 3.0]),
    )
    return Advertisers(created_at=created, country=places[home])


def _make(world: World, horizon: date) -> Market:
    advertisers = _advertisers(world, horizon)
    campaigns = _campaigns(world, horizon, advertisers)
    creatives = _creatives(world, campaigns)
    owner, kind, code = _targets(world, campaigns)
    return Market(
        advertisers=advertisers,
        campaigns=campaigns,
        creatives=creatives,
        target_campaign=owner,
        target_type=kind,
        target_code=code,
    )


def _campaigns(world: World, horizon: date, advertisers: Advertisers) -> Campaigns:
    rate, seed = ad_rates(), world.seed
    first = world.first_day - timedelta(days=int(rate["booking_days"]))
    per_day = max(0.6, rate["campaigns_a_day"] * catalogue_factor(world.scale))
    created = _bookings(world, "campaigns.booked", per_day, first, horizon)
    n = np.arange(len(created))

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"campaigns.{what}", n)

    markets = read("ad_market.csv")
    kind = pick(draw("market"), np.array([float(row["weight"]) for row in markets]))
    # The first ones take turns, so that every currency is there from the start.
    kind = np.where(n < len(markets), n, kind)
    launch = np.flatnonzero(world.ref.launch)
    own = np.array([world.ref.country_index.get(row["country"], -1) for row in markets])[kind]
    country = np.where(own >= 0, own, launch[pick(draw("country"), world.ref.country_weight[launch])])
    low = np.array([int(row["cpm_low_minor"]) for row in markets])[kind]
    high = np.array([int(row["cpm_high_minor"]) for row in markets])[kind]
    vcpm = draw("vcpm") < rate["vcpm"]
    price = (low + draw("price") * (high - low)).astype(np.int64) // 10 * 10
    price = np.where(vcpm, price * 7 // 5, price)
    promotional = draw("promotional") < rate["promotional"]
    songs = world.songs(horizon)
    # Creators promote one of their recordings of before the first day.
    old = int(np.searchsorted(songs.created_at, midnight(first)))
    cumulative = np.cumsum(songs.weight[: max(old, 1)] ** 0.5)
    song = np.minimum(np.searchsorted(cumulative, draw("song") * cumulative[-1]), len(cumulative) - 1)
    exists = np.maximum(np.searchsorted(advertisers.created_at, created), 1)
    # A few large advertisers book most.
    advertiser = (draw("advertiser") ** 1.7 * exists).astype(np.int64)
    starts = created + DAY + (draw("start") * 12 * DAY).astype(np.int64)
    days = 7 + (draw("days") ** 1.5 * 53).astype(np.int64)
    ends = (starts + days * DAY) // HOUR * HOUR
    expected = rate["daily_impressions"] * world.scale / (per_day * 30)
    goal = np.maximum(20, (expected * days * (0.3 + 2.2 * draw("goal"))).astype(np.int64))
    budget = np.maximum(1, goal * price // 1_000)
    early = starts + ((0.4 + 0.4 * draw("early_at")) * (ends - starts)).astype(np.int64)
    ended = np.where(draw("early") < rate["ends_early"], early, ends)
    paused = starts + ((0.15 + 0.4 * draw("pause_at")) * (ends - starts)).astype(np.int64)
    resumed = paused + DAY // 2 + (draw("pause_days") * 4 * DAY).astype(np.int64)
    pauses = (draw("pauses") < rate["pauses"]) & (resumed < ended - HOUR)
    raised = starts + ((0.3 + 0.4 * draw("raise_at")) * (ends - starts)).astype(np.int64)
    raises = (draw("raises") < rate["budget_changes"]) & (raised < ended - HOUR)
    formats = np.stack([draw("audio") < 0.86, draw("video") < 0.4, draw("display") < 0.5], axis=1)
    formats[~formats.any(axis=1), AUDIO] = True
    return Campaigns(
        created_at=created,
        advertiser=np.where(promotional, -1, advertiser),
        artist=np.where(promotional, songs.artist[song], -1),
        song=np.where(promotional, song, -1),
        market=kind,
        country=country,
        price=price,
        goal=goal,
        budget=budget,
        later_budget=(budget * (0.7 + draw("raise"))).astype(np.int64) + 1,
        vcpm=vcpm,
        pacing=pick(draw("pacing"), np.array([0.6, 0.25, 0.15])),
        starts_at=starts,
        ends_at=ends,
        paused_at=np.where(pauses, paused, NEVER),
        resumed_at=np.where(pauses, resumed, NEVER),
        budget_changed_at=np.where(raises, raised, NEVER),
        ended_at=ended,
        has_format=formats,
    )


def _creatives(world: World, campaigns: Campaigns) -> Creatives:
    """One creative per campaign and format, some replaced by another in flight."""
    seed, rate = world.seed, ad_rates()
    owner, kind = np.nonzero(campaigns.has_format)
    key = owner * len(FORMATS) + kind
    born = campaigns.created_at[owner] + 30 * MINUTE
    swaps = hash_uniform(seed, "creatives.swaps", key) < rate["swap"]
    middle = campaigns.starts_at[owner] + (
        (0.3 + 0.4 * hash_uniform(seed, "creatives.at", key)) * (campaigns.ended_at[owner] - campaigns.starts_at[owner])
    ).astype(np.int64)
    again = np.flatnonzero(swaps)
    campaign = np.concatenate([owner, owner[again]])
    format_ = np.concatenate([kind, kind[again]])
    version = np.repeat([0, 1], [len(owner), len(again)])
    created = np.concatenate([born, np.maximum(born[again] + HOUR, middle[again] - DAY)])
    begins = np.concatenate([campaigns.starts_at[owner], middle[again]])
    ends = np.concatenate([np.where(swaps, middle, NEVER), np.full(len(again), NEVER)])
    order = np.lexsort((format_, campaign, created))
    draw = hash_uniform(seed, "creatives.length", campaign * len(FORMATS) + format_, version)
    seconds = np.array([15, 20, 30, 30])[(draw * 4).astype(np.int64)]
    duration = np.where(format_ == DISPLAY, -1, seconds * 1_000)
    return Creatives(
        campaign=campaign[order],
        format=format_[order],
        version=version[order],
        created_at=created[order],
        active_from=begins[order],
        active_to=ends[order],
        duration_ms=duration[order],
    )


def _targets(world: World, campaigns: Campaigns) -> tuple[Ints, Ints, Ints]:
    """Targeting rules by campaign: always a country, sometimes more; values of one type are alternatives."""
    seed, ref = world.seed, world.ref
    n = np.arange(len(campaigns.created_at))

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"targets.{what}", n)

    owners, kinds, codes = [n], [np.full(len(n), 2)], [campaigns.country]

    def add(kind: int, chosen: Bools, code: Ints) -> None:
        rows = np.flatnonzero(chosen)
        owners.append(rows)
        kinds.append(np.full(len(rows), kind))
        codes.append(code[rows])

    has_age = draw("age") < 0.25
    band = (draw("band") * (len(AGE_BANDS) - 1)).astype(np.int64)
    add(0, has_age, band)
    add(0, has_age, band + 1)
    add(1, draw("gender") < 0.12, (draw("which_gender") * 2).astype(np.int64))
    launch = np.flatnonzero(ref.launch)
    second = launch[(draw("second_country") * len(launch)).astype(np.int64)]
    add(2, (draw("two_countries") < 0.15) & (second != campaigns.country), second)
    region_country = np.array([country for country, _ in ref.regions])
    narrow = draw("region") < 0.08
    region = np.zeros(len(n), dtype=np.int64)
    for country in launch:
        among = np.flatnonzero(region_country == country)
        rows = campaigns.country == country
        region[rows] = among[(draw("which_region")[rows] * len(among)).astype(np.int64)]
    neighbours = narrow & (region + 1 < len(region_country))
    neighbours &= region_country[np.minimum(region + 1, len(region_country) - 1)] == campaigns.country
    add(3, narrow, region)
    add(3, neighbours, np.minimum(region + 1, len(region_country) - 1))
    main = {"IN": "hi", "BR": "pt", "ID": "id"}
    language_of = np.array([ref.language_index[main.get(row["code"], "en")] for row in ref.countries])
    speaks = draw("language") < 0.1
    add(4, speaks, language_of[campaigns.country])
    leaves = np.flatnonzero(ref.genre_weight > 0)
    loves = draw("genre") < 0.1
    for slot in range(6):
        code = leaves[((draw("which_genre") + slot * 0.17) % 1.0 * len(leaves)).astype(np.int64)]
        add(5, loves, code)
    parts = draw("day_part") < 0.12
    add(6, parts, 2 + (draw("which_part") * 2).astype(np.int64))
    add(6, parts, np.full(len(n), 4))
    owner, kind, code = np.concatenate(owners), np.concatenate(kinds), np.concatenate(codes)
    # The same value may be drawn twice for a campaign.
    unique = np.unique(np.stack([owner, kind, code], axis=1), axis=0)
    return unique[:, 0], unique[:, 1], unique[:, 2]


# Tables.


def advertisers_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Advertisers."""
    who = market(world, until).advertisers
    found = changes(world, "advertisers", lambda: [who.created_at], begin, until)
    row = found.row
    firms = names.company_names()
    return make_table(
        "advertisers",
        {
            "advertiser_id": row + 1,
            "name": Coded((row * 7 + 311) % len(firms), firms),
            "billing_country_id": who.country[row] + 1,
            "industry": Coded(pick(hash_uniform(world.seed, "advertisers.industry", row), np.ones(12)), _INDUSTRIES),
            "created_at": who.created_at[row],
            "contact_email": names.join("media", pa.array(row + 1).cast(pa.string()), "@advertiser.example"),
            **found.metadata,
        },
    )


def campaigns_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Campaigns with a change row for every step of their life."""
    c = market(world, until).campaigns
    instants = [c.created_at, c.starts_at, c.paused_at, c.resumed_at, c.budget_changed_at, c.ended_at]
    found = changes(world, "campaigns", lambda: instants, begin, until)
    row, at = found.row, found.at
    markets = read("ad_market.csv")
    firms = names.company_names()
    paused = (c.paused_at[row] <= at) & (at < c.resumed_at[row])
    status = np.where(c.ended_at[row] <= at, 3, np.where(paused, 2, np.where(c.starts_at[row] <= at, 1, 0)))
    brand = Coded((np.maximum(c.advertiser[row], 0) * 7 + 311) % len(firms), firms)
    purpose = Coded(
        np.where(c.advertiser[row] < 0, 4, (hash_uniform(world.seed, "campaigns.name", row) * 4).astype(np.int64)),
        ("awareness", "launch", "season", "always on", "new release"),
    )
    label = np.where(c.advertiser[row] < 0, 0, 1)
    prefix = pa.DictionaryArray.from_arrays(pa.array(label), pa.array(["Creator", "Brand"]))
    texts = [pa.DictionaryArray.from_arrays(pa.array(x.codes), pa.array(x.vocabulary)) for x in (brand, purpose)]
    number = pa.array(row + 1).cast(pa.string())
    changed = c.budget_changed_at[row] <= at
    return make_table(
        "campaigns",
        {
            "campaign_id": row + 1,
            "advertiser_id": np.where(c.advertiser[row] >= 0, c.advertiser[row] + 1, -1),
            "creator_artist_id": np.where(c.artist[row] >= 0, c.artist[row] + 1, -1),
            "campaign_type": Coded((c.advertiser[row] < 0).astype(np.int64), ("brand", "promotional")),
            "promoted_content_id": np.where(c.song[row] >= 0, c.song[row] + 1, -1),
            "name": names.join(prefix, " ", texts[1], " ", number),
            "budget_minor": np.where(changed, c.later_budget[row], c.budget[row]),
            "currency_code": Coded(c.market[row], [m["currency"] for m in markets]),
            "pricing_model": Coded(c.vcpm[row].astype(np.int64), ("cpm", "vcpm")),
            "price_minor": c.price[row],
            "goal_impressions": c.goal[row],
            "pacing": Coded(c.pacing[row], PACINGS),
            "status": Coded(status, STATUS),
            "starts_at": c.starts_at[row],
            "ends_at": c.ends_at[row],
            "created_at": c.created_at[row],
            **found.metadata,
        },
    )


def targets_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Targeting rules, booked with their campaign."""
    sold = market(world, until)
    booked = sold.campaigns.created_at[sold.target_campaign] + 5 * MINUTE
    found = changes(world, "campaign_targets", lambda: [booked], begin, until)
    row = found.row
    words = vocabularies(world)
    base = np.concatenate(([0], np.cumsum([len(w) for w in words])))
    return make_table(
        "campaign_targets",
        {
            "campaign_target_id": row + 1,
            "campaign_id": sold.target_campaign[row] + 1,
            "target_type": Coded(sold.target_type[row], TARGET_TYPES),
            "target_value": Coded(
                base[sold.target_type[row]] + sold.target_code[row], [word for part in words for word in part]
            ),
            **found.metadata,
        },
    )


def status_events_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Steps of campaigns' lives after their booking, one for one with the change rows."""
    c = market(world, until).campaigns
    instants = [c.starts_at, c.paused_at, c.resumed_at, c.budget_changed_at, c.ended_at]
    found = changes(world, "campaign_status_events", lambda: instants, begin, until)
    row, at = found.row, found.at
    matrix = np.stack(instants, axis=1)[row]
    kind = (matrix == at[:, None]).argmax(axis=1)
    budget = np.where(c.budget_changed_at[row] <= at, c.later_budget[row], c.budget[row])
    day = at // DAY
    sequence = np.arange(len(at)) - np.searchsorted(day, day)
    return make_table(
        "campaign_status_events",
        {
            "campaign_status_event_id": event_ids(at, sequence),
            "campaign_id": row + 1,
            "event_type": Coded(kind, EVENT_TYPES),
            "budget_minor": budget,
            "occurred_at": at,
            "arrived_at": found.arrived_at,
        },
    )


def creatives_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Creatives; one that is replaced learns its end when that comes."""
    sold = market(world, until)
    c = sold.creatives
    found = changes(world, "creatives", lambda: [c.created_at, c.active_to], begin, until)
    row = found.row
    title = Coded(c.format[row] * 2 + c.version[row], [f"{f} {v}" for f in FORMATS for v in ("A", "B")])
    number = pa.array(c.campaign[row] + 1).cast(pa.string())
    words = pa.DictionaryArray.from_arrays(pa.array(title.codes), pa.array(title.vocabulary))
    return make_table(
        "creatives",
        {
            "creative_id": row + 1,
            "campaign_id": c.campaign[row] + 1,
            "format": Coded(c.format[row], FORMATS),
            "title": names.join("Campaign ", number, " ", words),
            "duration_ms": c.duration_ms[row],
            "active_from": c.active_from[row],
            "active_to": np.where(c.active_to[row] <= found.at, c.active_to[row], NEVER),
            **found.metadata,
        },
    )


def issued_market(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    sold, end = market(world, until), midnight(until)
    booked = sold.campaigns.created_at[sold.target_campaign] + 5 * MINUTE
    return {
        "advertisers": int(np.searchsorted(sold.advertisers.created_at, end)),
        "campaigns": int(np.searchsorted(sold.campaigns.created_at, end)),
        "campaign_targets": int(np.searchsorted(booked, end)),
        "creatives": int(np.searchsorted(sold.creatives.created_at, end)),
    }
