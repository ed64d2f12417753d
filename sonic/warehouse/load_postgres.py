"""Loading by COPY into PostgreSQL: the first days in bulk, later ones a transaction each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from math import log

import psycopg
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
from sonic.warehouse.copying import (
    REFUSALS,
    Part,
    ahead,
    connected,
    copy,
    describe,
    latest,
    names,
    parts,
    raw_names,
    record,
)
from sonic.warehouse.lake import Lake, LakeFile
from sonic.warehouse.load_postgres_first import FirstLoad, RefusedError, UnfitDayError
from sonic.warehouse.postgres import Postgres

GROWTH = 1.1
"""Statistics of a table are taken anew each time it has grown by this factor."""


class PostgresLoader:
    """Takes days of the lake into the raw schema of a PostgreSQL database."""

    def __init__(self, database: Postgres, lake: Lake, tables: Mapping[str, Table]) -> None:
        self.database = database
        self.lake = lake
        self.tables = tables
        self._months: dict[str, set[date]] = {name: set() for name in tables}

    def load(self, days: Sequence[Day], *, clean: bool, meter: Meter) -> None:
        """Takes arrival days in, in their order; a day whole or not at all.

        A database without the schema `raw` takes all of them at once. Should they not satisfy the constraints, they
        are taken day by day, so that it shows which row of which day does not.
        """
        if self.database.value(f"select to_regnamespace('{SCHEMA}') is null"):
            try:
                FirstLoad(self.database, self.lake, self.tables, clean=clean).run(days, meter)
                return
            except UnfitDayError as unfit:
                meter.restart()
                if before := [day for day in days if day.load_id < unfit.day.load_id]:
                    self.load(before, clean=clean, meter=meter)
                raise unfit.reason from unfit
            except RefusedError:
                meter.restart()
        self._load_daily(days, clean=clean, meter=meter)

    def _load_daily(self, days: Sequence[Day], *, clean: bool, meter: Meter) -> None:
        """Takes days in, a transaction each. Rows are proved one by one, so that the cost is that of the new rows."""
        refused: SonicError | None = None
        taken: list[Day] = []
        with connected(self.database) as connection:
            for day in days:
                meter.tell(str(day.manifest.arrival_date))
                try:
                    with connection.transaction():
                        if day is days[0]:
                            self._make_schema(connection, clean=clean)
                        self._load_day(connection, day, meter)
                except SonicError as error:
                    refused = error
                    break
                taken.append(day)
                if day.manifest.kind == "opening":
                    self._analyze(connection, taken)
            meter.tell("statistics")
            self._analyze(connection, taken)
        if refused:
            raise refused

    def _make_schema(self, connection: psycopg.Connection, *, clean: bool) -> None:
        """Makes what the declarations name and the schema lacks."""
        wanted = fingerprint(self.tables, clean=clean)
        row = connection.execute(
            "select obj_description(to_regnamespace(%s), 'pg_namespace') like %s", (SCHEMA, f"%{wanted}%")
        ).fetchone()
        if row and row[0]:
            return
        connection.execute(f"create schema if not exists {SCHEMA}".encode())
        present = {
            name
            for (name,) in connection.execute(
                "select relname from pg_class where relnamespace = to_regnamespace(%s)", (SCHEMA,)
            )
        }
        absent = [table for table in self.tables.values() if table.name not in present]
        statements: list[str | None] = []
        for table in self.tables.values():
            if table in absent:
                statements += [*create_statements(table, clean=clean), keys_statement(table, clean=clean)]
                statements += whole_statements(table, clean=clean)
            statements += completing_statements(table, clean=clean)
        statements += [foreign_keys_statement(table, self.tables, clean=clean) for table in absent]
        connection.execute(";\n".join(filter(None, statements)).encode())
        describe(connection, wanted)

    def _load_day(self, connection: psycopg.Connection, day: Day, meter: Meter) -> None:
        record(connection, [day])
        for file, given in groupby(ahead(self._parts(day)), key=lambda part: part.file):
            table = self.tables[file.table]
            try:
                self._load_file(connection, table, given, day.load_id)
            except REFUSALS as error:
                raise self._refused(error, file) from error
            meter.took(day, file)
        try:
            # What is proved at the end of a transaction, while it is known which day's it is.
            connection.execute("set constraints all immediate")
        except REFUSALS as error:
            (file,) = (file for file in day.manifest.files if file.table == error.diag.table_name)
            raise self._refused(error, file) from error

    def _parts(self, day: Day) -> Iterator[Part]:
        """The files of a day, each after those of the tables that its rows refer to."""
        order = {name: number for number, name in enumerate(self.tables)}
        for file in sorted(day.manifest.files, key=lambda file: (order.get(file.table, -1), file.path)):
            parquet = self.lake.read(file, self.tables)
            yield from parts(day, file, self.tables[file.table], parquet)

    def _load_file(self, connection: psycopg.Connection, table: Table, given: Iterator[Part], load_id: int) -> None:
        into = sql.Identifier(SCHEMA, table.name)
        if table.kind is Kind.ENTITY:
            into = sql.Identifier(SCHEMA, table.changes_name)
        elif table.kind is Kind.REFERENCE:
            into = sql.Identifier(f"incoming_{table.name}")
            connection.execute(
                sql.SQL("create temporary table {} (like {}) on commit drop").format(
                    into, sql.Identifier(SCHEMA, table.name)
                )
            )
        copy(connection, table, into, given, schema=SCHEMA, months=self._months[table.name], took=lambda _: None)
        if table.kind in (Kind.ENTITY, Kind.REFERENCE):
            connection.execute(_upsert(table, into), (load_id,))
        if table.kind is Kind.REFERENCE:
            connection.execute(sql.SQL("drop table {}").format(into))

    def _analyze(self, connection: psycopg.Connection, days: Sequence[Day]) -> None:
        """Refreshes the planner's statistics of the tables that got rows.

        All columns when a table has grown by a tenth since it last had, as autovacuum judges (which leaves out
        partitioned tables); else that column alone which every load moves on, by which builds choose what is new.
        """
        if not days:
            return
        rows = connection.execute(
            "select table_name, coalesce(sum(rows) filter (where load_id < %s), 0), sum(rows)"
            " from ops.lake_files where load_id <= %s group by table_name"
            " having max(load_id) >= %s order by table_name",
            (days[0].load_id, days[-1].load_id, days[0].load_id),
        ).fetchall()
        for name, before, after in rows:
            what = "" if _has_grown(int(before), int(after)) else " (load_id)"
            for relation in raw_names(self.tables[name]):
                connection.execute(f"analyze {SCHEMA}.{relation}{what}".encode())

    def _refused(self, error: psycopg.Error, file: LakeFile) -> SonicError:
        """A clear error for rows that the table does not take."""
        detail = error.diag.message_detail or error.diag.context or ""
        said = " ".join(filter(None, (error.diag.message_primary or str(error), detail.split("\n")[0])))
        if isinstance(error, psycopg.errors.ExclusionViolation):
            said = f"two periods of one owner overlap: {said}"
        return SonicError(
            f"Table {SCHEMA}.{file.table} does not take a row: {said}",
            str(self.lake.root / file.path),
            "Nothing of its day was loaded. Mend what made the file, then generate or import that day again.",
        )


def _has_grown(before: int, after: int) -> bool:
    """Whether a power of `GROWTH` lies between two numbers of rows: true once in each growth by that factor."""
    return after > 0 and (before == 0 or int(log(after, GROWTH)) > int(log(before, GROWTH)))


def _upsert(table: Table, source: sql.Identifier) -> sql.Composed:
    """The row of each key that counts among those of one load takes the place of an older one."""
    key = sql.SQL(", ").join(map(sql.Identifier, table.key))
    values = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in names(table) if name not in table.key
    )
    newer = sql.SQL(" where excluded.change_no > kept.change_no" if table.kind is Kind.ENTITY else "")
    return sql.SQL(
        "insert into {target} as kept ({columns}) {rows} on conflict ({key}) do update set {values}{newer}"
    ).format(
        target=sql.Identifier(SCHEMA, table.name),
        columns=sql.SQL(", ").join(map(sql.Identifier, names(table))),
        rows=latest(table, source, " where load_id = %s"),
        key=key,
        values=values,
        newer=newer,
    )
