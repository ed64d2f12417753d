"""Daily, weekly and monthly users, by hand."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rows import GivenLake, at, change

from oracle.active import active_users
from oracle.lake import Seeds
from oracle.truth import Truth
from sonic.paths import PROJECT

OPENED = "2025-01-01 00:00:00"
OPENING, LAST = date(2025, 12, 31), date(2026, 1, 3)


def truth(days: list[tuple[int, date]]) -> Truth:
    """Accounts 1 (India) and 2 (Brazil from 2 January, 23:00 UTC) that listened on opening days."""
    account = {"user_id": 2, "status": "active", "created_at": at(OPENED)}
    lake = GivenLake(
        {
            "countries": [
                {"country_id": number, "country_code": code, "name": code, "time_zone": "UTC", "arrived_at": at(OPENED)}
                for number, code in ((1, "IN"), (2, "BR"))
            ],
            "users": [
                change(account | {"user_id": 1, "payment_country_id": 1}, OPENED),
                change(account | {"payment_country_id": 1}, OPENED),
                change(account | {"payment_country_id": 2}, "2026-01-02 23:00:00", 1),
            ],
            "plans": [change({"plan_id": 1, "tier": "free"}, OPENED)],
            "opening_listening_days": [
                {"user_id": user, "local_date": day, "played_ms": 5, "arrived_at": at(OPENED)} for user, day in days
            ],
        },
        LAST,
    )
    lake.days = [OPENING, LAST]
    return Truth(lake, Seeds(PROJECT / "seeds"))


def cells(days: list[tuple[int, date]]) -> dict[tuple[int, int, str], dict[str, Any]]:
    """Rows by day of January, place and tier."""
    found = truth(days).of(active_users)
    return {(row["date_day"].day, row["payment_geography_id"], row["tier"]): row for row in found}


def test_windows_end_with_the_day() -> None:
    """Last active on 4 December: the 30th day is 2 January. On 27 December: the 7th day is 2 January."""
    found = cells([(1, date(2025, 12, 4)), (2, date(2025, 12, 27))])
    world = {day: found[day, -2, "all"] for day in (1, 2, 3)}
    assert [world[day]["mau"] for day in (1, 2, 3)] == [2, 2, 1]
    assert [world[day]["wau"] for day in (1, 2, 3)] == [1, 1, 0]
    assert [world[day]["dau"] for day in (1, 2, 3)] == [0, 0, 0]


def test_a_user_stands_in_one_cell_by_the_end_of_the_day() -> None:
    """The account that moves at 23:00 on the second is Brazilian on that day, for all of its window."""
    found = cells([(2, date(2025, 12, 30))])
    assert (1, 2_000_001, "free") in found and (1, 2_000_002, "free") not in found
    assert (2, 2_000_002, "free") in found and (2, 2_000_001, "free") not in found


def test_stickiness_is_of_the_month_so_far() -> None:
    """Days of January are counted from the first of data: 2 of 3 days, one user."""
    opening = [(1, date(2026, 1, 1) + timedelta(days=number)) for number in (0, 1)]
    found = cells(opening)[3, -2, "all"]
    assert (found["dau"], found["mau"]) == (0, 1)
    assert found["average_dau"] == found["stickiness"] == Decimal("0.666667")
    assert not found["is_month_end"]
