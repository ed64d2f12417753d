"""Venues and live events with their whole life: announced, begun, ended or cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, midnight, utc_offset_minutes
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.random import Bools, Ints, exponential, hash_bits, hash_uniform, pick
from generators.core.tables import Coded, hex_text, make_table, only
from generators.core.texts import phrase, written_in
from generators.core.world import World
from generators.domains.community.creators import creators
from generators.domains.community.memberships import community_of_creators

CONCERT, LISTENING, MEETING, WORKSHOP, QA = range(5)
TYPES = ("concert", "listening_party", "meet_greet", "workshop", "qa")
VIRTUAL, PHYSICAL, HYBRID = range(3)
VENUE_TYPES = ("virtual", "physical", "hybrid")
_KIND_SHARE = np.array([0.4, 0.2, 0.1, 0.1, 0.2])
_VENUE_SHARE = np.array([[0.4, 0.3, 0.3], [1, 0, 0], [0.5, 0.5, 0], [0.8, 0, 0.2], [0.9, 0, 0.1]])
"""Shares of virtual, physical and hybrid venues by type of event."""
_DAYS_BEFORE = 75
"""Events announced so long before the first day are told of."""
_STAGES = ("Sonic Stage", "Sonic Lounge", "Sonic Studio")
_HALLS = ("Grand Hall", "Riverside Theatre", "Warehouse", "Old Cinema")
_CITIES = 6
"""Cities with a hall in each launch market."""


@dataclass(frozen=True)
class Venues(Columns):
    """Venues; id is row + 1."""

    kind: Ints
    city: Ints
    """City row, -1 for a virtual venue."""
    country: Ints
    capacity: Ints


@dataclass(frozen=True)
class Events(Columns):
    """Events in order of their announcement; id is row + 1."""

    creator: Ints
    key: Ints
    """Number that fixes the event under any horizon."""
    kind: Ints
    venue: Ints
    community: Ints
    """Community row, -1 where it is for all."""
    is_public: Bools
    created_at: Ints
    starts_at: Ints
    ends_at: Ints
    """As planned."""
    began_at: Ints
    """``NEVER`` of what is cancelled."""
    ended_at: Ints
    cancelled_at: Ints

    @property
    def has_tickets(self) -> Bools:
        """Listening parties and questions are free."""
        return np.isin(self.kind, (CONCERT, MEETING, WORKSHOP))


def venues(world: World) -> Venues:
    """All venues: a few stages of the platform, and halls in the largest cities of each launch market."""

    def make() -> Venues:
        ref = world.ref
        halls = [
            city
            for country in np.flatnonzero(ref.launch)
            for city in sorted(ref.cities_of(int(country)), key=lambda city: -ref.city_population[city])[:_CITIES]
        ]
        city = np.concatenate([np.full(len(_STAGES), -1), np.array(halls)])
        hall = np.arange(len(city)) - len(_STAGES)
        return Venues(
            kind=np.where(city < 0, VIRTUAL, np.where(hall % 2 == 0, PHYSICAL, HYBRID)),
            city=city,
            country=np.where(city < 0, -1, ref.city_country[city]),
            capacity=np.where(city < 0, -1, 200 + hall * 37 % 900),
        )

    return world.remember("venues", make)


def events(world: World) -> Events:
    """Events announced within the world's horizon."""
    return world.remember(("live.events", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Events:
    seed, who, begin = world.seed, creators(world), midnight(world.first_day)
    creator, slot = np.arange(len(who))[:, None], np.arange(_slots(world))[None, :]
    gap = 20 * DAY + exponential(hash_uniform(seed, "live.gap", creator, slot), 45.0 * DAY).astype(np.int64)
    anchor = np.maximum(who.since, begin - _DAYS_BEFORE * DAY)
    anchor = anchor - (hash_uniform(seed, "live.phase", np.arange(len(who))) * 20 * DAY).astype(np.int64)
    at = anchor[:, None] + np.cumsum(gap, axis=1)
    creator, slot = np.nonzero(at < midnight(world.horizon))
    at, key = at[creator, slot], creator * 100_000 + slot
    kind = pick(hash_uniform(seed, "live.kind", key), _KIND_SHARE)
    venue = _venue(world, kind, who.country[creator], key)
    offsets = np.array([utc_offset_minutes(world.ref.zones[zone], world.first_day) for zone in world.ref.country_zone])
    lead = 8 + (hash_uniform(seed, "live.lead", key) * 20).astype(np.int64)
    half_hours = 36 + (hash_uniform(seed, "live.hour", key) * 8).astype(np.int64)
    starts = at // DAY * DAY + lead * DAY + (half_hours * 30 - offsets[who.country[creator]]) * MINUTE
    planned = (2 + (hash_uniform(seed, "live.length", key) * 4).astype(np.int64)) * 30 * MINUTE
    began = starts + np.minimum(exponential(hash_uniform(seed, "live.delay", key), 5.0 * MINUTE), HOUR).astype(np.int64)
    lasts = (planned * (0.85 + 0.3 * hash_uniform(seed, "live.lasts", key))).astype(np.int64)
    cancels = hash_uniform(seed, "live.cancels", key) < 0.07
    early = at + DAY + (hash_uniform(seed, "live.cancel_at", key) * (starts - at - 2 * DAY)).astype(np.int64)
    community, founded = community_of_creators(world)
    hosted = np.isin(kind, (LISTENING, QA)) & (founded[creator] < at)
    order = np.lexsort((key, at))
    order = order[(who.until[creator] > starts + 12 * DAY)[order]]
    made = Events(
        creator=creator,
        key=key,
        kind=kind,
        venue=venue,
        community=np.where(hosted, community[creator], -1),
        is_public=~hosted | (hash_uniform(seed, "live.public", key) < 0.5),
        created_at=at,
        starts_at=starts,
        ends_at=starts + planned,
        began_at=np.where(cancels, NEVER, began),
        ended_at=np.where(cancels, NEVER, began + lasts),
        cancelled_at=np.where(cancels, early, NEVER),
    )
    return made.take(order)


def _slots(world: World) -> int:
    """Events that one creator may announce at most until the horizon."""
    return ((world.horizon - world.first_day).days + _DAYS_BEFORE) // 20 + 2


def _venue(world: World, kind: Ints, country: Ints, key: Ints) -> Ints:
    """Venue of each event: a stage of the platform, or a hall of the type in the creator's market."""
    every, seed = venues(world), world.seed
    draw = hash_uniform(seed, "live.venue_type", key)
    wanted = (np.cumsum(_VENUE_SHARE, axis=1)[kind] <= draw[:, None]).sum(axis=1)
    chosen = hash_uniform(seed, "live.venue", key)
    venue = np.zeros(len(kind), dtype=np.int64)
    for place in np.append(np.flatnonzero(world.ref.launch), -1):
        for type_ in range(3):
            among = np.flatnonzero((every.country == place) & (every.kind == type_))
            rows = (wanted == type_) & ((country == place) | (place < 0))
            if len(among):
                venue[rows] = among[(chosen[rows] * len(among)).astype(np.int64)]
    return venue


# Tables.


def venues_table(world: World) -> pa.Table:
    """All venues; they arrive with the opening."""
    every, ref = venues(world), world.ref
    halls = np.arange(len(every)) - len(_STAGES)
    title = [
        *_STAGES,
        *(f"{_HALLS[h % 4]} {ref.cities[every.city[h + len(_STAGES)]]['name']}" for h in halls if h >= 0),
    ]
    street = [None if h < 0 else f"{h * 7 + 1} {_HALLS[(h + 1) % 4]} Road" for h in halls]
    return make_table(
        "venues",
        {
            "venue_id": np.arange(1, len(every) + 1),
            "name": title,
            "venue_type": Coded(every.kind, VENUE_TYPES),
            "city_id": np.where(every.city < 0, -1, every.city + 1),
            "venue_address": pa.array(street, pa.string()),
            "capacity": every.capacity,
            "created_at": midnight(world.first_day) - (400 - np.arange(len(every))) * DAY,
            "arrived_at": midnight(world.first_day) - HOUR,
        },
    )


def events_table(world: World, begin: date | None, until: date, most_viewers: Ints) -> pa.Table:
    """Events with a change row for each step.

    Args:
        most_viewers: most viewers at once of each event that is broadcast.
    """
    every, who, seed = events(world), creators(world), world.seed
    instants = [every.created_at, every.began_at, every.ended_at, every.cancelled_at]
    found = changes(world, "live_events", lambda: instants, begin, until)
    row, at = found.row, found.at
    key, codes = every.key[row], world.ref.language_codes
    language = who.language[every.creator[row]]
    begun, ended, off = (i[row] <= at for i in instants[1:])
    status = np.where(off, 3, np.where(ended, 2, np.where(begun, 1, 0)))
    kind = venues(world).kind[every.venue[row]]
    words = hex_text(np.stack([hash_bits(seed, f"live.stream_key.{i}", key) for i in range(4)], axis=1))
    cover = names.join("https://media.example/events/", pa.array(row + 1).cast(pa.string()), ".jpg")
    about = phrase("event_about", language, codes, hash_uniform(seed, "live.about", key))
    return make_table(
        "live_events",
        {
            "live_event_id": row + 1,
            "artist_id": who.artist[every.creator[row]] + 1,
            "host_user_id": who.account[every.creator[row]] + 1,
            "community_id": np.where(every.community[row] < 0, -1, every.community[row] + 1),
            "venue_id": every.venue[row] + 1,
            "title": phrase("event_title", language, codes, hash_uniform(seed, "live.title", key)),
            "description": Coded(
                np.where(hash_uniform(seed, "live.silent", key) < 0.1, -1, about.indices.to_numpy()), about.dictionary
            ),
            "language_id": written_in(language, codes) + 1,
            "event_type": Coded(every.kind[row], TYPES),
            "status": Coded(status, ("scheduled", "live", "completed", "cancelled")),
            "is_public": every.is_public[row],
            "max_attendees": np.where(kind == PHYSICAL, venues(world).capacity[every.venue[row]], -1),
            "stream_key_hash": only(words, kind != PHYSICAL),
            "cover_image_url": cover,
            "scheduled_start_at": every.starts_at[row],
            "scheduled_end_at": every.ends_at[row],
            "actual_start_at": np.where(begun, every.began_at[row], NEVER),
            "actual_end_at": np.where(ended, every.ended_at[row], NEVER),
            "max_viewers": np.where(ended & (kind != PHYSICAL), most_viewers[row], -1),
            "created_at": every.created_at[row],
            "updated_at": at,
            "cancelled_at": np.where(off, every.cancelled_at[row], NEVER),
            **found.metadata,
        },
    )
