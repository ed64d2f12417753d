"""Exact arithmetic on whole numbers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from hashlib import md5
from typing import TypeVar

Recipient = TypeVar("Recipient", bound=Hashable)


def half_up(numerator: int, denominator: int) -> int:
    """The quotient as the nearest whole number, halves away from zero."""
    size, over = abs(numerator), abs(denominator)
    rounded = (2 * size + over) // (2 * over)
    return rounded if (numerator < 0) == (denominator < 0) else -rounded


def millionths(amount: int) -> Decimal:
    """A whole number of millionths as a decimal."""
    return Decimal(amount) / 1_000_000


def ratio(numerator: int, denominator: int) -> Decimal | None:
    """A quotient to six places, halves away from zero; None where there is nothing to divide by."""
    return None if denominator == 0 else millionths(half_up(numerator * 1_000_000, denominator))


def allocate(amount: int, weights: Mapping[Recipient, int], pool: Hashable) -> dict[Recipient, int]:
    """Shares an amount by weight so that the parts add up to it exactly: by largest remainder.

    Ties go to the smaller md5 of pool and recipient, written "pool|recipient". A negative amount gives the opposite of
    what its opposite gives. With no weight at all nobody shares: each gets 0.
    """
    total = sum(weights.values())
    if total == 0:
        return dict.fromkeys(weights, 0)
    size, sign = abs(amount), -1 if amount < 0 else 1
    parts = {recipient: size * weight // total for recipient, weight in weights.items()}

    def turn(recipient: Recipient) -> tuple[int, str]:
        return -(size * weights[recipient] % total), md5(f"{pool}|{recipient}".encode()).hexdigest()

    for recipient in sorted(weights, key=turn)[: size - sum(parts.values())]:
        parts[recipient] += 1
    return {recipient: sign * part for recipient, part in parts.items()}
