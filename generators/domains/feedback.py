"""Comments, ratings and reviews: what listeners say of what they hear, as change rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.core import names
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER
from generators.core.changes import changes
from generators.core.choice import library_song
from generators.core.keepsakes import Keepsakes, keepsakes
from generators.core.lives import REACH, Acts, Life, acts, changing, later
from generators.core.media import allows_comments
from generators.core.random import Bools, Ints, exponential, hash_uniform, pick
from generators.core.tables import Coded, make_table
from generators.core.texts import album_titles, song_titles, written, written_in
from generators.core.world import World

_COMMENTS_PER_SESSION, _REPLIES_PER_SESSION, _REVIEWS_PER_SESSION = 0.045, 0.02, 0.012
_REPLY_SEQUENCE = 100_000_000
"""First sequence of replies; comments that begin a thread lie below."""
_STARS = np.array([0.05, 0.06, 0.14, 0.33, 0.42])
"""Shares of one to five stars."""


def opening(world: World) -> dict[str, pa.Table]:
    """Ratings so far, and what was written in the four weeks before the first day."""
    return _period(world, None, world.first_day)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Change rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    return {"ratings": ratings_of(world).before(until)}


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until)
    return {
        "reviews": _reviews_table(world, begin, until),
        "comments": _comments_table(world, begin, until),
        "ratings": _ratings_table(world, begin, until),
    }


def stars(seed: int, purpose: str, *keys: Ints) -> Ints:
    """One to five stars."""
    return 1 + pick(hash_uniform(seed, purpose, *keys), _STARS)


@dataclass(frozen=True)
class _Reviews(Life):
    user: Ints
    song: Ints
    on_album: Bools
    at: Ints
    edited_at: Ints
    deleted_at: Ints

    @property
    def instants(self) -> list[Ints]:
        return [self.at, np.where(self.edited_at < self.deleted_at, self.edited_at, NEVER), self.deleted_at]


def _about_library(world: World, purpose: str, day: date, per_session: float) -> tuple[Acts, Ints]:
    """Acts of a day about recordings of the listeners' libraries that are out by then, and the recordings."""
    done = acts(world, purpose, day, per_session)
    draw = hash_uniform(world.seed, f"{purpose}.song", done.key)
    song = library_song(world, done.user, world.users(day).taste_language[done.user], draw)
    out = world.songs(world.first_day).created_at[song] < done.at
    return done.take(out), song[out]


def _reviews_of(world: World, day: date) -> _Reviews:
    done, song = _about_library(world, "reviews", day, _REVIEWS_PER_SESSION)
    seed, gone = world.seed, world.users(day).deleted_at[done.user]
    edited = later(done.at, hash_uniform(seed, "reviews.edited", done.key), 0.12, 5 * HOUR)
    deleted = later(done.at, hash_uniform(seed, "reviews.deleted", done.key), 0.04, 6 * DAY)
    return _Reviews(
        key=done.key,
        user=done.user,
        song=song,
        on_album=hash_uniform(seed, "reviews.album", done.key) < 0.6,
        at=done.at,
        edited_at=np.where(edited < gone, edited, NEVER),
        deleted_at=np.where(deleted < gone, deleted, NEVER),
    )


def _reviews_table(world: World, begin: date | None, until: date) -> pa.Table:
    rows, found = changing(world, "reviews", _reviews_of, begin, until)
    seed, songs = world.seed, world.songs(world.first_day)
    edited = rows.edited_at <= found.at
    language = written_in(world.users(world.horizon).language[rows.user], world.ref.language_codes)
    artist = songs.artist[rows.song]
    named = names.pools_of(names.stage_names, names.COUNTRIES).draw(
        names.pool_of_countries(world.ref.country_codes)[world.artists(world.first_day).country[artist]],
        hash_uniform(seed, "artists.name", artist),
    )
    album, song = songs.album[rows.song], rows.song
    first = world.albums(world.first_day).first_song[album]
    renamed = (songs.retitled_at[song] <= rows.at).astype(np.int64)
    titles = pc.if_else(
        pa.array(rows.on_album),
        album_titles(world, songs.language[first], album).cast(pa.string()),
        song_titles(world, songs.language[song], song, renamed).cast(pa.string()),
    )
    pictured = hash_uniform(seed, "reviews.images", rows.key) < 0.07
    return make_table(
        "reviews",
        {
            "review_id": rows.key,
            "user_id": rows.user + 1,
            "target_type": Coded((~rows.on_album).astype(np.int64), ("album", "song")),
            "album_id": np.where(rows.on_album, songs.album[rows.song] + 1, -1),
            "song_id": np.where(rows.on_album, -1, rows.song + 1),
            "artist_id": artist + 1,
            "artist_name": named,
            "content_name": titles,
            "title": written(world, "headline", language, rows.key),
            "body": written(world, "review", language, rows.key, edited.astype(np.int64)),
            "language_id": language + 1,
            "rating": stars(seed, "reviews.stars", rows.key),
            "image_urls": Coded(np.where(pictured, 0, -1), ('["https://images.sonic.example/review.jpg"]',)),
            "created_at": rows.at,
            "updated_at": found.at,
            "deleted_at": np.where(rows.deleted_at <= found.at, rows.deleted_at, NEVER),
            **found.metadata,
        },
    )


@dataclass(frozen=True)
class _Comments(Life):
    user: Ints
    song: Ints
    """Row of the recording that the thread is about; -1 if it is about a review."""
    review: Ints
    parent: Ints
    """Id of the comment answered; -1 at the top."""
    at: Ints
    edited_at: Ints
    pinned_at: Ints
    deleted_at: Ints

    @property
    def instants(self) -> list[Ints]:
        before = [np.where(at < self.deleted_at, at, NEVER) for at in (self.edited_at, self.pinned_at)]
        return [self.at, *before, self.deleted_at]


def _comments_of(world: World, day: date) -> _Comments:
    """Comments that begin a thread, then replies to those of the day before."""
    top = _threads_of(world, day)
    if day == world.first_day - timedelta(days=REACH):
        return top
    replies = acts(world, "replies", day, _REPLIES_PER_SESSION)
    asked = world.remember(
        ("threads of", day - timedelta(days=1)), lambda: _threads_of(world, day - timedelta(days=1)), keep=4
    )
    if not len(asked) or not len(replies):
        return top
    parent = asked.take((hash_uniform(world.seed, "replies.to", replies.key) * len(asked)).astype(np.int64))
    stands = (parent.deleted_at > replies.at) & (parent.user != replies.user)
    replies, parent = replies.take(stands), parent.take(stands)
    made = _written(world, day, replies, replies.key + _REPLY_SEQUENCE, parent.song, parent.review, parent.key)
    columns = zip(vars(top).values(), vars(made).values(), strict=True)
    return _Comments(*[np.concatenate(pair) for pair in columns])


def _threads_of(world: World, day: date) -> _Comments:
    done, song = _about_library(world, "comments", day, _COMMENTS_PER_SESSION)
    is_open = allows_comments(world, song + 1)
    done, song = done.take(is_open), song[is_open]
    review = np.full(len(done), -1)
    reviews = _reviews_of(world, day - timedelta(days=1))
    if len(reviews) and day > world.first_day - timedelta(days=REACH):
        chosen = (hash_uniform(world.seed, "comments.review", done.key) * len(reviews)).astype(np.int64)
        about = hash_uniform(world.seed, "comments.on_review", done.key) < 0.15
        about &= reviews.deleted_at[chosen] > done.at
        review = np.where(about, reviews.key[chosen], -1)
    return _written(
        world, day, done, done.key, np.where(review >= 0, -1, song), review, np.full(len(done), -1, dtype=np.int64)
    )


def _written(world: World, day: date, done: Acts, key: Ints, song: Ints, review: Ints, parent: Ints) -> _Comments:
    """Comments of a day with what becomes of them."""
    seed, gone = world.seed, world.users(day).deleted_at[done.user]
    edited = later(done.at, hash_uniform(seed, "comments.edited", key), 0.08, 30 * MINUTE)
    pinned = later(done.at, hash_uniform(seed, "comments.pinned", key), 0.02, DAY)
    deleted = later(done.at, hash_uniform(seed, "comments.deleted", key), 0.05, 3 * DAY)
    return _Comments(
        key=key,
        user=done.user,
        song=song,
        review=review,
        parent=parent,
        at=done.at,
        edited_at=np.where(edited < gone, edited, NEVER),
        pinned_at=np.where((parent < 0) & (song >= 0), pinned, NEVER),
        deleted_at=np.where(deleted < gone, deleted, NEVER),
    )


def _comments_table(world: World, begin: date | None, until: date) -> pa.Table:
    rows, found = changing(world, "comments", _comments_of, begin, until)
    seed, songs = world.seed, world.songs(world.first_day)
    language = written_in(world.users(world.horizon).language[rows.user], world.ref.language_codes)
    timed = (rows.parent < 0) & (rows.song >= 0) & (hash_uniform(seed, "comments.timed", rows.key) < 0.6)
    inside = hash_uniform(seed, "comments.position", rows.key) * songs.duration_ms[np.maximum(rows.song, 0)]
    return make_table(
        "comments",
        {
            "comment_id": rows.key,
            "user_id": rows.user + 1,
            "content_id": np.where(rows.song >= 0, rows.song + 1, -1),
            "post_id": None,
            "review_id": rows.review,
            "parent_comment_id": rows.parent,
            "body": written(world, "comment", language, rows.key, (rows.edited_at <= found.at).astype(np.int64)),
            "language_id": language + 1,
            "position_ms": np.where(timed, inside.astype(np.int64), -1),
            "is_pinned": rows.pinned_at <= found.at,
            "created_at": rows.at,
            "updated_at": found.at,
            "deleted_at": np.where(rows.deleted_at <= found.at, rows.deleted_at, NEVER),
            **found.metadata,
        },
    )


def ratings_of(world: World) -> Keepsakes:
    """What accounts rate, each recording once."""
    return keepsakes(world, "ratings", slots=6, mean_gap=110 * DAY)


def _ratings_table(world: World, begin: date | None, until: date) -> pa.Table:
    rated, seed = ratings_of(world), world.seed

    def instants() -> list[Ints]:
        row = np.arange(len(rated))
        again = rated.at + HOUR + exponential(hash_uniform(seed, "ratings.again", row), 700.0 * DAY).astype(np.int64)
        return [rated.at, np.where(again < rated.end, again, NEVER)]

    found = changes(world, "ratings", instants, begin, until)
    row = found.row
    return make_table(
        "ratings",
        {
            "rating_id": row + 1,
            "user_id": rated.user[row] + 1,
            "song_id": rated.song[row] + 1,
            "stars": stars(seed, "ratings.stars", row, found.number),
            "rated_at": rated.at[row],
            "updated_at": found.at,
            **found.metadata,
        },
    )
