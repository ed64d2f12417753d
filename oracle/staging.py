"""What staging must hold: each row that was sent, once, in every column (decisions 008, 031, 040, 063).

Of an event the first copy counts, of an entity the last change; rows of reference come once. What was planted and is
neither mended nor rejected by staging must stand there as it was sent: a row that came late on its day, an odd text, a
key that was never issued, a document that says another amount than it should.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from oracle.lake import Lake
from oracle.truth import Truth

Values = tuple[Any, ...]
CHANGES = "_changes"
"""What the name of a table of change rows adds to that of its entity."""
CREDENTIALS = frozenset(
    {
        *("password_hash", "mfa_secret_hash", "token_hash", "stream_key_hash", "ticket_code_hash"),
        *("token", "account_token", "share_token"),
    }
)
"""Columns that staging does not take, as who has them gets in (decision 031)."""
IN_LOWER_CASE = frozenset({("devices", "os")})
"""Codes that are sent with capitals; codes are lower case wherever they stand (decision 040)."""
BY_REFERENCES = "references"
"""The stage, in the seed of rules, of those that judge what staging has accepted."""


def columns(lake: Lake, table: str) -> list[str]:
    """The columns that staging takes of a table; none where no row was ever sent."""
    return [name for name in lake.columns(table) if name not in CREDENTIALS]


def key(lake: Lake, table: str) -> tuple[str, ...]:
    """The columns that identify a staged row, of a table or of its change rows."""
    entity = table.removesuffix(CHANGES)
    return lake.key(entity) if entity == table else (*lake.key(entity), "change_no")


def rows(truth: Truth, table: str, wanted: Sequence[str]) -> dict[Values, Values]:
    """The staged rows of a table, or of its change rows, by key: the values of the `wanted` columns."""
    found = _one_each(truth.lake, table, wanted)
    as_sent = _planted(truth, table.removesuffix(CHANGES))
    if truth.planted and as_sent:
        found = {key: values for key, values in found.items() if key[0] not in as_sent}
        for each, values in _one_each(truth.planted.lake, table, wanted, as_sent).items():
            found[each] = tuple(map(_tidied, values))
    return found


def _planted(truth: Truth, table: str) -> set[int]:
    """Keys of the rows that staging must show as they were sent."""
    by_references = {row["rule_name"] for row in truth.seeds.rows("quarantine_rules") if row["stage"] == BY_REFERENCES}
    taken = {"kept", "reconciled", *by_references}
    listed = truth.planted.rows(table) if truth.planted else []
    return {row["row_key"] for row in listed if row["expected"] in taken}


def _one_each(
    lake: Lake, table: str, wanted: Sequence[str], keys: Collection[int] | None = None
) -> dict[Values, Values]:
    """Of all rows of a key the one that counts."""
    entity = table.removesuffix(CHANGES)
    if not lake.columns(entity):
        return {}
    has_changes = "change_no" in lake.columns(entity)
    identity = key(lake, table)
    order = (*(("change_no",) if has_changes else ()), "arrived_at")
    found: dict[Values, tuple[Values, Values]] = {}
    size, until = len(identity), len(identity) + len(order)
    for row in lake.values(entity, (*identity, *order, *wanted), keys):
        each, place, values = row[:size], row[size:until], row[until:]
        before = found.get(each)
        if before is None or _counts_more(place, before[0], has_changes):
            found[each] = (place, values)
    change: Callable[[Values], Values] = _lowered(entity, wanted)
    return {each: change(values) for each, (_, values) in found.items()}


def _counts_more(place: Values, before: Values, has_changes: bool) -> bool:
    """Whether a row counts rather than one met before: copies differ in their arrival alone, and the first counts."""
    if has_changes:
        return bool((place[0], before[1]) > (before[0], place[1]))
    return bool(place < before)


def _lowered(table: str, wanted: Sequence[str]) -> Callable[[Values], Values]:
    places = {place for place, name in enumerate(wanted) if (table, name) in IN_LOWER_CASE}
    if not places:
        return lambda values: values
    return lambda values: tuple(
        value.lower() if place in places and value is not None else value for place, value in enumerate(values)
    )


def _tidied(value: Any) -> Any:
    """A text without U+0000 and blanks at its ends, null if nothing is left; other values as they are."""
    return (value.replace("\0", "").strip(" ") or None) if isinstance(value, str) else value
