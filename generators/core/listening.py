"""Who listens to what on a UTC day: sessions and their plays, vectorised.

Every day has a main batch (all that reaches the platform when its session ends, on this day or the next) and
late batches, one per day of lateness (listeners without connection). An arrival day is made of the main
batches of itself and the day before, and of the late batches that fall due on it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, event_base, hours_of_utc_day, midnight
from generators.core.calendar import utc_offset_minutes
from generators.core.choice import FROM_OWN_LANGUAGE, keyed_song, library_song, song_choice
from generators.core.columns import Columns, concatenate
from generators.core.people import BOT_CLOCK, BOT_LOOP, BOT_NONE, BOT_RAPID, DEVICE_TYPES
from generators.core.playlists import SLOTS, generation, item_song, playlists
from generators.core.random import Bools, Floats, Ints, hash_uniform, normal, pick
from generators.core.world import World

CONTEXTS = ("playlist", "album", "artist", "radio", "search", "recommendation", "library", "voice")
PLAYLIST, ALBUM, ARTIST, RADIO, SEARCH, RECOMMENDATION, LIBRARY, VOICE = range(8)
BASES = ("reported", "inferred", "unknown")
SKIP_REASONS = ("next_button", "back_button", "new_selection", "voice", "app_closed")
REFERRERS = ("home", "search", "library", "artist_page", "notification", "shared_link", "now_playing")
CODECS = ("he_aac", "ogg_vorbis", "aac", "flac")
QUALITIES = ("low", "normal", "high", "lossless")
EDGES = ("bom1", "del1", "maa1", "gru1", "for1", "cgk1", "sin1", "fra1", "iad1", "syd1", "dxb1")

FREE, PRIME, PRO = 0, 1, 2
OFFLINE_SHARE = 0.016
"""Accounts that are without connection on a day and report later."""
LATENESS = (1, 2, 3, 4, 5, 41, 43, 46)
"""Days after which late batches arrive, with their shares."""
_LATENESS_SHARE = np.array([0.44, 0.2, 0.13, 0.09, 0.06, 0.03, 0.03, 0.02])
SPILL_SEQUENCE, LATE_SEQUENCE, LATE_SPAN = 400_000_000, 450_000_000, 1_000_000
"""Event ids: main plays from 0, main plays past midnight from here, late ones from there (a span per lateness).

All sequences stay below 500,000,000, so that other events may derive theirs from a play's.
"""
SESSION_GAP = 31 * MINUTE
TRIP_BLOCK_DAYS = 30


@dataclass(frozen=True)
class Heads(Columns):
    """Intended sessions of a UTC day, before their plays are known, in order of (account, start)."""

    user: Ints
    start: Ints
    device: Ints
    """Device row."""
    device_kind: Ints
    city: Ints
    bot: Ints
    """Pattern that this session follows; BOT_NONE for people."""
    lateness: Ints
    """Days after which it arrives; 0 for the main batch."""


@dataclass(frozen=True)
class Sessions(Columns):
    """Sessions as logged."""

    session_id: Ints
    user: Ints
    device: Ints
    device_kind: Ints
    city: Ints
    tier: Ints
    bot: Ints
    start: Ints
    end: Ints
    arrived_at: Ints


@dataclass(frozen=True)
class Plays(Columns):
    """Plays in order of their start within a batch. Rows of entities are 0-based (id - 1)."""

    stream_id: Ints
    session_id: Ints
    user: Ints
    song: Ints
    device: Ints
    device_kind: Ints
    """Index into DEVICE_TYPES."""
    city: Ints
    """City row of the IP address (known to the generator even where the log has none)."""
    tier: Ints
    """FREE, PRIME or PRO at the start of the session."""
    bot: Ints
    start: Ints
    startup_ms: Ints
    played_ms: Ints
    """-1 where unknown."""
    true_ms: Ints
    """What was really played."""
    basis: Ints
    is_completed: Ints
    is_skipped: Ints
    skip_reason: Ints
    is_shuffle: Ints
    is_offline: Ints
    context: Ints
    context_id: Ints
    referrer: Ints
    quality: Ints
    arrived_at: Ints


Batch = tuple[Sessions, Plays]


def tier_function() -> Callable[[World, Ints, Ints], Ints]:
    """The plan in force by the billing domain: (world, account ids, instants) to 0 free, 1 prime, 2 pro."""
    if importlib.util.find_spec("generators.domains.billing") is None:
        return _tier_by_taste
    billing = import_module("generators.domains.billing")
    found: Callable[[World, Ints, Ints], Ints] = getattr(billing, "tier_at", _tier_by_taste)
    return found


def _tier_by_taste(world: World, user_ids: Ints, at: Ints) -> Ints:
    share = hash_uniform(world.seed, "listening.tier", user_ids)
    return np.where(share < 0.62, FREE, np.where(share < 0.9, PRIME, PRO)) + 0 * (at > 0)


def place_on(world: World, day: date, rows: Ints) -> Ints:
    """City row where accounts are on a UTC day: home, or the destination of a trip."""
    users = world.users(day + timedelta(days=1))
    n = len(users)

    def make() -> Ints:
        home = users.city_at(np.arange(n), midnight(day) + 12 * HOUR)
        block, offset = divmod(day.toordinal(), TRIP_BLOCK_DAYS)
        rng = world.rng("trips", block=block)
        draws = rng.random((n, 4))
        begins = (draws[:, 1] * 24).astype(np.int64)
        lasts = 2 + (draws[:, 2] * 6).astype(np.int64)
        away = (draws[:, 0] < 0.13) & (begins <= offset) & (offset < begins + lasts) & (users.bot == BOT_NONE)
        # Two trips of three stay in the country; the rest go anywhere by the weight of countries and cities.
        ref = world.ref
        abroad = hash_uniform(world.seed, "trips.abroad", np.arange(n), np.full(n, block)) < 0.35
        reach = ref.city_population**0.5
        foreign = reach * np.where(ref.launch, 0.35, 1.0)[ref.city_country]
        goal = pick(draws[:, 3], foreign)
        for country in np.flatnonzero(ref.launch):
            among = ref.cities_of(int(country))
            local = away & ~abroad & (ref.city_country[home] == country)
            goal[local] = among[pick(draws[local, 3], reach[among])]
        return np.where(away, goal, home)

    return world.remember(("place", day), make, keep=8)[rows]


def heads_of(world: World, day: date) -> Heads:
    """Intended sessions that start on a UTC day, main and late."""
    return world.remember(("heads", day), lambda: _make_heads(world, day), keep=64)


def _bot_active(world: World, day: date, users: Ints, bot: Ints) -> Ints:
    """1 for the bots that run on a day."""
    chance = np.array([0.0, 0.30, 0.25, 0.05])[bot]
    key = np.full(len(users), day.toordinal())
    return (hash_uniform(world.seed, "bots.active", users, key) < chance).astype(np.int64)


def _make_heads(world: World, day: date) -> Heads:
    begin = midnight(day)
    users = world.users(day + timedelta(days=1))
    n = len(users)
    rows = np.arange(n)
    city = place_on(world, day, rows)
    zone = world.ref.city_zone[city]
    offsets = np.array([utc_offset_minutes(name, day) for name in world.ref.zones])
    kinds, offset_row = np.unique(offsets, return_inverse=True)
    cumulative = np.stack([hours_of_utc_day(day, int(offset)) for offset in kinds])
    table = offset_row[zone]
    noon = begin + DAY // 2
    rate = users.activity * cumulative[table, 24] / 24.0
    rate *= np.where(users.lapsed_at <= noon, 0.05, 1.0)
    rate *= np.where(users.deleted_at <= begin, 0.0, 1.0)
    # A suspension takes a day or two to reach every device.
    rate *= np.where(users.suspended_at <= begin, np.where(users.suspended_at > begin - 2 * DAY, 0.5, 0.0), 1.0)
    bots = np.flatnonzero(users.bot)
    if len(bots):
        kind = users.bot[bots]
        today = _bot_active(world, day, bots, kind)
        yesterday = _bot_active(world, day - timedelta(days=1), bots, kind)
        rate[bots[(today | yesterday) > 0]] = 0.0
        active = bots[(today > 0) & (users.signup_at[bots] < begin - DAY)]
    else:
        active = bots
    rng = world.rng("sessions.count", day)
    count = rng.poisson(np.minimum(rate, 6.0))
    offline = world.rng("sessions.offline", day).random(n)
    late = np.where(
        offline < OFFLINE_SHARE, np.array(LATENESS)[pick(offline / OFFLINE_SHARE, _LATENESS_SHARE)], 0
    )
    user = np.concatenate([np.repeat(rows, count), active])
    bot = np.concatenate([np.zeros(int(count.sum()), dtype=np.int64), users.bot[active]])
    m = len(user)
    rng = world.rng("sessions.start", day)
    hour_draw, slot_draw = rng.random(m), rng.random(m)
    target = hour_draw * cumulative[table[user], 24]
    profile = cumulative[table[user]]
    hour = np.minimum((profile[:, 1:] <= target[:, None]).sum(axis=1), 23)
    low = profile[np.arange(m), hour]
    inside = (target - low) / (profile[np.arange(m), hour + 1] - low)
    start = begin + ((hour + inside) * HOUR).astype(np.int64)
    clock = bot == BOT_CLOCK
    local_midnight = (-offsets[zone[user]] * MINUTE) % DAY
    start = np.where(clock, begin + local_midnight + (slot_draw * 20 * MINUTE).astype(np.int64), start)
    matrix, first_used = world.user_devices(day + timedelta(days=1))
    slot = pick(slot_draw, np.array([0.62, 0.2, 0.12, 0.06]))
    slot = np.where((first_used[user, slot] <= start) & (bot == BOT_NONE), slot, 0)
    device = matrix[user, slot]
    kept = (first_used[user, slot] + 20 * SECOND <= start) & (start < users.deleted_at[user])
    order = np.lexsort((start, user))
    order = order[kept[order]]
    kinds_of = world.devices(day + timedelta(days=2)).kind
    return Heads(
        user=user[order],
        start=start[order],
        device=device[order],
        device_kind=kinds_of[device[order]],
        city=city[user[order]],
        bot=bot[order],
        lateness=np.where(bot[order] > 0, 0, late[user[order]]),
    )


def main_batch(world: World, day: date) -> Batch:
    """Sessions that start on a UTC day and report when they end, with their plays."""
    return world.remember(("main", day), lambda: _make_batch(world, day, 0), keep=3)


def late_batch(world: World, day: date, lateness: int) -> Batch:
    """Sessions of a UTC day whose listeners report so many days later."""
    return _make_batch(world, day, lateness)


def arriving(world: World, arrival_day: date) -> Batch:
    """All sessions and plays whose rows arrive on a UTC day; none before the world's first day."""
    return world.remember(("arriving", arrival_day), lambda: _make_arriving(world, arrival_day), keep=2)


def _make_arriving(world: World, arrival_day: date) -> Batch:
    begin, end = midnight(arrival_day), midnight(arrival_day) + DAY
    parts = []
    for age in (1, 0):
        day = arrival_day - timedelta(days=age)
        if day >= world.first_day:
            parts.append(main_batch(world, day))
    for lateness in LATENESS:
        day = arrival_day - timedelta(days=lateness)
        if day >= world.first_day:
            parts.append(late_batch(world, day, lateness))
    sessions = [s.take((s.arrived_at >= begin) & (s.arrived_at < end)) for s, _ in parts]
    plays = [p.take((p.arrived_at >= begin) & (p.arrived_at < end)) for _, p in parts]
    return concatenate(sessions), concatenate(plays)


_CONTEXT_SHARE = np.array([0.31, 0.07, 0.07, 0.10, 0.11, 0.16, 0.18, 0.0])
_SKIP_SHARE = np.array([0.262, 0.120, 0.150])
"""Skips under 5 s, under 30 s, and later; before limits on Free accounts and the calm of loudspeakers."""


def _make_batch(world: World, day: date, lateness: int) -> Batch:
    heads = heads_of(world, day)
    heads = heads.take(heads.lateness == lateness)
    users = world.users(day + timedelta(days=1))
    songs = world.songs(day)
    m = len(heads)
    purpose = "plays" if lateness == 0 else "plays.late"
    rng = world.rng(f"{purpose}.sessions", day, lateness)
    draws = rng.random((m, 6))
    tier = tier_function()(world, heads.user + 1, heads.start) if m else np.zeros(0, dtype=np.int64)
    count = np.clip(np.exp(normal(draws[:, 0]) * 0.72 + np.log(11.3)), 1, 110).astype(np.int64)
    alexa = heads.device_kind == DEVICE_TYPES.index("alexa")
    count = np.where(alexa, np.maximum(1, count * 2 // 3), count)
    count = np.where(heads.bot == BOT_RAPID, 25 + (draws[:, 0] * 20).astype(np.int64), count)
    count = np.where(heads.bot == BOT_LOOP, 34 + (draws[:, 0] * 30).astype(np.int64), count)
    count = np.where(heads.bot == BOT_CLOCK, 520, count)
    context_of = np.where(alexa, VOICE, pick(draws[:, 1], _CONTEXT_SHARE))
    context_of = np.where(heads.bot > 0, PLAYLIST, context_of)
    shuffle_of = np.where(tier == FREE, heads.device_kind < 2, draws[:, 2] < 0.28)
    # One row per play.
    s = np.repeat(np.arange(m), count)
    first = np.cumsum(count) - count
    k = np.arange(len(s)) - first[s]
    total = len(s)
    rng = world.rng(purpose, day, lateness)
    user, bot, context = heads.user[s], heads.bot[s], context_of[s]
    u_song, u_own, u_skip, u_time = (rng.random(total) for _ in range(4))
    u_gap, u_misc, u_wait = (rng.random(total) for _ in range(3))
    # Search and voice open a session; what follows is mostly radio.
    context = np.where((context == SEARCH) & (k > 0) & (u_misc > 0.3), RADIO, context)
    song, context_id = _songs(world, day, heads, (s, k, context, shuffle_of), (u_song, u_own, draws[:, 5]))
    length = songs.duration_ms[song]
    # What was played of it.
    under_5, under_30, later = _SKIP_SHARE
    calm = np.where(alexa, 0.55, np.where(context_of == ALBUM, 0.7, 1.0))[s]
    hurry = np.where(tier == FREE, 1.0, 1.06)[s] * calm
    cut_1, cut_2, cut_3 = under_5 * hurry, (under_5 + under_30) * hurry, (under_5 + under_30 + later) * hurry
    grade = (u_skip >= cut_1).astype(np.int64) + (u_skip >= cut_2) + (u_skip >= cut_3)
    skipped = grade < 3
    running = np.cumsum(skipped)
    within = running - (running[first] - skipped[first])[s] if total else running
    limited = (tier == FREE)[s] & skipped & (within > 6 * (1 + k // 18)) & (bot == BOT_NONE)
    grade = np.where(limited, 3, grade)
    longest = np.maximum(length - 2_500, 300)
    early = np.minimum(300 + (u_time**0.8 * 4_650).astype(np.int64), longest)
    soon = np.minimum(5_000 + (u_time * 24_900).astype(np.int64), longest)
    some = np.minimum(30_000 + (u_time * np.maximum(length - 33_000, 1)).astype(np.int64), longest)
    whole = length - (u_time * 400).astype(np.int64)
    played = np.choose(grade, (early, soon, some, whole))
    is_loop, is_rapid, is_clock = bot == BOT_LOOP, bot == BOT_RAPID, bot == BOT_CLOCK
    played = np.where(is_loop, 30_200 + (u_time * 9_500).astype(np.int64), played)
    played = np.where(is_rapid, 900 + (u_time * 3_900).astype(np.int64), played)
    played = np.where(is_clock, whole, played)
    played = np.minimum(played, length)
    startup = np.minimum(120 + np.exp(normal(u_wait) * 0.6 + 5.4), 20_000).astype(np.int64)
    gap = 150 + (u_gap * 1_200).astype(np.int64)
    pause = (u_misc > 0.975) & (bot == BOT_NONE)
    gap = np.where(pause, 20_000 + ((u_misc - 0.975) * 40 * u_gap * 1_100_000).astype(np.int64), gap)
    advance = (played + startup + gap) * 1_000
    elapsed = np.cumsum(advance)
    offset = elapsed - advance - (elapsed - advance)[first][s] if total else elapsed
    length_of = np.bincount(s, advance, m).astype(np.int64)
    session_start = _spread(heads, length_of)
    start = session_start[s] + offset
    end = start + (played + startup) * 1_000
    # What would run into the listener's next day, past the day after, or past the bot's day, is not played.
    limit = _next_start(world, day, heads)[s]
    limit = np.where(is_clock, np.minimum(limit, heads.start[s] + 84_000 * SECOND), limit)
    limit = np.minimum(limit, midnight(day) + 2 * DAY - 20 * MINUTE)
    limit = np.minimum(limit, users.deleted_at[user])
    kept = start < limit
    # Durations unknown to the log.
    following = np.append(s[1:] == s[:-1], False) & np.append(kept[1:], False) if total else kept
    vague = (u_wait > 0.972) & (u_wait < 0.987)
    basis = np.where(vague, np.where(following, 1, 2), 0)
    basis = np.where(u_wait >= 0.987, 2, basis)
    next_gap = np.append(start[1:] - start[:-1], 0) // 1_000 if total else start
    reported = np.where(basis == 1, np.clip(next_gap, 0, length), played)
    reported = np.where(basis == 2, -1, reported)
    completed = (played >= length - 2_000) & (basis == 0)
    is_skipped = (grade < 3) & (played < length - 2_000) & (basis == 0) & ~is_clock
    is_last = ~following
    reason = np.where(is_last, 4, pick(u_gap, np.array([0.72, 0.08, 0.2])))
    reason = np.where((context == VOICE) & ~is_last, 3, reason)
    reason = np.where(is_skipped, reason, -1)
    quality = np.where(
        tier == FREE, (draws[:, 3] < 0.75).astype(np.int64), np.where(tier == PRIME, 2, 2 + (draws[:, 3] < 0.6))
    )
    is_offline = np.full(m, lateness > 0) & (tier > FREE)
    keep = np.flatnonzero(kept)
    keep = keep[np.argsort(start[keep], kind="stable")]
    sk = s[keep]
    # Sessions that kept at least one play, numbered by their start.
    session_end = np.zeros(m, dtype=np.int64)
    np.maximum.at(session_end, sk, end[keep])
    alive = np.flatnonzero(session_end)
    alive = alive[np.argsort(session_start[alive], kind="stable")]
    number = np.zeros(m, dtype=np.int64)
    number[alive] = np.arange(len(alive))
    base = 0 if lateness == 0 else LATE_SEQUENCE + LATENESS.index(lateness) * LATE_SPAN
    session_id = event_base(day) + base + number
    arrived = _arrival(day, lateness, session_end, draws[:, 4])
    sessions = Sessions(
        session_id=session_id[alive],
        user=heads.user[alive],
        device=heads.device[alive],
        device_kind=heads.device_kind[alive],
        city=heads.city[alive],
        tier=tier[alive],
        bot=heads.bot[alive],
        start=session_start[alive],
        end=session_end[alive],
        arrived_at=arrived[alive],
    )
    at = start[keep]
    plays = Plays(
        stream_id=_stream_ids(day, lateness, at),
        session_id=session_id[sk],
        user=user[keep],
        song=song[keep],
        device=heads.device[sk],
        device_kind=heads.device_kind[sk],
        city=heads.city[sk],
        tier=tier[sk],
        bot=bot[keep],
        start=at,
        startup_ms=startup[keep],
        played_ms=reported[keep],
        true_ms=played[keep],
        basis=basis[keep],
        is_completed=completed[keep],
        is_skipped=is_skipped[keep],
        skip_reason=reason[keep],
        is_shuffle=shuffle_of[sk],
        is_offline=is_offline[sk],
        context=context[keep],
        context_id=context_id[keep],
        referrer=_referrer(context[keep], k[keep], u_gap[keep]),
        quality=quality[sk],
        arrived_at=arrived[sk],
    )
    return sessions, plays


def _spread(heads: Heads, length: Ints) -> Ints:
    """Session starts, moved so that sessions of one listener do not touch (31 minutes apart)."""
    start = heads.start.copy()
    m = len(start)
    if m < 2:
        return start
    same = np.append(False, heads.user[1:] == heads.user[:-1])
    ordinal = np.arange(m) - np.maximum.accumulate(np.where(same, 0, np.arange(m)))
    for step in range(1, int(ordinal.max()) + 1):
        row = np.flatnonzero(ordinal == step)
        start[row] = np.maximum(start[row], start[row - 1] + length[row - 1] + SESSION_GAP)
    return start


def _next_start(world: World, day: date, heads: Heads) -> Ints:
    """Latest start of a play for each session: 31 minutes before the listener's first session of the next day."""
    after = heads_of(world, day + timedelta(days=1))
    first = np.full(len(world.users(day + timedelta(days=2))), NEVER, dtype=np.int64)
    np.minimum.at(first, after.user, after.start)
    return first[heads.user] - SESSION_GAP


def _stream_ids(day: date, lateness: int, start: Ints) -> Ints:
    """Ids of plays in order of start; those past midnight belong to the next day."""
    n = len(start)
    today = int(np.searchsorted(start, midnight(day) + DAY))
    own = 0 if lateness == 0 else LATE_SEQUENCE + LATENESS.index(lateness) * LATE_SPAN
    spill = SPILL_SEQUENCE if lateness == 0 else own + LATE_SPAN // 2
    return np.concatenate(
        [
            event_base(day) + own + np.arange(today),
            event_base(day + timedelta(days=1)) + spill + np.arange(n - today),
        ]
    )


def _arrival(day: date, lateness: int, end: Ints, uniform: Floats) -> Ints:
    """When a session's rows arrive: soon after its end, or some time on the day on which it is due."""
    soon = end + 2 * SECOND + np.minimum(-np.log1p(-uniform) * 25 * SECOND, 5 * MINUTE).astype(np.int64)
    if lateness == 0:
        return soon
    due = midnight(day + timedelta(days=lateness))
    return np.clip(np.maximum(due + (uniform * DAY).astype(np.int64), soon), due, due + DAY - 1)


def _referrer(context: Ints, k: Ints, uniform: Floats) -> Ints:
    """Surface the play came from."""
    by_context = np.array([0, 2, 3, 0, 1, 0, 2, 6])[context]
    rare = np.where(uniform > 0.985, 5, np.where(uniform > 0.97, 4, by_context))
    return np.where(k > 0, 6, rare)


def _songs(
    world: World,
    day: date,
    heads: Heads,
    play: tuple[Ints, Ints, Ints, Bools],
    uniforms: tuple[Floats, Floats, Floats],
) -> tuple[Ints, Ints]:
    """Recording and context id (-1: none) of every play.

    Args:
        play: session row, number within the session and context of each play; whether each session shuffles.
        uniforms: two numbers a play (which, from where) and one a session (which context).
    """
    s, k, context, shuffle_of = play
    u_song, u_own, u_session = uniforms
    users, songs, albums = (f(day + timedelta(days=1)) for f in (world.users, world.songs, world.albums))
    choice = song_choice(world, day)
    user = heads.user[s]
    language = users.taste_language[user]
    song = choice.choose(u_song, language, u_own < FROM_OWN_LANGUAGE)
    context_id = np.full(len(s), -1, dtype=np.int64)
    returns = np.array([0.0, 0.0, 0.0, 0.15, 0.3, 0.1, 1.0, 0.5])[context]
    row = np.flatnonzero(u_own < returns)
    song[row] = library_song(world, user[row], language[row], u_song[row])
    # Albums and artists: one per session, found through a recording of the library.
    taste = users.taste_language[heads.user]
    row = np.flatnonzero((context == ALBUM) | (context == ARTIST))
    if len(row):
        seed_song = library_song(world, heads.user, taste, u_session)[s[row]]
        album, artist = songs.album[seed_song], songs.artist[seed_song]
        offset = np.where(shuffle_of[s[row]], (u_song[row] * 1_000).astype(np.int64), k[row])
        track = albums.first_song[album] + (songs.track[seed_song] - 1 + offset) % albums.tracks[album]
        order, first = _songs_of_artists(world, day)
        number = first[artist + 1] - first[artist]
        by_artist = order[first[artist] + (u_song[row] * number).astype(np.int64)]
        on_album = context[row] == ALBUM
        song[row] = np.where(on_album, track, by_artist)
        context_id[row] = np.where(on_album, album, artist) + 1
    row = np.flatnonzero(context == PLAYLIST)
    if len(row):
        listed, owned = playlists(world, day + timedelta(days=1))
        own = owned[heads.user, (u_session * 97 % 1 * SLOTS).astype(np.int64)]
        known = np.maximum(own, 0)
        usable = (own >= 0) & (listed.created_at[known] < heads.start) & (heads.start < listed.deleted_at[known])
        usable &= heads.bot == BOT_NONE
        editorial = np.flatnonzero(listed.kind == 2)
        fitting = editorial[(u_session * len(editorial)).astype(np.int64)]
        chosen = np.where(usable, own, fitting)[s[row]]
        start = (u_session * 1_009 % 1 * listed.length[np.where(usable, own, fitting)]).astype(np.int64)
        step = np.where(shuffle_of[s[row]], (u_song[row] * 1_000).astype(np.int64), start[s[row]] + k[row])
        slot = step % listed.length[chosen]
        renewed = np.where(listed.kind[chosen] == 2, generation(world, slot, day), 0)
        song[row] = item_song(world, listed.key[chosen], listed.language[chosen], slot, renewed)
        context_id[row] = chosen + 1
    row = np.flatnonzero(heads.bot[s] == BOT_LOOP)
    if len(row):
        song[row] = _loop_song(world, user[row], language[row])
        context_id[row], context[row] = -1, RADIO
    row = np.flatnonzero((heads.bot[s] == BOT_RAPID) | (heads.bot[s] == BOT_CLOCK))
    song[row] = choice.choose(u_song[row], language[row], u_own[row] < FROM_OWN_LANGUAGE)
    context_id[row], context[row] = -1, RADIO
    return song, context_id


def _loop_song(world: World, user: Ints, language: Ints) -> Ints:
    """The recording that a looping bot plays: the first of eight keyed ones that is longer than its plays."""
    songs = world.songs(world.first_day)
    chosen = keyed_song(world, "bots.loop", language, user, np.zeros_like(user))
    for number in range(1, 8):
        other = keyed_song(world, "bots.loop", language, user, np.full_like(user, number))
        chosen = np.where(songs.duration_ms[chosen] > 60_000, chosen, other)
    return chosen


def _songs_of_artists(world: World, day: date) -> tuple[Ints, Ints]:
    """Song rows grouped by artist, and the first position of each artist."""
    songs, artists = world.songs(day), world.artists(day + timedelta(days=1))

    def make() -> tuple[Ints, Ints]:
        order = np.argsort(songs.artist, kind="stable")
        return order, np.searchsorted(songs.artist[order], np.arange(len(artists) + 1))

    return world.remember(("songs_of_artists", len(songs), len(artists)), make, keep=8)
