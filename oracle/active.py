"""Daily, weekly and monthly active users."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date, datetime, timedelta

from oracle.amounts import ratio
from oracle.calendar import instant, month_of, next_month
from oracle.lake import Row
from oracle.listening import active_days, countries, country_geography
from oracle.plans import payment_country, plan_in_force
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE

Cell = tuple[int, str]
"""Payment country (-2: all of them) and tier ('all')."""
ALL_TIERS = "all"
MOMENT = timedelta(microseconds=1)


def first_day(truth: Truth) -> date:
    """The first day of service data: the day after the opening."""
    return truth.lake.opening_day + timedelta(days=1)


def cell_of(truth: Truth, user_id: int, day: date) -> Cell:
    """Where a user stands on a day: by payment country and tier at its end (UTC)."""
    at: datetime = instant(day + timedelta(days=1)) - MOMENT
    return payment_country(truth, user_id, at), plan_in_force(truth, user_id, at).tier


def active_users(truth: Truth) -> list[Row]:
    """Users active on a day (DAU), in the 7 (WAU) and in the 30 days (MAU) that end with it, by cell.

    A user stands in one cell and in its roll-ups. Stickiness is the average DAU of the month's days so far (from the
    first day of data) over the MAU of the day.
    """
    days_of: dict[int, list[date]] = defaultdict(list)
    for user_id, day in sorted(truth.of(active_days)):
        days_of[user_id].append(day)
    begin, figures = first_day(truth), truth.of(rules)
    codes = truth.of(countries)
    month_dau: dict[tuple[date, Cell], int] = defaultdict(int)
    found = []
    day = begin
    while instant(day) < truth.lake.clock:
        counts: dict[Cell, list[int]] = defaultdict(lambda: [0, 0, 0])
        for user_id, active in days_of.items():
            place = bisect_right(active, day)
            if not place or (ago := (day - active[place - 1]).days) >= figures.on("mau_days", day):
                continue
            country_id, tier = cell_of(truth, user_id, day)
            for cell in {(c, t) for c in (country_id, NOT_APPLICABLE) for t in (tier, ALL_TIERS)}:
                count = counts[cell]
                count[0] += ago < figures.on("dau_days", day)
                count[1] += ago < figures.on("wau_days", day)
                count[2] += 1
        days_so_far = (day - max(begin, month_of(day))).days + 1
        for cell, (dau, wau, mau) in sorted(counts.items()):
            month_dau[month_of(day), cell] += dau
            dau_so_far = month_dau[month_of(day), cell]
            found.append(
                {
                    "date_day": day,
                    **_named(cell, codes),
                    "dau": dau,
                    "wau": wau,
                    "mau": mau,
                    "month_dau": dau_so_far,
                    "month_days": days_so_far,
                    "average_dau": ratio(dau_so_far, days_so_far),
                    "stickiness": ratio(dau_so_far, days_so_far * mau),
                    "is_month_end": next_month(day) == day + timedelta(days=1),
                }
            )
        day += timedelta(days=1)
    return found


def _named(cell: Cell, codes: dict[int, Row]) -> Row:
    country_id, tier = cell
    is_all = country_id == NOT_APPLICABLE
    country = codes.get(country_id)
    return {
        "payment_geography_id": NOT_APPLICABLE if is_all else country_geography(country_id),
        "payment_country_code": "all" if is_all else "unknown" if country is None else country["country_code"],
        "payment_country": "all" if is_all else "unknown" if country is None else country["name"],
        "tier": tier,
        "is_all_countries": is_all,
        "is_all_tiers": tier == ALL_TIERS,
    }
