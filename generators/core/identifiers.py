"""Industry identifiers with their check digits: ISRC (none), UPC/GTIN-12 and ISWC."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from generators.core.random import Ints
from generators.core.tables import fixed_text

_DIGIT = ord("0")


def digits(numbers: Ints, width: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Decimal digits of numbers, most significant first, shape (rows, width)."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return np.asarray(numbers)[:, None] // powers[None, :] % 10


def upc(company: Ints, item: Ints) -> pa.Array:
    """GTIN-12 of a company prefix (six digits) and an item number (five), with its check digit.

    Digits in odd places count three times; the check digit completes the sum to a multiple of ten.
    """
    body = np.concatenate([digits(company, 6), digits(item, 5)], axis=1)
    total = body[:, 0::2].sum(axis=1) * 3 + body[:, 1::2].sum(axis=1)
    check = (10 - total % 10) % 10
    return fixed_text((np.concatenate([body, check[:, None]], axis=1) + _DIGIT).astype(np.uint8))


def iswc(number: Ints) -> pa.Array:
    """ISWC ``T`` + nine digits + check digit: (1 + sum of place x digit) completed to a multiple of ten."""
    body = digits(number, 9)
    check = (10 - (1 + (body * np.arange(1, 10)).sum(axis=1)) % 10) % 10
    text = np.concatenate([np.full((len(body), 1), ord("T")), body + _DIGIT, check[:, None] + _DIGIT], axis=1)
    return fixed_text(text.astype(np.uint8))


def isrc(country_codes: list[str], country: Ints, registrant: Ints, year: Ints, serial: Ints) -> pa.Array:
    """ISRC: country, registrant (three of 36 characters), two digits of the year, five of a serial number."""
    prefixes = np.array([[ord(c) for c in code] for code in country_codes], dtype=np.int64)[country]
    alphabet = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8).astype(np.int64)
    owner = np.stack([alphabet[registrant // 36**p % 36] for p in (2, 1, 0)], axis=1)
    tail = digits(year % 100 * 100_000 + serial, 7) + _DIGIT
    return fixed_text(np.concatenate([prefixes, owner, tail], axis=1).astype(np.uint8))
