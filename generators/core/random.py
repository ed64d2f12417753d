"""Counter-based random numbers: a stream is a function of (seed, purpose, day, block) and of nothing else.

Draws of one stream are sequential, so the first ``n`` of ``m > n`` draws are the same: an entity column made
for a growing number of entities keeps its beginning. Hashes serve where a row must be drawn alone.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Small = NDArray[Any]
"""Codes, flags and numbers in few bits: widen them before they are multiplied."""

_U64 = 0xFFFFFFFFFFFFFFFF
_TO_UNIT = 1.0 / (1 << 53)


@lru_cache(maxsize=4096)
def purpose_key(purpose: str) -> int:
    """64-bit key of a purpose, the same on every machine and Python."""
    return int.from_bytes(hashlib.blake2b(purpose.encode(), digest_size=8).digest(), "little")


def stream(seed: int, purpose: str, day: date | None = None, block: int = 0) -> np.random.Generator:
    """A fresh generator for one purpose, optionally of one day and one block of it.

    Args:
        seed: seed of the whole data set.
        purpose: dotted name of what is drawn, e.g. ``users.city``.
        day: UTC day the draw belongs to.
        block: any further number that separates draws, such as days of lateness.
    """
    ordinal = 0 if day is None else day.toordinal()
    key, counter = [seed & _U64, purpose_key(purpose)], [0, 0, block & _U64, ordinal]
    philox = np.random.Philox(cast(np.random.SeedSequence, _Key(key)), counter=np.array(counter).astype(np.uint64))
    return np.random.Generator(philox)


class _Key(ISeedSequence):
    """A key of Philox as its seed: given as a key, it would ask the system for a seed that it then leaves aside."""

    def __init__(self, key: list[int]) -> None:
        # As Philox itself reads a key: rounded to 53 bits where one of the numbers has all 64.
        self._key = np.array(key).astype(np.uint64)

    def generate_state(self, n_words: int, dtype: Any = np.uint64) -> NDArray[Any]:
        return self._key


def hash_uniform(seed: int, purpose: str, *keys: Ints) -> Floats:
    """Uniform numbers in [0, 1), one for each row of the integer keys (broadcast together)."""
    rows = np.size(keys[0])
    if rows <= 4 * _BLOCK or any(np.shape(key) != (rows,) for key in keys):
        return _to_unit(hash_bits(seed, purpose, *keys))
    # In blocks that stay in the processor's own memory between one step and the next: half the time of whole columns.
    uniform = np.empty(rows)
    for first in range(0, rows, _BLOCK):
        block = slice(first, first + _BLOCK)
        _to_unit(hash_bits(seed, purpose, *(key[block] for key in keys)), uniform[block])
    return uniform


_BLOCK = 1 << 14


def _to_unit(bits: NDArray[np.uint64], out: Floats | None = None) -> Floats:
    """Numbers in [0, 1) from 53 of the bits, which are used up."""
    bits >>= _11
    # As signed numbers, which processors convert faster.
    return np.multiply(bits.view(np.int64), _TO_UNIT, out=out)


def hash_begun(seed: int, purpose: str, key: Ints) -> NDArray[np.uint64]:
    """What ``hash_uniform`` knows after its first key, to go on with another: see ``hash_on``."""
    return _mix(_bits(key) + _begin(seed, purpose))


@lru_cache(maxsize=4096)
def _begin(seed: int, purpose: str) -> np.uint64:
    return np.uint64(((purpose_key(purpose) ^ (seed * _GOLDEN)) + _GOLDEN) & _U64)


def _bits(key: Ints) -> NDArray[np.uint64]:
    return np.asarray(key).astype(np.int64, copy=False).view(np.uint64)


def hash_on(begun: NDArray[np.uint64], key: int) -> Floats:
    """As ``hash_uniform`` of the key that was begun with and another one, the same for all rows, in half the time."""
    uniform, add = np.empty(len(begun)), np.uint64((_GOLDEN + key) & _U64)
    for first in range(0, len(begun), _BLOCK):
        block = slice(first, first + _BLOCK)
        _to_unit(_mix(begun[block] + add), uniform[block])
    return uniform


def hash_bits(seed: int, purpose: str, *keys: Ints) -> NDArray[np.uint64]:
    """64 random bits for each row of the integer keys."""
    state = hash_begun(seed, purpose, keys[0])
    for key in keys[1:]:
        state += _STEP
        state = _mix(state + _bits(key))
    return state


_GOLDEN = 0x9E3779B97F4A7C15
_STEP, _FIRST, _SECOND = map(np.uint64, (_GOLDEN, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_11, _27, _30, _31 = map(np.uint64, (11, 27, 30, 31))


def _mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finalizer, in place: most of what is drawn goes through here."""
    shifted = z >> _30
    z ^= shifted
    z *= _FIRST
    np.right_shift(z, _27, out=shifted)
    z ^= shifted
    z *= _SECOND
    np.right_shift(z, _31, out=shifted)
    z ^= shifted
    return z


def pick(uniform: Floats, weights: Floats) -> Ints:
    """Index by inverse distribution: one of ``len(weights)`` classes for each uniform number."""
    cumulative = np.cumsum(weights)
    return bounds_passed(cumulative[:-1], uniform * cumulative[-1])


_FEW, _MANY = 8, 2_000


def bounds_passed(bounds: NDArray[Any], values: NDArray[Any]) -> Ints:
    """How many of rising bounds are not above each number: ``np.searchsorted(side="right")``.

    Few bounds are counted, as a processor cannot guess between which of them a number lies: a tenth of the time.
    """
    if len(bounds) > _FEW or np.size(values) < _MANY:
        return np.asarray(np.searchsorted(bounds, values, side="right"), dtype=np.int64)
    passed = np.zeros(np.shape(values), dtype=np.int8)
    for bound in bounds:
        passed += values >= bound
    return passed.astype(np.int64)


def exponential(uniform: Floats, mean: float | Floats) -> Floats:
    """Waiting times with the given mean."""
    return -np.log1p(-uniform) * mean


def normal(uniform: Floats) -> Floats:
    """Standard normal deviates by the inverse distribution (Acklam's rational approximation, error < 1.2e-9)."""
    p = np.clip(uniform, 1e-12, 1 - 1e-12)
    a = (-3.969683028665376e01, 2.209460984245205e02, -2.759285104469687e02, 1.383577518672690e02)
    a2 = (-3.066479806614716e01, 2.506628277459239e00)
    b = (
        -5.447609879822406e01,
        1.615858368580409e02,
        -1.556989798598866e02,
        6.680131188771972e01,
        -1.328068155288572e01,
    )
    c = (-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e00, -2.549732539343734e00)
    c2 = (4.374664141464968e00, 2.938163982698783e00)
    d = (7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00)
    central = p - 0.5
    r = central * central
    deviates: Floats = _polynomial(r, *a, *a2) * central / _polynomial(r, *b, 1.0)
    row = np.nonzero(np.abs(central) > 0.47575)
    p, central = p[row], central[row]
    q = np.sqrt(-2 * np.log(np.minimum(p, 1 - p)))
    tail = _polynomial(q, *c, *c2) / _polynomial(q, *d, 1.0)
    deviates[row] = np.where(central < 0, tail, -tail)
    return deviates


def _polynomial(x: Floats, first: float, *others: float) -> Floats:
    """Value of a polynomial by its factors, that of the highest power first."""
    value = first * x
    for factor in others[:-1]:
        value += factor
        value *= x
    value += others[-1]
    return value
