"""Sessions, plays, utterances, reactions, follows and playlists; with the opening's listening history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.core import names
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, days_since_epoch, midnight
from generators.core.changes import Changes, changes
from generators.core.columns import Columns, concatenate
from generators.core.follows import follows
from generators.core.listening import Plays, Sessions, arriving
from generators.core.order import in_order
from generators.core.playlists import ROTATION, SPONSORS, TYPES, item_song, playlists, renewals
from generators.core.plays import BASES, CODECS, QUALITIES, REFERRERS, SKIP_REASONS
from generators.core.random import Bools, Floats, Ints, Small, exponential, hash_bits, hash_uniform, pick
from generators.core.songs_played import CONTEXTS, VOICE
from generators.core.tables import Coded, InParts, hex_text, make_table, only, thousandths
from generators.core.texts import written
from generators.core.world import World
from generators.domains.identity import app_release, app_versions, os_of

_EDGES = ("bom1", "del1", "maa1", "gru1", "for1", "cgk1", "sin1", "fra1", "iad1", "syd1", "dxb1")
REACTIONS = ("like", "love", "fire", "laugh", "sad", "wow")
_INTENTS = (
    "PlaySongIntent", "PlayArtistIntent", "PlayGenreIntent", "PlayPlaylistIntent",
    "AMAZON.NextIntent", "AMAZON.PauseIntent", "SetVolumeIntent",
)  # fmt: skip
_SAID = {
    "en": ("play {}", "play songs by that artist", "play some {} music", "play my playlist", "next", "pause", "louder"),
    "hi": ("{} बजाओ", "उसी गायक के गाने बजाओ", "{} संगीत बजाओ", "मेरी प्लेलिस्ट बजाओ", "अगला", "रोको", "तेज़ करो"),
    "ta": ("{} பாடு", "அந்தப் பாடகரின் பாடல்கள்", "{} இசை போடு", "என் பட்டியலைப் போடு", "அடுத்தது", "நிறுத்து", "சத்தமாக"),
    "pt": ("toca {}", "toca músicas desse artista", "toca {}", "toca minha playlist", "próxima", "pausa", "aumenta"),
    "id": (
        "putar {}",
        "putar lagu penyanyi itu",
        "putar musik {}",
        "putar daftar putarku",
        "berikutnya",
        "jeda",
        "keraskan",
    ),
}


def opening(world: World) -> dict[str, pa.Table | InParts]:
    """Follows, playlists and the opening's listening; no streams."""
    items = _items(world, None, world.first_day)
    return {
        **_entities(world, None, world.first_day),
        # There are more of them than of anything else.
        "playlist_items": InParts(len(items), lambda rows: _items_table(world, items.part(rows))),
        "opening_listening_days": _opening_days(world),
        "opening_song_streams": opening_songs(world),
    }


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """What arrives on a UTC day."""
    sessions, plays = arriving(world, arrival_day)
    until = arrival_day + timedelta(days=1)
    return {
        "listening_sessions": sessions_table(world, sessions),
        "voice_commands": _voice(world, sessions, plays, arrival_day),
        "streams": streams_table(world, plays),
        "reactions": _reactions(world, plays, arrival_day),
        **_entities(world, arrival_day, until),
        "playlist_items": _items_table(world, _items(world, arrival_day, until)),
    }


def _entities(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until)
    return {
        "follows": _follows(world, begin, until),
        "playlists": _playlists(world, begin, until),
    }


def sessions_table(world: World, sessions: Sessions) -> pa.Table:
    """The session log."""
    seed, devices = world.seed, world.devices(world.horizon)
    key = sessions.session_id
    behind = (hash_uniform(seed, "sessions.app_lag", sessions.device) ** 4 * 6).astype(np.int64)
    _, os_version = os_of(sessions.device_kind, devices.variant[sessions.device])
    newer = devices.updated_at[sessions.device] <= sessions.start
    vanished = hash_uniform(seed, "sessions.vanished", key) < 0.03
    return make_table(
        "listening_sessions",
        {
            "session_id": key,
            "user_id": sessions.user + 1,
            "device_id": sessions.device + 1,
            "ip_country_id": world.ref.city_country[sessions.city] + 1,
            "city_id": sessions.logged_city,
            "started_at": sessions.start,
            "ended_at": np.where(vanished, NEVER, sessions.end),
            "app_version": app_versions(app_release(sessions.start // DAY) - behind),
            "os_version": Coded(
                os_version.codes + newer * len(os_version.vocabulary),
                [*os_version.vocabulary, *(f"{v}.1" for v in os_version.vocabulary)],
            ),
            "trace_id": session_traces(seed, key),
            "arrived_at": sessions.arrived_at,
        },
    )


def session_traces(seed: int, key: Ints) -> pa.Array:
    """Traces of sessions, null for the few that have none."""
    trace = hex_text(
        np.stack([hash_bits(seed, "sessions.trace.a", key), hash_bits(seed, "sessions.trace.b", key)], axis=1)
    )
    return _masked(trace, hash_uniform(seed, "sessions.traced", key) < 0.97)


def _masked(text: pa.Array, keep: Bools) -> pa.Array:
    """Texts with null where not kept."""
    return pc.if_else(pa.array(keep), text, pa.scalar(None, pa.string()))


def _edge_of_city(world: World) -> Small:
    """The edge from which each city is served; within India and Brazil by latitude."""
    by_code = {"BR": 3, "AR": 3, "ID": 5, "SG": 6, "MY": 6, "TH": 6, "VN": 6, "PH": 6, "AU": 9, "JP": 6, "KR": 6}
    by_code |= {code: 7 for code in ("GB", "PT", "DE", "FR", "ES", "IT", "NL", "IE", "SE", "CH", "ZA")}
    by_code |= {"US": 8, "CA": 8, "MX": 8, "AE": 10, "SA": 10, "QA": 10}
    ref = world.ref
    edge = np.array([by_code.get(c["code"], 0) for c in ref.countries], dtype=np.int8)[ref.city_country]
    south = ref.city_latitude
    edge = np.where((edge == 0) & (south > 25), 1, np.where((edge == 0) & (south < 15), 2, edge))
    return np.where((edge == 3) & (south > -15), 4, edge).astype(np.int8)


def streams_table(world: World, plays: Plays) -> pa.Table:
    """The play log."""
    ref = world.ref
    # Not by brackets, which take three times as long for places of fewer than 64 bits.
    country = ref.city_country.take(plays.city)
    edge = world.remember("edges of cities", lambda: _edge_of_city(world)).take(plays.city)
    edge[plays.is_offline] = -1
    voice = plays.context == VOICE
    return make_table(
        "streams",
        {
            "stream_id": plays.stream_id,
            "user_id": plays.user + 1,
            "content_id": plays.song + 1,
            "device_id": plays.device + 1,
            "session_id": plays.session_id,
            "started_at": plays.start,
            "startup_ms": plays.startup_ms,
            "played_ms": plays.played_ms,
            "played_ms_basis": Coded(plays.basis, BASES),
            "is_completed": plays.is_completed,
            "is_skipped": plays.is_skipped,
            "skip_reason": Coded(plays.skip_reason, SKIP_REASONS),
            "is_shuffle": plays.is_shuffle,
            "is_offline": plays.is_offline,
            "context_type": Coded(plays.context, CONTEXTS),
            "context_id": plays.context_id,
            "referrer": Coded(plays.referrer, REFERRERS),
            "codec": Coded(plays.quality, CODECS),
            "quality": Coded(plays.quality, QUALITIES),
            "cdn_edge": Coded(edge, _EDGES),
            "ip_country_id": country + 1,
            "city_id": plays.logged_city,
            "voice_command_id": np.where(voice, plays.stream_id, -1),
            "arrived_at": plays.arrived_at,
        },
    )


def _voice(world: World, sessions: Sessions, plays: Plays, arrival_day: date) -> pa.Table:
    """One utterance for each play by voice, and some that start nothing; its id derives from the play's."""
    seed = world.seed
    spoken = plays.some(plays.context == VOICE)
    silent = spoken.some(hash_uniform(seed, "voice.silent", spoken.stream_id) < 0.2)
    user = np.concatenate([spoken.user, silent.user])
    device = np.concatenate([spoken.device, silent.device])
    city = np.concatenate([spoken.logged_city, silent.logged_city])
    key = np.concatenate([spoken.stream_id, silent.stream_id + 20_000_000])
    start = np.concatenate([spoken.start, silent.start])
    before = (1_500_000 + hash_uniform(seed, "voice.before", key) * 2_000_000).astype(np.int64)
    after = len(spoken) <= np.arange(len(key))
    at = np.where(after, start + 900_000, start - before)
    at = np.clip(at, start // DAY * DAY, start // DAY * DAY + DAY - 1)
    users = world.users(arrival_day + timedelta(days=1))
    codes = world.ref.language_codes
    spoken_languages = np.array([codes.index(c) if c in _SAID else codes.index("en") for c in codes])
    language = spoken_languages[users.language[user]]
    intent = pick(hash_uniform(seed, "voice.intent", key), np.array([0.55, 0.2, 0.15, 0.1]))
    intent = np.where(after, 4 + (hash_uniform(seed, "voice.stop", key) * 3).astype(np.int64), intent)
    song = np.concatenate([spoken.song, np.full(len(silent), -1)])
    which = np.array([list(_SAID).index(code) if code in _SAID else 0 for code in codes])
    confidence = 0.55 + 0.45 * hash_uniform(seed, "voice.confidence", key) ** 0.4
    return make_table(
        "voice_commands",
        {
            "voice_command_id": key,
            "user_id": user + 1,
            "device_id": device + 1,
            "spoken_at": at,
            "utterance": _utterances().draw(
                which[language] * len(_INTENTS) + intent, hash_uniform(seed, "voice.text", key)
            ),
            "intent": Coded(intent, _INTENTS),
            "language_id": language + 1,
            "confidence": thousandths(confidence),
            "city_id": city,
            "resolved_content_id": np.where(song < 0, -1, song + 1),
            "arrived_at": np.concatenate([spoken.arrived_at, silent.arrived_at]),
        },
    )


@cache
def _utterances() -> names.Pools:
    """What is said in each language with each intent."""
    return names.Pools.of(
        [
            [form.format(title) for title in names.titles(code)[:40]] if "{}" in form else [form]
            for code, forms in _SAID.items()
            for form in forms
        ]
    )


def _reactions(world: World, plays: Plays, arrival_day: date) -> pa.Table:
    """Reactions of people to what they hear to the end; the id is the play's."""
    seed = world.seed
    draw = hash_uniform(seed, "reactions", plays.stream_id)
    liked = plays.some((draw < 0.045) & (plays.is_skipped == 0) & (plays.bot == 0))
    inside = hash_uniform(seed, "reactions.at", liked.stream_id) * np.maximum(liked.true_ms, 1) * 1_000
    at = np.minimum(liked.start + inside.astype(np.int64), liked.start // DAY * DAY + DAY - 1)
    return make_table(
        "reactions",
        {
            "reaction_id": liked.stream_id,
            "user_id": liked.user + 1,
            "target_type": "content",
            "target_id": liked.song + 1,
            "reaction_type": Coded(
                pick(hash_uniform(seed, "reactions.kind", liked.stream_id), np.array([62, 22, 9, 2, 2, 3.0])), REACTIONS
            ),
            "reacted_at": at,
            "arrived_at": liked.arrived_at,
        },
    )


def _follows(world: World, begin: date | None, until: date) -> pa.Table:
    """Follows; a change row when one ends."""
    every = follows(world)
    found = changes(world, "follows", lambda: [every.begun_at, every.ended_at], begin, until)
    row = found.row
    return make_table(
        "follows",
        {
            "follow_id": row + 1,
            "follower_user_id": every.follower[row] + 1,
            "target_type": Coded(every.to_user[row].astype(np.int64), ("artist", "user")),
            "target_id": every.target[row] + 1,
            "followed_at": every.begun_at[row],
            "unfollowed_at": np.where(every.ended_at[row] <= found.at, every.ended_at[row], NEVER),
            **found.metadata,
        },
    )


def _playlists(world: World, begin: date | None, until: date) -> pa.Table:
    listed, _ = playlists(world, world.horizon)
    seed = world.seed
    editorial = listed.kind == 2
    weekly = _renewal_instants(world, world.horizon)

    def instants() -> list[Ints]:
        renewed = [np.where(editorial, at, NEVER) for at in weekly]
        return [listed.created_at, listed.renamed_at, listed.deleted_at, *renewed]

    found = changes(world, "playlists", instants, begin, until)
    row = found.row
    renewals_so_far = np.searchsorted(np.array(weekly, dtype=np.int64), found.at, side="right")
    version = 1 + (listed.renamed_at[row] <= found.at) + np.where(editorial[row], renewals_so_far, 0)
    deleted = listed.deleted_at[row] <= found.at
    titles = names.pools_of(names.titles, world.ref.language_codes)
    renamed = (listed.renamed_at[row] <= found.at).astype(np.int64)
    key, number = listed.key[row], pa.array(row + 1).cast(pa.string())
    about = written(world, "playlist_about", listed.language[row], key)
    told = editorial[row] | (
        hash_uniform(seed, "playlists.described", key) < np.where(listed.owner[row] >= 0, 0.2, 0.0)
    )
    pictured = editorial[row] | (hash_uniform(seed, "playlists.pictured", key) < 0.15)
    # Advertisers of the opening take turns; a list keeps its sponsor.
    sponsored = editorial[row] & (hash_uniform(seed, "playlists.sponsored", key) < 0.25)
    sponsor = 1 + (hash_uniform(seed, "playlists.sponsor", key) * SPONSORS).astype(np.int64)
    return make_table(
        "playlists",
        {
            "playlist_id": row + 1,
            "owner_user_id": np.where(listed.owner[row] >= 0, listed.owner[row] + 1, -1),
            "name": titles.draw(listed.language[row], hash_uniform(seed, "playlists.name", listed.key[row], renamed)),
            "playlist_type": Coded(listed.kind[row], TYPES),
            "is_public": listed.is_public[row],
            "is_collaborative": listed.is_collaborative[row],
            "version_no": version,
            "created_at": listed.created_at[row],
            "deleted_at": np.where(deleted, listed.deleted_at[row], NEVER),
            "description": Coded(np.where(told, about.indices.to_numpy(), -1), about.dictionary),
            "cover_url": only(names.join("https://images.sonic.example/playlists/", number, ".jpg"), pictured),
            "sponsor_advertiser_id": np.where(sponsored, sponsor, -1),
            **found.metadata,
        },
    )


def _renewal_instants(world: World, until: date) -> list[int]:
    """Instants at which editorial lists were renewed before ``until``: Fridays five minutes past midnight."""
    count = renewals(world, until - timedelta(days=1)) if until > world.first_day else 0
    friday = world.first_day + timedelta(days=(4 - world.first_day.weekday()) % 7)
    return [midnight(friday + timedelta(weeks=i)) + 5 * MINUTE for i in range(count)]


def _items(world: World, begin: date | None, until: date) -> Changes:
    """Entries at creation, one more a fortnight on average for lists of accounts, weekly renewals by editors."""
    every = playlist_entries(world)
    return changes(world, "items", lambda: [every.added_at, every.removed_at], begin, until)


def _items_table(world: World, found: Changes) -> pa.Table:
    listed, _ = playlists(world, world.horizon)
    entries = playlist_entries(world).take(found.row)
    lists, slots = entries.lists, entries.slot.astype(np.int64)
    owner = listed.owner[lists]
    song = item_song(world, listed.key[lists], listed.language[lists], slots, entries.renewed)
    return make_table(
        "playlist_items",
        {
            "playlist_item_id": found.row + 1,
            "playlist_id": lists.astype(np.int64) + 1,
            "content_id": song + 1,
            "position": slots + 1,
            "added_by_user_id": np.where((owner >= 0) & (listed.kind[lists] == 0), owner + 1, -1),
            "added_at": entries.added_at,
            "removed_at": np.where(entries.removed_at <= found.at, entries.removed_at, NEVER),
            **found.metadata,
        },
    )


@dataclass(frozen=True)
class Entries(Columns):
    """Entries of playlists by the instant at which they are added; row i has the id i + 1.

    There are some sixty for each account: they are narrow.
    """

    lists: Small
    """Row of the list."""
    slot: Small
    renewed: Small
    """How often the slot has been renewed by editors before."""
    added_at: Ints
    removed_at: Ints


def playlist_entries(world: World) -> Entries:
    """Every entry of the horizon."""
    return world.remember(("items", world.horizon), lambda: _make_entries(world, world.horizon), keep=1)


def _make_entries(world: World, until: date) -> Entries:
    listed, _ = playlists(world, world.horizon)
    seed = world.seed
    mine = np.flatnonzero(listed.kind == 0)
    parts: list[tuple[Ints, Ints, int, Ints]] = []
    rows = np.repeat(np.arange(len(listed)), listed.length)
    slots = np.arange(len(rows)) - np.repeat(np.cumsum(listed.length) - listed.length, listed.length)
    parts.append((rows, slots, 0, listed.created_at[rows] + slots * SECOND))
    extra = 10
    lists = np.repeat(mine, extra)
    number = np.tile(np.arange(extra), len(mine))
    gap = exponential(hash_uniform(seed, "items.gap", listed.key[lists], number), 45.0 * DAY).astype(np.int64) + HOUR
    later = listed.created_at[lists] + 5 * MINUTE + np.cumsum(gap.reshape(-1, extra), axis=1).ravel()
    later = np.where(later < listed.deleted_at[lists], later, NEVER)
    parts.append((lists, listed.length[lists] + number, 0, later))
    editorial = np.flatnonzero(listed.kind == 2)
    for week, instant in enumerate(_renewal_instants(world, until)):
        slot = np.arange(week % ROTATION, int(listed.length[editorial[0]]), ROTATION)
        lists = np.repeat(editorial, len(slot))
        slot = np.tile(slot, len(editorial))
        parts.append((lists, slot, week // ROTATION + 1, np.full(len(slot), instant)))
    every = concatenate([_narrow(midnight(until), *part) for part in parts])
    del rows, slots, lists, number, gap, later, parts
    every = every.take(in_order(every.slot, every.lists, every.added_at))
    lasts = exponential(hash_uniform(seed, "items.removed", listed.key[every.lists], every.slot), 1_500.0 * DAY)
    removed = every.added_at + DAY + lasts.astype(np.int64)
    kept = (listed.kind[every.lists] != 0) | (removed >= listed.deleted_at[every.lists])
    removed[kept] = NEVER
    by_editors = np.flatnonzero(listed.kind[every.lists] == 2)
    removed[by_editors] = _replaced(world, every.slot[by_editors], every.renewed[by_editors])
    return replace(every, removed_at=removed)


def _narrow(end: int, lists: Ints, slots: Ints, renewed: int, at: Ints) -> Entries:
    """Entries added before an instant; when they are removed is not known yet."""
    row = np.flatnonzero(at < end)
    return Entries(
        lists=lists[row].astype(np.int32),
        slot=slots[row].astype(np.int16),
        renewed=np.full(len(row), renewed, dtype=np.int16),
        added_at=at[row],
        removed_at=np.broadcast_to(np.int64(NEVER), len(row)),
    )


def _replaced(world: World, slots: Small, renewed: Small) -> Ints:
    """Instant at which an editorial entry gives way to the next in its slot."""
    friday = world.first_day + timedelta(days=(4 - world.first_day.weekday()) % 7)
    weeks = slots.astype(np.int64) % ROTATION + renewed.astype(np.int64) * ROTATION
    return midnight(friday) + 5 * MINUTE + weeks * 7 * DAY


def _opening_days(world: World) -> pa.Table:
    """Listening of the 29 local days before the data, from each account's habits."""
    users, seed = world.users(world.first_day), world.seed
    parts: list[tuple[Ints, Ints, Floats]] = []
    for back in range(29, 0, -1):
        local = world.first_day - timedelta(days=back)
        begin = midnight(local)
        rate = users.activity * np.where(users.lapsed_at <= begin, 0.05, 1.0)
        rate *= (users.signup_at < begin) & (users.deleted_at > begin + DAY) & (users.suspended_at > begin + DAY)
        rng = world.rng("opening.days", local)
        sessions = rng.poisson(np.minimum(rate, 6.0))
        minutes = rng.random(len(users))
        row = np.flatnonzero(sessions)
        parts.append((row, np.full(len(row), days_since_epoch(local)), sessions[row] * (6 + 60 * minutes[row] ** 1.5)))
    user, local_day, minutes = (np.concatenate(p) for p in zip(*parts, strict=True))
    arrived = midnight(world.first_day) - HOUR
    extra = (hash_uniform(seed, "opening.days.ms", user, local_day) * 60_000).astype(np.int64)
    return make_table(
        "opening_listening_days",
        {
            "user_id": user + 1,
            "local_date": local_day,
            "played_ms": (minutes * 60_000).astype(np.int64) + extra,
            "arrived_at": arrived,
        },
    )


def opening_songs(world: World) -> pa.Table:
    """Qualified streams per recording and month of the year before the data: its share of a growing total."""
    songs = world.songs(world.first_day)
    share = songs.weight / songs.weight.sum()
    first = world.first_day.replace(day=1)
    months = []
    for back in range(12, 0, -1):
        number = first.year * 12 + first.month - 1 - back
        months.append(date(number // 12, number % 12 + 1, 1))
    parts: list[tuple[Ints, Ints, Ints]] = []
    for age, month in zip(range(12, 0, -1), months, strict=True):
        following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        growing = 12_000 * world.scale * 30 * 0.63 * 0.96**age
        alive = songs.created_at < midnight(following)
        expected = share * growing * alive
        count = np.floor(expected + world.rng("opening.songs", month).random(len(songs))).astype(np.int64)
        row = np.flatnonzero(count)
        parts.append((row, np.full(len(row), days_since_epoch(month)), count[row]))
    row, month_start, count = (np.concatenate(p) for p in zip(*parts, strict=True))
    return make_table(
        "opening_song_streams",
        {
            "song_id": row + 1,
            "month_start": month_start,
            "qualified_streams": count,
            "arrived_at": midnight(world.first_day) - HOUR,
        },
    )
