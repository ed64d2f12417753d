"""The plays of a day's sessions: what is played, how long, when, and what the log says about it.

A batch is made of whole arrays: one row per play, from the draws of one stream. What depends on the listener
or the session is worked out per session and spread over its plays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from generators.core.calendar import DAY, MINUTE, NEVER, SECOND, event_base, midnight
from generators.core.columns import Columns
from generators.core.order import by_instant, in_order
from generators.core.people import BOT_CLOCK, BOT_LOOP, BOT_NONE, BOT_RAPID, DEVICE_TYPES
from generators.core.random import Bools, Floats, Ints, Small, hash_uniform, normal, pick
from generators.core.rules import (
    BEST_QUALITY,
    CAMPAIGN_SHIFT,
    LIMIT,
    OFFLINE,
    QUALITY,
    SHUFFLE,
    SKIPS,
    beyond_limit,
    keep_family_rules,
    over_skip_limit,
)
from generators.core.sessions import LATENESS, Heads, heads_reporting
from generators.core.songs_played import ALBUM, PLAYLIST, RADIO, SEARCH, VOICE, songs_played
from generators.core.world import World
from generators.ddl import DAY_ID_SPAN

BASES = ("reported", "inferred", "unknown")
SKIP_REASONS = ("next_button", "back_button", "new_selection", "voice", "app_closed")
REFERRERS = ("home", "search", "library", "artist_page", "notification", "shared_link", "now_playing")
CODECS = ("he_aac", "ogg_vorbis", "aac", "flac")
QUALITIES = ("low", "normal", "high", "lossless")
FREE, PRIME, PRO = 0, 1, 2

SPILL_SEQUENCE, LATE_SEQUENCE, LATE_SPAN = 400_000_000, 450_000_000, 1_000_000
"""Event ids: main plays from 0, main plays past midnight from here, late ones from there (a span per lateness).

All sequences stay below 500,000,000, so that other events may derive theirs from a play's.
"""
SESSION_GAP = 31 * MINUTE
"""Least time between the end of a listener's session and the start of the next."""
UNKNOWN_CITY_SHARE = 0.02
SHUFFLING_KINDS = 2
"""Kinds of devices on which Free accounts play in shuffle only: phones and tablets, the first of them."""
VAGUE = np.float32(0.973)
"""Share of the plays whose end is reported."""
NEXT_BUTTON, NEW_SELECTION = SKIP_REASONS.index("next_button"), SKIP_REASONS.index("new_selection")


@dataclass(frozen=True)
class Sessions(Columns):
    """Sessions as logged. Rows of entities are 0-based (id - 1)."""

    session_id: Ints
    user: Ints
    device: Ints
    device_kind: Ints
    city: Ints
    """City row of the IP address."""
    logged_city: Ints
    """City id as logged, -1 where no one can locate the address."""
    tier: Small
    bot: Ints
    start: Ints
    end: Ints
    arrived_at: Ints


@dataclass(frozen=True)
class Plays(Columns):
    """Plays in order of their start within a batch. Rows of entities are 0-based (id - 1)."""

    stream_id: Ints
    session_id: Ints
    user: Small
    song: Small
    device: Small
    device_kind: Small
    """Index into DEVICE_TYPES."""
    city: Small
    """City row of the IP address (known to the generator even where the log has none)."""
    logged_city: Small
    tier: Small
    """FREE, PRIME or PRO at the start of the session."""
    bot: Small
    start: Ints
    startup_ms: Small
    played_ms: Small
    """-1 where unknown."""
    true_ms: Small
    """What was really played."""
    basis: Small
    is_completed: Small
    is_skipped: Small
    skip_reason: Small
    is_shuffle: Small
    is_offline: Small
    planted: Small
    """What is planted in it, as flags and the row of a campaign (``rules``); 0 in most."""
    context: Small
    context_id: Small
    referrer: Small
    quality: Small
    arrived_at: Ints


Batch = tuple[Sessions, Plays]


@cache
def tier_function() -> Callable[[World, Ints, Ints], Small]:
    """The plan in force by the billing domain: (world, account ids, instants) to 0 free, 1 prime, 2 pro.

    Not imported at the head: the billing domain reads what is listened to.
    """
    found: Callable[[World, Ints, Ints], Small] = import_module("generators.domains.billing").tier_at
    return found


@dataclass(frozen=True)
class _Plan:
    """What is settled per session before its plays: one row per head."""

    heads: Heads
    after: Ints
    """Start of the listener's first session of the next day."""
    tier: Small
    count: Ints
    """Plays intended."""
    context: Ints
    shuffle: Bools
    quality: Small
    hurry: Floats
    """Factor on the readiness to skip."""
    number: Floats
    """A uniform number that fixes the session's album, artist or playlist."""
    delay: Floats
    """A uniform number for the time until the rows arrive."""


_CONTEXT_SHARE = np.array([0.32, 0.05, 0.06, 0.10, 0.11, 0.17, 0.19, 0.0])
_SKIP_BOUNDS = np.cumsum([0.298, 0.118, 0.184]).astype(np.float32)
"""Skips under 5 s, under 30 s, and later; before limits on Free accounts and the calm of loudspeakers."""
_BY_BUTTON, _BY_BUTTON_BACK = np.float32(0.7), np.float32(0.8)
"""Shares of skips by the next button, and by either button."""
_FREE_SKIPS, _FREE_SKIPS_OF = 6, 18
"""A Free account skips about so many times in so many plays, an hour's worth."""


def _plan(world: World, day: date, lateness: int) -> _Plan:
    heads, after = heads_reporting(world, day, lateness)
    m = len(heads)
    draws = world.rng("plays.sessions", day, lateness).random((m, 6))
    tier = tier_function()(world, heads.user + 1, heads.start)
    count = np.clip(np.exp(normal(draws[:, 0]) * 0.72 + np.log(12.8)), 1, 110).astype(np.int64)
    alexa = heads.device_kind == DEVICE_TYPES.index("alexa")
    count = np.where(alexa, np.maximum(1, count * 2 // 3), count)
    count = np.where(heads.bot == BOT_RAPID, 25 + (draws[:, 0] * 20).astype(np.int64), count)
    count = np.where(heads.bot == BOT_LOOP, 34 + (draws[:, 0] * 30).astype(np.int64), count)
    count = np.where(heads.bot == BOT_CLOCK, 520, count)
    context = np.where(alexa, VOICE, pick(draws[:, 1], _CONTEXT_SHARE))
    context = np.where(heads.bot > 0, PLAYLIST, context)
    calm = np.where(alexa, 0.55, np.where(context == ALBUM, 0.7, 1.0))
    best = draws[:, 3]
    quality = np.where(tier == FREE, (best < 0.75).astype(np.int64), np.where(tier == PRIME, 2, 2 + (best < 0.6)))
    return _Plan(
        heads=heads,
        after=after,
        tier=tier,
        count=count,
        context=context,
        shuffle=np.where(tier == FREE, heads.device_kind < SHUFFLING_KINDS, draws[:, 2] < 0.28),
        quality=quality.astype(np.int8),
        hurry=np.where(tier == FREE, 1.0, 1.04) * calm,
        number=draws[:, 5],
        delay=draws[:, 4],
    )


def make_batch(world: World, day: date, lateness: int) -> Batch:
    """Sessions that start on a UTC day and report so many days later (0: when they end), with their plays."""
    plan = _plan(world, day, lateness)
    heads, m = plan.heads, len(plan.heads)
    s = np.repeat(np.arange(m), plan.count)
    first = np.cumsum(plan.count) - plan.count
    k = np.arange(len(s), dtype=np.int32) - first.astype(np.int32)[s]
    rng = world.rng("plays", day, lateness)
    u_song, u_own = rng.random(len(s)), rng.random(len(s))
    u_skip, u_time, u_gap, u_misc, u_vague = (rng.random(len(s), dtype=np.float32) for _ in range(5))
    # Search and voice open a session; what follows a search is mostly radio.
    context = plan.context.astype(np.int8)[s]
    context[(context == SEARCH) & (k > 0) & (u_misc > 0.3)] = RADIO
    song, context_id, campaign = songs_played(
        world, day, heads, (s, k, context, plan.shuffle), (u_song, u_own, plan.number)
    )
    # Milliseconds in 32 bits: half of what goes to and from the memory that all processors share.
    length = world.songs(day).duration_ms[song].astype(np.int32)
    played, cut = _listening(plan, (s, k, first), length, (u_skip, u_time, u_gap))
    startup = 120 + (60 / (0.035 + u_vague)).astype(np.int32)
    took = played + startup
    start, latest = _times(world, day, plan, (s, first), (took, u_gap, u_misc))
    most = np.where(u_vague > VAGUE, length, played)
    kept, planted = keep_family_rules(world, day, heads, (s, k, song, start), most, start < latest)
    planted |= campaign << CAMPAIGN_SHIFT
    following = np.zeros(len(s), dtype=bool)
    following[:-1] = (s[1:] == s[:-1]) & kept[1:]
    basis, logged = _as_logged((start, played, length), following, u_vague)
    known, whole = basis == 0, played >= length - 2_000
    is_skipped = cut & known & ~whole
    reason = (u_gap >= _BY_BUTTON).view(np.int8) + (u_gap >= _BY_BUTTON_BACK)
    np.copyto(reason, 3, where=context == VOICE)
    np.copyto(reason, 4, where=~following)
    reason = (reason + np.int8(1)) * is_skipped - np.int8(1)
    beyond = beyond_limit(world, day, heads, (s, start), np.maximum(logged, 0), kept)
    planted[beyond] |= LIMIT
    sessions, row = _sessions(world, day, lateness, plan, kept, (start, start + took.astype(np.int64) * 1_000))
    on_free = np.zeros(m, dtype=bool)
    on_free[row >= 0] = (sessions.tier == FREE)[row[row >= 0]]
    _keep_skip_rule(world, plan, (s, start), (kept & on_free[s], reason), planted)
    # Plays are put in order of their start last, when they are few and narrow columns.
    order, start = by_instant(start, midnight(day), kept)
    s = s[order]
    of = row[s]
    ids, tier = _ids(day, lateness, start), sessions.tier.astype(np.int8)[of]
    bound = (tier == FREE) & (sessions.device_kind[of] < SHUFFLING_KINDS)
    wanted = (plan.shuffle[s], plan.quality[s], lateness > 0)
    shuffle, offline, quality, breach = _as_planned(world, ids, (tier, bound), wanted)
    plays = Plays(
        stream_id=ids,
        session_id=sessions.session_id[of],
        user=sessions.user.astype(np.int32)[of],
        song=song.astype(np.int32)[order],
        device=sessions.device.astype(np.int32)[of],
        device_kind=sessions.device_kind.astype(np.int8)[of],
        city=sessions.city.astype(np.int32)[of],
        logged_city=sessions.logged_city.astype(np.int32)[of],
        tier=tier,
        bot=sessions.bot.astype(np.int8)[of],
        start=start,
        startup_ms=startup[order],
        played_ms=logged[order],
        true_ms=played[order],
        basis=basis[order],
        is_completed=(whole & known)[order],
        is_skipped=is_skipped[order],
        skip_reason=reason[order],
        is_shuffle=shuffle,
        is_offline=offline,
        planted=planted.astype(np.int32)[order] | breach,
        context=context[order],
        context_id=context_id[order],
        referrer=_referrer(context, k, u_gap)[order],
        quality=quality,
        arrived_at=sessions.arrived_at[of],
    )
    return sessions, plays


def _keep_skip_rule(
    world: World, plan: _Plan, play: tuple[Ints, Ints], free: tuple[Bools, Small], planted: Small
) -> None:
    """Give skips beyond the limit another reason, or note that they are planted; in place.

    Bots ask for the next recording without the button.

    Args:
        play: session row and start of each play.
        free: whether a play takes place on a Free account, and the reason for which it was skipped.
    """
    s, start = play
    on_free, reason = free
    reason[(plan.heads.bot != BOT_NONE)[s] & (reason == NEXT_BUTTON)] = NEW_SELECTION
    rows = np.flatnonzero(on_free & (reason == NEXT_BUTTON))
    over, taken = over_skip_limit(world, plan.heads.user[s[rows]], start[rows], plan.after[s[rows]])
    reason[rows[over]] = NEW_SELECTION
    planted[rows[taken]] |= SKIPS


def _as_planned(
    world: World, ids: Ints, terms: tuple[Small, Bools], wanted: tuple[Bools, Small, bool]
) -> tuple[Bools, Bools, Small, Small]:
    """Shuffle, offline and quality as the plan allows them but for the breaches that are planted, and these.

    Args:
        terms: tier of each play, and whether it plays in shuffle only.
        wanted: shuffle and quality as chosen when the session began, and whether there was no connection.
    """
    (tier, bound), (shuffle, chosen, unconnected) = terms, wanted
    free = tier == FREE
    draw = hash_uniform(world.seed, "breaches.of_plan", ids)
    ordered = bound & (draw < world.effect("breaches.shuffle"))
    better = (tier < PRO) & (draw > 1 - world.effect("breaches.quality"))
    best = BEST_QUALITY.take(tier)
    quality = np.where(better, best + np.int8(1), np.minimum(chosen, best))
    offline = ~free if unconnected else np.zeros(len(ids), dtype=bool)
    taken = np.zeros(len(ids), dtype=bool)
    if unconnected:
        taken = free & (hash_uniform(world.seed, "breaches.offline", ids) < world.effect("breaches.offline"))
    breach = np.zeros(len(ids), dtype=np.int32)
    for planted, flag in ((ordered, SHUFFLE), (better, QUALITY), (taken, OFFLINE)):
        breach[np.flatnonzero(planted)] |= flag
    return (shuffle | bound) & ~ordered, offline | taken, quality, breach


def _as_logged(play: tuple[Ints, Small, Small], following: Bools, uniform: NDArray[np.float32]) -> tuple[Small, Small]:
    """Basis of each play's logged milliseconds (index into BASES), and them: -1 where unknown.

    Args:
        play: start of each play, milliseconds played of it, and those of the recording.
        following: whether the listener's next play takes place, by which the end of a play can be told.
    """
    start, played, length = play
    vague = np.flatnonzero(uniform > VAGUE)
    basis, logged = np.zeros(len(start), dtype=np.int8), played.copy()
    basis[vague], logged[vague] = 2, -1
    row = vague[following[vague] & (uniform[vague] <= 0.987)]
    basis[row] = 1
    logged[row] = np.minimum((start[row + 1] - start[row]) // 1_000, length[row])
    return basis, logged


def _listening(
    plan: _Plan,
    play: tuple[Ints, Ints, Ints],
    length: Small,
    draws: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
) -> tuple[Small, Bools]:
    """Milliseconds played of each play, and whether the listener cut it short.

    Args:
        play: session row and number within the session of each play; first play of each session.
        length: of the recordings, in milliseconds.
        draws: numbers for whether, when and how a play is cut short.
    """
    s, k, first = play
    u_skip, u_time, u_how = draws
    people = plan.heads.bot == BOT_NONE
    patience = u_skip / plan.hurry.astype(np.float32)[s]
    grade = sum((patience >= bound).view(np.int8) for bound in _SKIP_BOUNDS)
    cut = grade < 3
    # On a Free account the skips of a session are counted; beyond the limit the button does nothing.
    count = np.cumsum(cut.astype(np.int32), dtype=np.int32)
    before = np.concatenate((np.zeros(1, dtype=np.int32), count))[first]
    free = (plan.tier == FREE) & people
    limited = free[s] & (u_how < _BY_BUTTON) & (count - before[s] > _FREE_SKIPS * (1 + k // _FREE_SKIPS_OF))
    cut &= ~limited
    np.copyto(grade, 3, where=limited)
    low = np.array([300, 5_000, 30_000, 0], dtype=np.int32).take(grade)
    high = np.array([4_950, 29_900, 0, 0], dtype=np.int32).take(grade)
    # Choices by arithmetic: a processor cannot guess who skips, and a choice would wait for it.
    high += np.maximum(length - 3_000, 30_000) * (grade == 2)
    played = low + ((high - low) * u_time.astype(np.float64)).astype(np.int32)
    to_the_end = length - (u_time * 400).astype(np.int32)
    played = to_the_end + (np.minimum(played, np.maximum(length - 2_500, 300)) - to_the_end) * cut
    if not people.all():
        row = np.flatnonzero(~people[s])
        bot, spent, whole = plan.heads.bot[s[row]], u_time[row], length[row]
        spent = np.where(
            bot == BOT_LOOP, 30_200 + (spent * 9_500).astype(np.int64), 900 + (spent * 3_900).astype(np.int64)
        )
        played[row] = np.where(bot == BOT_CLOCK, whole, np.minimum(spent, whole))
        cut[row] = bot != BOT_CLOCK
    return played, cut


def _times(
    world: World,
    day: date,
    plan: _Plan,
    play: tuple[Ints, Ints],
    spans: tuple[Small, NDArray[np.float32], NDArray[np.float32]],
) -> tuple[Ints, Ints]:
    """Start of each play, and the instant from which it would not be played any more.

    Args:
        play: session row of each play; first play of each session.
        spans: milliseconds from request to end of each play; numbers for the gap after it.
    """
    s, first = play
    took, u_gap, u_misc = spans
    heads = plan.heads
    gap = 150 + (u_gap * 1_200).astype(np.int32)
    pause = np.flatnonzero((u_misc > 0.975) & (heads.bot == BOT_NONE)[s])
    gap[pause] = 20_000 + ((u_misc[pause] - 0.975) * 40 * u_gap[pause] * 1_100_000).astype(np.int64)
    elapsed = np.zeros(len(s) + 1, dtype=np.int64)
    np.cumsum(took + gap, out=elapsed[1:])
    elapsed *= 1_000
    begin = elapsed[first]
    length = elapsed[np.append(first[1:], len(s))] - begin if len(first) else begin
    start = _apart(heads, length)
    users = world.users(day + timedelta(days=1))
    latest = np.minimum(plan.after - SESSION_GAP, midnight(day) + 2 * DAY - 20 * MINUTE)
    latest = np.minimum(latest, users.deleted_at[heads.user])
    clock = heads.bot == BOT_CLOCK
    latest = np.where(clock, np.minimum(latest, heads.start + 84_000 * SECOND), latest)
    return (start - begin)[s] + elapsed[:-1], latest[s]


def _apart(heads: Heads, length: Ints) -> Ints:
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


def _sessions(
    world: World, day: date, lateness: int, plan: _Plan, kept: Bools, times: tuple[Ints, Ints]
) -> tuple[Sessions, Ints]:
    """The sessions that kept a play, numbered by their start; and the row in them of each head (-1: none).

    Args:
        kept: whether each play is.
        times: start and end of each play.
    """
    m = len(plan.heads)
    start, end = times
    # Plays of a session stand together, and each intends one at least.
    first = np.cumsum(plan.count) - plan.count
    ends = np.maximum.reduceat(np.where(kept, end, 0), first)
    begins = np.minimum.reduceat(np.where(kept, start, NEVER), first)
    alive = np.flatnonzero(ends)
    alive = alive[in_order(begins[alive])]
    row = np.full(m, -1, dtype=np.int64)
    row[alive] = np.arange(len(alive))
    heads = plan.heads.take(alive)
    ids = _ids(day, lateness, begins[alive])
    tier = plan.tier[alive]
    moved = np.flatnonzero(begins[alive] != heads.start)
    if len(moved):
        tier[moved] = tier_function()(world, heads.user[moved] + 1, begins[alive][moved])
    hidden = hash_uniform(world.seed, "ip.city_unknown", ids) < UNKNOWN_CITY_SHARE
    made = Sessions(
        session_id=ids,
        user=heads.user,
        device=heads.device,
        device_kind=heads.device_kind,
        city=heads.city,
        logged_city=np.where(hidden, -1, heads.city + 1),
        tier=tier,
        bot=heads.bot,
        start=begins[alive],
        end=ends[alive],
        arrived_at=_arrival(day, lateness, ends[alive], plan.delay[alive]),
    )
    return made, row


def dense_sequence(ids: Ints) -> Ints:
    """A number below 60,000,000, unique within the day, for ids of sessions or plays that did not come late.

    For what needs several ids of its own for each of them.
    """
    sequence = ids % DAY_ID_SPAN
    return np.where(sequence >= SPILL_SEQUENCE, sequence - SPILL_SEQUENCE + 30_000_000, sequence)


def _base(lateness: int) -> int:
    """First sequence of the sessions and plays of a batch."""
    return LATE_SEQUENCE + LATENESS.index(lateness) * LATE_SPAN if lateness else 0


def _ids(day: date, lateness: int, start: Ints) -> Ints:
    """Ids of sessions or plays in order of start; those past midnight belong to the next day."""
    n = len(start)
    today = int(np.searchsorted(start, midnight(day) + DAY))
    base = _base(lateness)
    spill = base + LATE_SPAN // 2 if lateness else SPILL_SEQUENCE
    return np.concatenate(
        [
            event_base(day) + base + np.arange(today),
            event_base(day + timedelta(days=1)) + spill + np.arange(n - today),
        ]
    )


def _arrival(day: date, lateness: int, end: Ints, uniform: Floats) -> Ints:
    """When a session's rows arrive: soon after its end, or some time on the day on which it is due."""
    soon: Ints = end + 2 * SECOND + np.minimum(-np.log1p(-uniform) * 25 * SECOND, 5 * MINUTE).astype(np.int64)
    if lateness == 0:
        return soon
    due = midnight(day + timedelta(days=lateness))
    late: Ints = np.clip(np.maximum(due + (uniform * DAY).astype(np.int64), soon), due, due + DAY - 1)
    return late


_SURFACE = np.array([0, 2, 3, 0, 1, 0, 2, 6], dtype=np.int8)
"""Referrer of a session's first play by context."""


def _referrer(context: Small, k: Ints, uniform: NDArray[np.float32]) -> Small:
    """Surface the play came from."""
    surface = _SURFACE.take(context)
    np.copyto(surface, 4, where=uniform > 0.97)
    np.copyto(surface, 5, where=uniform > 0.985)
    np.copyto(surface, 6, where=k > 0)
    return surface
