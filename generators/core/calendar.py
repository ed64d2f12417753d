"""Instants as integers: microseconds since 1970-01-01 UTC, so that a column of them is a NumPy array."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from generators.core.random import Floats, Ints

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NEVER = np.iinfo(np.int64).max
"""An instant that does not come."""
EVENT_EPOCH = date(2000, 1, 1)
"""Day 0 of event ids."""
EVENT_IDS_A_DAY = 1_000_000_000
"""By how much they rise with each UTC day."""
_EPOCH = date(1970, 1, 1)


def midnight(day: date) -> int:
    """First microsecond of a UTC day."""
    return (day - _EPOCH).days * DAY


def day_of(instant: int) -> date:
    """UTC day in which an instant lies."""
    return _EPOCH + timedelta(days=int(instant) // DAY)


def days_since_epoch(day: date) -> int:
    """Days since 1970-01-01, as Arrow's date32 counts."""
    return (day - _EPOCH).days


def event_base(day: date) -> int:
    """Smallest event id of a UTC day."""
    return (day - EVENT_EPOCH).days * EVENT_IDS_A_DAY


def day_of_event(event_id: int) -> date:
    """UTC day of an event, which its id tells."""
    return EVENT_EPOCH + timedelta(days=event_id // EVENT_IDS_A_DAY)


def event_ids(instants: Ints, sequence: Ints) -> Ints:
    """Event ids of rows by their instants (microseconds) and a sequence unique within each UTC day."""
    return (instants // DAY - (EVENT_EPOCH - _EPOCH).days) * EVENT_IDS_A_DAY + sequence


_zone = lru_cache(maxsize=None)(ZoneInfo)
"""Zones by name; the library itself keeps only the last eight, and a day asks for more."""


@lru_cache(maxsize=65536)
def utc_offset_minutes(zone: str, day: date) -> int:
    """Offset of a zone at noon UTC of a day, in minutes."""
    offset = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).astimezone(_zone(zone)).utcoffset()
    return int((offset or timedelta()).total_seconds() // 60)


@lru_cache(maxsize=1024)
def utc_offsets(zones: tuple[str, ...], day: date) -> Ints:
    """Offset of each of the zones at noon UTC of a day, in minutes."""
    return np.array([utc_offset_minutes(zone, day) for zone in zones])


def _profile() -> Floats:
    """Relative listening in each of the 168 local hours of a week, Monday 00:00 first; mean 1.

    Low at 2 am; weekday peaks at 9-10 am and 6-7 pm with a dip at lunch; weekends rise late and have no
    commute peaks (realism table of the definitions).
    """
    weekday = [
        28, 16, 10, 12, 18, 32, 52, 74, 92, 104, 100, 88, 74, 72, 80, 86, 94, 106, 114, 110, 98, 88, 72, 48,
    ]  # fmt: skip
    saturday = [
        44, 28, 18, 16, 17, 22, 32, 46, 62, 76, 86, 92, 95, 96, 96, 96, 97, 98, 99, 99, 97, 92, 84, 68,
    ]  # fmt: skip
    sunday = [
        52, 34, 20, 16, 16, 20, 28, 40, 56, 70, 80, 86, 89, 90, 90, 90, 91, 92, 92, 91, 87, 80, 68, 46,
    ]  # fmt: skip
    friday = [*weekday[:19], 112, 106, 100, 90, 70]
    hours = np.array([*(weekday * 4), *friday, *saturday, *sunday], dtype=np.float64)
    return np.asarray(hours / hours.mean())


WEEK_PROFILE = _profile()


@lru_cache(maxsize=8192)
def hours_of_utc_day(day: date, offset_minutes: int) -> Floats:
    """Cumulative listening over the 24 hours of a UTC day in a zone, shape (25,), from 0 to the day's mass.

    A day of average listening has mass 24.
    """
    start = day.weekday() * 1440 + offset_minutes
    local = (start + np.arange(1440)) % 10_080
    per_minute = WEEK_PROFILE[local // 60]
    hourly = per_minute.reshape(24, 60).mean(axis=1)
    return np.concatenate(([0.0], np.cumsum(hourly)))
