"""The first load of a PostgreSQL database: tables filled bare, then keyed and proved in bulk."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from threading import Event

import psycopg
import pyarrow.parquet as pq
from psycopg import sql

from generators.ddl import Kind, Table
from generators.ddl.postgres import (
    SCHEMA,
    completing_statements,
    create_statements,
    fingerprint,
    foreign_keys_statement,
    keys_statement,
    whole_statements,
)
from sonic.errors import SonicError
from sonic.warehouse.arrivals import Day, Meter
from sonic.warehouse.copying import REFUSALS, Part, connected, copy, describe, latest, names, parts, raw_names, record
from sonic.warehouse.lake import Lake, LakeFile
from sonic.warehouse.postgres import Postgres

INCOMING = f"{SCHEMA}_incoming"
"""Schema in which the tables are made; it becomes the raw one when all is in."""
MOST_CONNECTIONS = 4
STATISTICS = 30
"""Values that are kept of a column, and 300 times as many rows that are read for them: staging joins whole tables by
hash, which needs sizes alone. The server's 100 took a sixth of the load, this takes a tenth."""

_Job = Callable[[psycopg.Connection], None]


class RefusedError(Exception):
    """Some row does not satisfy the tables' constraints, or not even their types."""


class UnfitDayError(Exception):
    """A file of a day is not what its manifest says."""

    def __init__(self, day: Day, reason: SonicError) -> None:
        super().__init__(str(reason))
        self.day = day
        self.reason = reason


class _StoppedError(Exception):
    """Another connection failed, or the user interrupts."""


class FirstLoad:
    """Makes the raw schema with all days in it, or leaves the database as it was.

    Nobody sees the tables before they are whole, so several connections can fill them: each table is copied at once
    for all days, in one transaction that also makes it (which `wal_level = minimal` rewards), and gets its keys and
    indexes when its rows are in; foreign keys are proved by joins. At last one small transaction renames the schema
    and records the days. A load that dies before leaves a schema that the next one drops.

    Constraints are proved for the state after the last day; that is all that loading day by day could keep, too.
    """

    def __init__(self, database: Postgres, lake: Lake, tables: Mapping[str, Table], *, clean: bool) -> None:
        self.database = database
        self.lake = lake
        self.tables = tables
        self.clean = clean
        # One more than there are cores: a connection waits for the disk when a table is whole.
        self._size = min(MOST_CONNECTIONS, max(2, os.cpu_count() or 2) + 1)
        self._stop = Event()
        self._told: SimpleQueue[tuple[Day, LakeFile] | None] = SimpleQueue()

    def run(self, days: Sequence[Day], meter: Meter) -> None:
        """Takes all these days in, or none.

        Raises:
            UnfitDayError: a file is not what its manifest says.
            RefusedError: rows that the tables do not take.
            SonicError: the server or its disk gave up.
        """
        self._drop()
        try:
            # All connections are made first: once at work, whatever fails is not for want of one.
            with ExitStack() as stack:
                crew = [stack.enter_context(connected(self.database)) for _ in range(self._size)]
                crew[0].execute(f"create schema {INCOMING}".encode())
                self._work(crew, self._filling(days), meter)
                meter.tell("keys and statistics")
                self._work(crew, [self._refer, *map(self._analyzing, self._largest_first(days))], meter)
                with crew[0].transaction():
                    crew[0].execute(f"alter schema {INCOMING} rename to {SCHEMA}".encode())
                    describe(crew[0], fingerprint(self.tables, clean=self.clean))
                    record(crew[0], days)
        except REFUSALS as error:
            self._drop()
            raise RefusedError(str(error)) from error
        except BaseException:
            # What interrupts may be the server's end: then the next load finds the schema and drops it.
            with suppress(SonicError):
                self._drop()
            raise

    def _drop(self) -> None:
        with connected(self.database) as connection:
            connection.execute("set client_min_messages = warning")
            connection.execute(f"drop schema if exists {INCOMING} cascade".encode())

    # what is to be done

    def _largest_first(self, days: Sequence[Day]) -> list[Table]:
        """All tables, so that the longest work is not begun last."""
        sizes = dict.fromkeys(self.tables, 0)
        for day in days:
            for file in day.manifest.files:
                if file.table in sizes:
                    sizes[file.table] += file.bytes
        return sorted(self.tables.values(), key=lambda table: -sizes[table.name])

    def _filling(self, days: Sequence[Day]) -> list[_Job]:
        files: dict[str, list[tuple[Day, LakeFile]]] = {name: [] for name in self.tables}
        for day in days:
            for file in day.manifest.files:
                if file.table not in files:
                    self._read(day, file)
                files[file.table].append((day, file))
        return [self._fill(table, files[table.name]) for table in self._largest_first(days)]

    def _fill(self, table: Table, files: Sequence[tuple[Day, LakeFile]]) -> _Job:
        """Makes a table with the rows of its files, its keys and indexes."""

        def fill(connection: psycopg.Connection) -> None:
            with connection.transaction():
                _execute(connection, *create_statements(table, clean=self.clean, schema=INCOMING))
                target = into = sql.Identifier(INCOMING, table.name)
                if table.kind is Kind.ENTITY:
                    into = sql.Identifier(INCOMING, table.changes_name)
                elif table.kind is Kind.REFERENCE:
                    into = sql.Identifier(f"incoming_{table.name}")
                    like = sql.SQL("create temporary table {} (like {}) on commit drop")
                    connection.execute(like.format(into, target))
                copy(connection, table, into, self._parts(table, files), schema=INCOMING, months=set(), took=self._took)
                if table.kind in (Kind.ENTITY, Kind.REFERENCE):
                    columns = sql.SQL(", ").join(map(sql.Identifier, names(table)))
                    insert = sql.SQL("insert into {} ({}) {}")
                    connection.execute(insert.format(target, columns, latest(table, into)))
                _execute(
                    connection,
                    keys_statement(table, clean=self.clean, schema=INCOMING),
                    *whole_statements(table, clean=self.clean, schema=INCOMING),
                    *completing_statements(table, clean=self.clean, schema=INCOMING),
                )

        return fill

    def _refer(self, connection: psycopg.Connection) -> None:
        """Gives all tables their foreign keys; one connection does, as each locks two tables."""
        for table in self.tables.values():
            self._go_on()
            _execute(connection, foreign_keys_statement(table, self.tables, clean=self.clean, schema=INCOMING))

    def _analyzing(self, table: Table) -> _Job:
        def analyze(connection: psycopg.Connection) -> None:
            _execute(connection, f"set default_statistics_target = {STATISTICS}")
            for name in raw_names(table):
                _execute(connection, f"analyze {INCOMING}.{name}")

        return analyze

    def _parts(self, table: Table, files: Sequence[tuple[Day, LakeFile]]) -> Iterator[Part]:
        for day, file in files:
            for part in parts(day, file, table, self._read(day, file)):
                self._go_on()
                yield part

    def _read(self, day: Day, file: LakeFile) -> pq.ParquetFile:
        try:
            return self.lake.read(file, self.tables)
        except SonicError as error:
            raise UnfitDayError(day, error) from error

    # several connections at it

    def _took(self, part: Part) -> None:
        if part.is_last:
            self._told.put((part.day, part.file))

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise _StoppedError

    def _work(self, crew: Sequence[psycopg.Connection], jobs: Sequence[_Job], meter: Meter) -> None:
        """Does all jobs, one at a time on each connection, and tells of files as they go in.

        Raises what first went wrong, or what interrupts, when all connections are at rest.
        """
        shared = iter(jobs)  # of a list: it gives each job to one thread alone
        failures: list[BaseException] = []

        def work(connection: psycopg.Connection) -> None:
            try:
                for job in shared:
                    self._go_on()
                    job(connection)
            except BaseException as error:
                failures.append(error)
                self._halt(crew)
            finally:
                self._told.put(None)

        with ThreadPoolExecutor(len(crew)) as pool:
            for connection in crew:
                pool.submit(work, connection)
            try:
                for told in self._told_by(len(crew)):
                    meter.took(*told)
            except BaseException:
                self._halt(crew)
                raise
        if failures:
            raise failures[0]

    def _told_by(self, workers: int) -> Iterator[tuple[Day, LakeFile]]:
        """The files that are in, as workers tell of them, until all workers have ended."""
        while workers:
            told = self._told.get()
            if told is None:
                workers -= 1
            else:
                yield told

    def _halt(self, crew: Sequence[psycopg.Connection]) -> None:
        self._stop.set()
        for connection in crew:
            with suppress(psycopg.Error):
                connection.cancel()


def _execute(connection: psycopg.Connection, *statements: str | None) -> None:
    """Runs statements in one go, to wait for the server once."""
    connection.execute(";\n".join(filter(None, statements)).encode())
