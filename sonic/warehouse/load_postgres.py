"""Loading by COPY into PostgreSQL."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from psycopg import sql

from generators.ddl import DAY_ID_SPAN, Kind, Table
from generators.ddl.postgres import ID_EPOCH, SCHEMA, partition_statement, schema_statements
from sonic.errors import SonicError
from sonic.warehouse.lake import Lake, LakeFile, Manifest
from sonic.warehouse.postgres import Postgres

BATCH_ROWS = 65_536
PARTITION_REACH = timedelta(days=400)
"""Partitions are made for ids of days this near to the arrival; an id of any other day goes to the default one."""

_CSV = pc.WriteOptions(include_header=False, quoting_style="needed")


class PostgresLoader:
    """Takes days of the lake into the raw schema of a PostgreSQL database."""

    def __init__(self, database: Postgres, lake: Lake, tables: Mapping[str, Table]) -> None:
        self.database = database
        self.lake = lake
        self.tables = tables
        self._touched: set[str] = set()

    def prepare(self, *, clean: bool) -> None:
        with self._connection() as connection, connection.transaction():
            for statement in schema_statements(self.tables.values(), clean=clean):
                connection.execute(statement.encode())
            for table in self.tables.values():
                if table.partitioned:
                    connection.execute(_default_partition(table))

    def load_day(self, manifest: Manifest, load_id: int, step: Callable[[LakeFile], None]) -> None:
        order = {name: number for number, name in enumerate(self.tables)}
        files = sorted(manifest.files, key=lambda file: (order.get(file.table, -1), file.path))
        with self._connection() as connection, connection.transaction():
            connection.execute(
                "insert into ops.loads values (%s, %s, %s, %s, %s, now())",
                (load_id, manifest.arrival_date, manifest.kind, manifest.rows, len(files)),
            )
            for file in files:
                path = self.lake.checked(file, self.tables)
                table = self.tables[file.table]
                try:
                    self._load_file(connection, table, path, load_id, manifest.arrival_date)
                except psycopg.Error as error:
                    raise _refused(error, table, path) from error
                self._touched |= {table.name} | ({table.changes_name} if table.kind is Kind.ENTITY else set())
                step(file)
            with connection.cursor() as cursor:
                cursor.executemany(
                    "insert into ops.lake_files values (%s, %s, %s, %s, %s, %s)",
                    [(file.path, file.table, load_id, file.rows, file.bytes, file.sha256) for file in files],
                )
        if manifest.kind == "opening":
            self.finish()

    def finish(self) -> None:
        """Refreshes the planner's statistics of the tables that got rows."""
        with self._connection() as connection:
            for name in sorted(self._touched):
                connection.execute(sql.SQL("analyze {}").format(sql.Identifier(SCHEMA, name)))
        self._touched.clear()

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        """A connection; what the server or the disk does not let happen becomes a clear error."""
        try:
            with self.database.connect() as connection:
                yield connection
        except psycopg.errors.DiskFull as error:
            raise SonicError(
                f"The disk is full: {error.diag.message_primary}",
                self.database.where,
                "Free some space, then run the command again: days loaded so far stay.",
            ) from error
        except psycopg.OperationalError as error:
            raise SonicError(
                f"The server went away: {str(error).strip().splitlines()[0]}",
                self.database.where,
                "Start it (`sonic server start`), then run the command again: days loaded so far stay.",
            ) from error

    def _load_file(self, connection: psycopg.Connection, table: Table, path: Path, load_id: int, arrival: date) -> None:
        if table.partitioned:
            for month in _months(path, table, arrival):
                connection.execute(partition_statement(table, month).encode())
        if table.kind is Kind.EVENT:
            _copy(connection, table, sql.Identifier(SCHEMA, table.name), path, load_id)
        elif table.kind is Kind.ENTITY:
            changes = sql.Identifier(SCHEMA, table.changes_name)
            _copy(connection, table, changes, path, load_id)
            connection.execute(_upsert(table, changes), (load_id,))
        else:
            incoming = sql.Identifier(f"incoming_{table.name}")
            connection.execute(
                sql.SQL("create temporary table {} (like {}) on commit drop").format(
                    incoming, sql.Identifier(SCHEMA, table.name)
                )
            )
            _copy(connection, table, incoming, path, load_id)
            connection.execute(_upsert(table, incoming), (load_id,))
            connection.execute(sql.SQL("drop table {}").format(incoming))


def _names(table: Table) -> list[str]:
    return [*(column.name for column in table.lake_columns), "load_id"]


def _copy(connection: psycopg.Connection, table: Table, into: sql.Identifier, path: Path, load_id: int) -> None:
    """Streams a Parquet file into a table as CSV, in batches of bounded size."""
    columns = sql.SQL(", ").join(map(sql.Identifier, _names(table)))
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(into, columns)
    with pq.ParquetFile(path) as parquet, connection.cursor().copy(statement) as copy:
        for batch in parquet.iter_batches(batch_size=BATCH_ROWS):
            numbered = batch.append_column("load_id", pa.repeat(pa.scalar(load_id, pa.int64()), batch.num_rows))
            buffer = pa.BufferOutputStream()
            pc.write_csv(numbered, buffer, _CSV)
            copy.write(memoryview(buffer.getvalue()))


def _upsert(table: Table, source: sql.Identifier) -> sql.Composed:
    """The latest image per key among the rows of one load takes the place of an older one."""
    names = _names(table)
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    key = sql.SQL(", ").join(map(sql.Identifier, table.key))
    values = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in names if name not in table.key
    )
    latest, newer = sql.SQL("arrived_at desc"), sql.SQL("")
    if table.kind is Kind.ENTITY:
        latest = sql.SQL("change_no desc, arrived_at")
        newer = sql.SQL(" where excluded.change_no > kept.change_no")
    return sql.SQL(
        "insert into {target} as kept ({columns})"
        " select distinct on ({key}) {columns} from {source} where load_id = %s order by {key}, {latest}"
        " on conflict ({key}) do update set {values}{newer}"
    ).format(
        target=sql.Identifier(SCHEMA, table.name),
        columns=columns,
        key=key,
        source=source,
        latest=latest,
        values=values,
        newer=newer,
    )


def _default_partition(table: Table) -> sql.Composed:
    return sql.SQL("create table if not exists {} partition of {} default").format(
        sql.Identifier(SCHEMA, f"{table.name}_default"), sql.Identifier(SCHEMA, table.name)
    )


def _months(path: Path, table: Table, arrival: date) -> list[date]:
    """First days of the months whose event ids stand in a file, within reach of its arrival."""
    with pq.ParquetFile(path) as parquet:
        ids = parquet.read(columns=[table.key[0]]).column(0).drop_null().to_numpy()
    days = (ID_EPOCH + timedelta(days=int(number)) for number in np.unique(ids // DAY_ID_SPAN) if 0 <= number < 100_000)
    return sorted({day.replace(day=1) for day in days if abs(day - arrival) <= PARTITION_REACH})


def _refused(error: psycopg.Error, table: Table, path: Path) -> SonicError | psycopg.Error:
    """A clear error for rows that the table does not take; trouble of the server itself passes as it is."""
    if isinstance(error, psycopg.OperationalError):
        return error
    detail = error.diag.message_detail or error.diag.context or ""
    said = " ".join(filter(None, (error.diag.message_primary or str(error), detail.split("\n")[0])))
    return SonicError(
        f"Table {SCHEMA}.{table.name} does not take a row: {said}",
        str(path),
        "Nothing of its day was loaded. Mend what made the file, then generate or import that day again.",
    )
