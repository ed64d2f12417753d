"""Which devices people listen on, and which their first subscriptions begin on."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from oracle.active import first_day
from oracle.amounts import ratio
from oracle.calendar import instant, month_of
from oracle.lake import Row
from oracle.listening import countries, country_geography, plays, streams
from oracle.truth import Truth
from oracle.versions import UNKNOWN, users

Cell = tuple[date, int, str]
"""Month, country and type of device."""


def cross_device(truth: Truth) -> list[Row]:
    """Listening by month, country and type of device, and the first subscriptions that such devices brought.

    Listening goes by the country where it happened, a subscription by the payment country at its start.
    """
    kinds = {row["device_id"]: row["device_type"] for row in truth.lake.latest("devices")}
    heard: dict[Cell, list[Row]] = defaultdict(list)
    for stream, play in zip(truth.of(streams), truth.of(plays), strict=True):
        if not stream["is_artificial"]:
            kind = kinds.get(stream["device_id"], "unknown")
            heard[stream["local_booking_month"], play["place"].country_id, kind].append(stream)
    begun: dict[Cell, int] = defaultdict(int)
    for row in _first_subscriptions(truth):
        if row["started_at"] >= instant(first_day(truth)):
            account = truth.of(users).of_event(row["user_id"], row["started_at"])
            country_id = UNKNOWN if account is None else account.row["payment_country_id"]
            kind = kinds.get(row["signup_device_id"], "unknown")
            begun[month_of(row["started_at"].date()), country_id, kind] += 1
    time: dict[tuple[date, int], int] = defaultdict(int)
    for (month, country_id, _), some in heard.items():
        time[month, country_id] += sum(stream["active_ms"] for stream in some)
    won: dict[tuple[date, int], int] = defaultdict(int)
    for (month, country_id, _), count in begun.items():
        won[month, country_id] += count
    found = []
    for cell in heard.keys() | begun.keys():
        month, country_id, kind = cell
        some, country = heard.get(cell, []), truth.of(countries).get(country_id)
        active_ms = sum(stream["active_ms"] for stream in some)
        found.append(
            {
                "month_start_date": month,
                "country_geography_id": country_geography(country_id),
                "country_code": "unknown" if country is None else country["country_code"],
                "device_type": kind,
                "listeners": len({stream["user_id"] for stream in some}),
                "plays": len(some),
                "active_ms": active_ms,
                "listening_share": ratio(active_ms, time[month, country_id]),
                "first_subscriptions": begun.get(cell, 0),
                "subscription_share": ratio(begun.get(cell, 0), won[month, country_id]),
            }
        )
    return found


def _first_subscriptions(truth: Truth) -> list[Row]:
    first: dict[int, Row] = {}
    for row in sorted(truth.lake.latest("subscriptions"), key=lambda row: (row["started_at"], row["subscription_id"])):
        first.setdefault(row["user_id"], row)
    return list(first.values())
