"""The figures of the business rules, effective-dated."""

from __future__ import annotations

from datetime import date
from functools import cache

from oracle.truth import Truth


class Rules:
    """Figures by name and day, from the seed business_rules."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self._periods: dict[str, list[tuple[date, date, int]]] = {}
        for row in rows:
            period = (date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"]), int(row["value"]))
            self._periods.setdefault(row["rule_name"], []).append(period)
        self.on = cache(self._on)

    def _on(self, name: str, day: date) -> int:
        """The figure in force on a day; raises `LookupError` where none is."""
        for begin, end, value in self._periods[name]:
            if begin <= day < end:
                return value
        raise LookupError(f"No figure {name} holds on {day}")


def rules(truth: Truth) -> Rules:
    """The figures of this project."""
    return Rules(truth.seeds.rows("business_rules"))
