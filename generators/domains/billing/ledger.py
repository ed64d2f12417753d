"""What a life cycle leaves behind: growing lists of rows, joined into one struct of arrays at the end."""

from __future__ import annotations

from collections.abc import Sequence
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

    pieces: dict[str, list[Ints | int]] = field(default_factory=dict)
    places: list[slice] = field(default_factory=list)
    """Rows of each piece."""
    rows: int = 0

    def add(self, count: int, **columns: Ints | int) -> Ints:
        """Append rows (scalars are repeated); returns their row numbers."""
        for name, values in columns.items():
            piece = values.astype(np.int64) if isinstance(values, np.ndarray) else values
            self.pieces.setdefault(name, []).append(piece)
        first = self.rows
        self.rows += count
        self.places.append(slice(first, self.rows))
        return np.arange(first, self.rows)

    def joined(self) -> dict[str, Ints]:
        """All rows, one array a column."""
        return {name: self._column(pieces) for name, pieces in self.pieces.items()}

    def _column(self, pieces: Sequence[Ints | int]) -> Ints:
        column = np.empty(self.rows, dtype=np.int64)
        for place, piece in zip(self.places, pieces, strict=True):
            column[place] = piece
        return column


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
