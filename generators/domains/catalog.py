"""Labels, artists, releases, recordings and their tags, as change rows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER
from generators.core.catalogue import ALBUM_TYPES, Artists
from generators.core.changes import Changes, changes
from generators.core.identifiers import isrc, upc
from generators.core.media import has_lyrics_file
from generators.core.random import Bools, Ints, hash_uniform
from generators.core.tables import Coded, Values, make_table, one_after_another, only, thousandths, uuids
from generators.core.texts import album_titles, song_titles, written
from generators.core.world import World
from generators.domains.media import content_table, other_content

ROLES = ("main", "featured", "remixer", "producer", "writer")
_KINDS = ("major", "independent", "distributor")


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day."""
    return _period(world, None, world.first_day)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Change rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until)
    return {
        "labels": _labels(world, begin, until),
        "artists": _artists(world, begin, until),
        "albums": _albums(world, begin, until),
        "content": one_after_another(_content(world, begin, until), *other_content(world, begin, until)),
        "songs": _songs(world, begin, until),
        "song_artists": _credits(world, begin, until),
        "song_genres": _genres(world, begin, until),
        "song_moods": _moods(world, begin, until),
        "song_localizations": _localizations(world, begin, until),
        "audio_features": _features(world, begin, until),
    }


def _labels(world: World, begin: date | None, until: date) -> pa.Table:
    labels = world.labels
    found = changes(world, "labels", lambda: [labels.created_at], begin, until)
    row = found.row
    companies = names.company_names()
    suffix = np.array(["Records", "Music", "Distribution"])[labels.kind[row]]
    return make_table(
        "labels",
        {
            "label_id": row + 1,
            "name": [f"{companies[i % len(companies)]} {s} {i + 1}" for i, s in zip(row, suffix, strict=True)],
            "label_type": Coded(labels.kind[row], _KINDS),
            "country_id": labels.country[row] + 1,
            "owner_user_id": np.full(len(row), -1),
            "created_at": labels.created_at[row],
            **found.metadata,
        },
    )


def artist_accounts(world: World, artists: Artists) -> tuple[Ints, Ints]:
    """Account row behind each artist profile (-1: none) and the instant at which it was claimed.

    The accounts of type artist of the opening claim the opening's profiles, one each.
    """
    users = world.users(world.first_day)
    accounts = np.flatnonzero((users.user_type == 1) & (users.deleted_at == NEVER))
    n = len(artists)
    before = len(world.artists(world.first_day))
    account = np.full(n, -1, dtype=np.int64)
    chosen = world.rng("artists.accounts").permutation(before)[: len(accounts)]
    inside = chosen < n
    account[chosen[inside]] = accounts[: len(chosen)][inside]
    claimed = np.where(account >= 0, np.maximum(artists.created_at, users.signup_at[account]) + 3 * HOUR, NEVER)
    return account, np.where(account >= 0, claimed, artists.claimed_at)


def claims(world: World) -> tuple[Ints, Ints, Ints]:
    """Account row behind each profile, when it was claimed and when the claim was verified (``NEVER`` if refused)."""
    return world.remember(("claims", world.horizon), lambda: _claims(world), keep=1)


def decided_at(world: World, row: Ints, claimed: Ints) -> Ints:
    """When the claims of some profiles are decided."""
    wait = (hash_uniform(world.seed, "artists.review", row) * 5 * DAY).astype(np.int64)
    return claimed + 2 * HOUR + wait


def _claims(world: World) -> tuple[Ints, Ints, Ints]:
    artists = world.artists(world.horizon)
    account, claimed = artist_accounts(world, artists)
    row = np.arange(len(artists))
    passes = (claimed < NEVER) & (hash_uniform(world.seed, "artists.passes", row) < 0.8)
    return account, claimed, np.where(passes, decided_at(world, row, np.where(passes, claimed, 0)), NEVER)


def _artists(world: World, begin: date | None, until: date) -> pa.Table:
    artists, seed = world.artists(world.horizon), world.seed
    account, claimed, verified = claims(world)
    instants = [artists.created_at, claimed, verified, artists.relabelled_at]
    found = changes(world, "artists", lambda: instants, begin, until)
    row, at = found.row, found.at
    status = np.where(verified[row] <= at, 2, np.where(claimed[row] <= at, 1, 0))
    country = artists.country[row]
    pool = names.pool_of_countries(world.ref.country_codes)[country]
    return make_table(
        "artists",
        {
            "artist_id": row + 1,
            "artist_uuid": uuids(seed, "artists", row),
            "name": names.pools_of(names.stage_names, names.COUNTRIES).draw(
                pool, hash_uniform(seed, "artists.name", row)
            ),
            "user_id": np.where((account[row] >= 0) & (claimed[row] <= at), account[row] + 1, -1),
            "label_id": _ids(np.where(artists.relabelled_at[row] <= at, artists.new_label[row], artists.label[row])),
            "country_id": country + 1,
            "verification_status": Coded(status, ("unverified", "pending", "verified")),
            "created_at": artists.created_at[row],
            **_profile(world, row, claimed[row] <= at),
            **found.metadata,
        },
    )


def _profile(world: World, row: Ints, is_claimed: Bools) -> dict[str, Values]:
    """What those who claimed their profile put there."""
    text = written(world, "biography", world.artists(world.horizon).language[row], row)
    told = is_claimed & (hash_uniform(world.seed, "artists.has_biography", row) < 0.85)
    number = pa.array(row + 1).cast(pa.string())
    pictured = is_claimed & (hash_uniform(world.seed, "artists.has_cover", row) < 0.6)
    return {
        "biography": Coded(np.where(told, text.indices.to_numpy(), -1), text.dictionary),
        "picture_url": only(names.join("https://images.sonic.example/artists/", number, ".jpg"), is_claimed),
        "cover_url": only(names.join("https://images.sonic.example/artist-covers/", number, ".jpg"), pictured),
    }


def _ids(rows: Ints) -> pa.Array:
    """Ids of entity rows, null where the row is negative."""
    return pa.array(rows + 1, mask=rows < 0)


def _albums(world: World, begin: date | None, until: date) -> pa.Table:
    albums, songs = world.albums(world.horizon), world.songs(world.horizon)
    found = changes(world, "albums", lambda: [albums.created_at], begin, until)
    row = found.row
    language = songs.language[albums.first_song[row]] if len(row) else row
    text = written(world, "album_about", language, row)
    described = hash_uniform(world.seed, "albums.described", row) < 0.4
    return make_table(
        "albums",
        {
            "album_id": row + 1,
            "title": album_titles(world, language, row),
            "album_type": Coded(albums.kind[row], ALBUM_TYPES),
            "artist_id": albums.artist[row] + 1,
            "label_id": _ids(albums.label[row]),
            "upc": upc(190_000 + row // 100_000, row % 100_000),
            "release_date": albums.release_day[row],
            "description": Coded(np.where(described, text.indices.to_numpy(), -1), text.dictionary),
            "cover_url": names.join(
                "https://images.sonic.example/albums/", pa.array(row + 1).cast(pa.string()), ".jpg"
            ),
            **found.metadata,
        },
    )


def _content(world: World, begin: date | None, until: date) -> pa.Table:
    songs = world.songs(world.horizon)
    found = changes(world, "content", lambda: [songs.created_at, songs.retitled_at], begin, until)
    row = found.row
    renamed = (songs.retitled_at[row] <= found.at).astype(np.int64)
    return content_table(
        world,
        0,
        found,
        {
            "content_type": "song",
            "title": song_titles(world, songs.language[row], row, renamed),
            "artist_id": songs.artist[row] + 1,
            "language_id": songs.language[row] + 1,
            "is_explicit": songs.is_explicit[row],
            "duration_ms": songs.duration_ms[row],
            "created_at": songs.created_at[row],
            "published_at": songs.created_at[row],
        },
    )


def _songs(world: World, begin: date | None, until: date) -> pa.Table:
    songs, albums, artists = world.songs(world.horizon), world.albums(world.horizon), world.artists(world.horizon)
    ref = world.ref
    found = changes(world, "songs", lambda: [songs.created_at, songs.retitled_at], begin, until)
    row = found.row
    label = albums.label[songs.album[row]]
    year = 1970 + (albums.release_day[songs.album[row]] / 365.2425).astype(np.int64)
    # A registrant per label, one for the self-published; serials are unique within registrant and year.
    registrant = np.where(label >= 0, 10_000 + label + row // 100_000 * 1_000, 40_000 + row // 100_000)
    return make_table(
        "songs",
        {
            "song_id": row + 1,
            "content_id": row + 1,
            "isrc": isrc(
                [c["code"] for c in ref.countries], artists.country[songs.artist[row]], registrant, year, row % 100_000
            ),
            "album_id": songs.album[row] + 1,
            "track_number": songs.track[row],
            "title": song_titles(
                world, songs.language[row], row, (songs.retitled_at[row] <= found.at).astype(np.int64)
            ),
            "duration_ms": songs.duration_ms[row],
            "original_language_id": songs.language[row] + 1,
            "cover_of_song_id": _ids(songs.cover_of[row]),
            "is_functional_noise": songs.is_noise[row],
            "created_at": songs.created_at[row],
            "is_instrumental": _is_instrumental(world, row),
            **found.metadata,
        },
    )


def _is_instrumental(world: World, row: Ints) -> Bools:
    """All of rain and noise and some of the others, where no words of any kind are there."""
    songs, seed = world.songs(world.horizon), world.seed
    wordless = _has_no_lyrics(world, row) & ~songs.is_explicit[row] & ~has_lyrics_file(world, row)
    return wordless & (songs.is_noise[row] | (hash_uniform(seed, "songs.instrumental", row) < 0.3))


def _has_no_lyrics(world: World, row: Ints) -> Bools:
    return hash_uniform(world.seed, "localizations.sung", row) < 0.35


def _new_songs(world: World, begin: date | None, until: date, purpose: str, delay: int) -> Changes:
    """Creation rows of what is delivered with each song."""
    songs = world.songs(world.horizon)
    return changes(world, purpose, lambda: [songs.created_at + delay], begin, until)


def _spread(found: Changes, keep: list[Bools]) -> tuple[Changes, Ints, Ints]:
    """Rows of ``found`` once for each kind that holds: the rows, the index into ``found`` and the kind."""
    index, kind = np.nonzero(np.stack(keep, axis=1))
    return found.take(index), index, kind


def credits(world: World, rows: Ints, existing: int) -> tuple[list[Bools], list[Ints]]:
    """Which of five parts each song has (main, featured, remixer, producer, writer) and its artist row.

    Args:
        rows: song rows.
        existing: number of artists that exist for certain; others than the main one are among them.
    """
    songs = world.songs(world.horizon)
    main, seed = songs.artist[rows], world.seed

    def other(part: str, step: int) -> Ints:
        chosen = (hash_uniform(seed, f"credits.{part}", rows) * (existing - 3)).astype(np.int64)
        return np.where(chosen == main, (chosen + step) % existing, chosen)

    def has(part: str, share: float) -> Bools:
        return np.asarray(hash_uniform(seed, f"credits.has_{part}", rows) < share)

    every = np.ones(len(rows), dtype=bool)
    return (
        [every, has("featured", 0.18), has("remixer", 0.02), has("producer", 0.35), has("writer", 0.5)],
        [
            main,
            other("featured", 1),
            other("remixer", 2),
            other("producer", 1),
            np.where(hash_uniform(seed, "credits.own", rows) < 0.6, main, other("writer", 1)),
        ],
    )


def _credits(world: World, begin: date | None, until: date) -> pa.Table:
    found = _new_songs(world, begin, until, "song_artists", 0)
    existing = len(world.artists(world.first_day - timedelta(days=30)))
    has, who = credits(world, found.row, existing)
    spread, index, role = _spread(found, has)
    artist = np.stack(who, axis=1)[index, role]
    position = np.stack(has, axis=1).cumsum(axis=1)[index, role]
    return make_table(
        "song_artists",
        {
            "song_id": spread.row + 1,
            "artist_id": artist + 1,
            "role": Coded(role, ROLES),
            "credit_position": position,
            **spread.metadata,
        },
    )


def song_genre_rows(world: World, rows: Ints, until: date) -> tuple[list[Bools], list[Ints]]:
    """Up to three genres per song: its artist's, that genre's parent, and any other."""
    songs, ref = world.songs(world.horizon), world.ref
    parent = np.array([ref.genre_index[g["parent"]] if g["parent"] else -1 for g in ref.genres])
    first = songs.genre[rows]
    second = parent[first]
    leaves = np.flatnonzero(ref.genre_weight > 0)
    third = leaves[(hash_uniform(world.seed, "genres.third", rows) * len(leaves)).astype(np.int64)]
    draw = hash_uniform(world.seed, "genres.count", rows)
    return (
        [
            np.ones(len(rows), dtype=bool),
            (second >= 0) & (draw < 0.45),
            (third != first) & (third != second) & (draw > 0.7),
        ],
        [first, second, third],
    )


def _tags(found: Changes, has: list[Bools], what: list[Ints]) -> tuple[Changes, Ints, Ints]:
    """Spread tags with their positions."""
    spread, index, kind = _spread(found, has)
    return spread, np.stack(what, axis=1)[index, kind], np.stack(has, axis=1).cumsum(axis=1)[index, kind]


def _genres(world: World, begin: date | None, until: date) -> pa.Table:
    found = _new_songs(world, begin, until, "song_genres", 0)
    spread, genre, position = _tags(found, *song_genre_rows(world, found.row, until))
    return make_table(
        "song_genres",
        {"song_id": spread.row + 1, "genre_id": genre + 1, "tag_position": position, **spread.metadata},
    )


def _moods(world: World, begin: date | None, until: date) -> pa.Table:
    found = _new_songs(world, begin, until, "song_moods", 0)
    count = len(world.ref.moods)
    first = (hash_uniform(world.seed, "moods.first", found.row) * count).astype(np.int64)
    step = 1 + (hash_uniform(world.seed, "moods.step", found.row) * (count - 1)).astype(np.int64)
    has = [
        hash_uniform(world.seed, "moods.any", found.row) < 0.94,
        hash_uniform(world.seed, "moods.two", found.row) < 0.4,
    ]
    has[1] &= has[0]
    spread, mood, position = _tags(found, has, [first, (first + step) % count])
    return make_table(
        "song_moods",
        {"song_id": spread.row + 1, "mood_id": mood + 1, "tag_position": position, **spread.metadata},
    )


def _localizations(world: World, begin: date | None, until: date) -> pa.Table:
    """The original, and for one song in three titles in some of the platform's five languages."""
    songs, ref, seed = world.songs(world.horizon), world.ref, world.seed
    found = _new_songs(world, begin, until, "localizations", MINUTE)
    original = songs.language[found.row]
    supported = [i for i, r in enumerate(ref.languages) if r["has_localizations"] == "1"]
    localized = hash_uniform(seed, "localizations.any", found.row) < 0.33
    has, languages = [np.ones(len(found), dtype=bool)], [original]
    for other in supported:
        draw = hash_uniform(seed, "localizations.which", found.row, np.full(len(found), other))
        has.append(localized & (draw < 0.6) & (original != other))
        languages.append(np.full(len(found), other))
    spread, language, _ = _tags(found, has, languages)
    own = language == songs.language[spread.row]
    titles = names.pools_of(names.titles, ref.language_codes)
    verses = names.pools_of(names.lyrics, ref.language_codes)
    draw = hash_uniform(seed, "songs.title", spread.row, np.zeros_like(spread.row))
    text = verses.draw(language, hash_uniform(seed, "localizations.lyrics", spread.row))
    codes = np.where(_has_no_lyrics(world, spread.row), -1, text.indices.to_numpy())
    return make_table(
        "song_localizations",
        {
            "song_id": spread.row + 1,
            "language_id": language + 1,
            "title": titles.draw(language, draw),
            "lyrics": Coded(codes, text.dictionary),
            "is_translation": ~own,
            **spread.metadata,
        },
    )


def _features(world: World, begin: date | None, until: date) -> pa.Table:
    songs, seed = world.songs(world.horizon), world.seed
    found = changes(world, "features", lambda: [songs.created_at + 5 * MINUTE, songs.reanalysed_at], begin, until)
    row = found.row
    again = (songs.reanalysed_at[row] <= found.at).astype(np.int64)

    def draw(what: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        first = hash_uniform(seed, f"features.{what}", row)
        drift = (hash_uniform(seed, f"features.{what}.drift", row, again) - 0.5) * 0.06 * again
        return np.clip(first + drift, 0.0, 1.0)

    return make_table(
        "audio_features",
        {
            "song_id": row + 1,
            "model_version": Coded(again, ("audio-2.3", "audio-3.0")),
            "tempo_bpm": 6_000 + (draw("tempo") * 12_000).astype(np.int64),
            "musical_key": (hash_uniform(seed, "features.key", row) * 12).astype(np.int64),
            "is_major": hash_uniform(seed, "features.major", row) < 0.58,
            "loudness_db": -300 - (draw("loudness") ** 2 * 1_500).astype(np.int64),
            "energy": thousandths(draw("energy")),
            "danceability": thousandths(draw("dance")),
            "valence": thousandths(draw("valence")),
            "analyzed_at": found.at,
            **found.metadata,
        },
    )
