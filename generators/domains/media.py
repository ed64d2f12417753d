"""Podcasts, episodes, videos, reels and stories, and the content that they are, as change rows."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import NEVER, midnight
from generators.core.changes import Changes, changes
from generators.core.media import (
    EPISODE_BASE,
    REEL_BASE,
    VIDEO_BASE,
    VIDEO_TYPES,
    allows_comments,
    allows_downloads,
    episodes,
    last_content_id,
    podcasts,
    reels,
    videos,
)
from generators.core.random import Ints, hash_uniform, pick
from generators.core.tables import Coded, Values, make_table, uuids
from generators.core.texts import song_titles, written, written_in
from generators.core.world import World

_SEASON = 12
"""Episodes of a season."""
_SUFFIXES = ("(Official Video)", "(Behind the Scenes)", "(Live)", "(Tutorial)", "(Vlog)")
_FORMATS = (("16:9", "1920x1080"), ("16:9", "3840x2160"), ("4:3", "1440x1080"), ("9:16", "1080x1920"))
_EFFECTS = ("[]", '["slow_motion"]', '["duet"]', '["green_screen", "captions"]', '["vhs"]')
_EFFECT_SHARE = np.array([5, 2, 2, 1, 1.0])
_HASHTAGS = (
    '["newmusic"]', '["naya", "gaana"]', '["isai"]', '["musicanova", "forró"]', '["lagubaru"]', "[]",
    '["நாட்டுப்புறம்"]', '["संगीत", "live"]',
)  # fmt: skip


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day."""
    return _period(world, None, world.first_day)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Change rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``; those of content lie in the range of their kind."""

    def before(at: Ints) -> int:
        return int(np.searchsorted(at, midnight(until)))

    world.reach(until)
    return {
        "podcasts": before(podcasts(world).created_at),
        "podcast_episodes": EPISODE_BASE + before(episodes(world).created_at),
        "videos": VIDEO_BASE + before(videos(world).created_at),
        "reels": last_content_id(world, until),
        "content": last_content_id(world, until),
    }


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until)
    return {
        "podcasts": _podcasts(world, begin, until),
        "podcast_episodes": _episodes(world, begin, until),
        "videos": _videos(world, begin, until),
        "reels": _reels(world, begin, until),
    }


def other_content(world: World, begin: date | None, until: date) -> list[pa.Table]:
    """Rows of ``content`` that are no songs, kind by kind."""
    return [
        _episode_content(world, begin, until),
        _video_content(world, begin, until),
        _reel_content(world, begin, until),
    ]


def content_table(world: World, base: int, found: Changes, columns: dict[str, Values]) -> pa.Table:
    """Rows of content of a kind, by what tells it from the others.

    Args:
        base: content ids are it and the row number from 1.
        columns: those that the kinds do not share; ``is_explicit`` as an array among them.
    """
    key = base + found.row + 1
    explicit = columns["is_explicit"]
    assert isinstance(explicit, np.ndarray)
    seed, n = world.seed, len(key)
    warned = np.where(explicit & (hash_uniform(seed, "content.warning", key) < 0.6), 0, -1)
    flashes = (key > VIDEO_BASE) & (hash_uniform(seed, "content.flashes", key) < 0.02)
    address = names.join("https://media.sonic.example/", pa.array(key).cast(pa.string()))
    return make_table(
        "content",
        {
            "content_id": key,
            "content_uuid": uuids(world.seed, "content", key - 1),
            "privacy": "public",
            "upload_status": "published",
            "description": pa.nulls(n, pa.string()).dictionary_encode(),
            "file_url": address.dictionary_encode() if n else address,
            "allows_comments": allows_comments(world, key),
            "allows_downloads": allows_downloads(world, key),
            "content_warning": Coded(np.where(flashes, 1, warned), ("explicit_language", "flashing_lights")),
            "deleted_at": np.full(n, NEVER),
            "thumbnail_url": _thumbnails(key),
            **columns,
            **found.metadata,
        },
    )


def _thumbnails(key: Ints) -> pa.Array:
    """Addresses of the pictures of what is no song."""
    if len(key) and key[-1] <= EPISODE_BASE:
        return pa.nulls(len(key), pa.string()).dictionary_encode()
    return names.join(
        "https://images.sonic.example/content/", pa.array(key).cast(pa.string()), ".jpg"
    ).dictionary_encode()


def _episode_content(world: World, begin: date | None, until: date) -> pa.Table:
    every, shows = episodes(world), podcasts(world)
    found = changes(world, "content.episodes", lambda: [every.created_at], begin, until)
    rows = every.take(found.row)
    language = shows.language[rows.podcast]
    title = names.join(
        song_titles(world, language, rows.podcast, rows.number + 10), " · ", pa.array(rows.number).cast(pa.string())
    )
    return content_table(
        world,
        EPISODE_BASE,
        found,
        {
            "content_type": "podcast_episode",
            "title": title.dictionary_encode(),
            "description": written(world, "show_notes", language, found.row + EPISODE_BASE),
            "artist_id": shows.artist[rows.podcast] + 1,
            "language_id": language + 1,
            "is_explicit": hash_uniform(world.seed, "episodes.explicit", found.row) < 0.15,
            "duration_ms": rows.duration_ms,
            "created_at": rows.created_at,
            "published_at": rows.created_at,
        },
    )


def _video_content(world: World, begin: date | None, until: date) -> pa.Table:
    every, songs = videos(world), world.songs(world.horizon)
    found = changes(world, "content.videos", lambda: [every.created_at], begin, until)
    rows = every.take(found.row)
    renamed = (songs.retitled_at[rows.song] <= rows.created_at).astype(np.int64)
    title = names.join(
        song_titles(world, songs.language[rows.song], rows.song, renamed),
        " ",
        pa.DictionaryArray.from_arrays(rows.kind.astype(np.int32), pa.array(_SUFFIXES)),
    )
    return content_table(
        world,
        VIDEO_BASE,
        found,
        {
            "content_type": "video",
            "title": title.dictionary_encode(),
            "artist_id": songs.artist[rows.song] + 1,
            "language_id": songs.language[rows.song] + 1,
            "is_explicit": songs.is_explicit[rows.song],
            "duration_ms": rows.duration_ms,
            "created_at": rows.created_at,
            "published_at": rows.created_at,
        },
    )


def _reel_content(world: World, begin: date | None, until: date) -> pa.Table:
    every, songs = reels(world), world.songs(world.horizon)
    found = changes(world, "content.reels", lambda: [every.created_at, every.withdrawn_at], begin, until)
    rows = every.take(found.row)
    language = songs.language[rows.song]
    return content_table(
        world,
        REEL_BASE,
        found,
        {
            "content_type": Coded(rows.is_story.astype(np.int64), ("reel", "story")),
            "title": written(world, "caption", language, found.row + REEL_BASE),
            "artist_id": songs.artist[rows.song] + 1,
            "language_id": written_in(language, world.ref.language_codes) + 1,
            "privacy": Coded(
                (hash_uniform(world.seed, "reels.followers", found.row) < 0.12).astype(np.int64),
                ("public", "followers"),
            ),
            "upload_status": Coded((rows.withdrawn_at <= found.at).astype(np.int64), ("published", "withdrawn")),
            "deleted_at": np.where(rows.withdrawn_at <= found.at, rows.withdrawn_at, NEVER),
            "is_explicit": songs.is_explicit[rows.song],
            "duration_ms": rows.duration_ms,
            "created_at": rows.created_at,
            "published_at": rows.created_at,
        },
    )


def _podcasts(world: World, begin: date | None, until: date) -> pa.Table:
    every, seed = podcasts(world), world.seed
    found = changes(world, "podcasts", lambda: [every.created_at, every.ended_at], begin, until)
    row, rows = found.row, every.take(found.row)
    ended = rows.ended_at <= found.at
    covered = hash_uniform(seed, "podcasts.cover", row) < 0.9
    cover = names.join("https://images.sonic.example/podcast/", pa.array(row + 1).cast(pa.string()), ".jpg")
    return make_table(
        "podcasts",
        {
            "podcast_id": row + 1,
            "podcast_uuid": uuids(seed, "podcasts", row),
            "title": song_titles(world, rows.language, row, 7),
            "description": written(world, "show_notes", rows.language, row),
            "artist_id": rows.artist + 1,
            "language_id": rows.language + 1,
            "genre_id": world.artists(world.horizon).genre[rows.artist] + 1,
            "cover_image_url": Coded(np.where(covered, np.arange(len(row)), -1), cover) if len(row) else cover,
            "status": Coded(ended.astype(np.int64), ("active", "ended")),
            "created_at": rows.created_at,
            "ended_at": np.where(ended, rows.ended_at, NEVER),
            **found.metadata,
        },
    )


@cache
def _chapters() -> tuple[str, ...]:
    """Lists of chapters as JSON: one to four, of some lengths."""
    titles = ("Intro", "The song", "Guest", "Outro")
    return tuple(
        "[" + ", ".join(f'{{"start_ms": {i * step}, "title": "{titles[i]}"}}' for i in range(many)) + "]"
        for many in (1, 2, 3, 4)
        for step in (120_000, 170_000)
    )


def _episodes(world: World, begin: date | None, until: date) -> pa.Table:
    every, seed = episodes(world), world.seed
    found = changes(world, "podcast_episodes", lambda: [every.created_at], begin, until)
    rows = every.take(found.row)
    language = podcasts(world).language[rows.podcast]
    return make_table(
        "podcast_episodes",
        {
            "content_id": EPISODE_BASE + found.row + 1,
            "podcast_id": rows.podcast + 1,
            "season_number": (rows.number - 1) // _SEASON + 1,
            "episode_number": (rows.number - 1) % _SEASON + 1,
            "description": written(world, "show_notes", language, found.row + EPISODE_BASE),
            "chapters": Coded(
                (hash_uniform(seed, "episodes.chapters", found.row) * len(_chapters())).astype(np.int64), _chapters()
            ),
            "has_transcript": hash_uniform(seed, "episodes.transcript", found.row) < 0.4,
            **found.metadata,
        },
    )


def _videos(world: World, begin: date | None, until: date) -> pa.Table:
    every, seed = videos(world), world.seed
    found = changes(world, "videos", lambda: [every.created_at, every.captioned_at], begin, until)
    rows = every.take(found.row)
    form = pick(hash_uniform(seed, "videos.form", found.row), np.array([0.6, 0.2, 0.05, 0.15]))
    captioned = rows.captioned_at <= found.at
    captions = names.join("https://media.sonic.example/captions/", pa.array(found.row + 1).cast(pa.string()), ".vtt")
    return make_table(
        "videos",
        {
            "content_id": VIDEO_BASE + found.row + 1,
            "video_type": Coded(rows.kind, VIDEO_TYPES),
            "song_id": rows.song + 1,
            "aspect_ratio": Coded(form, [ratio for ratio, _ in _FORMATS]),
            "resolution": Coded(form, [size for _, size in _FORMATS]),
            "fps": np.array([24, 30, 60])[
                pick(hash_uniform(seed, "videos.fps", found.row), np.array([0.3, 0.55, 0.15]))
            ],
            "has_captions": captioned,
            "captions_url": Coded(np.where(captioned, np.arange(len(rows)), -1), captions) if len(rows) else captions,
            **found.metadata,
        },
    )


def _reels(world: World, begin: date | None, until: date) -> pa.Table:
    every, seed, songs = reels(world), world.seed, world.songs(world.horizon)
    found = changes(world, "reels", lambda: [every.created_at], begin, until)
    rows = every.take(found.row)
    sounding = hash_uniform(seed, "reels.silent", found.row) < 0.92
    start = hash_uniform(seed, "reels.start", found.row) * np.maximum(songs.duration_ms[rows.song] - 30_000, 1)
    mentions = hash_uniform(seed, "reels.mentions", found.row) < 0.1
    # Featured artists are mentioned: of those who were there before the first day.
    among = len(world.artists(world.first_day - timedelta(days=30)))
    mentioned = (hash_uniform(seed, "reels.mentioned", found.row) * among).astype(np.int64)
    mentions &= world.artists(world.first_day).created_at[mentioned] < rows.created_at
    return make_table(
        "reels",
        {
            "content_id": REEL_BASE + found.row + 1,
            "reel_type": Coded(rows.is_story.astype(np.int64), ("reel", "story")),
            "background_song_id": np.where(sounding, rows.song + 1, -1),
            "song_start_ms": np.where(sounding, start.astype(np.int64), -1),
            "effects": Coded(
                pick(hash_uniform(seed, "reels.effects", found.row), np.array([5, 2, 2, 1, 1.0])), _EFFECTS
            ),
            "hashtags": Coded(
                (hash_uniform(seed, "reels.tags", found.row) * len(_HASHTAGS)).astype(np.int64), _HASHTAGS
            ),
            "mentioned_artist_id": np.where(mentions, mentioned + 1, -1),
            **found.metadata,
        },
    )
