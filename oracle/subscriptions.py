"""Monthly recurring revenue: its state by subscription and month, and the walk of each customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from oracle.amounts import half_up
from oracle.calendar import END, booking_month, closes_at, instant, month_of, next_month
from oracle.exchange import MICRO, micro_per_minor, rates
from oracle.lake import Row
from oracle.listening import country_geography
from oracle.plans import price_version_key, prices, terms
from oracle.revenue import data_day, history_start
from oracle.truth import Truth
from oracle.versions import UNKNOWN, users

_MONTHS_WORTH = {
    "month": Fraction(1),
    "year": Fraction(1, 12),
    "week": Fraction(52, 12),
    "day": Fraction(365, 12),
}
"""Cycles of each kind in a month."""
_TIERS = ("pro", "prime")
"""Tiers that are paid for, the highest first."""


@dataclass(frozen=True)
class Step:
    """One change of a subscription, from the instant at which it holds."""

    subscription_id: int
    change_no: int
    user_id: int
    plan_id: int
    plan_key: int
    tier: str
    country_id: int
    currency_code: str
    billing_cycle: str
    is_prepaid: bool
    state: str
    end_reason: str | None
    effective_at: datetime
    paid_until: datetime
    """End of what the state gives (exclusive): the period's where it is cancelled, else open."""
    mrr_minor: int
    run_rate_minor: int
    booking_month: date
    """First month whose close knows of it."""

    def lasts(self, until: datetime) -> bool:
        """Whether what the state gives is not over just before `until`."""
        return self.paid_until >= until


def tier_rank(tier: str) -> int:
    """Place of a tier, the highest first."""
    return _TIERS.index(tier) if tier in _TIERS else len(_TIERS)


def monthly_minor(price: Row, discount_minor: int) -> int:
    """A month's worth of a price less the recurring discount, without tax; rounded once, half up."""
    net = Fraction(max(price["price_minor"] - discount_minor, 0) * MICRO, MICRO + price["tax_rate_ppm"])
    return half_up(*(net * _MONTHS_WORTH[price["billing_cycle"]]).as_integer_ratio())


def is_paying(change: Row) -> bool:
    """Whether the state keeps revenue: active does, grace and cancelled as far as more than a trial was paid."""
    if change["state"] in ("grace", "cancelled"):
        return bool(change["current_period_end_at"] > (change["trial_ends_at"] or change["started_at"]))
    return bool(change["state"] == "active")


def steps(truth: Truth) -> dict[int, list[Step]]:
    """The changes of each subscription in the order of their numbers; one that runs behind takes the time before it."""
    found: dict[int, list[Step]] = defaultdict(list)
    for change in truth.lake.changes("subscriptions"):
        before = found[change["subscription_id"]]
        effective_at = max([change["changed_at"], *(step.effective_at for step in before[-1:])])
        before.append(_step(truth, change, effective_at))
    return found


def _step(truth: Truth, change: Row, effective_at: datetime) -> Step:
    price = truth.of(prices).at(change["plan_price_id"], effective_at)
    plan = None if price is None else truth.of(terms).at(price.row["plan_id"], effective_at)
    mrr_minor = run_rate_minor = 0
    if price is None or plan is None:
        priced = (UNKNOWN, change["plan_price_id"] * 10_000, "unknown", UNKNOWN, "XXX", "unknown")
    else:
        row = price.row
        priced = (
            row["plan_id"],
            price_version_key(price, plan),
            plan.row["tier"],
            row["country_id"],
            row["currency_code"],
            row["billing_cycle"],
        )
        worth = monthly_minor(row, change["recurring_discount_minor"]) if is_paying(change) else 0
        # Passes and prepaid cycles are no recurring revenue but a run-rate of their own.
        if change["is_prepaid"] or row["billing_cycle"] == "day":
            run_rate_minor = worth
        else:
            mrr_minor = worth
    plan_id, plan_key, tier, country_id, currency_code, billing_cycle = priced
    return Step(
        subscription_id=change["subscription_id"],
        change_no=change["change_no"],
        user_id=change["user_id"],
        plan_id=plan_id,
        plan_key=plan_key,
        tier=tier,
        country_id=country_id,
        currency_code=currency_code,
        billing_cycle=billing_cycle,
        is_prepaid=change["is_prepaid"],
        state=change["state"],
        end_reason=change["end_reason"],
        effective_at=effective_at,
        paid_until=change["current_period_end_at"] if change["state"] == "cancelled" else END,
        mrr_minor=mrr_minor,
        run_rate_minor=run_rate_minor,
        booking_month=booking_month(month_of(effective_at.date()), change["arrived_at"]),
    )


@dataclass(frozen=True)
class Month:
    """A month of the walk; the one that runs ends, so far, with the data clock."""

    start: date
    ends_at: datetime
    is_opening: bool
    is_closed: bool

    @property
    def last_day(self) -> date:
        """Its last day, or the data day."""
        return (self.ends_at - timedelta(days=1)).date()


def months(truth: Truth) -> list[Month]:
    """From the opening month, the one before the history's first, to that of the data day."""
    first = month_of(history_start(truth))
    start = month_of(first - timedelta(days=1))
    found = []
    while start <= data_day(truth):
        ends_at = min(instant(next_month(start)), truth.lake.clock)
        found.append(Month(start, ends_at, start < first, closes_at(start) <= truth.lake.clock))
        start = next_month(start)
    return found


@dataclass(frozen=True)
class SubscriptionMonth:
    """A subscription in a month: what was known of it when the month closed (of one that is open: now)."""

    month: Month
    end: Step
    """Its last change before the month's end."""
    start_state: str
    end_state: str
    end_reason: str | None
    start_currency_code: str
    mrr_start_minor: int
    mrr_end_minor: int
    run_rate_minor: int


def subscription_months(truth: Truth) -> list[SubscriptionMonth]:
    """Each subscription in each month, but for those that had ended before it."""
    found = []
    for month in truth.of(months):
        for taken in truth.of(steps).values():
            made = subscription_month(month, taken)
            if made is not None:
                found.append(made)
    return found


def subscription_month(month: Month, taken: list[Step]) -> SubscriptionMonth | None:
    """A subscription in a month from its changes; None where it is not known yet or had ended before.

    A change that arrives after the close of its own month counts from the month on that was open then.
    """
    starts_at = instant(month.start)
    end = _last(step for step in taken if step.booking_month <= month.start and step.effective_at < month.ends_at)
    if end is None:
        return None
    start = _last(step for step in taken if step.booking_month < month.start and step.effective_at < starts_at)
    is_alive = end.lasts(month.ends_at)
    end_state = end.state if is_alive else "expired"
    end_reason = end.end_reason if end.state == "expired" else None if is_alive else "voluntary"
    mrr_end = end.mrr_minor if is_alive else 0
    if month.is_opening:
        start_state, start_currency, mrr_start = end_state, end.currency_code, mrr_end
    elif start is None:
        start_state, start_currency, mrr_start = "none", end.currency_code, 0
    else:
        was_alive = start.lasts(starts_at)
        start_state = start.state if was_alive else "expired"
        start_currency, mrr_start = start.currency_code, start.mrr_minor if was_alive else 0
    if start_state == end_state == "expired":
        return None
    run_rate = end.run_rate_minor if is_alive else 0
    return SubscriptionMonth(
        month, end, start_state, end_state, end_reason, start_currency, mrr_start, mrr_end, run_rate
    )


def _last(taken: Iterable[Step]) -> Step | None:
    return max(taken, key=lambda step: step.change_no, default=None)


def _user_key(truth: Truth, user_id: int, month: Month) -> int:
    """Version of the customer at the end of the month's last day."""
    return truth.of(users).key_of_event(user_id, month.ends_at - timedelta(microseconds=1))


def subscription_monthly(truth: Truth) -> list[Row]:
    """fct_subscription_monthly."""
    found = []
    for each in truth.of(subscription_months):
        month, end = each.month, each.end

        def worth(minor: int, month: Month = month, end: Step = end) -> int | None:
            return eur_of_minor(truth, minor, end.currency_code, month.last_day)

        found.append(
            {
                "subscription_id": end.subscription_id,
                "booking_month": month.start,
                "state_date": month.last_day,
                "user_id": end.user_id,
                "user_key": _user_key(truth, end.user_id, month),
                "plan_id": end.plan_id,
                "plan_key": end.plan_key,
                "tier": end.tier,
                "billing_cycle": end.billing_cycle,
                "payment_geography_id": country_geography(end.country_id),
                "currency_code": end.currency_code,
                "start_currency_code": each.start_currency_code,
                "start_state": each.start_state,
                "end_state": each.end_state,
                "mrr_start_minor": each.mrr_start_minor,
                "mrr_end_minor": each.mrr_end_minor,
                "run_rate_minor": each.run_rate_minor,
                "mrr_end_eur_micro": worth(each.mrr_end_minor),
                "run_rate_eur_micro": worth(each.run_rate_minor),
                "is_prepaid": end.is_prepaid,
                "is_opening": month.is_opening,
                "is_closed": month.is_closed,
            }
        )
    return found


def eur_of_minor(truth: Truth, minor: int, currency: str, day: date) -> int | None:
    """Minor units in reporting currency, micro-units, at the rate of the day; None where the bank sets no rate."""
    micro = truth.of(micro_per_minor).get(currency)
    return None if micro is None else truth.of(rates).to_reporting(minor * micro, currency, day)


@dataclass(frozen=True)
class CustomerMonth:
    """A customer in a month and currency, with the movement that closes the month."""

    month: Month
    user_id: int
    currency_code: str
    speaker: SubscriptionMonth
    """The subscription that speaks for the customer."""
    mrr_start_minor: int
    mrr_end_minor: int
    movement_type: str
    churn_type: str
    customer_change: int
    lost_customers: int
    is_currency_change: bool


def customer_months(truth: Truth) -> list[CustomerMonth]:
    """The walk by customer, month and currency; the opening month has none."""
    first_paid: dict[int, date] = {}
    for taken in truth.of(steps).values():
        for step in taken:
            if step.mrr_minor > 0:
                known = first_paid.get(step.user_id, step.booking_month)
                first_paid[step.user_id] = min(known, step.booking_month)
    of_customer: dict[tuple[date, int], list[SubscriptionMonth]] = defaultdict(list)
    for each in truth.of(subscription_months):
        if not each.month.is_opening:
            of_customer[each.month.start, each.end.user_id].append(each)
    found = []
    for (month, user_id), held in of_customer.items():
        found += walk(held, has_paid_before=user_id in first_paid and first_paid[user_id] < month)
    return found


def walk(held: list[SubscriptionMonth], has_paid_before: bool) -> list[CustomerMonth]:
    """What a month did to one customer, from all its subscriptions, netted by currency.

    First ever from 0 is new, from 0 again reactivation, to 0 churn and never contraction. Churn is involuntary on hold
    or expired after a failed payment, a pause a kind of its own; where a pause ends in expiry the customer is lost
    then, without money. With another currency the old one contracts and the new one expands, by all.
    """

    def precedence(each: SubscriptionMonth) -> tuple[int, int, int]:
        if each.mrr_end_minor > 0:
            kept = 0
        elif each.mrr_start_minor > 0:
            kept = 1
        else:
            kept = 2 if each.start_state == "paused" else 3
        return kept, tier_rank(each.end.tier), each.end.subscription_id

    speaker = min(held, key=precedence)
    starts: dict[str, int] = defaultdict(int)
    ends: dict[str, int] = defaultdict(int)
    for each in held:
        starts[each.start_currency_code] += each.mrr_start_minor
        ends[each.end.currency_code] += each.mrr_end_minor
    moved = [code for code in starts | ends if starts[code] or ends[code]]
    currencies = sorted(moved, key=lambda code: (-ends[code], -starts[code], code))
    was_customer = any(starts[code] for code in currencies)
    is_customer = any(ends[code] for code in currencies)
    if not currencies:
        if not (speaker.start_state == "paused" and speaker.end_state == "expired"):
            return []
        currencies = [speaker.start_currency_code]
    has_begun = any(not starts[code] and ends[code] for code in currencies)
    has_ended = any(starts[code] and not ends[code] for code in currencies)

    churn_type = "none"
    if not is_customer:
        if speaker.end_state == "paused":
            churn_type = "pause"
        elif speaker.end_state == "on_hold" or speaker.end_reason == "involuntary":
            churn_type = "involuntary"
        else:
            churn_type = "voluntary"

    found = []
    for code in currencies:
        is_first = code == currencies[0]
        if is_customer and not was_customer:
            movement = "reactivation" if has_paid_before else "new"
        elif not is_customer:
            movement = "churn"
        elif ends[code] == starts[code]:
            movement = "none"
        else:
            movement = "expansion" if ends[code] > starts[code] else "contraction"
        found.append(
            CustomerMonth(
                month=speaker.month,
                user_id=speaker.end.user_id,
                currency_code=code,
                speaker=speaker,
                mrr_start_minor=starts[code],
                mrr_end_minor=ends[code],
                movement_type=movement,
                churn_type=churn_type,
                customer_change=is_customer - was_customer if is_first else 0,
                lost_customers=int(is_first and churn_type in ("voluntary", "involuntary")),
                is_currency_change=has_begun and has_ended and not (starts[code] and ends[code]),
            )
        )
    return found


def subscription_movements(truth: Truth) -> list[Row]:
    """fct_subscription_movements: the movement, and the FX term that closes the walk in reporting currency."""
    found = []
    for each in truth.of(customer_months):
        month, end = each.month, each.speaker.end
        common = {
            "booking_month": month.start,
            "user_id": each.user_id,
            "currency_code": each.currency_code,
            "state_date": month.last_day,
            "user_key": _user_key(truth, each.user_id, month),
            "subscription_id": end.subscription_id,
            "plan_id": end.plan_id,
            "plan_key": end.plan_key,
            "tier": end.tier,
            "payment_geography_id": country_geography(end.country_id),
            "is_closed": month.is_closed,
        }
        change_minor = each.mrr_end_minor - each.mrr_start_minor
        change_eur = eur_of_minor(truth, change_minor, each.currency_code, month.last_day)
        if each.movement_type != "none":
            found.append(
                common
                | {
                    "movement_type": each.movement_type,
                    "churn_type": each.churn_type,
                    "mrr_minor": change_minor,
                    "mrr_eur_micro": change_eur,
                    "customer_change": each.customer_change,
                    "lost_customers": each.lost_customers,
                    "is_currency_change": each.is_currency_change,
                }
            )
        start_eur = eur_of_minor(truth, each.mrr_start_minor, each.currency_code, month.start - timedelta(days=1))
        end_eur = eur_of_minor(truth, each.mrr_end_minor, each.currency_code, month.last_day)
        if start_eur is None or end_eur is None or change_eur is None:
            continue
        if end_eur - start_eur != change_eur:
            found.append(
                common
                | {
                    "movement_type": "fx",
                    "churn_type": "none",
                    "mrr_minor": 0,
                    "mrr_eur_micro": end_eur - start_eur - change_eur,
                    "customer_change": 0,
                    "lost_customers": 0,
                    "is_currency_change": False,
                }
            )
    return found
