"""Puts the defects into the tables of one clean day and lists each of them beside the lake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from generators.core.calendar import DAY, HOUR, MINUTE, SECOND, event_base, midnight
from generators.core.listening import arriving
from generators.core.random import Bools, Floats, Ints
from generators.core.world import World
from generators.ddl import TABLES, Kind
from generators.defects.kinds import ADDED_SEQUENCE, ALTERED, DATED_ENTITIES, DEFECTS, ORPHAN_DAYS, ORPHAN_ID, Defect
from generators.domains.billing.documents import subscription_transactions
from generators.domains.engagement import streams_table

LIST_SCHEMA = pa.schema(
    [
        pa.field("arrival_date", pa.date32(), nullable=False),
        pa.field("table_name", pa.string(), nullable=False),
        pa.field("row_key", pa.int64(), nullable=False),
        pa.field("change_no", pa.int32()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("column_name", pa.string()),
        pa.field("is_added", pa.bool_(), nullable=False),
        pa.field("clean_value", pa.string()),
        pa.field("dirty_value", pa.string()),
        pa.field("expected", pa.string(), nullable=False),
    ]
)
"""One row per defect: ``row_key`` is the key of the row as it stands in the dirty lake."""
_ODD_TEXTS = (
    "🎧🔥👩🏽\u200d🎤 🇮🇳",
    "\u202eright to left\u202c \u200f\u05d0\u05d1 عربى",
    "\"quoted\" 'single' “curly” `tick`",
    "back\\slash \\n \\u0000 \\.",
    "two\r\nlines\n\\.\nand a\ttab",
    "nul\x00between\x00",
    "\x01\x1f control \x7f",
    "𠀀𝄞𐍈 of four bytes",
    "e\u0301 combining, no break\u00a0\u3000",
    "'; drop table raw.tips; --",
    "{{ 7 * 7 }} {% raw %} ${home} %s %(x)s",
    "=1+1,comma;semicolon|bar",
)
"""What people write, by accident or on purpose; all in lower case."""
_STRANGE_CODES = ("n/a", "undefined", "type_7", "other?", *_ODD_TEXTS)
_PIECES = 17
_FEW_ROWS = 16_000
"""Fewer than the rows of a page, which ends where a piece of the table does."""
_CURRENCIES = ("INR", "BRL", "IDR", "USD")


def defects_folder(lake: Path) -> Path:
    """Where the lists of a lake's defects lie: beside it, out of dbt's reach."""
    return lake.parent / ("defects" if lake.name == "lake" else f"{lake.name}.defects")


def apply(tables: dict[str, pa.Table], world: World, day: date, lake: Path | None) -> dict[str, pa.Table]:
    """The tables of one arrival day with their defects; a function of (seed, scale, day).

    Args:
        tables: the clean tables of the day, by name; not altered.
        lake: the lake they are meant for; the list goes to ``defects_folder(lake)/<day>.parquet``. None: no list.
    """
    dirty = dict(tables)
    listed: list[_Listed] = []
    for name in dict.fromkeys(defect.table for defect in DEFECTS):
        if name not in tables or not tables[name].num_rows:
            continue
        bench = _Bench(world, day, name, _plain(tables[name], name))
        for defect in (d for d in DEFECTS if d.table == name):
            bench.inject(defect)
        dirty[name] = bench.result()
        listed += bench.listed
    if lake is not None:
        _write(defects_folder(lake) / f"{day.isoformat()}.parquet", _list(listed, day))
    return dirty


_BROKEN = {(defect.table, defect.column) for defect in DEFECTS}


def _plain(table: pa.Table, name: str) -> pa.Table:
    """The table with plain texts in the columns that may be broken, each column in one chunk, null allowed."""
    columns, fields = [], []
    for declared, given in zip(TABLES[name].lake_schema(), table.columns, strict=True):
        plain = (name, declared.name) in _BROKEN or not pa.types.is_dictionary(given.type)
        column = given.cast(declared.type) if plain and given.type != declared.type else given
        columns.append(column.chunk(0) if column.num_chunks == 1 else column.unify_dictionaries().combine_chunks())
        fields.append(pa.field(declared.name, column.type))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    pq.write_table(table, temporary, compression="zstd", store_schema=False)
    temporary.replace(path)


def _numbers(column: pa.ChunkedArray) -> Ints:
    """Integers of a column, instants as microseconds; null is 0."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    return np.asarray(pc.fill_null(column, 0).to_numpy(), dtype=np.int64)


@dataclass(frozen=True)
class _Listed:
    """Rows of one defect as they now stand, with the value in one of their columns before and after."""

    defect: Defect
    column: str
    rows: pa.Table
    before: pa.Array
    after: pa.Array


def _list(listed: Sequence[_Listed], day: date) -> pa.Table:
    """The list of a day's defects: made as a whole, as most of them are of a few rows."""
    of = pa.array(np.repeat(np.arange(len(listed)), [each.rows.num_rows for each in listed]))

    def same(values: list[Any], field: pa.Field) -> pa.Array:
        return pa.array(values, field.type).take(of)

    def parts(arrays: list[pa.Array | pa.ChunkedArray], field: pa.Field) -> pa.Array:
        cast = (array if array.type == field.type else array.cast(field.type) for array in arrays)
        chunks = (array.chunks if isinstance(array, pa.ChunkedArray) else [array] for array in cast)
        return pa.concat_arrays([pa.nulls(0, field.type), *chain.from_iterable(chunks)])

    def number(each: _Listed) -> pa.Array:
        is_entity = TABLES[each.defect.table].kind is Kind.ENTITY
        return each.rows["change_no"] if is_entity else pa.nulls(each.rows.num_rows, pa.int32())

    columns = {
        "arrival_date": partial(same, [day] * len(listed)),
        "table_name": partial(same, [each.defect.table for each in listed]),
        "row_key": partial(parts, [each.rows[TABLES[each.defect.table].key[0]] for each in listed]),
        "change_no": partial(parts, [number(each) for each in listed]),
        "kind": partial(same, [each.defect.kind for each in listed]),
        "column_name": partial(same, [each.column for each in listed]),
        "is_added": partial(same, [each.defect.kind not in ALTERED for each in listed]),
        "clean_value": partial(parts, [each.before for each in listed]),
        "dirty_value": partial(parts, [each.after for each in listed]),
        "expected": partial(same, [each.defect.expected for each in listed]),
    }
    return pa.Table.from_arrays([columns[field.name](field) for field in LIST_SCHEMA], schema=LIST_SCHEMA)


@dataclass
class _Bench:
    """One table on its way from clean to dirty."""

    world: World
    day: date
    name: str
    table: pa.Table
    used: Bools = field(init=False)
    """Rows that carry a defect already, or are the original of a copy."""
    added: list[pa.Table] = field(default_factory=list)
    listed: list[_Listed] = field(default_factory=list)
    sequence: int = ADDED_SEQUENCE
    shuffled: bool = False

    def __post_init__(self) -> None:
        self.used = np.zeros(self.table.num_rows, dtype=bool)
        self._keys = [key for key in (TABLES[self.name].key[0], "change_no") if key in self.table.column_names]

    def inject(self, defect: Defect) -> None:
        """Alter or add rows of one kind."""
        rng = self.world.rng(f"defects.{defect.table}.{defect.kind}.{defect.column}", self.day)
        if defect.kind == "out_of_order":
            self.shuffled = True
        elif defect.kind == "duplicate_next_day":
            self._copies_of_yesterday(defect, rng)
        else:
            rows = np.flatnonzero((rng.random(self.table.num_rows) < defect.rate) & ~self.used)
            # Only of what is drawn is it asked whether the defect can show there: often that is nothing.
            if len(rows) and len(rows := rows[self._suits(defect, rows)]):
                self.used[rows] = True
                (self._alter if defect.kind in ALTERED else self._add)(defect, rows, rng.random((len(rows), 2)))

    def result(self) -> pa.Table:
        """The dirty table."""
        table = pa.concat_tables([self.table, *self.added])
        if self.shuffled:
            # Pieces of the file change places; the rows that were added stood at its end.
            order = self.world.rng(f"defects.{self.name}.order", self.day).permutation(_PIECES)
            cuts = np.linspace(0, table.num_rows, _PIECES + 1).astype(np.int64)
            if not self.added and table.num_rows < _FEW_ROWS:
                (whole,) = table.to_batches()
                pieces = [whole.slice(cuts[i], cuts[i + 1] - cuts[i]) for i in order]
                return pa.Table.from_batches([pa.concat_batches(pieces)])
            table = pa.concat_tables([table.slice(cuts[i], cuts[i + 1] - cuts[i]) for i in order])
        # Each column of each piece is a step of the writer's: of few rows it takes longer than to put them together.
        return table.combine_chunks() if table.num_rows < _FEW_ROWS else table

    def _suits(self, defect: Defect, rows: Ints) -> Bools:
        """Whether a defect can show in each of some rows."""
        end = midnight(self.day) + DAY
        if defect.kind in ("delayed", "duplicate", "duplicate_change"):
            return _numbers(self.table["arrived_at"].take(rows)) < end - MINUTE
        if defect.kind == "currency_mismatch":
            # Which currency is right is told by an invoice or a tip.
            return np.asarray(self.table["document_id"].take(rows).is_null().to_numpy(), dtype=bool)
        if defect.column is None:
            return np.ones(len(rows), dtype=bool)
        return np.asarray(self.table[defect.column].take(rows).is_valid().to_numpy(), dtype=bool)

    # Altered rows.

    def _alter(self, defect: Defect, rows: Ints, draw: Floats) -> None:
        column = defect.column or "arrived_at"
        before = self.table[column].take(rows)
        if defect.kind == "delayed":
            after = self._later(rows, draw)
        elif defect.kind == "odd_text":
            after = _chosen(_ODD_TEXTS, draw)
        else:
            after = _noise(before, draw, defect.kind)
        mask = np.zeros(self.table.num_rows, dtype=bool)
        mask[rows] = True
        values = pc.replace_with_mask(self.table[column].combine_chunks(), pa.array(mask), after)
        self.table = self.table.set_column(self.table.schema.get_field_index(column), column, values)
        self._note(defect, self.table.select(self._keys).take(rows), column, before, after)

    def _later(self, rows: Ints, draw: Floats) -> pa.Array:
        """Arrival later on the same day."""
        at, end = _numbers(self.table["arrived_at"].take(rows)), midnight(self.day) + DAY
        later = at + SECOND + (draw[:, 0] * (end - at - 2 * SECOND)).astype(np.int64)
        return pa.array(later.astype("datetime64[us]")).cast(pa.timestamp("us", tz="UTC"))

    # Added rows.

    def _add(self, defect: Defect, rows: Ints, draw: Floats) -> None:
        copy = self.table.take(rows)
        if defect.kind in ("duplicate", "duplicate_change"):
            before = copy["arrived_at"]
            copy = _with(copy, "arrived_at", self._later(rows, draw))
            self.added.append(copy)
            self._note(defect, copy, "arrived_at", before, copy["arrived_at"])
            return
        column = defect.column or ""
        broken = _BREAKERS[defect.kind.split("_")[0] if defect.kind.startswith("orphan") else defect.kind]
        before = copy[column]
        copy = _with(copy, column, broken(self, copy, column, draw).cast(self.table.schema.field(column).type))
        key = TABLES[self.name].key[0]
        ids = event_base(self.day) + self.sequence + np.arange(len(rows))
        self.sequence += len(rows)
        copy = _with(copy, key, pa.array(ids))
        self.added.append(copy)
        self._note(defect, copy, column, before, copy[column])

    def _copies_of_yesterday(self, defect: Defect, rng: np.random.Generator) -> None:
        """Exact copies of rows of the day before, with this day's file."""
        yesterday = self.day - timedelta(days=1)
        if yesterday < self.world.first_day:
            return
        if self.name == "streams":
            _, plays = arriving(self.world, yesterday)
            rows = streams_table(self.world, plays.take(np.flatnonzero(rng.random(len(plays)) < defect.rate)))
        else:
            rows = subscription_transactions(self.world, yesterday)
            rows = rows.take(np.flatnonzero(rng.random(rows.num_rows) < defect.rate))
        if not rows.num_rows:
            return
        copy = pa.Table.from_arrays(
            [column.cast(field.type) for column, field in zip(rows.columns, self.table.schema, strict=True)],
            schema=self.table.schema,
        )
        before = copy["arrived_at"]
        at = midnight(self.day) + (rng.random(copy.num_rows) * (DAY - SECOND)).astype(np.int64)
        copy = _with(copy, "arrived_at", pa.array(at.astype("datetime64[us]")).cast(before.type))
        self.added.append(copy)
        self._note(defect, copy, "arrived_at", before, copy["arrived_at"])

    def _note(self, defect: Defect, rows: pa.Table, column: str, before: pa.Array, after: pa.Array) -> None:
        """List the defects of some rows as they now stand."""
        self.listed.append(_Listed(defect, column, rows, before, after))


def _with(table: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(column), table.schema.field(column), values)


def _noise(values: pa.ChunkedArray, draw: Floats, kind: str) -> pa.Array:
    """Codes with blanks around them and in another case."""
    plain = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    other = pc.utf8_lower(plain) if kind == "currency_noise" else pc.utf8_upper(plain)
    forms = [
        other,
        pc.binary_join_element_wise(" ", plain, ""),
        pc.binary_join_element_wise(plain, "  ", ""),
        pc.binary_join_element_wise(" ", other, " ", ""),
    ]
    return pc.choose(pa.array((draw[:, 0] * len(forms)).astype(np.int64)), *forms)


def _orphan(bench: _Bench, copy: pa.Table, column: str, draw: Floats) -> pa.Array:
    """A key that was never issued, of an entity or of an event."""
    parent = (TABLES[bench.name].column(column).references or "").split(".", maxsplit=1)[0]
    dated = parent in DATED_ENTITIES or (parent in TABLES and TABLES[parent].kind is Kind.EVENT)
    base = event_base(bench.day + timedelta(days=ORPHAN_DAYS)) if dated else ORPHAN_ID
    return pa.array(base + (draw[:, 0] * 1_000_000).astype(np.int64))


def _negative(bench: _Bench, copy: pa.Table, column: str, draw: Floats) -> pa.Array:
    """A number below zero."""
    return pa.array(-1 - (draw[:, 0] * 200_000).astype(np.int64))


def _not_positive(bench: _Bench, copy: pa.Table, column: str, draw: Floats) -> pa.Array:
    """Zero, or a number below it."""
    return pa.array(-(draw[:, 0] * 3).astype(np.int64) * 5_000)


def _before(bench: _Bench, copy: pa.Table, column: str, draw: Floats) -> pa.Array:
    """An instant before that of the event, which it should follow."""
    at = TABLES[bench.name].instant
    begin = _numbers(copy[at.name if at else column])
    return _instants(begin - SECOND - (draw[:, 0] * 2 * HOUR).astype(np.int64))


def _ahead(bench: _Bench, copy: pa.Table, column: str, draw: Floats) -> pa.Array:
    """An instant more than a day after the arrival."""
    days = 25 * HOUR + (draw[:, 0] ** 3 * 400 * DAY).astype(np.int64)
    return _instants(_numbers(copy["arrived_at"]) + days)


def _instants(at: Ints) -> pa.Array:
    return pa.array(at.astype("datetime64[us]")).cast(pa.timestamp("us", tz="UTC"))


def _strange(bench: _Bench, copy: pa.Table, column: str, draw: Floats) -> pa.Array:
    """A code that no one knows."""
    return _chosen(_STRANGE_CODES, draw)


def _garbled(bench: _Bench, copy: pa.Table, column: str, draw: Floats) -> pa.Array:
    """A text of no form."""
    return _chosen(("?", "none", "--", "a b"), draw)


def _blank(bench: _Bench, copy: pa.Table, column: str, draw: Floats) -> pa.Array:
    """Nothing but blanks."""
    return _chosen(("", " ", "   "), draw)


def _turned(bench: _Bench, copy: pa.Table, column: str, draw: Floats) -> pa.Array:
    """A flag's opposite."""
    return pc.invert(copy[column])


def _chosen(texts: Sequence[str], draw: Floats) -> pa.Array:
    return pa.array(texts).take(pa.array((draw[:, 0] * len(texts)).astype(np.int64)))


def _other_currency(bench: _Bench, copy: pa.Table, column: str, draw: Floats) -> pa.Array:
    """Another currency than the document's."""
    known = np.array(_CURRENCIES, dtype=object)
    own = np.array(copy[column].to_pylist(), dtype=object)
    first = (draw[:, 0] * len(known)).astype(np.int64)
    chosen = np.where(known[first] == own, known[(first + 1) % len(known)], known[first])
    return pa.array(chosen, pa.string())


_Breaker = Callable[[_Bench, pa.Table, str, Floats], Any]
_BREAKERS: dict[str, _Breaker] = {
    "orphan": _orphan,
    "negative_played_ms": _negative,
    "negative_exposed_ms": _negative,
    "negative_amount": _negative,
    "amount_not_positive": _not_positive,
    "out_of_range": _negative,
    "malformed_value": _garbled,
    "missing_value": _blank,
    "contradiction": _turned,
    "ended_before_start": _before,
    "wrong_order": _before,
    "started_after_arrival": _ahead,
    "unknown_code": _strange,
    "currency_mismatch": _other_currency,
}
