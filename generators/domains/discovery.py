"""What listeners search, are recommended, keep and pass on."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, NEVER, SECOND
from generators.core.changes import changes
from generators.core.choice import FROM_OWN_LANGUAGE, song_choice
from generators.core.keepsakes import Keepsakes, keepsakes
from generators.core.listening import Plays, Sessions, arriving
from generators.core.order import in_order
from generators.core.people import BOT_NONE
from generators.core.plays import FREE, LATE_SEQUENCE, dense_sequence, tier_function
from generators.core.random import Bools, Ints, exponential, hash_bits, hash_uniform, normal, pick
from generators.core.songs_played import RECOMMENDATION, SEARCH
from generators.core.tables import Coded, hex_text, make_table, thousandths
from generators.core.texts import written, written_in
from generators.core.world import World
from generators.ddl import DAY_ID_SPAN

_SHARE_TYPES = ("repost", "quote", "external", "link")
_PLATFORMS = ("whatsapp", "instagram", "x", "telegram", "facebook")
_CLASSES = ("title", "artist", "album", "lyrics", "genre", "mood", "podcast")
_LIST_KINDS = ("daily_mix", "discover_weekly", "radio", "home")
_REASONS = ("repeat", "similar_listeners", "same_artist", "trending", "new_release", "editorial")
_LIST_LENGTH = 10
_SESSIONS_PER_LIST = 8
"""One session in so many has its list logged."""
_UNANSWERED = 500_000_000
"""First sequence of searches after which nothing was played."""


def opening(world: World) -> dict[str, pa.Table]:
    """Libraries so far."""
    return {"saves": _saves(world, None, world.first_day)}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """What arrives on a UTC day."""
    sessions, plays = arriving(world, arrival_day)
    return {
        "shares": _shares(world, plays, arrival_day),
        "saves": _saves(world, arrival_day, arrival_day + timedelta(days=1)),
        "search_queries": _searches(world, plays, arrival_day),
        "recommendations": _recommendations(world, sessions, plays, arrival_day),
    }


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    return {"saves": saves_of(world).before(until)}


def within_day(at: Ints, of: Ints) -> Ints:
    """Instants held within the UTC day of others: ids tell the day of what follows from a play."""
    begin = of // DAY * DAY
    return np.clip(at, begin, begin + DAY - 1)


def _shares(world: World, plays: Plays, arrival_day: date) -> pa.Table:
    """People pass on one play in a hundred; the id is the play's."""
    seed = world.seed
    chosen = (hash_uniform(seed, "shares", plays.stream_id) < 0.011) & (plays.bot == BOT_NONE)
    shared = plays.some(chosen & ~np.asarray(plays.is_skipped, dtype=bool))
    key = shared.stream_id
    kind = pick(hash_uniform(seed, "shares.kind", key), np.array([0.3, 0.12, 0.4, 0.18]))
    at = within_day(shared.start + shared.true_ms.astype(np.int64) * 700, shared.start)
    leaves = kind >= 2
    token = hex_text(np.stack([hash_bits(seed, f"shares.token.{i}", key) for i in range(2)], axis=1))
    language = world.users(arrival_day + timedelta(days=1)).language[shared.user]
    caption = written(world, "caption", language, key)
    return make_table(
        "shares",
        {
            "share_id": key,
            "user_id": shared.user + 1,
            "content_id": shared.song + 1,
            "post_id": None,
            "share_type": Coded(kind, _SHARE_TYPES),
            "platform": Coded(
                np.where(kind == 2, pick(hash_uniform(seed, "shares.to", key), np.array([50, 25, 8, 10, 7.0])), -1),
                _PLATFORMS,
            ),
            "caption": Coded(np.where(kind == 1, caption.indices.to_numpy(), -1), caption.dictionary),
            "share_token": _where(leaves, token),
            "shared_at": at,
            "expires_at": np.where(leaves & (hash_uniform(seed, "shares.ends", key) < 0.3), at + 30 * DAY, NEVER),
            "arrived_at": shared.arrived_at,
        },
    )


def _where(kept: Bools, text: pa.Array) -> pa.Array:
    """Texts, null where they are not kept."""
    return Coded(np.where(kept, np.arange(len(kept)), -1), text) if len(kept) else text


def saves_of(world: World) -> Keepsakes:
    """What accounts keep, each recording once."""
    return keepsakes(world, "saves", slots=10, mean_gap=55 * DAY)


def is_planted_download(world: World, row: Ints) -> Bools:
    """Whether a recording (row) may be downloaded whatever the plan: what is planted among those without downloads."""
    return np.asarray(hash_uniform(world.seed, "breaches.downloads", row) < world.effect("breaches.downloads"))


def _saves(world: World, begin: date | None, until: date) -> pa.Table:
    """Library saves, and downloads by those whose plan allows them at that instant."""
    world.reach(until)
    kept, seed = saves_of(world), world.seed

    def instants() -> list[Ints]:
        wait = exponential(hash_uniform(seed, "saves.removed", np.arange(len(kept))), 800.0 * DAY).astype(np.int64)
        removed = kept.at + HOUR + wait
        return [kept.at, np.where(removed < kept.end, removed, NEVER)]

    found = changes(world, "saves", instants, begin, until)
    row = found.row
    user, at = kept.user[row].astype(np.int64), kept.at[row]
    paid = tier_function()(world, user + 1, at) > FREE
    download = (paid | is_planted_download(world, row)) & (hash_uniform(seed, "saves.download", row) < 0.45)
    matrix, _ = world.user_devices(world.horizon)
    removed = found.number == 1
    return make_table(
        "saves",
        {
            "save_id": row + 1,
            "user_id": user + 1,
            "content_id": kept.song[row] + 1,
            "save_type": Coded(download.astype(np.int64), ("library", "download")),
            # An account's first device is a minute older than anything it keeps.
            "device_id": np.where(download, matrix[user, 0] + 1, -1),
            "saved_at": at,
            "removed_at": np.where(removed, found.at, NEVER),
            **found.metadata,
        },
    )


def _searches(world: World, plays: Plays, arrival_day: date) -> pa.Table:
    """A search before each play by search, and one in four of them again without a choice.

    The answer's time has its 95th percentile near 150 ms.
    """
    seed = world.seed
    online = (plays.context == SEARCH) & (plays.bot == BOT_NONE) & ~np.asarray(plays.is_offline, dtype=bool)
    played = plays.some(online)
    vain = played.some(hash_uniform(seed, "searches.vain", played.stream_id) < 0.25)
    key = np.concatenate([played.stream_id, vain.stream_id + _UNANSWERED])
    found = np.arange(len(key)) < len(played)

    def both(name: str) -> Ints:
        return np.concatenate([getattr(played, name), getattr(vain, name)])

    start, user = both("start"), both("user")
    think = 2 * SECOND + exponential(hash_uniform(seed, "searches.think", key), 5.0 * SECOND).astype(np.int64)
    clicked = start - both("startup_ms").astype(np.int64) * 1_000
    at = np.where(found, clicked - think, clicked - think - 20 * SECOND)
    at = within_day(at, start)
    clicked = np.maximum(clicked, at + 200_000)
    users = world.users(arrival_day + timedelta(days=1))
    rank = 1 + np.minimum(exponential(hash_uniform(seed, "searches.rank", key), 1.7).astype(np.int64), 19)
    count = rank + (hash_uniform(seed, "searches.count", key) * 180).astype(np.int64)
    none = ~found & (hash_uniform(seed, "searches.none", key) < 0.3)
    latency = 14 + np.exp(normal(hash_uniform(seed, "searches.latency", key)) * 0.55 + np.log(48.0))
    return make_table(
        "search_queries",
        {
            "search_query_id": key,
            "user_id": user + 1,
            "device_id": both("device") + 1,
            "session_id": np.where(found, both("session_id"), -1),
            "searched_at": at,
            "query_class": Coded(
                pick(hash_uniform(seed, "searches.class", key), np.array([42, 31, 9, 6, 5, 4, 3.0])), _CLASSES
            ),
            "query_length": 2 + (hash_uniform(seed, "searches.length", key) ** 1.5 * 28).astype(np.int64),
            "language_id": written_in(users.language[user], world.ref.language_codes) + 1,
            "surface": Coded(
                (hash_uniform(seed, "searches.surface", key) < 0.4).astype(np.int64), ("autocomplete", "results")
            ),
            "has_typo": hash_uniform(seed, "searches.typo", key) < np.where(found, 0.12, 0.3),
            "result_count": np.where(none, 0, count),
            "latency_ms": latency.astype(np.int64),
            "clicked_content_id": np.where(found, both("song") + 1, -1),
            "clicked_rank": np.where(found, rank, -1),
            "clicked_at": np.where(found, clicked, NEVER),
            "arrived_at": both("arrived_at"),
        },
    )


def _recommendations(world: World, sessions: Sessions, plays: Plays, arrival_day: date) -> pa.Table:
    """The list of one session in eight: ten recordings, of which the first that was played from it is known."""
    seed = world.seed
    due = hash_uniform(seed, "recommendations.sampled", sessions.session_id) < 1 / _SESSIONS_PER_LIST
    prompt = sessions.session_id % DAY_ID_SPAN < LATE_SEQUENCE
    shown = sessions.some(due & prompt & (sessions.bot == BOT_NONE))
    n = len(shown)
    made = (shown.start - 2 * HOUR) // DAY * DAY + 2 * HOUR
    served = within_day(np.maximum(shown.start - 30 * SECOND, made + SECOND), shown.start)
    answer = _first_answers(shown, plays)
    answered = answer >= 0
    song = plays.song[np.maximum(answer, 0)].astype(np.int64) if len(plays) else np.zeros(n, dtype=np.int64)
    # Only what was out when the list was made can stand on it.
    answered &= world.songs(arrival_day + timedelta(days=1)).created_at[song] < made
    at_rank = np.minimum(exponential(hash_uniform(seed, "recommendations.at", shown.session_id), 2.2), _LIST_LENGTH - 1)
    row = np.repeat(np.arange(n), _LIST_LENGTH)
    rank = np.tile(np.arange(_LIST_LENGTH), n)
    session = shown.session_id[row]
    users = world.users(arrival_day + timedelta(days=1))
    listed = song_choice(world, arrival_day - timedelta(days=2)).choose(
        hash_uniform(seed, "recommendations.song", session, rank),
        users.taste_language[shown.user[row]],
        hash_uniform(seed, "recommendations.own", session, rank) < FROM_OWN_LANGUAGE,
    )
    hit = answered[row] & (rank == at_rank.astype(np.int64)[row])
    began = plays.start[np.maximum(answer, 0)][row] if len(plays) else np.zeros(len(row), dtype=np.int64)
    stream = plays.stream_id[np.maximum(answer, 0)][row] if len(plays) else began
    score = 0.97 - rank * 0.06 + 0.05 * (hash_uniform(seed, "recommendations.score", session, rank) - 0.5)
    return make_table(
        "recommendations",
        {
            "recommendation_id": session // DAY_ID_SPAN * DAY_ID_SPAN + dense_sequence(session) * 16 + rank,
            "user_id": shown.user[row] + 1,
            "session_id": session,
            "served_at": served[row],
            "list_kind": Coded(
                pick(hash_uniform(seed, "recommendations.list", session), np.array([0.35, 0.2, 0.2, 0.25])), _LIST_KINDS
            ),
            "list_rank": rank + 1,
            "content_id": np.where(hit, song[row], listed) + 1,
            "reason": Coded(
                pick(hash_uniform(seed, "recommendations.reason", session, rank), np.array([25, 35, 15, 12, 8, 5.0])),
                _REASONS,
            ),
            "model_version": "recs-7.2",
            "score": thousandths(score),
            "generated_at": made[row],
            "clicked_at": np.where(hit, np.maximum(began - SECOND, served[row] + 1), NEVER),
            "stream_id": np.where(hit, stream, -1),
            "arrived_at": shown.arrived_at[row],
        },
    )


def _first_answers(shown: Sessions, plays: Plays) -> Ints:
    """Row of the first play by recommendation in each session; -1 where there is none."""
    row = np.flatnonzero(plays.context == RECOMMENDATION)
    answer = np.full(len(shown), -1, dtype=np.int64)
    if len(row) and len(shown):
        row = row[in_order(plays.session_id[row])]
        of = plays.session_id[row]
        place = np.minimum(np.searchsorted(of, shown.session_id), len(of) - 1)
        answer = np.where(of[place] == shown.session_id, row[place], -1)
    return answer
