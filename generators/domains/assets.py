"""What becomes of content: assets on their way in, changed attributes, audits of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.core.calendar import DAY, MINUTE, NEVER, SECOND, event_base, event_ids, midnight
from generators.core.catalogue import catalogue_factor
from generators.core.changes import arrival_of, changes
from generators.core.columns import Columns
from generators.core.media import (
    EPISODE_BASE,
    REEL_BASE,
    VIDEO_BASE,
    episodes,
    has_lyrics_file,
    podcasts,
    reels,
    videos,
)
from generators.core.random import Floats, Ints, exponential, hash_bits, hash_uniform, pick
from generators.core.tables import Coded, hex_text, make_table
from generators.core.texts import song_titles
from generators.core.world import World
from generators.domains.catalog import artist_accounts

_UPLOADS_SINCE = 60
"""Days before the first day from which uploads are told."""
_KINDS = ("audio", "video", "artwork", "lyrics", "chapters")
_AUDIO, _VIDEO, _ARTWORK, _LYRICS, _CHAPTERS = range(5)
_MEAN_BYTES = (34_000_000, 310_000_000, 2_400_000, 5_000, 1_500)
_STATES = ("received", "queued", "validated", "published", "refused")
_REASONS = ("codec", "silence", "duplicate", "metadata", "artwork_size", "virus")
_REFUSED_SHARE = 0.05
AUDITS_PER_DAY = 60
"""Checks a day at scale 1."""
_ATTRIBUTES = ("title", "duration_ms", "track_number", "language", "is_explicit")


def opening(world: World) -> dict[str, pa.Table]:
    """Uploads of the last weeks, and all changes of content before the first day."""
    return {
        "content_uploads": _uploads_table(world, None, world.first_day),
        "content_versions": _versions_table(world, None, world.first_day),
    }


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """What happens on a UTC day."""
    until = arrival_day + timedelta(days=1)
    return {
        "content_uploads": _uploads_table(world, arrival_day, until),
        "content_versions": _versions_table(world, arrival_day, until),
        "metadata_audits": _audits(world, arrival_day),
    }


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    world.reach(until)
    return {"content_uploads": int(np.searchsorted(_uploads(world).received, midnight(until)))}


@dataclass(frozen=True)
class _Uploads(Columns):
    """Assets in order of their arrival; all that becomes of one happens on one UTC day."""

    received: Ints
    queued: Ints
    validated: Ints
    """``NEVER`` for what is refused."""
    done: Ints
    """Published or refused."""
    content: Ints
    """Content id that an asset becomes part of; that of the accepted one for a refused attempt."""
    artist: Ints
    kind: Ints
    refused: Ints


def _uploads(world: World) -> _Uploads:
    return world.remember(("uploads", world.horizon), lambda: _make_uploads(world), keep=1)


def _assets(world: World) -> tuple[Ints, Ints, Ints, Ints]:
    """Content id, artist row, kind and instant of publication of every asset that became part of content."""
    songs, seed = world.songs(world.horizon), world.seed
    shows, spoken, filmed, short = podcasts(world), episodes(world), videos(world), reels(world)
    song = np.arange(len(songs))
    parts = []
    for kind, row in (
        (_AUDIO, song),
        (_ARTWORK, np.flatnonzero(songs.track == 1)),
        (_LYRICS, np.flatnonzero(has_lyrics_file(world, song))),
    ):
        parts.append((row + 1, songs.artist[row], np.full(len(row), kind), songs.created_at[row]))
    host = shows.artist[spoken.podcast]
    for kind, kept in ((_AUDIO, 1.0), (_CHAPTERS, 0.7)):
        row = np.flatnonzero(hash_uniform(seed, "uploads.chapters", np.arange(len(spoken))) < kept)
        parts.append((EPISODE_BASE + row + 1, host[row], np.full(len(row), kind), spoken.created_at[row]))
    for base, media in ((VIDEO_BASE, filmed), (REEL_BASE, short)):
        row = np.arange(len(media))
        parts.append((base + row + 1, songs.artist[media.song], np.full(len(row), _VIDEO), media.created_at))
    content, artist, kinds, at = (np.concatenate(column) for column in zip(*parts, strict=True))
    recent = at >= midnight(world.first_day - timedelta(days=_UPLOADS_SINCE))
    return content[recent], artist[recent], kinds[recent], at[recent]


def _make_uploads(world: World) -> _Uploads:
    """Accepted assets, a minute or more before they are published, and refused attempts before them.

    Everything lies on the day of the publication: before midnight nothing is known of what a later day publishes.
    """
    content, artist, kind, published = _assets(world)
    seed = world.seed

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"uploads.{what}", content, kind)

    begin = published // DAY * DAY
    # Fridays are the day of releases: assets queue up.
    busy = np.where((published // DAY + 3) % 7 == 4, 2.2, 1.0)
    wait = MINUTE + exponential(draw("queue"), 1.6 * MINUTE * busy).astype(np.int64)
    work = 20 * SECOND + exponential(draw("work"), 70.0 * SECOND).astype(np.int64)
    span = np.minimum(wait + work, np.maximum(published - begin - 1_000, 4_000))
    received = published - span
    queued = received + span // 50
    validated = received + np.maximum(span * wait // (wait + work), span // 40) + span // 100
    lost = np.flatnonzero(draw("refused") < _REFUSED_SHARE)
    room = received[lost] - begin[lost]
    lost, room = lost[room > MINUTE], room[room > MINUTE]
    first = received[lost] - np.minimum((room * (0.2 + 0.7 * draw("attempt")[lost])).astype(np.int64), 5 * 60 * MINUTE)
    gap = np.minimum(received[lost] - first, 8 * MINUTE)
    columns = [
        (received, first),
        (queued, first + gap // 50),
        (validated, np.full(len(lost), NEVER)),
        (published, first + gap // 2),
        (content, content[lost]),
        (artist, artist[lost]),
        (kind, kind[lost]),
        (np.zeros(len(received), dtype=np.int64), np.ones(len(lost), dtype=np.int64)),
    ]
    made = _Uploads(*[np.concatenate(pair) for pair in columns])
    return made.take(np.lexsort((made.refused, made.kind, made.content, made.received)))


def _uploads_table(world: World, begin: date | None, until: date) -> pa.Table:
    world.reach(until)
    every, seed = _uploads(world), world.seed
    found = changes(world, "uploads", lambda: [every.received, every.queued, every.validated, every.done], begin, until)
    rows, at = every.take(found.row), found.at
    refused = rows.refused == 1
    done = rows.done <= at
    state = np.where(done, np.where(refused, 4, 3), (rows.queued <= at).astype(np.int64) + (rows.validated <= at))
    words = [hash_bits(seed, f"uploads.checksum.{i}", rows.content, rows.kind, rows.refused) for i in range(4)]
    size = np.array(_MEAN_BYTES)[rows.kind] * (0.3 + exponential(hash_uniform(seed, "uploads.size", found.row), 0.7))
    reason = pick(hash_uniform(seed, "uploads.reason", found.row), np.array([3, 1, 3, 4, 0, 0.3]))
    reason = np.where(rows.kind == _ARTWORK, 4, reason)
    checksum = hex_text(np.stack(words, axis=1))
    return make_table(
        "content_uploads",
        {
            "content_upload_id": found.row + 1,
            "artist_id": rows.artist + 1,
            "content_id": np.where(done & ~refused, rows.content, -1),
            "asset_kind": Coded(rows.kind, _KINDS),
            "object_key": pc.binary_join_element_wise(
                pa.array(["incoming"]).take(pa.array(np.zeros(len(rows), dtype=np.int64))),
                pc.utf8_slice_codeunits(checksum, 0, 2),
                checksum,
                "/",
            ),
            "size_bytes": size.astype(np.int64) + 200,
            "checksum": checksum,
            "status": Coded(state, _STATES),
            "refusal_reason": Coded(np.where(done & refused, reason, -1), _REASONS),
            "received_at": rows.received,
            "queued_at": np.where(rows.queued <= at, rows.queued, NEVER),
            "validated_at": np.where(rows.validated <= at, rows.validated, NEVER),
            "published_at": np.where(done & ~refused, rows.done, NEVER),
            "refused_at": np.where(done & refused, rows.done, NEVER),
            **found.metadata,
        },
    )


def _versions_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Renamed recordings and withdrawn stories: the same instants as the change rows of content."""
    world.reach(until)
    songs, short, seed = world.songs(world.horizon), reels(world), world.seed
    low, high = 0 if begin is None else midnight(begin), midnight(until)
    renamed = np.flatnonzero((songs.retitled_at >= low) & (songs.retitled_at < high))
    expired = np.flatnonzero((short.withdrawn_at >= low) & (short.withdrawn_at < high))
    # A title that is drawn anew may be the one that was.
    before, after = (
        song_titles(world, songs.language[renamed], renamed, np.full(len(renamed), n)).cast(pa.string()) for n in (0, 1)
    )
    other = pc.not_equal(before, after)
    before, after, renamed = before.filter(other), after.filter(other), renamed[other.to_numpy(zero_copy_only=False)]
    at = np.concatenate([songs.retitled_at[renamed], short.withdrawn_at[expired]])
    content = np.concatenate([renamed + 1, expired + REEL_BASE + 1])
    order = np.lexsort((content, at))
    is_title = np.arange(len(at)) < len(renamed)
    account, _ = artist_accounts(world, world.artists(world.horizon))
    by = np.concatenate([account[songs.artist[renamed]], np.full(len(expired), -1)])
    users = world.users(world.horizon)
    by = np.where((by >= 0) & (users.signup_at[by] < at) & (users.deleted_at[by] > at), by, -1)
    reason = np.where(is_title, (hash_uniform(seed, "versions.reason", content) < 0.3).astype(np.int64), 2)

    def texts(of_songs: pa.Array, of_stories: str) -> pa.Array:
        stories = pa.array(np.full(len(expired), of_stories, dtype=object), pa.string())
        return pa.concat_arrays([of_songs, stories]).take(pa.array(order))

    number = np.arange(len(at)) - np.searchsorted(at[order], at[order] // DAY * DAY)
    return make_table(
        "content_versions",
        {
            "content_version_id": event_ids(at[order], number),
            "content_id": content[order],
            "version_no": 1,
            "changed_at": at[order],
            "attribute_name": Coded((~is_title[order]).astype(np.int64), ("title", "upload_status")),
            "value_before": texts(before, "published"),
            "value_after": texts(after, "withdrawn"),
            "change_reason": Coded(reason[order], ("correction", "rebranding", "expiry")),
            "changed_by_user_id": np.where(by[order] >= 0, by[order] + 1, -1),
            "arrived_at": arrival_of(world, "content_versions", at[order], begin, until, content[order]),
        },
    )


def _audits(world: World, arrival_day: date) -> pa.Table:
    """A sample of the catalogue, held against the deliveries."""
    songs, seed, ref = world.songs(arrival_day), world.seed, world.ref
    count = max(4, round(AUDITS_PER_DAY * catalogue_factor(world.scale)))
    key = event_base(arrival_day) + np.arange(count)
    at = midnight(arrival_day) + 4 * 60 * MINUTE + np.arange(count) * 2 * SECOND
    row = (hash_uniform(seed, "audits.song", key) * len(songs)).astype(np.int64)
    attribute = (hash_uniform(seed, "audits.attribute", key) * len(_ATTRIBUTES)).astype(np.int64)
    wrong = hash_uniform(seed, "audits.wrong", key) < world.effect("catalogue.differences")
    title = song_titles(world, songs.language[row], row, (songs.retitled_at[row] <= at).astype(np.int64))
    title = title.cast(pa.string())
    codes = pa.array(ref.language_codes)
    language = songs.language[row]
    explicit = songs.is_explicit[row]

    def values(of_delivery: bool) -> pa.Array:
        off = int(of_delivery)
        return pc.choose(
            pa.array(attribute),
            pc.binary_join_element_wise(title, " (Live)", "") if of_delivery else title,
            pa.array(songs.duration_ms[row] + 1_000 * off).cast(pa.string()),
            pa.array(songs.track[row] + off).cast(pa.string()),
            codes.take(pa.array((language + off) % len(codes))),
            pa.array(explicit ^ of_delivery).cast(pa.string()),
        )

    held = values(False)
    return make_table(
        "metadata_audits",
        {
            "metadata_audit_id": key,
            "song_id": row + 1,
            "checked_at": at,
            "attribute_name": Coded(attribute, _ATTRIBUTES),
            "value_held": held,
            "value_true": pc.if_else(pa.array(wrong), values(True), held),
            "is_correct": ~wrong,
            "auditor": Coded(
                (hash_uniform(seed, "audits.who", key) < 0.1).astype(np.int64), ("delivery_check", "catalogue_desk")
            ),
            "arrived_at": at + SECOND,
        },
    )
