"""Customers, users and what they bring: churn and average revenue per user, by month, country and tier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from oracle.active import active_users
from oracle.amounts import half_up, ratio
from oracle.calendar import closes_at, instant, month_of, next_month
from oracle.exchange import MICRO, REPORTING_CURRENCY, rates
from oracle.lake import Row
from oracle.listening import countries as countries_by_id
from oracle.listening import country_geography
from oracle.plans import payment_country, plan_in_force
from oracle.revenue import data_day, history_start, revenue_daily
from oracle.subscriptions import Step, eur_of_minor, steps, subscription_months, subscription_movements, tier_rank
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, users

ALL = "all"
Cell = tuple[date, int, str]
"""Month, payment country as a place, tier; roll-ups have -2 and 'all'."""


def cells_of(month: date, country: int, tier: str) -> Iterator[Cell]:
    """The cell and its three roll-ups."""
    for place in (country, NOT_APPLICABLE):
        for level in (tier, ALL):
            yield month, place, level


def days_of(truth: Truth) -> list[date]:
    """The days of the history up to the data day, from the first of its first month."""
    first = month_of(history_start(truth))
    return [first + timedelta(days=number) for number in range((data_day(truth) - first).days + 1)]


def month_days(truth: Truth, month: date) -> int:
    """Days of a month, up to the data day."""
    return (min(next_month(month), data_day(truth) + timedelta(days=1)) - month).days


def countries(truth: Truth) -> dict[int, Row]:
    """Countries by their place."""
    return {country_geography(key): row for key, row in truth.of(countries_by_id).items()}


def _country_names(truth: Truth, place: int) -> Row:
    if place == NOT_APPLICABLE:
        code = name = ALL
    else:
        row = truth.of(countries).get(place)
        code, name = ("unknown", "unknown") if row is None else (row["country_code"], row["name"])
    return {"payment_geography_id": place, "payment_country_code": code, "payment_country": name}


def customer_days(truth: Truth) -> list[tuple[date, Step]]:
    """Customers by day: accounts with MRR above 0 just before the next midnight, as known when the month closes.

    A customer stands in the cell of the highest tier that it pays for.
    """
    found = []
    for day in days_of(truth):
        month, midnight = month_of(day), instant(day + timedelta(days=1))
        paying: dict[int, list[Step]] = defaultdict(list)
        for taken in truth.of(steps).values():
            known = [step for step in taken if step.booking_month <= month and step.effective_at < midnight]
            if known and known[-1].mrr_minor > 0 and known[-1].lasts(midnight):
                paying[known[-1].user_id].append(known[-1])
        for held in paying.values():
            found.append((day, min(held, key=lambda step: (tier_rank(step.tier), step.subscription_id))))
    return found


_CHURN = (
    "days",
    "won",
    "voluntary",
    "involuntary",
    "start",
    "new",
    "churned",
    "churned_involuntary",
    "lessened",
    "regained",
)


def churn_monthly(truth: Truth) -> list[Row]:
    """mart_churn_monthly: customers lost and revenue lost, of which by failed payments, and what came back.

    Revenue is valued at the rate of the month's end throughout; a change of currency counts in neither churn.
    """
    sums: dict[Cell, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_CHURN, 0))

    def add(month: date, place: int, tier: str, name: str, amount: int | None) -> None:
        for cell in cells_of(month, place, tier):
            sums[cell][name] += amount or 0

    for day, step in truth.of(customer_days):
        add(month_of(day), country_geography(step.country_id), step.tier, "days", 1)
    for each in truth.of(subscription_months):
        if not each.month.is_opening:
            start = eur_of_minor(truth, each.mrr_start_minor, each.start_currency_code, each.month.last_day)
            add(each.month.start, country_geography(each.end.country_id), each.end.tier, "start", start)
    for moved in truth.of(subscription_movements):
        where = moved["booking_month"], moved["payment_geography_id"], moved["tier"]
        kind, amount = moved["movement_type"], moved["mrr_eur_micro"] or 0
        add(*where, "won", max(moved["customer_change"], 0))
        if kind == "churn":
            add(*where, "churned", -amount)
            if moved["churn_type"] in ("voluntary", "involuntary"):
                add(*where, moved["churn_type"], moved["lost_customers"])
            if moved["churn_type"] == "involuntary":
                add(*where, "churned_involuntary", -amount)
        elif kind == "new":
            add(*where, "new", amount)
        elif kind == "reactivation" or (kind == "expansion" and not moved["is_currency_change"]):
            add(*where, "regained", amount)
        elif kind == "contraction" and not moved["is_currency_change"]:
            add(*where, "lessened", -amount)

    found = []
    for (month, place, tier), of in sums.items():
        lost = of["voluntary"] + of["involuntary"]
        if not (of["days"] or of["start"] or of["won"] or lost):
            continue
        days = month_days(truth, month)
        gone = of["churned"] + of["lessened"]
        found.append(
            {
                "booking_month": month,
                **_country_names(truth, place),
                "tier": tier,
                "customer_days": of["days"],
                "month_days": days,
                "average_customers": ratio(of["days"], days),
                "won_customers": of["won"],
                "lost_customers": lost,
                "lost_voluntary": of["voluntary"],
                "lost_involuntary": of["involuntary"],
                "customer_churn_rate": ratio(lost * days, of["days"]),
                "voluntary_churn_rate": ratio(of["voluntary"] * days, of["days"]),
                "involuntary_churn_rate": ratio(of["involuntary"] * days, of["days"]),
                "start_mrr_eur_micro": of["start"],
                "new_mrr_eur_micro": of["new"],
                "churned_mrr_eur_micro": of["churned"],
                "churned_involuntary_mrr_eur_micro": of["churned_involuntary"],
                "contracted_mrr_eur_micro": of["lessened"],
                "regained_mrr_eur_micro": of["regained"],
                "gross_revenue_churn_rate": ratio(gone, of["start"]),
                "net_revenue_churn_rate": ratio(gone - of["regained"], of["start"]),
                "is_all_countries": place == NOT_APPLICABLE,
                "is_all_tiers": tier == ALL,
                "is_closed": closes_at(month) <= truth.lake.clock,
            }
        )
    return found


def paid_user_days(truth: Truth) -> dict[Cell, int]:
    """Days of users with a paid tier at the end of the day, members of a household each, played or not."""
    found: dict[Cell, int] = defaultdict(int)
    for day in days_of(truth):
        if day < history_start(truth):
            continue
        last_instant = instant(day + timedelta(days=1)) - timedelta(microseconds=1)
        for user_id in truth.of(users).versions:
            plan = plan_in_force(truth, user_id, last_instant)
            if plan.tier in ("prime", "pro"):
                place = country_geography(payment_country(truth, user_id, last_instant))
                found[month_of(day), place, plan.tier] += 1
                found[month_of(day), NOT_APPLICABLE, plan.tier] += 1
    return found


def arpu_monthly(truth: Truth) -> list[Row]:
    """mart_arpu_monthly: revenue of a tier over its average users.

    Paid tiers: subscriptions over the average of the days of users who have the tier. Free: advertising over the
    average of the days of monthly active users; all tiers: both over those of all. Tips are in none.
    """
    user_days: dict[Cell, int] = defaultdict(int, truth.of(paid_user_days))
    for active in truth.of(active_users):
        if active["tier"] in ("free", ALL):
            user_days[month_of(active["date_day"]), active["payment_geography_id"], active["tier"]] += active["mau"]
    local: dict[Cell, int] = defaultdict(int)
    eur: dict[Cell, int] = defaultdict(int)
    for row in truth.of(revenue_daily):
        if row["service"] not in ("subscription", "advertising"):
            continue
        in_eur = row["recognised_eur_micro"] or 0
        country = truth.of(countries).get(row["payment_geography_id"])
        own = REPORTING_CURRENCY if country is None else country["currency_code"]
        if row["currency_code"] == own:
            in_own = row["recognised_micro"]
        else:
            in_own = half_up(in_eur * (truth.of(rates).on(own, row["revenue_date"]) or 0), MICRO)
        for cell in cells_of(row["booking_month"], row["payment_geography_id"], row["tier"]):
            eur[cell] += in_eur
            local[cell] += in_eur if cell[1] == NOT_APPLICABLE else in_own
    found = []
    for cell in user_days.keys() | eur.keys():
        month, place, tier = cell
        user_count = user_days[cell]
        if not (user_count or local[cell]):
            continue
        country = truth.of(countries).get(place)
        days = month_days(truth, max(month, history_start(truth)))
        found.append(
            {
                "booking_month": month,
                **_country_names(truth, place),
                "tier": tier,
                "currency_code": REPORTING_CURRENCY if country is None else country["currency_code"],
                "recognised_micro": local[cell],
                "recognised_eur_micro": eur[cell],
                "user_days": user_count,
                "month_days": days,
                "average_users": ratio(user_count, days),
                "arpu_micro": half_up(local[cell] * days, user_count) if user_count else None,
                "arpu_eur_micro": half_up(eur[cell] * days, user_count) if user_count else None,
                "is_all_countries": place == NOT_APPLICABLE,
                "is_all_tiers": tier == ALL,
                "is_closed": closes_at(month) <= truth.lake.clock,
            }
        )
    return found
