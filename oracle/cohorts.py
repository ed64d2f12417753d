"""Accounts followed from their sign-up."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from oracle.active import first_day
from oracle.amounts import ratio
from oracle.calendar import month_of, next_month
from oracle.lake import Row
from oracle.listening import days_of_plays
from oracle.subscriptions import subscription_monthly
from oracle.truth import Truth


def cohort_retention(truth: Truth) -> list[Row]:
    """Accounts by month of sign-up in each month of the data: how many were active, how many paid at its end."""
    cohort_of = {row["user_id"]: month_of(row["created_at"].date()) for row in truth.lake.latest("users")}
    members: dict[date, int] = defaultdict(int)
    for cohort in cohort_of.values():
        members[cohort] += 1
    active: dict[tuple[date, date], set[int]] = defaultdict(set)
    for user_id, day in truth.of(days_of_plays):
        active[cohort_of[user_id], month_of(day)].add(user_id)
    paying: dict[tuple[date, date], set[int]] = defaultdict(set)
    for row in truth.of(subscription_monthly):
        if row["mrr_end_minor"] + row["run_rate_minor"] > 0:
            paying[cohort_of[row["user_id"]], row["booking_month"]].add(row["user_id"])
    found = []
    month, last = month_of(first_day(truth)), (truth.lake.clock - timedelta(days=1)).date()
    while month <= last:
        for cohort, users in members.items():
            if cohort <= month:
                heard, paid = len(active[cohort, month]), len(paying[cohort, month])
                found.append(
                    {
                        "cohort_month": cohort,
                        "month_start_date": month,
                        "months_since": (month.year - cohort.year) * 12 + month.month - cohort.month,
                        "users": users,
                        "active_users": heard,
                        "paying_users": paid,
                        "active_share": ratio(heard, users),
                        "paying_share": ratio(paid, users),
                    }
                )
        month = next_month(month)
    return found
