"""Registering the lake in DuckDB: its raw tables are views of exactly the files that were loaded."""

from collections.abc import Mapping, Sequence

import duckdb

from generators.ddl import Column, Kind, Table
from sonic.errors import SonicError
from sonic.warehouse.arrivals import Day, Meter
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.lake import Lake

SCHEMA = "raw"


class DuckDBLoader:
    """Takes days of the lake into a DuckDB file without copying a row."""

    def __init__(self, database: DuckDB, lake: Lake, tables: Mapping[str, Table]) -> None:
        self.database = database
        self.lake = lake
        self.tables = tables

    def load(self, days: Sequence[Day], *, clean: bool, meter: Meter) -> None:
        """Takes arrival days in, in their order: those before the first unfit file. Views declare no keys."""
        fit: list[Day] = []
        try:
            for day in days:
                for file in day.manifest.files:
                    self.lake.read(file, self.tables)
                    meter.took(day, file)
                fit.append(day)
        except SonicError:
            self._register(fit)
            raise
        self._register(fit)

    def _register(self, days: Sequence[Day]) -> None:
        """Records days and lets the views show their files, in one transaction."""
        if not days:
            return
        with self.database.connect() as connection:
            connection.begin()
            connection.execute(f"create schema if not exists {SCHEMA}")
            connection.executemany(
                "insert into ops.loads values (?, ?, ?, ?, ?, now())",
                [[load_id, m.arrival_date, m.kind, m.rows, len(m.files)] for load_id, m in days],
            )
            files = [[f.path, f.table, load_id, f.rows, f.bytes, f.sha256] for load_id, m in days for f in m.files]
            if files:
                connection.executemany("insert into ops.lake_files values (?, ?, ?, ?, ?, ?)", files)
            self._make_views(connection)
            connection.commit()

    def _make_views(self, connection: duckdb.DuckDBPyConnection) -> None:
        files: dict[str, list[tuple[str, int]]] = {}
        for name, path, load_id in connection.execute(
            "select table_name, path, load_id from ops.lake_files order by load_id, path"
        ).fetchall():
            files.setdefault(name, []).append((path, load_id))
        for table in self.tables.values():
            arrived = self._arrived(table, files.get(table.name, []))
            if table.kind in (Kind.EVENT, Kind.SUMMARY):
                connection.execute(f"create or replace view {SCHEMA}.{table.name} as {arrived}")
                continue
            source = f"({arrived})"
            order = "load_id desc, arrived_at desc"
            if table.kind is Kind.ENTITY:
                connection.execute(f"create or replace view {SCHEMA}.{table.changes_name} as {arrived}")
                source, order = f"{SCHEMA}.{table.changes_name}", "change_no desc, arrived_at, load_id"
            connection.execute(
                f"create or replace view {SCHEMA}.{table.name} as select * exclude (place) from ("
                f"select *, row_number() over (partition by {', '.join(table.key)} order by {order}) as place"
                f" from {source}) where place = 1"
            )

    def _arrived(self, table: Table, files: list[tuple[str, int]]) -> str:
        """Query for all rows of a table that have arrived, with their load."""
        columns = ", ".join(column.name for column in table.lake_columns)
        if not files:
            nothing = ", ".join(f"cast(null as {_type(c)}) as {c.name}" for c in table.lake_columns)
            return f"select {nothing}, cast(null as bigint) as load_id where false"
        paths = {str(self.lake.root / path): load_id for path, load_id in files}
        listed = ", ".join(_literal(path) for path in paths)
        loads = ", ".join(f"{_literal(path)}: {load_id}" for path, load_id in paths.items())
        return (
            f"select {columns}, cast((map {{{loads}}})[filename] as bigint) as load_id"
            f" from read_parquet([{listed}], filename = true, hive_partitioning = false)"
        )


def _type(column: Column) -> str:
    return "text" if column.type == "uuid" else column.type


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
