"""Payments from the attempt to their end, and what artists' shops sell."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from oracle.amounts import allocate, half_up
from oracle.days import NO_DATE
from oracle.dimensions import with_members
from oracle.exchange import MICRO, micro_per_minor, rates
from oracle.lake import Row
from oracle.platform import milliseconds
from oracle.transactions import attempts, transactions
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, artists, users


def payment_lifecycle(truth: Truth) -> list[Row]:
    """Attempts with the steps of their trail, their refunds and their dispute.

    Where a payment stands is the worst of what became of it: failed, lost in a dispute, in one that is open, paid back
    in whole or in part; else it is settled.
    """
    steps: dict[int, dict[str, datetime]] = defaultdict(dict)
    for step in truth.lake.events("transaction_events"):
        begun = steps[step["transaction_id"]]
        begun[step["event_type"]] = min(step["occurred_at"], begun.get(step["event_type"], step["occurred_at"]))
    refunds: dict[int, list[Row]] = defaultdict(list)
    for refund in truth.lake.events("refunds"):
        refunds[refund["transaction_id"]].append(refund)
    disputes = {row["transaction_id"]: row for row in truth.lake.latest("disputes")}
    return [
        _payment(moved, steps[moved["transaction_id"]], refunds[moved["transaction_id"]],
                 disputes.get(moved["transaction_id"], {}))
        for moved in truth.of(transactions)
        if moved["movement_type"] in ("charge", "failure")
    ]  # fmt: skip


def _payment(moved: Row, steps: dict[str, datetime], refunds: list[Row], dispute: Row) -> Row:
    settled = moved["amount_minor"]
    refunded = sum(refund["amount_minor"] for refund in refunds)
    lost = dispute["amount_minor"] if dispute.get("status") == "lost" else 0
    refunded_at = sorted(refund["refunded_at"] for refund in refunds)
    begun, captured, failed = steps.get("created"), steps.get("captured"), steps.get("failed")
    first_refunded_at = refunded_at[0] if refunded_at else None
    kept = (
        "transaction_id", "user_id", "user_key", "purpose", "invoice_id", "tip_id", "document_id", "subscription_id",
        "plan_id", "plan_key", "payment_geography_id", "artist_id", "artist_key", "currency_code", "provider",
        "payment_method_type", "attempted_minor", "processing_fee_minor", "transacted_at",
    )  # fmt: skip
    return {
        **{name: moved[name] for name in kept},
        "dispute_id": dispute.get("dispute_id", NOT_APPLICABLE),
        "outcome": _outcome(moved, refunded, dispute),
        "failure_code": moved["reason"],
        **{f"dispute_{name}": dispute.get(name, "none") for name in ("reason", "stage", "status")},
        "settled_minor": settled,
        "refunds": len(refunds),
        "refunded_minor": refunded,
        "charged_back_minor": lost,
        "kept_minor": settled - refunded - lost,
        "settled_eur_micro": moved["amount_eur_micro"],
        "authorisation_ms": _between(begun, steps.get("authorised")),
        "decision_ms": _between(begun, captured or failed),
        "first_refund_ms": _between(captured, first_refunded_at),
        "dispute_ms": _between(dispute.get("opened_at"), dispute.get("closed_at")),
        "is_settled": moved["movement_type"] == "charge",
        "is_refunded": refunded > 0,
        "is_disputed": bool(dispute),
        "attempted_date": moved["transacted_at"].date(),
        "first_refunded_date": _day(first_refunded_at),
        "disputed_date": _day(dispute.get("opened_at")),
        "created_at": begun,
        "authorised_at": steps.get("authorised"),
        "settled_at": captured,
        "failed_at": failed,
        "first_refunded_at": first_refunded_at,
        "last_refunded_at": refunded_at[-1] if refunded_at else None,
        "disputed_at": dispute.get("opened_at"),
        "dispute_closed_at": dispute.get("closed_at"),
    }


def _outcome(moved: Row, refunded: int, dispute: Row) -> str:
    if moved["movement_type"] == "failure":
        return "failed"
    if dispute.get("status") in ("lost", "open"):
        return {"lost": "charged_back", "open": "disputed"}[dispute["status"]]
    if refunded >= moved["amount_minor"]:
        return "refunded"
    return "partly_refunded" if refunded else "settled"


def _between(begin: datetime | None, end: datetime | None) -> int | None:
    return None if begin is None or end is None else milliseconds(begin, end)


def _day(at: datetime | None) -> date:
    return NO_DATE if at is None else at.date()


def dim_product(truth: Truth) -> list[Row]:
    """Products as they are today."""
    kept = (
        "product_id", "artist_id", "name", "product_type", "currency_code", "price_minor", "stock_quantity",
        "is_active", "created_at",
    )  # fmt: skip
    rows = []
    for row in truth.lake.latest("products"):
        sold = {name: NOT_APPLICABLE if row[name] is None else row[name] for name in ("content_id", "album_id")}
        rows.append({**{name: row[name] for name in kept}, **sold, "is_inferred": False})
    return with_members(rows, "name product_type", currency_code="XXX")


def order_items(truth: Truth) -> list[Row]:
    """Lines of orders; what is agreed of an order as a whole is shared out by the lines' subtotals."""
    orders = {row["order_id"]: row for row in truth.lake.latest("orders")}
    paid_by = {
        row["document_id"]: row["transaction_id"]
        for row in truth.of(attempts).values()
        if row["purpose"] == "order" and row["status"] == "succeeded"
    }
    lines: dict[int, list[Row]] = defaultdict(list)
    for row in truth.lake.events("order_items"):
        lines[row["order_id"]].append(row)
    found = []
    for order_id, items in lines.items():
        order = orders[order_id]
        weights = {item["order_item_id"]: item["subtotal_minor"] for item in items}
        commission = allocate(half_up(order["items_minor"] * order["commission_ppm"], MICRO), weights, order_id)
        shipping = allocate(order["shipping_minor"], weights, order_id)
        for item in items:
            at, line = item["ordered_at"], item["order_item_id"]
            micro = item["subtotal_minor"] * truth.of(micro_per_minor)[item["currency_code"]]
            day = min(at.date(), item["arrived_at"].date())
            kept = (
                "order_item_id", "order_id", "product_id", "currency_code", "quantity", "unit_price_minor",
                "subtotal_minor", "ordered_at",
            )  # fmt: skip
            steps = ("paid_at", "shipped_at", "delivered_at", "cancelled_at")
            found.append(
                {
                    **{name: item[name] for name in kept},
                    **{name: order[name] for name in ("user_id", "artist_id", *steps)},
                    **{f"is_{name.removesuffix('_at')}": order[name] is not None for name in steps},
                    "user_key": truth.of(users).key_of_event(order["user_id"], at),
                    "artist_key": truth.of(artists).key_of_event(order["artist_id"], at),
                    "transaction_id": paid_by.get(order_id, NOT_APPLICABLE),
                    "order_status": order["status"],
                    "shipping_minor": shipping[line],
                    "commission_minor": commission[line],
                    "subtotal_eur_micro": truth.of(rates).to_reporting(micro, item["currency_code"], day),
                    "is_download": item["download_url"] is not None,
                    "ordered_date": at.date(),
                }
            )
    return found
