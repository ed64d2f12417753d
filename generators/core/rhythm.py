"""Instants of a UTC day in the rhythm of the places where things happen."""

from __future__ import annotations

from datetime import date

import numpy as np

from generators.core.calendar import HOUR, MINUTE, hours_of_utc_day, midnight, utc_offset_minutes
from generators.core.random import Floats, Ints
from generators.core.world import World


def instants_of(world: World, day: date, country: Ints, uniform: Floats) -> Ints:
    """Instants of a UTC day, as many in each hour as are awake in each row's country (index) then.

    The last minute is left out, so that what follows within seconds lies in the day as well.
    """
    zones = world.ref.country_zone[country]
    at = np.zeros(len(country), dtype=np.float64)
    for zone in np.unique(zones):
        rows = zones == zone
        cumulative = hours_of_utc_day(day, utc_offset_minutes(world.ref.zones[int(zone)], day))
        at[rows] = np.interp(uniform[rows] * cumulative[-1], cumulative, np.arange(25.0))
    return midnight(day) + (at / 24 * (24 * HOUR - MINUTE)).astype(np.int64)
