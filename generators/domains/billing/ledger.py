"""What a life cycle leaves behind: growing lists of rows, joined into one struct of arrays at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from generators.core.random import Ints

STATES = ("pending", "trial", "active", "grace", "on_hold", "paused", "cancelled", "expired")
PENDING, TRIAL, ACTIVE, GRACE, ON_HOLD, PAUSED, CANCELLED, EXPIRED = range(8)
EVENTS = (
    "created", "trial_started", "trial_converted", "renewed", "upgraded", "downgraded", "paused", "resumed",
    "grace_started", "on_hold_started", "recovered", "cancelled", "reactivated", "price_changed", "expired",
)  # fmt: skip
(
    CREATED, TRIAL_STARTED, TRIAL_CONVERTED, RENEWED, UPGRADED, DOWNGRADED, PAUSE, RESUMED,
    GRACE_STARTED, HOLD_STARTED, RECOVERED, CANCEL, REACTIVATED, PRICE_CHANGED, EXPIRE,
) = range(15)  # fmt: skip
REASONS = (
    None, "first_purchase", "returning", "first_payment", "price", "not_used", "account_deleted", "payment_failed",
    "household_shared", "household_closed", "changed_mind", "end_of_period", "new_payment_method", "on_request",
    "pause_not_resumed", "competitor",
)  # fmt: skip
OPEN, PAID, VOID, UNCOLLECTIBLE = range(4)
INVOICE_STATES = ("open", "paid", "void", "uncollectible")


@dataclass
class Sheet:
    """Rows of one kind, collected in pieces; every piece has the same columns."""

    pieces: dict[str, list[Ints]] = field(default_factory=dict)
    rows: int = 0

    def add(self, count: int, **columns: Ints | int) -> Ints:
        """Append rows (scalars are repeated); returns their row numbers."""
        for name, values in columns.items():
            self.pieces.setdefault(name, []).append(np.full(count, values, dtype=np.int64))
        first = self.rows
        self.rows += count
        return np.arange(first, first + count)

    def joined(self) -> dict[str, Ints]:
        """All rows, one array a column."""
        return {name: np.concatenate(parts) for name, parts in self.pieces.items()}


@dataclass
class Ledger:
    """The sheets of a life cycle.

    ``changes`` are images of subscriptions, ``events`` their steps, ``invoices`` documents with up to three
    net lines (plan, credit, discount), ``closings`` what became of invoices, ``attempts`` payments.
    """

    changes: Sheet = field(default_factory=Sheet)
    events: Sheet = field(default_factory=Sheet)
    invoices: Sheet = field(default_factory=Sheet)
    closings: Sheet = field(default_factory=Sheet)
    attempts: Sheet = field(default_factory=Sheet)
