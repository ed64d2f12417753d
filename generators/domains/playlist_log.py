"""Every edit of a list as it was made, with the revision before and after, and those that the lock refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, event_base, midnight
from generators.core.columns import Columns, concatenate
from generators.core.order import flagged, in_order
from generators.core.playlists import Playlists, item_song, playlists
from generators.core.random import Bools, Ints, Small, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.engagement import Entries, playlist_entries

_TYPES = (
    "created", "renamed", "collaborator_added", "published", "item_added", "item_moved", "item_removed", "deleted",
)  # fmt: skip
_CREATED, _RENAMED, _COLLABORATOR, _PUBLISHED, _ADDED, _MOVED, _REMOVED, _DELETED = range(8)
_COLLABORATORS = 3
_MOVED_SHARE, _CONFLICT_SHARE = 0.15, 0.25


def opening(world: World) -> dict[str, pa.Table]:
    """The log begins with the first day."""
    return {}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Edits of a UTC day; they arrive within seconds."""
    world.reach(arrival_day + timedelta(days=1))
    return {"playlist_events": _table(world, arrival_day)}


@dataclass(frozen=True)
class _Edits(Columns):
    at: Ints
    kind: Small
    """Index into _TYPES."""
    lists: Small
    """List row."""
    item: Small
    """Entry row; -1 where the list itself is edited, and for a collaborator their number."""


def _edits_of_lists(world: World) -> _Edits:
    """All edits of lists themselves up to the horizon; narrow, as they are kept."""

    def make() -> _Edits:
        listed, _ = playlists(world, world.horizon)
        return concatenate(_of_lists(world, listed))

    return world.remember(("edits of lists", world.horizon), make, keep=1)


def _of_lists(world: World, listed: Playlists) -> list[_Edits]:
    created, deleted = listed.created_at, listed.deleted_at
    published = np.where((listed.kind == 0) & listed.is_public, created + HOUR, NEVER)
    parts = [(_CREATED, created, 0), (_RENAMED, listed.renamed_at, 0), (_PUBLISHED, published, 0)]
    users, owner = world.users(world.horizon), listed.owner
    for number in range(_COLLABORATORS):
        who = collaborator(world, listed, np.arange(len(listed)), number)
        at = created + (2 + 30 * number) * HOUR
        invited = listed.is_collaborative & (owner > 0) & (at < np.minimum(deleted, users.deleted_at[owner]))
        invited &= at < np.minimum(users.deleted_at[who], users.suspended_at[who])
        parts.append((_COLLABORATOR, np.where(invited, at, NEVER), number))
    parts.append((_DELETED, deleted, 0))
    edits = []
    for kind, at, number in parts:
        happens = (at < midnight(world.horizon)) & ((at < deleted) | (kind == _DELETED))
        rows = np.flatnonzero(happens).astype(np.int32)
        of_all = np.full((2, len(rows)), [[kind], [number]], dtype=np.int8)
        edits.append(_Edits(at[rows], of_all[0], rows, of_all[1]))
    return edits


def _removed_on(world: World, removed: Ints, day: date) -> Small:
    """Rows of the entries that are removed on a UTC day."""

    def make() -> tuple[Small, Ints]:
        from_first = removed >= midnight(world.first_day)
        row = np.flatnonzero(from_first & (removed < midnight(world.horizon))).astype(np.int32)
        row = row[np.argsort(removed[row])]
        return row, removed[row]

    row, at = world.remember(("entries removed", world.horizon), make, keep=1)
    return row[slice(*np.searchsorted(at, (midnight(day), midnight(day) + DAY)))]


def collaborator(world: World, listed: Playlists, chosen: Ints, number: int) -> Ints:
    """Account row of a list's collaborator of that number: one that is older than the owner's."""
    draw = hash_uniform(world.seed, "playlist_events.who", listed.key[chosen], np.full(len(chosen), number))
    return (draw * np.maximum(listed.owner[chosen], 1)).astype(np.int64)


def _moved_at(world: World, listed: Playlists, lists: Ints, slots: Ints, at: Ints) -> Ints:
    """When an entry of an account's list is moved: a minute after it was added, if ever."""
    seed = world.seed
    moves = (listed.kind[lists] == 0) & (slots > 0)
    moves &= hash_uniform(seed, "playlist_events.moved", listed.key[lists], slots) < _MOVED_SHARE
    moved = np.minimum(at + MINUTE, at // DAY * DAY + DAY - 1)
    return np.where(moves & (moved > at) & (moved < listed.deleted_at[lists]), moved, NEVER)


def _table(world: World, day: date) -> pa.Table:
    begin, end = midnight(day), midnight(day) + DAY
    listed, _ = playlists(world, world.horizon)
    every_entry = playlist_entries(world)
    list_row, added, removed = every_entry.lists, every_entry.added_at, every_entry.removed_at

    def today(at: Ints) -> Bools:
        return (at >= begin) & (at < end)

    of_lists = _edits_of_lists(world)
    # Entries stand in the order in which they are added.
    first, last = np.searchsorted(added, (begin, end))
    # Entries are moved on the day on which they are added, so that these two tell which lists are edited.
    touched = np.zeros(len(listed), dtype=bool)
    touched[list_row[first:last]] = True
    touched[list_row[_removed_on(world, removed, day)]] = True
    touched[of_lists.lists[today(of_lists.at)]] = True
    entry = flagged(touched, list_row[:last])
    lists, at, gone = list_row[entry].astype(np.int64), added[entry], removed[entry]
    moved = _moved_at(world, listed, lists, every_entry.slot[entry], at)
    parts = [of_lists.take(touched[of_lists.lists] & (of_lists.at < end))]
    for kind, when in ((_ADDED, at), (_MOVED, moved), (_REMOVED, gone)):
        rows = np.flatnonzero(when < end)
        parts.append(_Edits(when[rows], np.full(len(rows), kind), lists[rows], entry[rows]))
    edits = concatenate(parts)
    is_past = edits.at < begin
    past = np.bincount(edits.lists[is_past], minlength=len(listed))
    edits = edits.take(~is_past)
    edits = edits.take(in_order(edits.item, edits.kind, edits.at, edits.lists))
    revision = past[edits.lists] + np.arange(len(edits)) - np.searchsorted(edits.lists, edits.lists)
    # Who adds to a common list at the same time as another was a second too late.
    conflict = (edits.kind == _ADDED) & listed.is_collaborative[edits.lists]
    conflict &= hash_uniform(world.seed, "playlist_events.conflict", edits.item) < _CONFLICT_SHARE
    conflict &= (edits.at + SECOND < end) & (listed.owner[edits.lists] > 0)
    lost = np.flatnonzero(conflict)
    row = np.concatenate([np.arange(len(edits)), lost])
    accepted = np.arange(len(row)) < len(edits)
    at = edits.at[row] + np.where(accepted, 0, SECOND)
    order = in_order(~accepted, revision[row], edits.lists[row], at)
    row, accepted, at = row[order], accepted[order], at[order]
    edits, revision = edits.take(row), revision[row]
    return _rows(world, day, listed, edits, (at, accepted, revision), every_entry)


def _rows(
    world: World,
    day: date,
    listed: Playlists,
    edits: _Edits,
    what: tuple[Ints, Bools, Ints],
    entries: Entries,
) -> pa.Table:
    """The log's rows.

    Args:
        what: instant, whether it took effect, and the revision before, of each edit.
        entries: every one.
    """
    at, accepted, revision = what
    lists, kind = edits.lists, edits.kind
    of_item = (kind == _ADDED) | (kind == _MOVED) | (kind == _REMOVED)
    item = np.where(of_item, edits.item, 0)
    slot, renewed = entries.slot[item].astype(np.int64), entries.renewed[item]
    song = item_song(world, listed.key[lists], listed.language[lists], slot, renewed)
    # What was refused is another recording of the collaborator's: only the attempt is known.
    known = of_item & accepted
    target = (hash_uniform(world.seed, "playlist_events.to", edits.item) * (slot + 1)).astype(np.int64)
    invited = kind == _COLLABORATOR
    who = np.full(len(at), -1, dtype=np.int64)
    for number in range(_COLLABORATORS):
        mine = (invited & (edits.item == number)) | (~accepted & (number == 0))
        who[mine] = collaborator(world, listed, lists[mine], number)
    owner = listed.owner[lists]
    users = world.users(world.horizon)
    actor = np.where(accepted, np.where(listed.kind[lists] == 0, owner, -1), who)
    actor = np.where((actor >= 0) & (users.deleted_at[np.maximum(actor, 0)] < at), -1, actor)
    begin = midnight(day)
    delay = hash_uniform(world.seed, "playlist_events.arrival", lists, revision) * 4 * SECOND + SECOND
    return make_table(
        "playlist_events",
        {
            "playlist_event_id": event_base(day) + np.arange(len(at)),
            "playlist_id": lists + 1,
            "actor_user_id": np.where(actor >= 0, actor + 1, -1),
            "occurred_at": at,
            "event_type": Coded(kind, _TYPES),
            "playlist_item_id": np.where(known, edits.item + 1, -1),
            "content_id": np.where(known, song + 1, -1),
            "position_before": np.where(known & (kind != _ADDED), slot + 1, -1),
            "position_after": np.where(
                known & (kind == _ADDED), slot + 1, np.where(known & (kind == _MOVED), target + 1, -1)
            ),
            "collaborator_user_id": np.where(invited, who + 1, -1),
            "revision_before": revision,
            "revision_after": np.where(accepted, revision + 1, -1),
            "is_accepted": accepted,
            "arrived_at": np.minimum(at + delay.astype(np.int64), begin + DAY - 1),
        },
    )
