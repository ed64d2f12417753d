"""Which recording each play of a day is, by the context of its session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import import_module

import numpy as np

from generators.core.choice import (
    FROM_OWN_LANGUAGE,
    KEPT_CHOICES,
    Draws,
    keyed_song,
    library_song,
    song_choice,
    songs_by,
)
from generators.core.columns import Columns
from generators.core.people import BOT_LOOP, BOT_NONE
from generators.core.playlists import EDITORIAL_LENGTH, SLOTS, Playlists, generation, item_song, playlists, renewals
from generators.core.random import Bools, Floats, Ints, Small
from generators.core.sessions import Heads
from generators.core.world import World

CONTEXTS = ("playlist", "album", "artist", "radio", "search", "recommendation", "library", "voice")
PLAYLIST, ALBUM, ARTIST, RADIO, SEARCH, RECOMMENDATION, LIBRARY, VOICE = range(8)
_FROM_LIBRARY = np.array([0.0, 0.0, 0.0, 0.15, 0.3, 0.1, 1.0, 0.5])
"""Share of plays in each context that are of the listener's own library."""
_FROM_ALL = np.array([False, False, False, True, True, True, False, True])
"""Whether the other plays in each context are of any recording."""


def songs_played(
    world: World,
    day: date,
    heads: Heads,
    play: tuple[Ints, Ints, Small, Bools],
    uniforms: tuple[Floats, Floats, Floats],
) -> tuple[Ints, Small, Small]:
    """Recording, context id (-1: none) and number of the promotion (0: none) of every play.

    Args:
        play: session row, number within the session and context of each play; whether each session shuffles.
        uniforms: two numbers a play (which, from where) and one a session (which context).
    """
    s, k, context, shuffle_of = play
    u_song, u_own, u_session = uniforms
    until = day + timedelta(days=1)
    users, songs, albums = world.users(until), world.songs(until), world.albums(until)
    choice = song_choice(world, day)
    taste = users.taste_language[heads.user]
    song = np.empty(len(s), dtype=np.int64)
    context_id = np.full(len(s), -1, dtype=np.int32)

    def from_all(row: Ints) -> Ints:
        return choice.choose(u_song[row], taste[s[row]], u_own[row] < FROM_OWN_LANGUAGE)

    of_library = u_own < _FROM_LIBRARY.take(context)
    row = np.flatnonzero(of_library)
    song[row] = library_song(world, heads.user[s[row]], taste[s[row]], u_song[row])
    row = np.flatnonzero(_FROM_ALL.take(context) & ~of_library)
    song[row] = from_all(row)
    # Albums and artists: one per session, found through a recording of the library.
    row = np.flatnonzero((context == ALBUM) | (context == ARTIST))
    if len(row):
        seed_song = library_song(world, heads.user, taste, u_session)[s[row]]
        album, artist = songs.album[seed_song], songs.artist[seed_song]
        offset = np.where(shuffle_of[s[row]], (u_song[row] * 1_000).astype(np.int64), k[row])
        track = albums.first_song[album] + (songs.track[seed_song] - 1 + offset) % albums.tracks[album]
        order, of_artist = _songs_of_artists(world, day)
        by_artist = order[of_artist.items(u_song[row], artist)]
        on_album = context[row] == ALBUM
        song[row] = np.where(on_album, track, by_artist)
        context_id[row] = np.where(on_album, album, artist) + 1
    row = np.flatnonzero(context == PLAYLIST)
    song[row], context_id[row] = _of_playlists(
        world, day, heads, (s[row], k[row], shuffle_of), (u_song[row], u_session)
    )
    offered = ((context == RADIO) | (context == RECOMMENDATION)) & (u_own >= 1 - world.effect("promotions"))
    promotion = _promote(world, day, heads, (s, np.flatnonzero(offered & (heads.bot == BOT_NONE)[s])), u_song, song)
    bots = heads.bot != BOT_NONE
    if bots.any():
        row = np.flatnonzero(bots[s])
        looped = np.full(len(heads), -1)
        loops = np.flatnonzero(heads.bot == BOT_LOOP)
        looped[loops] = _loop_song(world, heads.user[loops], taste[loops])
        song[row] = np.where(looped[s[row]] >= 0, looped[s[row]], from_all(row))
        context_id[row], context[row] = -1, RADIO
    return song, context_id, promotion


@dataclass(frozen=True)
class Promoted(Columns):
    """Promotions that run at some time of a UTC day; one is in force from ``start`` to ``end`` but for its pause."""

    number: Ints
    """Id of the promotion."""
    song: Ints
    country: Ints
    start: Ints
    end: Ints
    paused_at: Ints
    resumed_at: Ints


@cache
def promoted_function() -> Callable[[World, date], Promoted]:
    """What creators promote on a UTC day, by the marketing domain."""
    found: Callable[[World, date], Promoted] = import_module("generators.domains.marketing.promotions").promoted_on
    return found


def _promote(world: World, day: date, heads: Heads, play: tuple[Ints, Ints], uniform: Floats, song: Ints) -> Small:
    """Give offered plays to a recording that is promoted in the listener's country, in place; number of the promotion.

    Args:
        play: session row of each play, and the plays that are offered.
        uniform: one number a play.
    """
    s, offered = play
    promotion = np.zeros(len(s), dtype=np.int32)
    if not len(offered):
        return promotion
    found = promoted_function()(world, day)
    at, country = heads.start[s[offered], None], world.ref.city_country[heads.city[s[offered]]][:, None]
    runs = (found.country == country) & (found.start <= at) & (at < found.end)
    runs &= (at < found.paused_at) | (found.resumed_at <= at)
    count = runs.sum(axis=1)
    some = np.flatnonzero(count)
    if not len(some):
        return promotion
    chosen = (uniform[offered[some]] * count[some]).astype(np.int64)
    which = np.argmax(np.cumsum(runs[some], axis=1) > chosen[:, None], axis=1)
    song[offered[some]] = found.song[which]
    promotion[offered[some]] = found.number[which]
    return promotion


def _of_playlists(
    world: World, day: date, heads: Heads, play: tuple[Ints, Ints, Bools], uniforms: tuple[Floats, Floats]
) -> tuple[Ints, Ints]:
    """Recordings and context ids of plays from playlists: a list of the listener's, or else one of the editors'.

    Args:
        play: session row and number within the session of each play; whether each session shuffles.
        uniforms: one number a play and one a session.
    """
    s, k, shuffle_of = play
    u_song, u_session = uniforms
    listed, owned = playlists(world, day + timedelta(days=1))
    own = owned[heads.user, (u_session * 97 % 1 * SLOTS).astype(np.int64)]
    known = np.maximum(own, 0)
    usable = (own >= 0) & (listed.created_at[known] < heads.start) & (heads.start < listed.deleted_at[known])
    usable &= heads.bot == BOT_NONE
    editorial = np.flatnonzero(listed.kind == 2)
    of_session = np.where(usable, own, editorial[(u_session * len(editorial)).astype(np.int64)])
    first = (u_session * 1_009 % 1 * listed.length[of_session]).astype(np.int64)
    chosen = of_session[s]
    slot = np.where(shuffle_of[s], (u_song * 1_000).astype(np.int64), first[s] + k) % listed.length[chosen]
    # Editors' lists are few and hold most of these plays: their recordings are looked up, not drawn for each play.
    song = np.empty(len(s), dtype=np.int64)
    by_editors = listed.kind[chosen] == 2
    row = np.flatnonzero(by_editors)
    song[row] = _editorial_songs(world, listed, day)[np.searchsorted(editorial, chosen[row]), slot[row]]
    row = np.flatnonzero(~by_editors)
    lists = chosen[row]
    song[row] = item_song(world, listed.key[lists], listed.language[lists], slot[row], np.zeros_like(lists))
    return song, chosen + 1


def _editorial_songs(world: World, listed: Playlists, day: date) -> Ints:
    """Recordings of the editors' lists on a day, shape (lists, entries)."""
    lists = np.flatnonzero(listed.kind == 2)[:, None]
    slot = np.arange(EDITORIAL_LENGTH)[None, :]

    def make() -> Ints:
        return item_song(world, listed.key[lists], listed.language[lists], slot, generation(world, slot, day))

    return world.remember(("editorial_songs", renewals(world, day)), make, keep=KEPT_CHOICES)


def _loop_song(world: World, user: Ints, language: Ints) -> Ints:
    """The recording that a looping bot plays: the first of eight that is longer than its plays, else the last."""
    songs = world.songs(world.first_day)
    among = keyed_song(world, "bots.loop", language[:, None], user[:, None], np.arange(8)[None, :])
    is_long = songs.duration_ms[among] > 60_000
    return among[np.arange(len(user)), np.where(is_long.any(axis=1), is_long.argmax(axis=1), 7)]


def _songs_of_artists(world: World, day: date) -> tuple[Ints, Draws]:
    """Song rows grouped by artist, and the draws from each artist's."""
    songs = world.songs(day)

    def make() -> tuple[Ints, Draws]:
        order = songs_by(world, "artist", len(songs))
        end = np.cumsum(np.bincount(songs.artist))
        return order, Draws(songs.weight[order], np.append(0, end[:-1]), end)

    return world.remember(("songs_of_artists", len(songs)), make, keep=KEPT_CHOICES)
