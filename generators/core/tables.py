"""From NumPy columns to Arrow tables of exactly the declared schema, without a loop over rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.core.calendar import NEVER
from generators.core.random import Bools, Floats, Ints, hash_bits
from generators.ddl import TABLES, Column


@dataclass(frozen=True)
class Coded:
    """A text column as codes into a vocabulary; a negative code is null."""

    codes: Ints
    vocabulary: Sequence[str] | pa.Array


Values: TypeAlias = "np.ndarray[Any, Any] | Coded | pa.Array | Sequence[Any] | int | bool | str | None"


def make_table(name: str, columns: Mapping[str, Values]) -> pa.Table:
    """An Arrow table in the declared order of columns.

    Args:
        name: declared table.
        columns: one entry per declared and metadata column. Instants are microseconds (``NEVER`` is null),
            dates days since 1970, decimals unscaled integers, texts ``Coded`` or sequences. In nullable
            integer columns a negative number is null. A scalar fills the column.

    Raises:
        KeyError: a column is missing; ValueError: one is unknown or the lengths differ.
    """
    fields = fields_of(name)
    if len(columns) != len(fields) and (unknown := columns.keys() - {field.name for field in fields}):
        raise ValueError(f"{name} has no column {sorted(unknown)[0]}")
    rows = max(map(_length, columns.values()), default=0)
    if not rows:
        return _no_rows(name)
    arrays = [_array(column, columns[column.name], rows) for column in TABLES[name].lake_columns]
    coded = tuple(
        field.name for field, array in zip(fields, arrays, strict=True) if isinstance(array, pa.DictionaryArray)
    )
    return pa.Table.from_arrays(arrays, schema=schema_with(name, coded))


@cache
def _no_rows(name: str) -> pa.Table:
    return TABLES[name].lake_schema().empty_table()


@cache
def fields_of(name: str) -> tuple[pa.Field, ...]:
    """Columns of a declared table as they stand in its files."""
    return tuple(TABLES[name].lake_schema())


@lru_cache(maxsize=1024)
def schema_with(name: str, coded: tuple[str, ...]) -> pa.Schema:
    """Schema of a declared table with some of its texts as dictionaries, which its files do not show."""
    return pa.schema([field.with_type(_CODED) if field.name in coded else field for field in fields_of(name)])


def one_after_another(*tables: pa.Table) -> pa.Table:
    """The rows of several tables of one declaration. An empty one has plain texts only, and is left out."""
    filled = [table for table in tables if table.num_rows]
    return pa.concat_tables(filled) if filled else tables[0]


ROW_GROUP_ROWS = 122_880
"""Rows that files hold together; tables are made in parts of one such group where they are many."""


@dataclass(frozen=True)
class InParts:
    """A table too large to be held at once, written as it is made. Of its columns none is a text."""

    num_rows: int
    make: Callable[[slice], pa.Table]
    """Some of the rows."""

    def __iter__(self) -> Iterator[pa.Table]:
        for first in range(0, max(self.num_rows, 1), ROW_GROUP_ROWS):
            yield self.make(slice(first, first + ROW_GROUP_ROWS))

    def whole(self) -> pa.Table:
        """All of it, for those who have the memory."""
        return one_after_another(*self)


def _length(values: Values) -> int:
    if values is None or isinstance(values, int | bool | str):
        return 0
    return len(values.codes) if isinstance(values, Coded) else len(values)


def _array(column: Column, values: Values, rows: int) -> pa.Array:
    if isinstance(values, np.ndarray):
        return _of_numbers(column, values)
    if isinstance(values, Coded):
        return _dictionary(values)
    if isinstance(values, str):
        return pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int32), pa.array([values]))
    if values is None:
        return pa.nulls(rows, column.arrow_type)
    if isinstance(values, int):
        return _of_numbers(column, np.full(rows, values))
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    return _of_numbers(column, np.asarray(values))


def _of_numbers(column: Column, array: np.ndarray[Any, Any]) -> pa.Array:
    """A column from numbers as ``make_table`` takes them, or from texts."""
    kind = column.type
    if kind in ("text", "uuid"):
        return pa.array(array, pa.string())
    if kind == "boolean":
        return _over(column.arrow_type, np.packbits(array.astype(bool, copy=False), bitorder="little"), len(array))
    if kind.startswith("numeric"):
        return _decimals(array, column.arrow_type)
    empty = None
    if column.nullable:
        if kind in ("timestamptz", "date"):
            empty = array == NEVER if array.max() == NEVER else None
        else:
            empty = array < 0 if array.min() < 0 else None
    numbers = np.ascontiguousarray(array, np.int64 if kind in ("timestamptz", "bigint") else np.int32)
    return _over(column.arrow_type, numbers, len(array), empty)


def _over(kind: pa.DataType, values: np.ndarray[Any, Any], rows: int, empty: Bools | None = None) -> pa.Array:
    """A column that has its values where NumPy has them; null where it is empty."""
    return pa.Array.from_buffers(kind, rows, [_validity(empty), pa.py_buffer(values)])


def _validity(empty: Bools | None) -> pa.Buffer | None:
    return None if empty is None else pa.py_buffer(np.packbits(~empty, bitorder="little"))


@lru_cache(maxsize=1024)
def _vocabulary(texts: tuple[str, ...]) -> pa.Array:
    return pa.array(texts, pa.string())


def _dictionary(values: Coded) -> pa.Array:
    texts = values.vocabulary
    vocabulary = texts if isinstance(texts, pa.Array) else _vocabulary(tuple(texts))
    codes = np.asarray(values.codes)
    if len(codes) and codes.max() >= len(vocabulary):
        raise IndexError(f"Code {codes.max()} in a vocabulary of {len(vocabulary)}")
    empty = codes < 0 if len(codes) and codes.min() < 0 else None
    index = pa.py_buffer(np.ascontiguousarray(codes, np.int32))
    return pa.DictionaryArray.from_buffers(_CODED, len(codes), [_validity(empty), index], vocabulary)


_CODED = pa.dictionary(pa.int32(), pa.string())


def _decimals(unscaled: Ints, kind: pa.DataType) -> pa.Array:
    """128-bit decimals from unscaled 64-bit integers, by their two's complement halves."""
    low = unscaled.astype(np.int64)
    halves = np.empty((len(low), 2), dtype=np.int64)
    halves[:, 0], halves[:, 1] = low, low >> 63
    return _over(kind, halves, len(low))


def only(texts: pa.Array, where: Bools) -> pa.Array:
    """The texts where they are, null elsewhere."""
    return pc.if_else(pa.array(where), texts, pa.scalar(None, pa.string()))


def placed(texts: pa.Array, where: Ints, rows: int) -> pa.Array:
    """A column that has the texts in some of its rows, null in the others."""
    place = np.full(rows, -1)
    place[where] = np.arange(len(where))
    return texts.take(_over(pa.int64(), place, rows, place < 0))


def texts_of(values: Coded) -> pa.Array:
    """The column as plain strings."""
    return _dictionary(values).cast(pa.string())


def uuids(seed: int, purpose: str, rows: Ints) -> pa.Array:
    """Version 4 UUIDs as text, fixed by the row."""
    high, low = hash_bits(seed, f"{purpose}.uuid.high", rows), hash_bits(seed, f"{purpose}.uuid.low", rows)
    high = (high & np.uint64(0xFFFFFFFFFFFF0FFF)) | np.uint64(0x4000)
    low = (low & np.uint64(0x3FFFFFFFFFFFFFFF)) | np.uint64(0x8000000000000000)
    return hex_text(np.stack([high, low], axis=1), dashes=(8, 12, 16, 20))


_HEX = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), dtype=np.uint16)
"""The two digits of each byte."""


def hex_text(words: np.ndarray[Any, np.dtype[np.uint64]], dashes: tuple[int, ...] = ()) -> pa.Array:
    """Lower-case hexadecimal text of each row of 64-bit words, shape (rows, words), with dashes at offsets."""
    rows, count = words.shape
    raw = words.astype(">u8").view(np.uint8).reshape(rows, count * 8)
    digits = _HEX[raw].view(np.uint8)
    if dashes:
        parts: list[Any] = []
        last = 0
        dash = np.full((rows, 1), ord("-"), dtype=np.uint8)
        for at in dashes:
            parts += [digits[:, last:at], dash]
            last = at
        digits = np.concatenate([*parts, digits[:, last:]], axis=1)
    return fixed_text(digits)


def fixed_text(characters: np.ndarray[Any, np.dtype[np.uint8]]) -> pa.Array:
    """A string array from ASCII characters, shape (rows, length)."""
    rows, width = characters.shape
    offsets = pa.py_buffer(np.arange(0, (rows + 1) * width, width, dtype=np.int32)) if width else None
    return pa.Array.from_buffers(pa.string(), rows, [None, offsets, pa.py_buffer(np.ascontiguousarray(characters))])


def thousandths(uniform: Floats) -> Ints:
    """Unscaled numeric(4,3) from numbers in [0, 1]."""
    return np.round(uniform * 1000).astype(np.int64)
