"""Rates of exchange and units of money, in whole numbers."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from oracle.amounts import half_up
from oracle.truth import Truth

MICRO = 1_000_000
"""Micro-units of a major unit."""
REPORTING_CURRENCY = "EUR"


class Rates:
    """The ECB's reference rates: units of a currency per euro, in millionths."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self._days: dict[str, list[date]] = {}
        self._rates: dict[str, list[int]] = {}
        for row in sorted(rows, key=lambda row: row["rate_date"]):
            self._days.setdefault(row["currency_code"], []).append(date.fromisoformat(row["rate_date"]))
            self._rates.setdefault(row["currency_code"], []).append(int(row["rate_micro"]))

    def on(self, currency: str, day: date) -> int | None:
        """The rate of a UTC day, else the last one before; None where there is none. A euro is a euro."""
        if currency == REPORTING_CURRENCY:
            return MICRO
        place = bisect_right(self._days.get(currency, []), day)
        return self._rates[currency][place - 1] if place else None

    def to_reporting(self, amount: int, currency: str, day: date) -> int | None:
        """An amount in the reporting currency at the rate of a day, half up, in the unit of the amount."""
        rate = self.on(currency, day)
        return None if rate is None else half_up(amount * MICRO, rate)


def rates(truth: Truth) -> Rates:
    """All rates known."""
    return Rates(truth.seeds.rows("fx_rates"))


def micro_per_minor(truth: Truth) -> dict[str, int]:
    """Micro-units in one minor unit, by currency."""
    return {row["currency_code"]: 10 ** (6 - int(row["minor_units"])) for row in truth.seeds.rows("currencies")}
