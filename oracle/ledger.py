"""The general ledger: what each document books, on both sides."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from oracle.calendar import booking_month, month_of
from oracle.dues import royalty_statements
from oracle.exchange import micro_per_minor
from oracle.lake import Row
from oracle.revenue import data_day, history_start, posting_day, revenue_daily
from oracle.royalties import last_day, royalties
from oracle.statements import payouts, sent
from oracle.transactions import movements
from oracle.truth import Truth

CLEARING, AT_PROCESSORS, AT_BANK, BALANCES = "2010", "1010", "1020", "2120"
PAID_INTO = {"subscription": "2020", "promotion": "1110", "unknown": "2190"}
"""What a payment is credited to by its purpose; sales of artists go into clearing."""
EARNED = {"subscription": ("2020", "4010"), "advertising": ("1110", "4030")}
"""What revenue is taken from and where it goes, by service; commissions come out of clearing."""
STATED = {
    "royalties_minor": ("2100", BALANCES),
    "corrections_minor": ("2100", BALANCES),
    "released_minor": ("2100", BALANCES),
    "guaranteed_minor": ("5030", BALANCES),
    "deducted_minor": (BALANCES, "4040"),
    "recouped_minor": (BALANCES, "1200"),
    "withheld_minor": (BALANCES, "2130"),
    "penalised_minor": (BALANCES, "4050"),
}
"""What a statement books: debited and credited."""
Journal = tuple[str, date, str, str]
"""Kind, day, source and currency."""


def journals(truth: Truth) -> dict[Journal, dict[str, int]]:
    """Micro-units by account in each journal, debits positive; those of the history up to the data day."""
    found: dict[Journal, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    units = truth.of(micro_per_minor)
    first = month_of(history_start(truth))

    def book(kind: str, day: date, source: str, currency: str, debit: str, credit: str, amount: int) -> None:
        if first <= day <= data_day(truth):
            found[kind, day, source, currency][debit] += amount
            found[kind, day, source, currency][credit] -= amount

    for moved in truth.of(movements):
        if moved["movement_type"] == "failure":
            continue
        purpose, currency = moved["purpose"], moved["currency_code"]
        day = posting_day(moved["transacted_date"], moved["booking_month"], moved["arrived_at"])
        tax, amount = (moved[name] * units[currency] for name in ("tax_minor", "amount_minor"))
        kind, account = moved["movement_type"], PAID_INTO.get(purpose, CLEARING)
        book(kind, day, purpose, currency, AT_PROCESSORS, account, amount - tax)
        book(kind, day, purpose, currency, AT_PROCESSORS, "2030", tax)
        book("fee", day, purpose, currency, "5020", AT_PROCESSORS, moved["processing_fee_micro"])
    for row in truth.of(revenue_daily):
        day, service, currency = row["revenue_date"], row["service"], row["currency_code"]
        debit, credit = EARNED.get(service, (CLEARING, "4020"))
        book("revenue", day, service, currency, debit, credit, row["recognised_micro"])
        book("revenue", day, service, currency, CLEARING, "2040", row["gmv_micro"] - row["commission_micro"])
    for entry in truth.of(royalties):
        account = "2110" if entry["is_suspense"] else "2100"
        day, currency = entry["booked_date"], entry["currency_code"]
        book("royalty", day, entry["source"], currency, "5010", account, entry["amount_micro"])
    for statement in truth.of(royalty_statements):
        if statement["payee_id"] > 0:
            day, currency = last_day(statement["statement_month"]), statement["currency_code"]
            for name, (debit, credit) in STATED.items():
                book("statement", day, "royalties", currency, debit, credit, statement[name] * units[currency])
    for payout in truth.of(payouts):
        paid = payout["paid_minor"] * units[payout["currency_code"]]
        book("payout", payout["processed_date"], "royalties", payout["currency_code"], BALANCES, AT_BANK, paid)
    for advance in truth.lake.events("advances"):
        day, currency = _posted(advance["paid_at"], advance["arrived_at"]), advance["currency_code"]
        amount = advance["amount_minor"] * units[currency]
        book("advance", day, advance["advance_type"], currency, "1200", AT_BANK, amount)
    for invoice in sent(truth, "ad_invoices", "ad_invoice_id"):
        day, currency = _posted(invoice["issued_at"], invoice["arrived_at"]), invoice["currency_code"]
        amount = invoice["amount_minor"] * units[currency]
        book("ad_invoice", day, invoice["pricing_model"], currency, "1100", "1110", amount)
    return found


def _posted(at: datetime, arrived_at: datetime) -> date:
    return posting_day(at.date(), booking_month(month_of(at.date()), arrived_at), arrived_at)


def journal_lines(truth: Truth) -> list[Row]:
    """fct_journal_lines: the accounts that a journal moves."""
    return [
        {
            "journal_key": f"{kind}|{day}|{source}|{currency}",
            "account_code": account,
            "journal_type": kind,
            "journal_date": day,
            "booking_month": month_of(day),
            "source": source,
            "currency_code": currency,
            "debit_micro": max(amount, 0),
            "credit_micro": max(-amount, 0),
            "amount_micro": amount,
        }
        for (kind, day, source, currency), accounts in truth.of(journals).items()
        for account, amount in accounts.items()
        if amount
    ]
