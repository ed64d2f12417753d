"""What artists' recordings and fans brought."""

from __future__ import annotations

from oracle.calendar import month_of
from oracle.exchange import micro_per_minor, rates
from oracle.lake import Row
from oracle.revenue import history_start
from oracle.royalties import royalties
from oracle.transactions import movements
from oracle.truth import Truth

_SOURCES = {
    "tip": "tip",
    "ticket": "ticket",
    "order": "merchandise",
    "fan_subscription": "fan_subscription",
    "community": "community",
}
"""Source of earnings by the purpose of a payment."""
_AMOUNTS = (
    "gross_micro",
    "commission_micro",
    "suspense_micro",
    "net_micro",
    "own_share_micro",
    "gross_eur_micro",
    "net_eur_micro",
)


def artist_earnings(truth: Truth) -> list[Row]:
    """mart_artist_earnings: royalties by right and what fans paid, by artist, month of booking, country and currency.

    Net is gross less the platform's commission and what waits in suspense. What is paid back takes both back.
    """
    sums: dict[tuple[object, ...], Row] = {}

    def add(month: object, of: Row, source: str, amounts: dict[str, int]) -> None:
        cell = (month, of["artist_id"], of["payment_geography_id"], source, of["currency_code"])
        names = ("earning_month", "artist_id", "payment_geography_id", "source", "currency_code")
        row = sums.setdefault(cell, dict(zip(names, cell, strict=True)) | dict.fromkeys(_AMOUNTS, 0))
        for name in _AMOUNTS:
            row[name] += amounts.get(name, 0)

    for entry in truth.of(royalties):
        gross, eur = entry["amount_micro"], entry["amount_eur_micro"] or 0
        held = entry["is_suspense"]
        amounts = {
            "gross_micro": gross,
            "suspense_micro": gross if held else 0,
            "net_micro": 0 if held else gross,
            "own_share_micro": gross if entry["payee_artist_id"] == entry["artist_id"] else 0,
            "gross_eur_micro": eur,
            "net_eur_micro": 0 if held else eur,
        }
        add(entry["booking_month"], entry, f"royalty_{entry['right_type']}", amounts)

    for moved in truth.of(movements):
        if moved["purpose"] not in _SOURCES or moved["movement_type"] == "failure":
            continue
        if moved["booking_month"] < month_of(history_start(truth)):
            continue
        currency = moved["currency_code"]
        gross = moved["amount_micro"]
        commission = moved["commission_minor"] * truth.of(micro_per_minor)[currency]
        gross_eur = moved["amount_eur_micro"] or 0
        amounts = {
            "gross_micro": gross,
            "commission_micro": commission,
            "net_micro": gross - commission,
            "own_share_micro": gross - commission,
            "gross_eur_micro": gross_eur,
            "net_eur_micro": gross_eur
            - (truth.of(rates).to_reporting(commission, currency, moved["transacted_date"]) or 0),
        }
        add(moved["booking_month"], moved, _SOURCES[moved["purpose"]], amounts)
    return list(sums.values())
