"""Days and minutes as dimensions."""

from __future__ import annotations

from calendar import day_name, month_name, monthrange
from collections import defaultdict
from datetime import date, timedelta

from oracle.lake import Row
from oracle.truth import Truth

FIRST, LAST = date(2018, 1, 1), date(2031, 12, 31)
UNKNOWN_DATE, NO_DATE = date(1900, 1, 1), date(9999, 12, 31)
FRIDAY = 4
"""Python's number of the day on which a chart week begins."""
_HOLIDAYS = {"india": "IN", "brazil": "BR", "indonesia": "ID"}


def dates(truth: Truth) -> list[Row]:
    """Each day that the warehouse can meet, and the members for an unknown date and for none."""
    holidays: dict[tuple[date, str], list[str]] = defaultdict(list)
    for row in truth.seeds.rows("holidays"):
        holidays[date.fromisoformat(row["holiday_date"]), row["country_code"]].append(row["name"])
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    kinds = {UNKNOWN_DATE: "unknown", NO_DATE: "not_applicable"}
    found = []
    for day in (*days, *kinds):
        names = {place: sorted(holidays.get((day, code), [])) for place, code in _HOLIDAYS.items()}
        found.append(
            {
                "date_day": day,
                "member_kind": kinds.get(day, "day"),
                **_parts(day),
                **{f"holiday_{place}": ", ".join(known) or None for place, known in names.items()},
                **{f"is_holiday_{place}": bool(known) for place, known in names.items()},
            }
        )
    return found


def chart_week(day: date) -> tuple[date, date]:
    """Friday and Thursday of the chart week of a day; the last of all weeks ends with time."""
    friday = day - timedelta(days=(day.weekday() - FRIDAY) % 7)
    return friday, friday + min(timedelta(days=6), NO_DATE - friday)


def _parts(day: date) -> Row:
    iso = day.isocalendar()
    quarter = (day.month + 2) // 3
    friday, thursday = chart_week(day)
    length = monthrange(day.year, day.month)[1]
    return {
        "year_number": day.year,
        "quarter_of_year": quarter,
        "month_of_year": day.month,
        "day_of_month": day.day,
        "day_of_year": (day - date(day.year, 1, 1)).days + 1,
        "iso_day_of_week": iso.weekday,
        "day_name": day_name[day.weekday()],
        "month_name": month_name[day.month],
        "iso_year": iso.year,
        "iso_week_of_year": iso.week,
        "iso_week_start_date": day - timedelta(days=day.weekday()),
        "chart_week_start_date": friday,
        "chart_week_end_date": thursday,
        "month_start_date": day.replace(day=1),
        "month_end_date": day.replace(day=length),
        "days_in_month": length,
        "quarter_start_date": date(day.year, 3 * quarter - 2, 1),
        "year_start_date": date(day.year, 1, 1),
        "is_weekend": iso.weekday >= 6,
        "is_month_end": day.day == length,
    }


def minutes(truth: Truth) -> list[Row]:
    """Each minute of the day with its part of the day."""
    found = []
    for part in truth.seeds.rows("day_parts"):
        for minute in range(int(part["from_minute"]), int(part["to_minute"])):
            hour, rest = divmod(minute, 60)
            found.append(
                {
                    "minute_of_day": minute,
                    "hour_of_day": hour,
                    "minute_of_hour": rest,
                    "clock_time": f"{hour:02}:{rest:02}",
                    "is_morning_half": hour < 12,
                    "day_part": part["day_part"],
                    "day_part_name": part["name"],
                }
            )
    return found
