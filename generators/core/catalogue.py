"""Labels, artists, albums and songs with their popularity: a broken power law over ranks.

Slopes of weight against rank are -0.8 in the top 100, -1.0 to rank 1000 and -1.25 below (realism table of the
definitions). The catalogue grows with the square root of the scale, as catalogues do against audiences.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, midnight
from generators.core.columns import Columns
from generators.core.people import HISTORY_DAYS, _after
from generators.core.random import Bools, Floats, Ints, exponential, normal, pick, stream
from generators.core.reference import Reference

SONGS_BEFORE = 20_000
ARTISTS_BEFORE = 2_600
LABELS = 90
"""Catalogue before the first day at scale 1."""
ALBUMS_PER_DAY = 5.0
ARTISTS_PER_DAY = 1.2
ALBUM_TYPES = ("album", "ep", "single", "compilation")
_TRACKS = ((8, 14), (4, 6), (1, 2), (10, 14))


@dataclass(frozen=True)
class Labels(Columns):
    """Labels and distributors, all contracted before the first day."""

    kind: Ints
    """0 major, 1 independent, 2 distributor."""
    country: Ints
    created_at: Ints
    weight: Floats


@dataclass(frozen=True)
class Artists(Columns):
    """Artists in order of their profile's creation."""

    created_at: Ints
    country: Ints
    language: Ints
    genre: Ints
    """Main genre index."""
    label: Ints
    """Label row index, -1 for the self-published."""
    relabelled_at: Ints
    new_label: Ints
    claimed_at: Ints
    """Profile claimed by its artist (verification pending)."""
    verified_at: Ints
    weight: Floats


@dataclass(frozen=True)
class Albums(Columns):
    """Releases in order of creation."""

    created_at: Ints
    artist: Ints
    label: Ints
    kind: Ints
    """Index into ALBUM_TYPES."""
    tracks: Ints
    first_song: Ints
    """Row index of the first track; tracks are consecutive songs."""
    release_day: Ints
    """Days since 1970-01-01."""


@dataclass(frozen=True)
class Songs(Columns):
    """Recordings in order of creation; song id = content id = row index + 1 (other media have ids beyond)."""

    created_at: Ints
    album: Ints
    artist: Ints
    track: Ints
    language: Ints
    genre: Ints
    duration_ms: Ints
    is_explicit: Bools
    is_noise: Bools
    cover_of: Ints
    """Song row index, -1 for originals."""
    retitled_at: Ints
    reanalysed_at: Ints
    weight: Floats
    """Share of plays, relative."""


def catalogue_factor(scale: float) -> float:
    """Growth of the catalogue with the scale."""
    return float(np.sqrt(max(scale, 0.01)))


_SLOPES = (-0.84, -1.14, -1.17)
"""Slopes of the weights. Listeners' languages, albums and playlists blur them to the measured -0.8, -1.0, -1.25."""


def popularity(rank: Floats) -> Floats:
    """Relative plays of the recording at a rank (from 1): the broken power law."""
    first, second, third = _SLOPES
    top = rank**first
    middle = 100.0**first * (rank / 100) ** second
    low = 100.0**first * 10.0**second * (rank / 1000) ** third
    return np.asarray(np.where(rank <= 100, top, np.where(rank <= 1000, middle, low)), dtype=np.float64)


def make_labels(seed: int, scale: float, first_day: date, ref: Reference) -> Labels:
    """All labels."""
    n = max(12, round(LABELS * catalogue_factor(scale)))
    rng = stream(seed, "labels")
    kind = np.where(np.arange(n) < 3, 0, 1 + (rng.random(n) < 0.2))
    country = pick(rng.random(n), np.where(ref.launch, ref.country_weight, ref.country_weight * 8))
    start = midnight(first_day) - (HISTORY_DAYS + 200) * DAY
    created = start + np.sort((rng.random(n) * 180 * DAY).astype(np.int64))
    return Labels(
        kind=kind, country=country, created_at=created, weight=popularity(np.arange(1, n + 1, dtype=np.float64)) ** 0.8
    )


def arrivals(seed: int, purpose: str, before: int, per_day: float, first_day: date, until: date, lead: int) -> Ints:
    """Sorted creation instants: ``before`` of them up to the first day, then a Poisson number each day."""
    begin = midnight(first_day) - DAY
    start = begin - (HISTORY_DAYS + lead) * DAY
    share = (np.arange(before) + stream(seed, purpose).random(before)) / before
    parts = [(start + share**0.8 * (begin - start)).astype(np.int64)]
    day = first_day
    while day < until:
        rng = stream(seed, purpose, day)
        friday = 3.4 if day.weekday() == 4 else 0.6
        count = int(rng.poisson(per_day * friday))
        parts.append(midnight(day) + (np.sort(rng.random(count)) * (DAY - 10 * MINUTE)).astype(np.int64))
        day += timedelta(days=1)
    return np.concatenate(parts)


_COUNTRY_OF_LANGUAGE = {
    "en": "US", "hi": "IN", "ta": "IN", "te": "IN", "pa": "IN", "bn": "IN", "mr": "IN", "ml": "IN",
    "pt": "BR", "id": "ID", "es": "MX", "ko": "KR", "ja": "JP", "ar": "AE",
}  # fmt: skip
_GENRES_OF_LANGUAGE = {
    "hi": ("Bollywood", "Indian Pop", "Desi Hip-Hop", "Ghazal", "Devotional", "Hindustani Classical", "Lo-Fi"),
    "ta": ("Kollywood", "Carnatic", "Indian Pop", "Devotional"),
    "te": ("Tollywood", "Indian Pop", "Devotional"),
    "ml": ("Tollywood", "Carnatic", "Indian Pop"),
    "pa": ("Bhangra", "Indian Pop", "Desi Hip-Hop"),
    "bn": ("Indian Pop", "Film Music", "Devotional"),
    "mr": ("Indian Pop", "Devotional", "Film Music"),
    "pt": ("Sertanejo", "Funk Carioca", "Samba", "Pagode", "MPB", "Forró", "Brazilian Pop", "Brazilian Rap",
           "Gospel Brasileiro", "Bossa Nova"),
    "id": ("Indonesian Pop", "Dangdut", "Keroncong", "Campursari", "Indie Rock"),
    "ko": ("K-Pop", "Contemporary R&B"),
    "es": ("Reggaeton", "Trap"),
    "en": ("Dance Pop", "Indie Rock", "Alternative", "Metal", "House", "EDM", "Trap", "Soul", "Contemporary R&B",
           "Smooth Jazz", "Orchestral", "Lo-Fi", "Nursery Rhymes", "White Noise", "Nature Sounds", "Meditation"),
}  # fmt: skip


def _genre_for(uniform: Floats, language: Ints, ref: Reference) -> Ints:
    genre = np.zeros(len(language), dtype=np.int64)
    for index in np.unique(language):
        names = _GENRES_OF_LANGUAGE.get(ref.languages[int(index)]["code"], ("Dance Pop", "Indie Rock", "Lo-Fi"))
        among = np.array([ref.genre_index[name] for name in names])
        rows = language == index
        genre[rows] = among[pick(uniform[rows], np.maximum(ref.genre_weight[among], 0.2))]
    return genre


def make_artists(seed: int, scale: float, first_day: date, until: date, ref: Reference, labels: Labels) -> Artists:
    """All artists created before ``until``; a prefix of those of any later date."""
    factor = catalogue_factor(scale)
    before = max(40, round(ARTISTS_BEFORE * factor))
    at = arrivals(seed, "artists.created", before, ARTISTS_PER_DAY * factor, first_day, until, 120)
    n = len(at)

    def draw(what: str) -> Floats:
        return stream(seed, f"artists.{what}").random(n)

    language = pick(draw("language"), ref.language_weight)
    home = np.array([ref.country_index[_COUNTRY_OF_LANGUAGE[row["code"]]] for row in ref.languages])[language]
    country = np.where(draw("abroad") < 0.08, pick(draw("country"), ref.country_weight), home)
    # Ranks of the opening artists are a permutation; later ones are placed uniformly among them.
    rank = np.argsort(np.argsort(stream(seed, "artists.rank").random(before))).astype(np.float64) + 1.0
    later = 1 + stream(seed, "artists.later_rank").random(n - before) * before
    signed = draw("signed") < 0.72
    claimed = _after(at + DAY, draw("claimed_at"), 500 * DAY)
    relabelled = _after(at + 90 * DAY, draw("relabelled_at"), 2_200 * DAY)
    return Artists(
        created_at=at,
        country=country,
        language=language,
        genre=_genre_for(draw("genre"), language, ref),
        label=np.where(signed, pick(draw("label"), labels.weight), -1),
        relabelled_at=relabelled,
        new_label=np.where(draw("new_signed") < 0.85, pick(draw("new_label"), labels.weight), -1),
        claimed_at=claimed,
        verified_at=np.where(
            draw("verified") < 0.8,
            np.where(claimed < NEVER, claimed, 0) + 2 * HOUR + (draw("review") * 5 * DAY).astype(np.int64),
            NEVER,
        ),
        weight=popularity(np.concatenate([rank, later])),
    )


def make_albums(seed: int, scale: float, first_day: date, until: date, artists: Artists) -> Albums:
    """All releases created before ``until``, for the artists created before it."""
    factor = catalogue_factor(scale)
    before = max(60, round(SONGS_BEFORE * factor / 5.05))
    at = arrivals(seed, "albums.created", before, ALBUMS_PER_DAY * factor, first_day, until, 0)
    n = len(at)

    def draw(what: str) -> Floats:
        return stream(seed, f"albums.{what}").random(n)

    exists = np.maximum(1, np.searchsorted(artists.created_at, at - HOUR))
    cumulative = np.cumsum(artists.weight**0.32)
    artist = np.searchsorted(cumulative, draw("artist") * cumulative[exists - 1], side="right")
    artist = np.minimum(artist, exists - 1)
    kind = pick(draw("kind"), np.array([0.30, 0.14, 0.53, 0.03]))
    low, high = np.array([t[0] for t in _TRACKS])[kind], np.array([t[1] for t in _TRACKS])[kind]
    tracks = low + (draw("tracks") * (high - low + 1)).astype(np.int64)
    moved = artists.relabelled_at[artist] <= at
    age = np.where(draw("new") < 0.45, 0.0, exponential(draw("age"), 6.0 * 365))
    return Albums(
        created_at=at,
        artist=artist,
        label=np.where(moved, artists.new_label[artist], artists.label[artist]),
        kind=kind,
        tracks=tracks,
        first_song=np.cumsum(tracks) - tracks,
        release_day=at // DAY - np.minimum(age, 22_000.0).astype(np.int64) * (at < midnight(first_day)),
    )


def make_songs(seed: int, first_day: date, artists: Artists, albums: Albums, ref: Reference) -> Songs:
    """All tracks of the albums."""
    n = int(albums.tracks.sum())
    album = np.repeat(np.arange(len(albums)), albums.tracks)
    track = np.arange(n) - albums.first_song[album]
    artist = albums.artist[album]
    at = albums.created_at[album] + track * SECOND

    def draw(what: str) -> Floats:
        return stream(seed, f"songs.{what}").random(n)

    before = int(np.searchsorted(at, midnight(first_day)))
    latent = 0.58 * np.log(artists.weight[artist]) + normal(draw("latent")) * 1.05
    weight = np.empty(n)
    ordered = np.sort(latent[:before])[::-1]
    rank = np.empty(before)
    rank[np.argsort(-latent[:before], kind="stable")] = np.arange(before) + 1.0
    weight[:before] = popularity(rank)
    weight[before:] = popularity(np.searchsorted(-ordered, -latent[before:]).astype(np.float64) + 1.0)
    genre = artists.genre[artist]
    noise = np.isin(genre, [ref.genre_index["White Noise"], ref.genre_index["Nature Sounds"]])
    seconds = np.clip(np.exp(normal(draw("duration")) * 0.26 + np.log(203.0)), 62, 900)
    seconds = np.where((draw("interlude") < 0.015) & (weight < 0.005), 12 + draw("short") * 40, seconds)
    seconds = np.where(noise, 45 + exponential(draw("noise"), 160.0), seconds)
    cover = (draw("cover") < 0.04) & (np.arange(n) > 50)
    return Songs(
        created_at=at,
        album=album,
        artist=artist,
        track=track + 1,
        language=np.where(draw("foreign") < 0.05, ref.language_index["en"], artists.language[artist]),
        genre=genre,
        duration_ms=(seconds * 1000).astype(np.int64),
        is_explicit=draw("explicit") < 0.11,
        is_noise=noise,
        cover_of=np.where(cover, (draw("cover_of") * np.minimum(np.arange(n), before) * 0.95).astype(np.int64), -1),
        retitled_at=_after(at + DAY, draw("retitled_at"), 9_000 * DAY),
        reanalysed_at=_after(at + 30 * DAY, draw("reanalysed_at"), 3_000 * DAY),
        weight=weight,
    )
