"""Versions of entities: what was known to be true of one at an instant.

A change holds from its instant until the next one's; the first from the entity's creation, as what was written a
moment later was true then. Changes count in the order of their numbers: one whose clock runs behind takes the
instant of the one before. Changes at one instant are one version with the first one's key and the last one's
content. An event that lies before the creation (clocks run apart) meets the first version.

A change that arrives after its month's close, the creation too, holds from the start of the month that is open then, so
that no closed month learns of it; one that a later change has overtaken by then never holds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from oracle.calendar import END, booking_month, instant, month_of
from oracle.lake import Row
from oracle.truth import Truth

UNKNOWN = -1
NOT_APPLICABLE = -2


@dataclass(frozen=True)
class Version:
    """One version of one entity, valid in [valid_from, valid_to)."""

    entity_id: Any
    change_no: int
    valid_from: datetime
    valid_to: datetime
    row: Row

    @property
    def key(self) -> int:
        """The version's key."""
        return int(self.entity_id) * 10_000 + self.change_no

    @property
    def is_first(self) -> bool:
        """Whether it is the one that the entity began with: the creation may not have arrived, or too late."""
        return self.change_no == 0

    @property
    def is_current(self) -> bool:
        """Whether nothing follows."""
        return self.valid_to == END


class History:
    """The versions of all entities of a kind, and when the row of each creation arrived."""

    def __init__(self, versions: Mapping[Any, list[Version]], created_in: Mapping[Any, datetime]) -> None:
        self.versions = versions
        self.created_in = created_in
        self._starts = {entity: [version.valid_from for version in found] for entity, found in versions.items()}

    def at(self, entity_id: Any, at: datetime) -> Version | None:
        """The version in force; None before the first one and for an entity that is not known."""
        starts = self._starts.get(entity_id)
        if starts is None:
            return None
        place = bisect_right(starts, at)
        return self.versions[entity_id][place - 1] if place else None

    def of_event(self, entity_id: Any, at: datetime) -> Version | None:
        """The version that an event meets: the one in force, the first one where the event lies before it."""
        found = self.versions.get(entity_id)
        if found is None:
            return None
        return self.at(entity_id, at) or (found[0] if found[0].is_first else None)

    def known_to_event(self, entity_id: Any, at: datetime) -> datetime | None:
        """When the version that an event meets arrived, if that may be after the event's month had closed.

        Only a first version holds for what lies before it; every later one begins in a month that is open.
        """
        met = self.of_event(entity_id, at)
        return self.created_in[entity_id] if met is not None and met.is_first else None

    def key_of_event(self, entity_id: int | None, at: datetime) -> int:
        """The same as a key of a fact: -2 without an entity, version 0 of one whose row has not arrived."""
        if entity_id is None:
            return NOT_APPLICABLE
        if entity_id in (UNKNOWN, NOT_APPLICABLE):
            return entity_id
        found = self.of_event(entity_id, at)
        return entity_id * 10_000 if found is None else found.key


def history(truth: Truth, table: str, key: str, created_at: Callable[[Row], datetime] | None = None) -> History:
    """Versions from the change rows of an entity; `created_at` tells the creation."""
    return history_of(truth.lake.changes(table), key, first_month(truth), created_at)


def history_of(
    changes: list[Row], key: str, first: date, created_at: Callable[[Row], datetime] | None = None
) -> History:
    """The same from rows sorted by key and number, and the first month of the history."""
    found: dict[Any, list[Version]] = {}
    in_time: dict[Any, datetime] = {}
    for change in changes:
        begin = change["changed_at"]
        if created_at is not None and change["change_no"] == 0:
            begin = min(begin, created_at(change))
        holds_from = known_from(begin, change["arrived_at"], first)
        clock_so_far = in_time.get(change[key], holds_from)
        if holds_from == begin:
            in_time[change[key]] = max(begin, clock_so_far)
        begin, number = max(holds_from, clock_so_far), change["change_no"]
        versions = found.setdefault(change[key], [])
        while versions and versions[-1].valid_from > begin:
            versions.pop()
        if versions:
            before = versions.pop()
            if begin == before.valid_from:
                number = before.change_no
            else:
                versions.append(Version(before.entity_id, before.change_no, before.valid_from, begin, before.row))
        versions.append(Version(change[key], number, begin, END, change))
    created_in = {change[key]: change["arrived_at"] for change in changes if change["change_no"] == 0}
    return History(found, created_in)


def first_month(truth: Truth) -> date:
    """The first month of the history: what had arrived before its close was late for no month."""
    return month_of(truth.lake.opening_day + timedelta(days=1))


def known_from(happened_at: datetime, arrived_at: datetime, first: date) -> datetime:
    """The instant from which something counts: its own, or the start of the month open when it arrived too late."""
    month = month_of(happened_at.date())
    booked = booking_month(month, arrived_at)
    return instant(booked) if booked > max(month, first) else happened_at


def users(truth: Truth) -> History:
    """Accounts, from their sign-up."""
    return history(truth, "users", "user_id", lambda row: row["created_at"])


def artists(truth: Truth) -> History:
    """Artists, from the creation of their profile."""
    return history(truth, "artists", "artist_id", lambda row: row["created_at"])


def contents(truth: Truth) -> History:
    """Pieces of content, from their upload."""
    return history(truth, "content", "content_id", lambda row: row["created_at"])


def songs(truth: Truth) -> History:
    """Recordings, from their being added."""
    return history(truth, "songs", "song_id", lambda row: row["created_at"])


def playlists(truth: Truth) -> History:
    """Playlists, from their creation."""
    return history(truth, "playlists", "playlist_id", lambda row: row["created_at"])


def subscriptions(truth: Truth) -> History:
    """Subscriptions, from the first access."""
    return history(truth, "subscriptions", "subscription_id", lambda row: row["started_at"])


def song_of_content(truth: Truth) -> dict[int, int]:
    """The recording that a piece of content is."""
    return {row["content_id"]: row["song_id"] for row in truth.lake.latest("songs")}


def main_artists(truth: Truth) -> dict[int, int]:
    """The main artist of a recording: its first main credit, else the publisher of its content."""
    found: dict[int, int] = {}
    publisher = {row["content_id"]: row["artist_id"] for row in truth.lake.latest("content")}
    for song in truth.lake.latest("songs"):
        if publisher.get(song["content_id"]) is not None:
            found[song["song_id"]] = publisher[song["content_id"]]
    credits = [row for row in truth.lake.latest("song_artists") if row["role"] == "main"]
    for credit in sorted(credits, key=lambda row: (row["credit_position"], row["artist_id"]), reverse=True):
        found[credit["song_id"]] = credit["artist_id"]
    return found
