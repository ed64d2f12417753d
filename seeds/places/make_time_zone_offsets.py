"""Writes time_zone_offsets.csv: each zone's offset from UTC between its changes, from the IANA data.

Run it when the IANA rules or the list of zones change::

    python seeds/places/make_time_zone_offsets.py

The file is committed, so that builds do not depend on the zone data of the machine.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

FIRST = datetime(2018, 1, 1, tzinfo=UTC)
LAST = datetime(2032, 1, 1, tzinfo=UTC)
OUTPUT = Path(__file__).with_name("time_zone_offsets.csv")

ZONES = (
    "UTC",
    "Asia/Kolkata",
    "America/Araguaina", "America/Bahia", "America/Belem", "America/Boa_Vista",
    "America/Campo_Grande", "America/Cuiaba",
    "America/Eirunepe", "America/Fortaleza", "America/Maceio", "America/Manaus", "America/Noronha",
    "America/Porto_Velho",
    "America/Recife", "America/Rio_Branco", "America/Santarem", "America/Sao_Paulo",
    "Asia/Jakarta", "Asia/Jayapura", "Asia/Makassar", "Asia/Pontianak",
    "America/Adak", "America/Anchorage", "America/Boise", "America/Chicago", "America/Denver",
    "America/Detroit",
    "America/Indiana/Indianapolis", "America/Kentucky/Louisville", "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix", "Pacific/Honolulu",
    "America/Edmonton", "America/Halifax", "America/Regina", "America/St_Johns", "America/Toronto",
    "America/Vancouver",
    "America/Winnipeg", "America/Cancun", "America/Mexico_City", "America/Tijuana",
    "America/Argentina/Buenos_Aires", "America/Argentina/Cordoba",
    "Africa/Johannesburg",
    "Asia/Bangkok", "Asia/Colombo", "Asia/Dhaka", "Asia/Dubai", "Asia/Ho_Chi_Minh",
    "Asia/Kathmandu", "Asia/Kuala_Lumpur",
    "Asia/Manila", "Asia/Qatar", "Asia/Riyadh", "Asia/Seoul", "Asia/Singapore", "Asia/Tokyo",
    "Australia/Adelaide", "Australia/Brisbane", "Australia/Darwin", "Australia/Hobart",
    "Australia/Melbourne",
    "Australia/Perth", "Australia/Sydney",
    "Atlantic/Azores", "Atlantic/Canary", "Atlantic/Madeira",
    "Europe/Amsterdam", "Europe/Berlin", "Europe/Dublin", "Europe/Lisbon", "Europe/London",
    "Europe/Madrid", "Europe/Paris",
    "Europe/Rome", "Europe/Stockholm", "Europe/Zurich",
)  # fmt: skip
"""Zones of the launch countries, of the United States, and of the other countries where listeners roam."""


def offset_minutes(zone: ZoneInfo, at: datetime) -> int:
    """Offset of a zone from UTC at an instant, in whole minutes.

    Raises ValueError if the offset has seconds, which no zone has had since 1972.
    """
    offset = at.astimezone(zone).utcoffset() or timedelta()
    minutes, rest = divmod(offset, timedelta(minutes=1))
    if rest:
        raise ValueError(f"{zone.key} at {at}: offset {offset} is no whole number of minutes")
    return minutes


def change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """First instant (to the minute) at which the offset differs from the one at `before`."""
    old = offset_minutes(zone, before)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // 2
        middle = middle.replace(second=0, microsecond=0)
        if offset_minutes(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def periods(name: str) -> Iterator[tuple[datetime, datetime, int]]:
    """Half-open periods of one offset, from FIRST to LAST, in order: (from, to, minutes)."""
    zone = ZoneInfo(name)
    start, at = FIRST, FIRST
    while at < LAST:
        # No zone changes twice within a week, bar Morocco's Ramadan, which is not in the list.
        following = min(at + timedelta(days=7), LAST)
        if offset_minutes(zone, following) != offset_minutes(zone, at):
            change = change_between(zone, at, following)
            yield start, change, offset_minutes(zone, start)
            start = change
        at = following
    if start < LAST:
        yield start, LAST, offset_minutes(zone, start)


def main() -> None:
    """Write the file beside this script."""
    with OUTPUT.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["time_zone", "valid_from", "valid_to", "utc_offset_minutes"])
        for name in sorted(ZONES):
            for start, end, minutes in periods(name):
                writer.writerow([name, f"{start:%Y-%m-%d %H:%M:%S+00}", f"{end:%Y-%m-%d %H:%M:%S+00}", minutes])


if __name__ == "__main__":
    main()
