"""Agents of customer support: each seat is always taken, by one agent after another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, NEVER, midnight
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.people import HISTORY_DAYS
from generators.core.random import Floats, Ints, exponential, hash_uniform, normal
from generators.core.tables import Coded, make_table
from generators.core.texts import LANGUAGES
from generators.core.world import World

TEAMS = ("billing", "playback", "content", "account")
SHIFTS = ("morning", "evening", "night")
_SEATS = 10, 20
"""Seats at any scale, and those that come on top at scale 1, growing with its root."""
_SUCCESSORS = 24


@dataclass(frozen=True)
class Agents(Columns):
    """Agents in order of their hiring; id is row + 1."""

    seat: Ints
    number: Ints
    """Number among those of the seat."""
    hired_at: Ints
    left_at: Ints


@dataclass(frozen=True)
class Desk:
    """All seats with their agents up to a horizon."""

    agents: Agents
    hired_at: Ints
    """By seat and number, shape (seats, _SUCCESSORS); it rises."""
    row: Ints
    """Agent row by seat and number, -1 beyond the horizon."""

    def agent(self, seat: Ints, instants: Ints) -> Ints:
        """Agent row of a seat at instants."""
        number = (self.hired_at[seat] <= instants[:, None]).sum(axis=1) - 1
        return np.asarray(self.row[seat, number], dtype=np.int64)


def seats(world: World) -> int:
    """Number of seats."""
    return _SEATS[0] + int(_SEATS[1] * world.scale**0.5)


def language_of_seat(seat: Ints) -> Ints:
    """Index into LANGUAGES."""
    return seat % len(LANGUAGES)


def team_of_seat(seat: Ints) -> Ints:
    """Index into TEAMS."""
    return seat // len(LANGUAGES) % len(TEAMS)


def speed(world: World, agent: Ints) -> Floats:
    """Time that an agent takes against the average: a planted property of each."""
    return np.asarray(np.exp(normal(hash_uniform(world.seed, "agents.speed", agent)) * 0.35), dtype=np.float64)


def desk(world: World) -> Desk:
    """Agents hired within the world's horizon."""
    return world.remember(("support.desk", world.horizon), lambda: _staff(world), keep=1)


def _staff(world: World) -> Desk:
    seat, number = np.arange(seats(world))[:, None], np.arange(_SUCCESSORS)[None, :]
    stays = 90 * DAY + exponential(hash_uniform(world.seed, "agents.stays", seat, number), 500.0 * DAY).astype(np.int64)
    opened = midnight(world.first_day) - (HISTORY_DAYS - 5) * DAY + np.arange(seats(world)) * DAY // 8
    hired = opened[:, None] + np.cumsum(stays, axis=1) - stays
    row, place = np.nonzero(hired < midnight(world.horizon))
    order = np.lexsort((row, hired[row, place]))
    row, place = row[order], place[order]
    agent = np.full(hired.shape, -1, dtype=np.int64)
    agent[row, place] = np.arange(len(row))
    left = hired[row, place] + stays[row, place]
    return Desk(Agents(seat=row, number=place, hired_at=hired[row, place], left_at=left), hired, agent)


def seat_of(world: World, key: Ints, language: Ints, team: Ints) -> Ints:
    """Seat that takes a ticket: of its language, and of its team where the language has one."""
    seat, first, count = world.remember("seats of teams", lambda: _seats_of_teams(world))
    place = (hash_uniform(world.seed, "support.seat", key) * count[language, team]).astype(np.int64)
    chosen: Ints = seat[first[language, team] + place]
    return chosen


def _seats_of_teams(world: World) -> tuple[Ints, Ints, Ints]:
    """Seats that may take the tickets of each language and team one after another; the first and how many each has."""
    every, parts = np.arange(seats(world)), []
    for spoken in range(len(LANGUAGES)):
        of_language = every[language_of_seat(every) == spoken]
        for group in range(len(TEAMS)):
            among = of_language[team_of_seat(of_language) == group]
            parts.append(among if len(among) else of_language)
    count = np.array([len(part) for part in parts])
    shape = len(LANGUAGES), len(TEAMS)
    return np.concatenate(parts), (np.cumsum(count) - count).reshape(shape), count.reshape(shape)


def agents_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Agents; a change row when one leaves."""
    agents, seed = desk(world).agents, world.seed
    found = changes(world, "support_agents", lambda: [agents.hired_at, agents.left_at], begin, until)
    row = found.row
    spoken = language_of_seat(agents.seat[row])
    country = np.array([names.COUNTRIES.index(code) for code in ("US", "IN", "IN", "BR", "ID")])[spoken]
    codes = world.ref.language_codes
    return make_table(
        "support_agents",
        {
            "support_agent_id": row + 1,
            "agent_code": names.join("SA-", pa.array(row + 1_001).cast(pa.string())),
            "display_name": names.pools_of(names.given_names, names.COUNTRIES).draw(
                country, hash_uniform(seed, "agents.name", row)
            ),
            "team": Coded(team_of_seat(agents.seat[row]), TEAMS),
            "language_id": np.array([codes.index(code) for code in LANGUAGES])[spoken] + 1,
            "shift": Coded((hash_uniform(seed, "agents.shift", agents.seat[row]) * 3).astype(np.int64), SHIFTS),
            "hired_at": agents.hired_at[row],
            "left_at": np.where(agents.left_at[row] <= found.at, agents.left_at[row], NEVER),
            **found.metadata,
        },
    )
