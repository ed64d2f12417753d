"""Artists who are active on the platform, and the accounts that act for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generators.core.calendar import DAY, HOUR
from generators.core.catalogue import catalogue_factor
from generators.core.columns import Columns
from generators.core.random import Floats, Ints, exponential, hash_uniform
from generators.core.world import World
from generators.domains.catalog import artist_accounts

_CREATORS = 120
"""Active artists at scale 1; they grow with the catalogue."""
_TEAM_TYPES = (1, 2, 3)
"""Accounts of artists, producers and labels act for those who have none of their own."""


@dataclass(frozen=True)
class Creators(Columns):
    """Active artists of the opening catalogue, the more popular the likelier."""

    artist: Ints
    account: Ints
    """Account row that acts for the artist: its own where the profile is claimed, else one of a team."""
    since: Ints
    """From when it acts, before or after the first day."""
    until: Ints
    """When that account is suspended or deleted; ``NEVER`` if it is not."""
    country: Ints
    """Launch market in whose currency it is paid."""
    language: Ints
    """Language index in which it writes."""
    weight: Floats
    """Share of the audience, relative."""


def creators(world: World) -> Creators:
    """The active artists; all of them, whatever the horizon."""
    return world.remember("creators", lambda: _make(world))


def _make(world: World) -> Creators:
    seed, artists, users = world.seed, world.artists(world.first_day), world.users(world.first_day)
    rows = np.arange(len(artists))
    wanted = min(len(artists), max(10, round(_CREATORS * catalogue_factor(world.scale))))
    # Weighted choice without replacement (Efraimidis, Spirakis): the largest u^(1/w), as logarithms.
    key = np.log(hash_uniform(seed, "creators.chosen", rows) + 1e-12) / artists.weight**0.6
    artist = np.sort(np.argsort(-key, kind="stable")[:wanted])
    team = np.flatnonzero(np.isin(users.user_type, _TEAM_TYPES) & (users.bot == 0))
    if len(team) < 4:
        team = np.union1d(team, np.flatnonzero(users.bot == 0)[:4])
    own, _ = artist_accounts(world, artists)
    hired = team[(hash_uniform(seed, "creators.team", artist) * len(team)).astype(np.int64)]
    account = np.where(own[artist] >= 0, own[artist], hired)
    waits = exponential(hash_uniform(seed, "creators.since", artist), 130.0 * DAY).astype(np.int64)
    since = np.maximum(artists.created_at[artist], users.signup_at[account]) + 6 * HOUR + waits
    return Creators(
        artist=artist,
        account=account,
        since=since,
        until=np.minimum(users.deleted_at[account], users.suspended_at[account]),
        country=users.payment_country[account],
        language=artists.language[artist],
        weight=artists.weight[artist] ** 0.5,
    )
