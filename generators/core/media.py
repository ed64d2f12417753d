"""Content that is no song: podcast episodes, videos, reels and stories, with their instants.

Each kind has a range of content ids of its own, beyond those of songs, so that a song's content id stays its song id
and no kind's growth moves another's ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, midnight
from generators.core.catalogue import arrivals, catalogue_factor
from generators.core.columns import Columns
from generators.core.random import Bools, Ints, exponential, hash_uniform, pick
from generators.core.world import World

EPISODE_BASE, VIDEO_BASE, REEL_BASE, RECORDING_BASE = (n * 1_000_000_000 for n in (1, 2, 3, 4))
"""Content ids of a kind are its base + row + 1; recordings of live events are numbered by the live domain."""
PODCASTS_BEFORE, PODCASTS_PER_DAY = 120, 0.25
REELS_BEFORE, REELS_PER_DAY = 900, 9.0
"""At scale 1; they grow with the catalogue."""
EPISODES = 60
"""Most episodes of a show."""
_VIDEO_SHARE = 0.05
VIDEO_TYPES = ("music_video", "behind_scenes", "performance", "tutorial", "vlog")


@dataclass(frozen=True)
class Podcasts(Columns):
    """Shows in order of creation."""

    created_at: Ints
    artist: Ints
    """Row of the artist who publishes it."""
    language: Ints
    interval: Ints
    """Microseconds between episodes."""
    episodes: Ints
    """How many there will be."""
    ended_at: Ints
    """The show was ended, a while after its last episode; ``NEVER`` if not."""


@dataclass(frozen=True)
class Episodes(Columns):
    """Episodes in order of publication."""

    created_at: Ints
    podcast: Ints
    number: Ints
    """From 1."""
    duration_ms: Ints


@dataclass(frozen=True)
class Videos(Columns):
    """Videos in order of publication."""

    created_at: Ints
    song: Ints
    """Row of the recording that it belongs to."""
    kind: Ints
    """Index into VIDEO_TYPES."""
    duration_ms: Ints
    captioned_at: Ints


@dataclass(frozen=True)
class Reels(Columns):
    """Reels and stories in order of publication."""

    created_at: Ints
    song: Ints
    """Row of the recording in the background; its artist is who publishes."""
    is_story: Bools
    duration_ms: Ints
    withdrawn_at: Ints
    """A day after publication for stories."""


def podcasts(world: World) -> Podcasts:
    """Shows of the world's horizon."""
    return world.remember(("podcasts", world.horizon), lambda: _podcasts(world), keep=1)


def _podcasts(world: World) -> Podcasts:
    factor, seed = catalogue_factor(world.scale), world.seed
    before = max(6, round(PODCASTS_BEFORE * factor))
    at = arrivals(seed, "podcasts", before, PODCASTS_PER_DAY * factor, world.first_day, world.horizon, 30)
    row = np.arange(len(at))
    artists = world.artists(world.horizon)
    exist = np.searchsorted(artists.created_at, at - HOUR)
    artist = (hash_uniform(seed, "podcasts.artist", row) * exist).astype(np.int64)
    interval = np.array([7, 14, 30])[pick(hash_uniform(seed, "podcasts.interval", row), np.array([0.6, 0.25, 0.15]))]
    many = 4 + exponential(hash_uniform(seed, "podcasts.episodes", row), 34.0).astype(np.int64)
    many = np.minimum(many, EPISODES)
    last = at + HOUR + many * interval * DAY
    return Podcasts(
        created_at=at,
        artist=artist,
        language=artists.language[artist],
        interval=interval * DAY,
        episodes=many,
        ended_at=np.where(hash_uniform(seed, "podcasts.ended", row) < 0.7, last + 45 * DAY, NEVER),
    )


def episodes(world: World) -> Episodes:
    """Episodes of the world's horizon."""
    return world.remember(("episodes", world.horizon), lambda: _episodes(world), keep=1)


def _episodes(world: World) -> Episodes:
    shows, seed = podcasts(world), world.seed
    show = np.repeat(np.arange(len(shows)), shows.episodes)
    number = np.arange(len(show)) - np.repeat(np.cumsum(shows.episodes) - shows.episodes, shows.episodes)
    shift = (hash_uniform(seed, "episodes.shift", show, number) * 9 * HOUR).astype(np.int64)
    at = shows.created_at[show] + HOUR + number * shows.interval[show] + shift
    kept = np.flatnonzero(at < midnight(world.horizon))
    kept = kept[np.argsort(at[kept], kind="stable")]
    show, number = show[kept], number[kept]
    minutes = 12 + exponential(hash_uniform(seed, "episodes.minutes", show, number), 28.0)
    return Episodes(
        created_at=at[kept],
        podcast=show,
        number=number + 1,
        duration_ms=(np.minimum(minutes, 240) * 60_000).astype(np.int64),
    )


def videos(world: World) -> Videos:
    """Videos of the world's horizon."""
    return world.remember(("videos", world.horizon), lambda: _videos(world), keep=1)


def _videos(world: World) -> Videos:
    songs, seed = world.songs(world.horizon), world.seed
    row = np.flatnonzero(hash_uniform(seed, "videos", np.arange(len(songs))) < _VIDEO_SHARE)
    wait = exponential(hash_uniform(seed, "videos.wait", row), 25.0 * DAY).astype(np.int64)
    at = songs.created_at[row] + HOUR + wait
    kept = np.flatnonzero(at < midnight(world.horizon))
    kept = kept[np.argsort(at[kept], kind="stable")]
    row, at = row[kept], at[kept]
    kind = pick(hash_uniform(seed, "videos.kind", row), np.array([0.55, 0.14, 0.2, 0.04, 0.07]))
    long = (90 + exponential(hash_uniform(seed, "videos.long", row), 400.0) * 1.0).astype(np.int64) * 1_000
    captioned = at + 6 * HOUR + exponential(hash_uniform(seed, "videos.captioned", row), 20.0 * DAY).astype(np.int64)
    return Videos(
        created_at=at,
        song=row,
        kind=kind,
        duration_ms=np.where(kind == 0, songs.duration_ms[row] + 4_000, np.minimum(long, 3_600_000)),
        captioned_at=np.where(hash_uniform(seed, "videos.captions", row) < 0.6, captioned, NEVER),
    )


def reels(world: World) -> Reels:
    """Reels and stories of the world's horizon."""
    return world.remember(("reels", world.horizon), lambda: _reels(world), keep=1)


def _reels(world: World) -> Reels:
    factor, seed = catalogue_factor(world.scale), world.seed
    before = max(20, round(REELS_BEFORE * factor))
    at = arrivals(seed, "reels", before, REELS_PER_DAY * factor, world.first_day, world.horizon, -20)
    row = np.arange(len(at))
    songs = world.songs(world.horizon)
    exist = np.searchsorted(songs.created_at, at - HOUR)
    story = hash_uniform(seed, "reels.story", row) < 0.4
    return Reels(
        created_at=at,
        song=(hash_uniform(seed, "reels.song", row) ** 1.5 * exist).astype(np.int64),
        is_story=story,
        duration_ms=5_000 + (hash_uniform(seed, "reels.long", row) * np.where(story, 10_000, 85_000)).astype(np.int64),
        withdrawn_at=np.where(story, at + DAY - MINUTE, NEVER),
    )


def allows_comments(world: World, content_id: Ints) -> Bools:
    """Whether the publishers of content let it be commented on."""
    return np.asarray(hash_uniform(world.seed, "content.comments", content_id) < 0.96)


def allows_downloads(world: World, content_id: Ints) -> Bools:
    """Whether the publishers of content let it be downloaded: all songs, most episodes, no reel or story."""
    share = np.array([1.0, 0.93, 0.3, 0.0])[content_id // EPISODE_BASE]
    return np.asarray(hash_uniform(world.seed, "content.downloads", content_id) < share)


def last_content_id(world: World, until: date) -> int:
    """Highest content id issued before ``until``, of any kind."""
    return REEL_BASE + int(np.searchsorted(reels(world).created_at, midnight(until)))


def has_lyrics_file(world: World, song: Ints) -> Bools:
    """Whether the words of recordings (rows) were uploaded as a file."""
    return hash_uniform(world.seed, "uploads.lyrics", song) < 0.3
