"""Two readings of one mart, compared row for row and exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Difference:
    """One key on which two readings differ: in a column, or in whether (how often) the row is there at all."""

    key: Key
    what: str
    """Name of the column, or `row` where the row itself lacks or comes more than once."""
    found: str
    expected: str


def compare(found: Sequence[Row], expected: Sequence[Row], key: Sequence[str]) -> list[Difference]:
    """What differs between the rows found and those expected, in the order of the keys.

    Both have the same columns; values are compared without tolerance. Numbers are alike however they are written
    (1 and 1.000000), a flag is no number, and an instant is the same in every zone.
    """
    here, there = _by_key(found, key), _by_key(expected, key)
    differences = []
    for each in sorted(here.keys() | there.keys(), key=lambda values: [_order(value) for value in values]):
        ours, theirs = here.get(each, []), there.get(each, [])
        if len(ours) != 1 or len(theirs) != 1:
            differences.append(Difference(each, "row", _times(len(ours)), _times(len(theirs))))
            continue
        for column, value in theirs[0].items():
            if not alike(ours[0][column], value):
                differences.append(Difference(each, column, text(ours[0][column]), text(value)))
    return differences


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same."""
    if type(one) is type(other) and one == other:
        return True
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    return bool(_plain(one) == _plain(other))


def text(value: Any) -> str:
    """A value as a reader compares it with another."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return str(_plain(value).isoformat(sep=" "))
    return repr(value) if isinstance(value, str) else str(value)


def literal(value: Any) -> str:
    """A value as SQL of any engine takes it."""
    if value is None or isinstance(value, bool | int | Decimal):
        return "null" if value is None else str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"


def where(key: Sequence[str], values: Key) -> str:
    """The condition that picks the row of a key."""
    pairs = zip(key, values, strict=True)
    return " and ".join(f"{name} is null" if value is None else f"{name} = {literal(value)}" for name, value in pairs)


def _by_key(rows: Sequence[Row], key: Sequence[str]) -> dict[Key, list[Row]]:
    found: dict[Key, list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(_plain(row[name]) for name in key), []).append(row)
    return found


def _plain(value: Any) -> Any:
    """The value with instants in UTC."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    return value


def _order(value: Any) -> tuple[str, Any]:
    """Sorts values of one column, nulls first, whatever their type."""
    if value is None:
        return ("", 0)
    kind = "number" if isinstance(value, int | Decimal) else type(value).__name__
    return (kind, value)


def _times(count: int) -> str:
    return {0: "no row", 1: "one row"}.get(count, f"{count} rows of this key")


def day_of(value: datetime | None) -> date | None:
    """The UTC day of an instant."""
    return None if value is None else _plain(value).date()
