"""Rows of the lake on their way into PostgreSQL: files as CSV, COPY, and the latest image per key."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from psycopg import sql

from generators.ddl import DAY_ID_SPAN, Kind, Table
from generators.ddl.postgres import ID_EPOCH, SCHEMA, partition_statement
from sonic.errors import SonicError
from sonic.warehouse.arrivals import Day
from sonic.warehouse.lake import LakeFile
from sonic.warehouse.postgres import Postgres

BATCH_ROWS = 65_536
PARTITION_REACH = timedelta(days=400)
"""Partitions are made for ids of days this near to the arrival; an id of any other day goes to the default one."""

_WITHOUT_ZONE = pa.timestamp("us")
_CSV = pc.WriteOptions(include_header=False, quoting_style="needed")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Part:
    """Some rows of a file as CSV, the months of their event ids (first days), and whether they are its last."""

    day: Day
    file: LakeFile
    csv: memoryview
    months: frozenset[date]
    is_last: bool


def parts(day: Day, file: LakeFile, table: Table, parquet: pq.ParquetFile) -> Iterator[Part]:
    """A file in parts of bounded size; at least one, even if it holds no row."""
    instants = [place for place, kind in enumerate(parquet.schema_arrow.types) if pa.types.is_timestamp(kind)]
    left = parquet.metadata.num_rows
    if not left:
        yield Part(day, file, memoryview(b""), frozenset(), is_last=True)
    for batch in parquet.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
        columns = [*batch.columns, pa.repeat(pa.scalar(day.load_id, pa.int64()), batch.num_rows)]
        for place in instants:
            # The connection's zone is UTC: without zones, pyarrow converts all in a quarter of the time.
            columns[place] = columns[place].view(_WITHOUT_ZONE)
        buffer = pa.BufferOutputStream()
        pc.write_csv(pa.RecordBatch.from_arrays(columns, names(table)), buffer, _CSV)
        months = _months(batch.column(0), day.manifest.arrival_date) if table.partitioned else frozenset[date]()
        left -= batch.num_rows
        yield Part(day, file, _without_nul(memoryview(buffer.getvalue())), months, is_last=left == 0)


def _without_nul(csv: memoryview) -> memoryview:
    """The same without U+0000, which PostgreSQL cannot hold in a text (decision 063)."""
    if np.frombuffer(csv, np.uint8).min(initial=1):
        return csv
    return memoryview(bytes(csv).replace(b"\0", b""))


def _months(ids: pa.Array, arrival: date) -> frozenset[date]:
    """First days of the months in which event ids lie, within reach of their arrival."""
    numbers = np.unique(ids.drop_null().to_numpy() // DAY_ID_SPAN)
    days = (ID_EPOCH + timedelta(days=int(number)) for number in numbers if 0 <= number < 100_000)
    return frozenset(day.replace(day=1) for day in days if abs(day - arrival) <= PARTITION_REACH)


def ahead(items: Iterable[_T], depth: int = 4) -> Iterator[_T]:
    """The same items, made by a thread of their own up to `depth` ahead of their use."""
    iterator = iter(items)
    with ThreadPoolExecutor(1) as pool:
        waiting = deque(pool.submit(next, iterator, None) for _ in range(depth))
        while (item := waiting.popleft().result()) is not None:
            waiting.append(pool.submit(next, iterator, None))
            yield item


def names(table: Table) -> list[str]:
    """Columns of a raw table, in order."""
    return [*(column.name for column in table.lake_columns), "load_id"]


def raw_names(table: Table) -> list[str]:
    """Names of the raw tables of one declaration."""
    return [table.name, *([table.changes_name] if table.kind is Kind.ENTITY else [])]


def copy(
    connection: psycopg.Connection,
    table: Table,
    into: sql.Identifier,
    given: Iterable[Part],
    *,
    schema: str,
    months: set[date],
    took: Callable[[Part], None],
) -> None:
    """Copies parts into a table, in as few COPYs as can be, and tells of each.

    Args:
        months: those whose partitions are known to be there; others are made between two COPYs, and added.
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, names(table)))
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(into, columns)
    iterator = iter(given)
    part = next(iterator, None)
    while part is not None:
        for month in sorted(part.months - months):
            connection.execute(partition_statement(table, month, schema).encode())
            months.add(month)
        with connection.cursor().copy(statement) as stream:
            while part is not None and part.months <= months:
                stream.write(part.csv)
                took(part)
                part = next(iterator, None)


def latest(table: Table, source: sql.Identifier, where: str = "") -> sql.Composed:
    """Query for the row of each key that counts among those that came: the rule of every engine.

    Of an entity that is its highest change, and of equal ones what came first; of a reference row, what came last.
    """
    key = sql.SQL(", ").join(map(sql.Identifier, table.key))
    order = "change_no desc, load_id, arrived_at" if table.kind is Kind.ENTITY else "load_id desc, arrived_at desc"
    return sql.SQL("select distinct on ({key}) {columns} from {source}{where} order by {key}, {order}").format(
        key=key,
        columns=sql.SQL(", ").join(map(sql.Identifier, names(table))),
        source=source,
        where=sql.SQL(where),
        order=sql.SQL(order),
    )


def record(connection: psycopg.Connection, days: Sequence[Day]) -> None:
    """Writes down which days and files are loaded, in the transaction that makes it true."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.loads values (%s, %s, %s, %s, %s, now())",
            [(load_id, m.arrival_date, m.kind, m.rows, len(m.files)) for load_id, m in days],
        )
        cursor.executemany(
            "insert into ops.lake_files values (%s, %s, %s, %s, %s, %s)",
            [(f.path, f.table, day.load_id, f.rows, f.bytes, f.sha256) for day in days for f in day.manifest.files],
        )


def describe(connection: psycopg.Connection, declared: str) -> None:
    """Writes down from which declarations the schema was made, so that a later load sees whether they changed.

    Only a schema's owner may do so: in another's schema, each load makes sure of every statement.
    """
    owner = "select pg_has_role(nspowner, 'usage') from pg_namespace where nspname = %s"
    if connection.execute(owner, (SCHEMA,)).fetchone() == (True,):
        about = f"The operational tables as they arrived. Declarations: {declared}"
        connection.execute(sql.SQL("comment on schema {} is {}").format(sql.Identifier(SCHEMA), about))


REFUSALS = (psycopg.DataError, psycopg.IntegrityError)
"""What PostgreSQL raises for a row that it does not take."""


@contextmanager
def connected(database: Postgres) -> Iterator[psycopg.Connection]:
    """A connection; what the server or the disk does not let happen becomes a clear error, rows refused pass."""
    again = "then run the command again: it goes on with the first day that is not loaded."
    try:
        with database.connect() as connection:
            yield connection
    except REFUSALS:
        raise
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error).strip().splitlines()[0]
        what, remedy = f"The server does not go on: {said}", "Mend what it names (its log tells more),"
        if isinstance(error, psycopg.errors.DiskFull):
            what, remedy = f"The disk is full: {said}", "Free some space,"
        elif error.sqlstate is None or error.sqlstate.startswith("57P"):
            what, remedy = f"The server went away: {said}", "Start it (`sonic server start`),"
        raise SonicError(what, database.where, f"{remedy} {again}") from error
