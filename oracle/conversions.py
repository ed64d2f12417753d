"""First paid periods, what they are credited to, and what promotions cost and brought."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

from oracle.active import first_day
from oracle.amounts import ratio
from oracle.calendar import instant
from oracle.exchange import micro_per_minor, rates
from oracle.growth import CAMPAIGN, COUPON, PROGRAMME, dim_promotion, promotion_key
from oracle.lake import Row
from oracle.platform import grouped, milliseconds
from oracle.revenue import charges, refunded_days
from oracle.rules import rules
from oracle.transactions import repayments
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, subscriptions, users


class FirstPaid(NamedTuple):
    """The first paid period of an account."""

    at: datetime
    subscription_id: int
    plan_id: int


def first_paid(truth: Truth) -> dict[int, FirstPaid]:
    """By account the first of its subscriptions to be active, if that is not before the first day of service."""
    found: dict[int, FirstPaid] = {}
    for versions in truth.of(subscriptions).versions.values():
        for version in versions:
            if version.row["state"] == "active":
                paid = FirstPaid(version.valid_from, version.entity_id, version.row["plan_id"])
                user_id = version.row["user_id"]
                found[user_id] = min(paid, found.get(user_id, paid))
    return {user_id: paid for user_id, paid in found.items() if paid.at.date() >= first_day(truth)}


def recognised(truth: Truth) -> dict[int, list[tuple[date, str, int]]]:
    """By account what its subscriptions earn on each day, with the currency; what refunds take is negative."""
    refunds = truth.of(repayments)
    found: dict[int, list[tuple[date, str, int]]] = defaultdict(list)
    for charge in truth.of(charges).values():
        user_id, currency = charge.payment["user_id"], charge.payment["currency_code"]
        found[user_id] += [(day.day, currency, day.micro) for day in charge.days]
        for part in refunded_days(charge, refunds.get(charge.payment["transaction_id"], [])):
            found[user_id].append((part["day"], currency, -part["micro"]))
    return found


def conversions(truth: Truth) -> list[Row]:
    """First paid periods: credited to the last click in the window, else to coupon, else to referral, else direct."""
    channels = {row["promotion_id"]: row["channel"] for row in truth.of(dim_promotion)}
    clicks: dict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    for row in truth.lake.events("marketing_touches"):
        if row["touch_type"] == "clicked" and row["user_id"] is not None:
            promotion = promotion_key(CAMPAIGN, row["promo_campaign_id"])
            clicks[row["user_id"]].append((row["touched_at"], row["marketing_touch_id"], promotion))
    coupons: dict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    for row in truth.lake.events("coupon_redemptions"):
        used = (row["redeemed_at"], row["coupon_redemption_id"], promotion_key(COUPON, row["coupon_id"]))
        coupons[row["subscription_id"]].append(used)
    brought: dict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    for row in truth.lake.latest("referrals"):
        if row["referee_user_id"] is not None:
            promotion = promotion_key(PROGRAMME, row["referral_program_id"])
            brought[row["referee_user_id"]].append((row["invited_at"], row["referral_id"], promotion))
    found = []
    for user_id, paid in truth.of(first_paid).items():
        day = paid.at.date()
        since = paid.at - timedelta(days=truth.of(rules).on("conversion_window_days", day))
        until = day + timedelta(days=truth.of(rules).on("roi_window_days", day))
        before = [click for click in clicks[user_id] if since <= click[0] < paid.at]
        credit = {"marketing_touch_id": NOT_APPLICABLE, "coupon_redemption_id": NOT_APPLICABLE}
        credit |= {"referral_id": NOT_APPLICABLE}
        delay, kind, promotion = None, "direct", NOT_APPLICABLE
        if before:
            clicked_at, credit["marketing_touch_id"], promotion = max(before)
            kind, delay = "touch", milliseconds(clicked_at, paid.at)
        elif coupons[paid.subscription_id]:
            _, credit["coupon_redemption_id"], promotion = min(coupons[paid.subscription_id])
            kind = "coupon"
        elif brought[user_id]:
            _, credit["referral_id"], promotion = min(brought[user_id])
            kind = "referral"
        found.append(
            {
                "user_id": user_id,
                "user_key": truth.of(users).key_of_event(user_id, paid.at),
                "subscription_id": paid.subscription_id,
                "plan_id": paid.plan_id,
                "credited_to": kind,
                "promotion_id": promotion,
                "channel": "direct" if kind == "direct" else channels[promotion],
                **credit,
                "click_delay_ms": delay,
                "revenue_reporting_micro": _revenue(truth, user_id, day, until),
                "is_window_complete": instant(until) <= truth.lake.clock,
                "converted_date": day,
                "window_end_date": until,
                "converted_at": paid.at,
            }
        )
    return found


def _revenue(truth: Truth, user_id: int, since: date, until: date) -> int:
    """What an account's subscriptions earned in a window up to the data clock, at the rate of its first day."""
    sums: dict[str, int] = defaultdict(int)
    for day, currency, micro in truth.of(recognised).get(user_id, []):
        if since <= day < until and instant(day) < truth.lake.clock:
            sums[currency] += micro
    return sum(truth.of(rates).to_reporting(micro, currency, since) or 0 for currency, micro in sums.items())


def promotion_daily(truth: Truth) -> list[Row]:
    """What promotions spent, whom they touched and what they won, by channel and day."""
    nothing = dict.fromkeys(
        (
            "spend_reporting_micro", "contacts", "reported_clicks", "touches", "clicks", "conversions",
            "revenue_reporting_micro",
        ),
        0,
    )  # fmt: skip
    parts: list[Row] = []

    def add(promotion: int, channel: str, day: date, **amounts: int) -> None:
        parts.append({"promotion_id": promotion, "channel": channel, "activity_date": day} | nothing | amounts)

    def euros(minor: int, currency: str, day: date) -> int:
        found = truth.of(rates).to_reporting(minor * truth.of(micro_per_minor)[currency], currency, day)
        if found is None:
            raise LookupError(f"No rate of {currency} on {day}")
        return found

    for row in truth.lake.events("promo_spend"):
        rate_day = min(row["spend_date"], row["arrived_at"].date())
        add(
            promotion_key(CAMPAIGN, row["promo_campaign_id"]),
            row["channel"],
            row["spend_date"],
            spend_reporting_micro=euros(row["amount_minor"], row["currency_code"], rate_day),
            contacts=row["contacts"],
            reported_clicks=row["clicks"],
        )
    for row in truth.lake.latest("referrals"):
        if row["rewarded_at"] is not None:
            day = row["rewarded_at"].date()
            spent = euros(row["reward_minor"], row["currency_code"], day)
            add(promotion_key(PROGRAMME, row["referral_program_id"]), "referral", day, spend_reporting_micro=spent)
    for row in truth.lake.events("marketing_touches"):
        promotion, is_click = promotion_key(CAMPAIGN, row["promo_campaign_id"]), row["touch_type"] == "clicked"
        add(promotion, row["channel"], row["touched_at"].date(), touches=int(not is_click), clicks=int(is_click))
    for row in truth.of(conversions):
        revenue = row["revenue_reporting_micro"]
        add(row["promotion_id"], row["channel"], row["converted_date"], conversions=1, revenue_reporting_micro=revenue)
    found = []
    for group in grouped(parts, "promotion_id", "channel", "activity_date").values():
        total = {name: sum(row[name] for row in group) for name in nothing}
        spent, day = total["spend_reporting_micro"], group[0]["activity_date"]
        over = day + timedelta(days=truth.of(rules).on("roi_window_days", day))
        found.append(
            {
                **{name: group[0][name] for name in ("promotion_id", "channel", "activity_date")},
                **total,
                "return_on_investment": ratio(total["revenue_reporting_micro"] - spent, spent),
                "is_window_complete": instant(over) <= truth.lake.clock,
            }
        )
    return found
