"""Ad breaks of Free listeners, who fills them, what was rendered and clicked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from generators.core.calendar import DAY, MINUTE, NEVER, SECOND, midnight, utc_offsets
from generators.core.columns import Columns, concatenate
from generators.core.listening import LATE_SEQUENCE, arriving
from generators.core.order import by_instant, groups_of, last_not_above
from generators.core.people import BOT_NONE
from generators.core.random import Bools, Floats, Ints, bounds_passed, hash_uniform, normal
from generators.core.tables import Coded, make_table
from generators.core.tallies import left_by
from generators.core.world import World
from generators.domains.ads.campaigns import (
    AGE_BANDS,
    AUDIO,
    DAY_PARTS,
    DISPLAY,
    GENDERS,
    TARGET_TYPES,
    VIDEO,
    Market,
    ad_rates,
    market,
    vocabularies,
)
from generators.domains.billing.prices import read
from generators.domains.billing.timeline import tier_at

PLACEMENTS = ("between_songs", "app_open", "video_takeover")
BETWEEN, APP_OPEN, TAKEOVER = range(3)
APP_OPEN_SEQUENCE = 50_000_000
"""Offset of ids of requests at the start of a session; those after a play have the play's id."""
DUPLICATE_SEQUENCE = 200_000_000
"""Offset of ids of impressions that began to render twice."""
_CHUNK = 20_000
COUNTRY = TARGET_TYPES.index("country")
_FORMAT_OF_PLACEMENT = np.array([AUDIO, DISPLAY, VIDEO])


@dataclass(frozen=True)
class Breaks(Columns):
    """Ad requests of an arrival day. Rows of entities are 0-based."""

    request_id: Ints
    user: Ints
    device: Ints
    stream_id: Ints
    """-1 at the start of the app."""
    city: Ints
    song: Ints
    """Recording just played, -1 at the start of the app."""
    bot: Ints
    placement: Ints
    at: Ints
    arrived_at: Ints


def _fits_in_day(at: Ints, of: Ints) -> Bools:
    """Whether an instant, with what follows within a minute, lies on the UTC day of another."""
    return np.asarray((at // DAY == of // DAY) & ((at + MINUTE) // DAY == of // DAY))


def is_planted_break(world: World, stream_id: Ints) -> Bools:
    """Whether an ad may follow a play whatever the plan: what is planted among those without advertising."""
    return np.asarray(hash_uniform(world.seed, "breaches.ads", stream_id) < world.effect("breaches.ads"))


def _breaks(world: World, day: date) -> Breaks:
    sessions, plays = arriving(world, day)
    rate, seed = ad_rates(), world.seed
    # Without a connection (late batches) there is no ad server.
    may_follow = ~plays.is_offline
    paid = np.flatnonzero(may_follow & (plays.tier > 0))
    may_follow[paid] = is_planted_break(world, plays.stream_id[paid])
    row = np.flatnonzero(may_follow)
    key = plays.stream_id[row]
    share = np.where(plays.bot[row] == BOT_NONE, rate["break"], rate["break_bot"])
    row = row[(hash_uniform(seed, "ads.break", key) < share) & (key % 1_000_000_000 < LATE_SEQUENCE)]
    key, user, start = plays.stream_id[row], plays.user[row], plays.start[row]
    wait = (20_000 + hash_uniform(seed, "ads.wait", key) * 100_000).astype(np.int64)
    heard = (plays.true_ms[row] + plays.startup_ms[row]).astype(np.int64)
    at = start + heard * 1_000 + wait
    free = (tier_at(world, user + 1, start) == 0) & (tier_at(world, user + 1, at) == 0)
    kept = np.flatnonzero(_fits_in_day(at, start) & (free | is_planted_break(world, key)))
    row, key, at = row[kept], key[kept], at[kept]
    screen = plays.device_kind[row] < 4
    takeover = screen & (hash_uniform(seed, "ads.takeover", key) < rate["takeover"])
    between = Breaks(
        request_id=key,
        user=plays.user[row],
        device=plays.device[row],
        stream_id=key,
        city=plays.city[row],
        song=plays.song[row],
        bot=plays.bot[row],
        placement=np.where(takeover, TAKEOVER, BETWEEN),
        at=at,
        arrived_at=plays.arrived_at[row],
    )
    opens = (hash_uniform(seed, "ads.open", sessions.session_id) < rate["app_open"]) & (sessions.tier == 0)
    opens &= (sessions.session_id % 1_000_000_000 < LATE_SEQUENCE) & (sessions.device_kind < 4)
    sessions = sessions.take(np.flatnonzero(opens))
    at = sessions.start + (hash_uniform(seed, "ads.open_at", sessions.session_id) * SECOND).astype(np.int64)
    kept = np.flatnonzero(_fits_in_day(at, sessions.start) & (tier_at(world, sessions.user + 1, at) == 0))
    sessions, at = sessions.take(kept), at[kept]
    nothing = np.full(len(at), -1)
    opening = Breaks(
        request_id=sessions.session_id + APP_OPEN_SEQUENCE,
        user=sessions.user,
        device=sessions.device,
        stream_id=nothing,
        city=sessions.city,
        song=nothing,
        bot=sessions.bot,
        placement=np.full(len(at), APP_OPEN),
        at=at,
        arrived_at=sessions.arrived_at,
    )
    both = concatenate([between, opening])
    order, _ = by_instant(both.at, midnight(day - timedelta(days=1)))
    return both.take(order)


def _attributes(world: World, breaks: Breaks, until: date) -> list[Ints]:
    """Code of each request for every target type (-1: unknown), in the order of TARGET_TYPES."""
    users, ref = world.users(until), world.ref
    user = breaks.user
    birth = users.birth_day[user]
    age = np.where(birth == NEVER, -1, (breaks.at // DAY - np.where(birth == NEVER, 0, birth)) * 4 // 1_461)
    band = np.full(len(user), -1)
    for code, (low, high, _) in enumerate(AGE_BANDS):
        band = np.where((age >= low) & (age < high), code, band)
    gender = np.where(users.gender[user] < len(GENDERS), users.gender[user], -1)
    changed = users.language_changed_at[user] <= breaks.at
    language = np.where(changed, users.new_language[user], users.language[user])
    genre = np.where(breaks.song >= 0, world.songs(world.horizon).genre[np.maximum(breaks.song, 0)], -1)
    day = until - timedelta(days=1)
    offsets = utc_offsets(ref.zones, day)[ref.city_zone[breaks.city]]
    minute = (breaks.at // MINUTE + offsets) % 1_440
    part = bounds_passed(np.array([high for _, high, _ in DAY_PARTS]), minute)
    return [band, gender, ref.city_country[breaks.city], ref.city_region[breaks.city], language, genre, part]


def _allowed(world: World, sold: Market, rows: Ints) -> list[Bools]:
    """For every target type: whether campaigns let a code pass, shape (codes + 1, campaigns); the last is "unknown".

    Args:
        rows: campaign rows, rising.
    """
    place = np.minimum(np.searchsorted(rows, sold.target_campaign), len(rows) - 1)
    of_these = rows[place] == sold.target_campaign
    tables = []
    for kind, words in enumerate(vocabularies(world)):
        mine = of_these & (sold.target_type == kind)
        table = np.zeros((len(words) + 1, len(rows)), dtype=bool)
        table[sold.target_code[mine], place[mine]] = True
        table[:, ~table.any(axis=0)] = True
        tables.append(table)
    return tables


def _weights(sold: Market, rows: Ints, low: int, high: int) -> tuple[Ints, Floats]:
    """How often campaigns are chosen between two instants, relatively: by goal a day and pacing; 0 while not running.

    Returns:
        The instants from ``low`` to ``high`` from which another weight holds, ``low`` the first of them, and the
        weights from each on, shape (instants, campaigns).
    """
    c = sold.campaigns
    starts, ends, pacing = c.starts_at[rows], c.ended_at[rows], c.pacing[rows]
    # What is front-loaded gets less from the half on, what is to go as soon as possible from four tenths on.
    slows = starts + (ends - starts) * np.where(pacing == 2, 4, 5) // 10
    turns = np.concatenate([starts, ends, c.paused_at[rows], c.resumed_at[rows], slows])
    since = np.append(low, np.unique(turns[(low < turns) & (turns <= high)]))
    first, later = np.array([1.0, 1.2, 2.2])[pacing], np.array([1.0, 0.8, 0.4])[pacing]
    push = np.where(since[:, None] < slows, first, later) * c.serves(rows, since[:, None])
    return since, push * (c.goal[rows] / np.maximum((ends - starts) / DAY, 1.0))


def _words(flags: Bools) -> NDArray[np.uint64]:
    """Flags of each row as bits of 64-bit words, shape (words, rows)."""
    packed = np.packbits(flags, axis=1, bitorder="little")
    padded = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view(np.uint64).T.copy()


def _bools(words: NDArray[np.uint64], count: int) -> Bools:
    """The first flags that each row has in its words, shape (rows, count)."""
    return np.unpackbits(words.T.copy().view(np.uint8), axis=1, count=count, bitorder="little").view(np.bool_)


def _choose(world: World, sold: Market, breaks: Breaks, attributes: list[Ints]) -> Ints:
    """Campaign row that fills each request, -1 where none does.

    A campaign fits if it runs at that instant, has the placement's format, and for each type of target it
    names the request has one of the values. Among those that fit, chance decides by pacing and goal.
    """
    c = sold.campaigns
    chosen = np.full(len(breaks), -1)
    if not len(breaks):
        return chosen
    low, high = int(breaks.at.min()), int(breaks.at.max())
    rows = np.flatnonzero((c.starts_at <= high) & (c.ended_at > low))
    if not len(rows):
        return chosen
    since, weights = _weights(sold, rows, low, high)
    period = np.searchsorted(since, breaks.at, side="right") - 1
    allowed = _allowed(world, sold, rows)
    draw = hash_uniform(world.seed, "ads.choice", breaks.request_id)
    # Every campaign names its countries, so that of all campaigns a country's requests meet a few only.
    country = attributes[COUNTRY]
    for code in np.unique(country):
        here = np.flatnonzero(allowed[COUNTRY][code])
        if not len(here):
            continue
        filters = [(_words(table[:, here]), codes) for table, codes in zip(allowed, attributes, strict=True)]
        filters.append((_words(c.has_format[rows[here]].T), _FORMAT_OF_PLACEMENT[breaks.placement]))
        weight = weights[:, here]
        there = np.flatnonzero(country == code)
        for part in np.split(there, range(_CHUNK, len(there), _CHUNK)):
            fits = reduce(np.bitwise_and, (table.take(codes[part], axis=1) for table, codes in filters))
            # Many requests have the same choice: what it is, is worked out once.
            group, example = groups_of(period[part], *fits)
            running = weight.take(period[part[example]], axis=0)
            running *= _bools(fits[:, example], len(here))
            np.cumsum(running, axis=1, out=running)
            total = running[group, -1]
            first = group * len(here)
            found = last_not_above(running.ravel(), first, first + len(here), draw[part] * total) + 1 - first
            chosen[part] = np.where(total > 0, rows[here[np.minimum(found, len(here) - 1)]], -1)
    filled = hash_uniform(world.seed, "ads.fill", breaks.request_id) < ad_rates()["fill"]
    return np.where(filled, chosen, -1)


def _creative_of(sold: Market, campaign: Ints, format_: Ints, at: Ints) -> Ints:
    """Creative row of a campaign in a format that is active at an instant."""
    c = sold.creatives
    table = np.full((len(sold.campaigns.created_at), 3, 2), -1)
    table[c.campaign, c.format, c.version] = np.arange(len(c.campaign))
    first, second = table[campaign, format_, 0], table[campaign, format_, 1]
    swapped = (second >= 0) & (c.active_from[np.maximum(second, 0)] <= at)
    return np.asarray(np.where(swapped, second, first), dtype=np.int64)


@dataclass(frozen=True)
class _Shown(Columns):
    """Impressions: index into the requests, and what happened."""

    request: Ints
    impression_id: Ints
    campaign: Ints
    creative: Ints
    format: Ints
    at: Ints


def _quartile(draw: Floats, format_: Ints) -> Ints:
    """VAST quartile reached: audio is mostly heard out, video skipped by some, display always complete."""
    audio = bounds_passed(np.array([0.02, 0.045, 0.06, 0.075]), draw)
    video = bounds_passed(np.array([0.16, 0.28, 0.36, 0.42]), draw)
    return np.where(format_ == AUDIO, audio, np.where(format_ == VIDEO, video, 4))


def delivery_tables(world: World, day: date) -> dict[str, pa.Table]:
    """Requests, impressions and clicks that arrive on a UTC day, with the plays they hang on."""
    until = day + timedelta(days=1)
    sold, breaks = market(world, until), _breaks(world, day)
    campaign = _choose(world, sold, breaks, _attributes(world, breaks, until))
    key = breaks.request_id
    decision_ms = _decision_ms(world, breaks)
    country = world.ref.city_country[breaks.city]
    requests = make_table(
        "ad_requests",
        {
            "ad_request_id": key,
            "user_id": breaks.user + 1,
            "device_id": breaks.device + 1,
            "stream_id": breaks.stream_id,
            "country_id": country + 1,
            "placement": Coded(breaks.placement, PLACEMENTS),
            "decision_ms": decision_ms,
            "is_filled": campaign >= 0,
            "requested_at": breaks.at,
            "arrived_at": breaks.arrived_at,
        },
    )
    shown = _shown(world, sold, breaks, campaign, decision_ms)
    seen = _seen(world, sold, breaks, shown)
    impressions, clicks = _impressions(world, sold, breaks, shown, seen)
    # Invoices are of whole months: what they add up is kept of each day that is made anyway.
    _kept(world, day, lambda: _sum(sold, breaks, shown, seen))
    return {"ad_requests": requests, "ad_impressions": impressions, "ad_clicks": clicks}


def _decision_ms(world: World, breaks: Breaks) -> Ints:
    draw = normal(hash_uniform(world.seed, "ads.decision", breaks.request_id))
    return np.asarray(np.clip(np.exp(draw * 0.42 + np.log(14.0)), 2, 400).astype(np.int64))


def _shown(world: World, sold: Market, breaks: Breaks, campaign: Ints, decision_ms: Ints) -> _Shown:
    seed, rate = world.seed, ad_rates()
    rendered = np.flatnonzero((campaign >= 0) & (hash_uniform(seed, "ads.render", breaks.request_id) < rate["render"]))
    key = breaks.request_id[rendered]
    wait = decision_ms[rendered] * 1_000 + (80_000 + hash_uniform(seed, "ads.load", key) * 600_000).astype(np.int64)
    at = breaks.at[rendered] + wait
    format_ = _FORMAT_OF_PLACEMENT[breaks.placement[rendered]]
    creative = _creative_of(sold, campaign[rendered], format_, at)
    once = _Shown(
        request=rendered, impression_id=key, campaign=campaign[rendered], creative=creative, format=format_, at=at
    )
    twice = np.flatnonzero(hash_uniform(seed, "ads.twice", key) < rate["duplicate"])
    again = once.take(twice)
    again = _Shown(
        request=again.request,
        impression_id=again.impression_id + DUPLICATE_SEQUENCE,
        campaign=again.campaign,
        creative=again.creative,
        format=again.format,
        at=again.at + 2 * SECOND,
    )
    return concatenate([once, again])


@dataclass(frozen=True)
class _Seen:
    """What became of impressions."""

    exposed_ms: Ints
    quartile: Ints
    is_centre: Bools


def _seen(world: World, sold: Market, breaks: Breaks, shown: _Shown) -> _Seen:
    seed, rate = world.seed, ad_rates()
    key, request, format_ = shown.impression_id, shown.request, shown.format
    quartile = _quartile(hash_uniform(seed, "ads.quartile", key), format_)
    length = np.where(format_ == DISPLAY, 12_000, sold.creatives.duration_ms[shown.creative])
    beyond = hash_uniform(seed, "ads.beyond", key)
    seen = np.where(quartile == 4, length, (length * (quartile + beyond) / 4).astype(np.int64))
    display = (np.minimum(-np.log1p(-beyond) * 4_200, 12_000)).astype(np.int64)
    exposed = np.where(format_ == DISPLAY, display, seen)
    # Muted or out of view: what ran was not exposed.
    hidden = hash_uniform(seed, "ads.hidden", key) < np.where(format_ == AUDIO, 0.05, 0.14)
    exposed = np.where(hidden, exposed // 12, exposed)
    bot = breaks.bot[request] != BOT_NONE
    centre = hash_uniform(seed, "ads.centre", key) < np.where(bot, rate["data_centre_bot"], rate["data_centre"])
    return _Seen(exposed_ms=exposed, quartile=quartile, is_centre=centre)


KEPT_SUMS = 400


@dataclass(frozen=True)
class Delivered(Columns):
    """Impressions that arrived on a day, counted by campaign, month of rendering and budget."""

    campaign: Ints
    month: Ints
    """Months since 1970."""
    after: Ints
    """1 where the campaign's changed budget was in force."""
    billable: Ints
    """Valid impressions, of campaigns billed by viewable ones those that were viewable."""
    rendered: Ints
    """All of them."""


_VIEWABLE_MS = np.array([2_000, 2_000, 1_000])
"""Exposure from which an impression counts as heard or seen, by format."""


def _sum(sold: Market, breaks: Breaks, shown: _Shown, seen: _Seen) -> Delivered:
    """Invalid is what comes from data centres and planted bots, and the second of two showings."""
    c = sold.campaigns
    valid = (breaks.bot[shown.request] == BOT_NONE) & ~seen.is_centre
    valid &= shown.impression_id == breaks.request_id[shown.request]
    valid &= ~c.vcpm[shown.campaign] | (seen.exposed_ms >= _VIEWABLE_MS[shown.format])
    if not len(shown):
        return Delivered(*np.zeros((5, 0), dtype=np.int64))
    # What arrives on a day was rendered on few days, so that campaign, month and budget make a small number.
    day = shown.at // DAY
    days = np.arange(day.min(), day.max() + 1)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    first, span = months[0], months[-1] - months[0] + 1
    after = shown.at >= c.budget_changed_at[shown.campaign]
    key = (shown.campaign * span + months[day - days[0]] - first) * 2 + after
    rendered = np.bincount(key)
    found = np.flatnonzero(rendered)
    return Delivered(
        campaign=found // (2 * span),
        month=found // 2 % span + first,
        after=found % 2,
        billable=np.bincount(key[valid], minlength=len(rendered))[found],
        rendered=rendered[found],
    )


def delivered(world: World, day: date) -> Delivered:
    """What arrived on a UTC day."""

    def make() -> Delivered:
        until = day + timedelta(days=1)
        sold, breaks = market(world, until), _breaks(world, day)
        campaign = _choose(world, sold, breaks, _attributes(world, breaks, until))
        shown = _shown(world, sold, breaks, campaign, _decision_ms(world, breaks))
        return _sum(sold, breaks, shown, _seen(world, sold, breaks, shown))

    return _kept(world, day, make)


def _kept(world: World, day: date, make: Callable[[], Delivered]) -> Delivered:
    """The sums of a UTC day, here and among the tallies: half of a month's days may be another process's."""

    def sums() -> Delivered:
        return Delivered(*left_by(world, "ads", day, lambda: np.stack(list(vars(make()).values()))))

    return world.remember(("ads.delivered", day), sums, keep=KEPT_SUMS)


def _impressions(world: World, sold: Market, breaks: Breaks, shown: _Shown, seen: _Seen) -> tuple[pa.Table, pa.Table]:
    seed, rate, c = world.seed, ad_rates(), sold.campaigns
    key, request, format_ = shown.impression_id, shown.request, shown.format
    minor_units = np.array([2 for _ in read("ad_market.csv")])
    micro = c.price[shown.campaign] * 10 ** (6 - minor_units[c.market[shown.campaign]]) // 1_000
    impressions = make_table(
        "ad_impressions",
        {
            "ad_impression_id": key,
            "ad_request_id": breaks.request_id[request],
            "campaign_id": shown.campaign + 1,
            "creative_id": shown.creative + 1,
            "stream_id": breaks.stream_id[request],
            "user_id": breaks.user[request] + 1,
            "device_id": breaks.device[request] + 1,
            "country_id": world.ref.city_country[breaks.city[request]] + 1,
            "price_micro": micro,
            "exposed_ms": seen.exposed_ms,
            "last_quartile": seen.quartile,
            "is_data_centre": seen.is_centre,
            "rendered_at": shown.at,
            "arrived_at": breaks.arrived_at[request],
        },
    )
    share = np.array([rate["click_audio"], rate["click_video"], rate["click_display"]])[format_]
    share = np.where(breaks.bot[request] != BOT_NONE, 0.02, share)
    clicked = np.flatnonzero(hash_uniform(seed, "ads.click", key) < share)
    wait = SECOND + (hash_uniform(seed, "ads.click_at", key[clicked]) * 20 * SECOND).astype(np.int64)
    clicks = make_table(
        "ad_clicks",
        {
            "ad_click_id": key[clicked],
            "ad_impression_id": key[clicked],
            "clicked_at": shown.at[clicked] + wait,
            "arrived_at": breaks.arrived_at[request[clicked]],
        },
    )
    return impressions, clicks
