"""Whole numbers: roundings, shares, rates of exchange."""

from datetime import date
from decimal import Decimal
from hashlib import md5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import truth

from oracle.amounts import allocate, half_up, ratio
from oracle.exchange import Rates, micro_per_minor


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(1, 2, 1), (-1, 2, -1), (1, -2, -1), (1, 3, 0), (2, 3, 1), (5, 10, 1), (-5, -10, 1), (0, 7, 0)],
)
def test_half_up_is_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert half_up(numerator, denominator) == rounded


def test_ratio_has_six_places() -> None:
    assert ratio(2, 3) == Decimal("0.666667")
    assert ratio(-1, 2_000_000) == Decimal("-0.000001")
    assert ratio(1, 0) is None


def test_the_remainder_goes_to_the_largest_then_to_the_smaller_md5() -> None:
    assert allocate(10, {"a": 2, "b": 1}, "p") == {"a": 7, "b": 3}
    first = min("ab", key=lambda who: md5(f"p|{who}".encode()).hexdigest())
    shares = allocate(1, {"a": 1, "b": 1}, "p")
    assert shares[first] == 1 and sum(shares.values()) == 1
    assert allocate(-10, {"a": 2, "b": 1}, "p") == {"a": -7, "b": -3}
    assert allocate(10, {"a": 0, "b": 0}, "p") == {"a": 0, "b": 0}


@given(st.integers(-(10**15), 10**15), st.dictionaries(st.integers(0, 50), st.integers(0, 10**9), min_size=1))
def test_parts_add_up(amount: int, weights: dict[int, int]) -> None:
    shares = allocate(amount, weights, "pool")
    assert sum(shares.values()) == (amount if any(weights.values()) else 0)
    assert all(shares[recipient] == 0 for recipient, weight in weights.items() if weight == 0)


def test_the_rate_of_a_day_is_the_last_one_before() -> None:
    rates = Rates(
        [
            {"rate_date": "2026-01-05", "currency_code": "INR", "rate_micro": "105000000"},
            {"rate_date": "2026-01-02", "currency_code": "INR", "rate_micro": "100000000"},
        ]
    )
    assert rates.on("INR", date(2026, 1, 1)) is None
    assert rates.on("INR", date(2026, 1, 4)) == 100_000_000
    assert rates.on("INR", date(2026, 1, 5)) == 105_000_000
    assert rates.on("EUR", date(1999, 1, 1)) == 1_000_000
    assert rates.to_reporting(150, "INR", date(2026, 1, 4)) == 2
    assert rates.to_reporting(150, "BRL", date(2026, 1, 4)) is None


def test_minor_units() -> None:
    micro = truth().of(micro_per_minor)
    assert (micro["EUR"], micro["JPY"]) == (10_000, 1_000_000)
