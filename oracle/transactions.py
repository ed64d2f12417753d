"""Money that moved: charges, attempts that failed, refunds, and what banks took back."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from oracle.amounts import half_up
from oracle.calendar import booking_month, month_of
from oracle.exchange import MICRO, micro_per_minor, rates
from oracle.lake import Row
from oracle.listening import country_geography
from oracle.plans import payment_country, plan_in_force, price_version_key, prices, terms
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, artists, subscriptions, users


def invoices(truth: Truth) -> dict[int, Row]:
    """Invoices by id, as they are now."""
    return {row["invoice_id"]: row for row in truth.lake.latest("invoices")}


def tips(truth: Truth) -> dict[int, Row]:
    """Tips by id."""
    return {row["tip_id"]: row for row in truth.lake.events("tips")}


def attempts(truth: Truth) -> dict[int, Row]:
    """Attempts to pay by id."""
    return {row["transaction_id"]: row for row in truth.lake.events("transactions")}


def method_types(truth: Truth) -> dict[int, str]:
    """Kinds of the payment methods."""
    return {row["payment_method_id"]: row["method_type"] for row in truth.lake.latest("payment_methods")}


def movements(truth: Truth) -> list[Row]:
    """Each movement of money with the document that it pays and what was in force.

    A charge moves its amount, a failed attempt nothing, a refund or a lost dispute its amount back. Beside the columns
    of the fact there are `payment_country_id`, `served_date`, `commission_micro`, `amount_micro` and
    `processing_fee_micro`.
    """
    found = []
    for attempt in truth.of(attempts).values():
        succeeded = attempt["status"] == "succeeded"
        found.append(
            _movement(
                truth,
                attempt,
                {
                    "transaction_movement_id": attempt["transaction_id"] * 10 + 1,
                    "movement_type": "charge" if succeeded else "failure",
                    "refund_id": NOT_APPLICABLE,
                    "reason": "none" if succeeded else attempt["failure_code"],
                    "attempted_minor": attempt["amount_minor"],
                    "amount_minor": attempt["amount_minor"] if succeeded else 0,
                    "processing_fee_minor": attempt["processing_fee_minor"] if succeeded else 0,
                    "transacted_at": attempt["transacted_at"],
                    "arrived_at": attempt["arrived_at"],
                },
            )
        )
    for refund in truth.lake.events("refunds"):
        found.append(
            _movement(
                truth,
                truth.of(attempts)[refund["transaction_id"]],
                {
                    "transaction_movement_id": refund["refund_id"] * 10 + 2,
                    "movement_type": "refund",
                    "refund_id": refund["refund_id"],
                    "reason": refund["reason"],
                    "attempted_minor": 0,
                    "amount_minor": -refund["amount_minor"],
                    "processing_fee_minor": 0,
                    "transacted_at": refund["refunded_at"],
                    "arrived_at": refund["arrived_at"],
                },
            )
        )
    for dispute in truth.lake.latest("disputes"):
        if dispute["status"] == "lost":
            found.append(
                _movement(
                    truth,
                    truth.of(attempts)[dispute["transaction_id"]],
                    {
                        "transaction_movement_id": dispute["dispute_id"] * 10 + 3,
                        "movement_type": "chargeback",
                        "refund_id": NOT_APPLICABLE,
                        "reason": dispute["reason"],
                        "attempted_minor": 0,
                        "amount_minor": -dispute["amount_minor"],
                        "processing_fee_minor": 0,
                        "transacted_at": dispute["closed_at"],
                        "arrived_at": dispute["arrived_at"],
                    },
                )
            )
    return found


def repayments(truth: Truth) -> dict[int, list[Row]]:
    """Refunds and lost disputes by the payment that they give back."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in truth.of(movements):
        if row["movement_type"] in ("refund", "chargeback"):
            found[row["transaction_id"]].append(row)
    return found


def _movement(truth: Truth, attempt: Row, moved: Row) -> Row:
    at, amount, currency = moved["transacted_at"], moved["amount_minor"], attempt["currency_code"]
    day = at.date()
    invoice = truth.of(invoices).get(attempt["invoice_id"])
    tip = truth.of(tips).get(attempt["tip_id"])

    tax_minor = 0
    if invoice is not None and invoice["total_minor"]:
        tax_minor = half_up(amount * invoice["tax_minor"], invoice["total_minor"])
    micro = truth.of(micro_per_minor)[currency]
    amount_micro, fee_micro = amount * micro, moved["processing_fee_minor"] * micro
    artist_id, commission_minor, commission_micro = attempt["artist_id"], 0, 0
    if attempt["purpose"] == "tip":
        agreed_ppm = truth.of(rules).on("commission_tip_ppm", day) if tip is None else tip["commission_ppm"]
        artist_id = UNKNOWN if tip is None else tip["artist_id"]
        commission_minor, commission_micro = (half_up(part * agreed_ppm, MICRO) for part in (amount, amount_micro))
    elif attempt["document_id"] is not None:
        # Agreed as an amount of what was charged; of a part that is paid back in proportion.
        commission_minor = half_up(amount * attempt["commission_minor"], attempt["amount_minor"])
        commission_micro = commission_minor * micro
    return {
        **moved,
        **_plan_billed(truth, attempt, invoice, at),
        "transaction_id": attempt["transaction_id"],
        "invoice_id": NOT_APPLICABLE if attempt["invoice_id"] is None else attempt["invoice_id"],
        "tip_id": NOT_APPLICABLE if attempt["tip_id"] is None else attempt["tip_id"],
        "document_id": NOT_APPLICABLE if attempt["document_id"] is None else attempt["document_id"],
        "user_id": attempt["user_id"],
        "user_key": truth.of(users).key_of_event(attempt["user_id"], at),
        "artist_id": NOT_APPLICABLE if artist_id is None else artist_id,
        "artist_key": truth.of(artists).key_of_event(artist_id, at),
        "currency_code": currency,
        "transacted_date": day,
        "served_date": max(day, attempt["served_date"] or day),
        "minute_of_day": at.hour * 60 + at.minute,
        "booking_month": booking_month(month_of(day), moved["arrived_at"]),
        "purpose": attempt["purpose"],
        "provider": attempt["provider"],
        "payment_method_type": truth.of(method_types).get(attempt["payment_method_id"], "unknown"),
        "tax_minor": tax_minor,
        "commission_minor": commission_minor,
        "commission_micro": commission_micro,
        "amount_micro": amount_micro,
        "processing_fee_micro": fee_micro,
        "amount_eur_micro": truth.of(rates).to_reporting(amount_micro, currency, day),
        "processing_fee_eur_micro": truth.of(rates).to_reporting(fee_micro, currency, day),
    }


def _plan_billed(truth: Truth, attempt: Row, invoice: Row | None, moved_at: datetime) -> Row:
    """The plan billed, that is the subscription's at the charge; of what bills none the payer's plan in force.

    The payment country is that of the price, else of the account.
    """
    country = payment_country(truth, attempt["user_id"], moved_at)
    if attempt["purpose"] != "subscription":
        plan = plan_in_force(truth, attempt["user_id"], moved_at)
        return _billed(NOT_APPLICABLE, plan.plan_id, plan.plan_key, plan.tier, country)
    charged_at = attempt["transacted_at"]
    subscription_id = None if invoice is None else invoice["subscription_id"]
    known_id = UNKNOWN if subscription_id is None else int(subscription_id)
    subscription = truth.of(subscriptions).at(subscription_id, charged_at)
    price = None if subscription is None else truth.of(prices).at(subscription.row["plan_price_id"], charged_at)
    terms_then = None if price is None else truth.of(terms).at(price.row["plan_id"], charged_at)
    if price is None or terms_then is None:
        return _billed(known_id, UNKNOWN, UNKNOWN, "unknown", country)
    return _billed(
        known_id,
        price.row["plan_id"],
        price_version_key(price, terms_then),
        terms_then.row["tier"],
        price.row["country_id"],
    )


def _billed(subscription_id: int, plan_id: int, plan_key: int, tier: str, country_id: int) -> Row:
    return {
        "subscription_id": subscription_id,
        "plan_id": plan_id,
        "plan_key": plan_key,
        "tier": tier,
        "payment_country_id": country_id,
        "payment_geography_id": country_geography(country_id),
    }


def transactions(truth: Truth) -> list[Row]:
    """The movements with the columns of fct_transactions."""
    inner = {"payment_country_id", "served_date", "commission_micro", "amount_micro", "processing_fee_micro"}
    return [{name: value for name, value in row.items() if name not in inner} for row in truth.of(movements)]
