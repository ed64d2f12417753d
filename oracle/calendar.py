"""Days, months and the clocks on the wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
END = datetime(9999, 12, 31, tzinfo=UTC)
"""The far past and the far future, in which open intervals begin and end."""
MONTH_CLOSE_DAYS = 10


def instant(day: date) -> datetime:
    """The instant at which a UTC day begins."""
    return datetime.combine(day, time.min, UTC)


def month_of(day: date) -> date:
    """First day of the day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """First day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def closes_at(month: date) -> datetime:
    """When a month closes: at the end of the tenth day that follows it."""
    return instant(next_month(month) + timedelta(days=MONTH_CLOSE_DAYS))


@lru_cache(maxsize=4096)
def _month_open_on(month: date, arrival_day: date) -> date:
    arrived_at = instant(arrival_day)
    while closes_at(month) <= arrived_at:
        month = next_month(month)
    return month


def booking_month(event_month: date, arrived_at: datetime) -> date:
    """The month that books what happened in `event_month`: its own, or the first still open when it arrived."""
    return _month_open_on(event_month, arrived_at.date())


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: datetime, zone: str) -> datetime:
    """The clock on the wall of an IANA zone at an instant."""
    return at.astimezone(_zone(zone))
