"""Registering the lake in DuckDB: its raw tables are views of exactly the files that were loaded."""

from collections.abc import Callable, Mapping

import duckdb

from generators.ddl import Column, Kind, Table
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.lake import Lake, LakeFile, Manifest

SCHEMA = "raw"


class DuckDBLoader:
    """Takes days of the lake into a DuckDB file without copying a row."""

    def __init__(self, database: DuckDB, lake: Lake, tables: Mapping[str, Table]) -> None:
        self.database = database
        self.lake = lake
        self.tables = tables

    def prepare(self, *, clean: bool) -> None:
        """DuckDB declares no keys on views, so clean and dirty data are alike here."""
        with self.database.connect() as connection:
            connection.execute(f"create schema if not exists {SCHEMA}")

    def load_day(self, manifest: Manifest, load_id: int, step: Callable[[LakeFile], None]) -> None:
        for file in manifest.files:
            self.lake.checked(file, self.tables)
            step(file)
        with self.database.connect() as connection:
            connection.begin()
            connection.execute(
                "insert into ops.loads values (?, ?, ?, ?, ?, now())",
                [load_id, manifest.arrival_date, manifest.kind, manifest.rows, len(manifest.files)],
            )
            if manifest.files:
                connection.executemany(
                    "insert into ops.lake_files values (?, ?, ?, ?, ?, ?)",
                    [[f.path, f.table, load_id, f.rows, f.bytes, f.sha256] for f in manifest.files],
                )
            self._make_views(connection)
            connection.commit()

    def finish(self) -> None:
        """Nothing is left to do: views follow the files."""

    def _make_views(self, connection: duckdb.DuckDBPyConnection) -> None:
        files: dict[str, list[tuple[str, int]]] = {}
        for name, path, load_id in connection.execute(
            "select table_name, path, load_id from ops.lake_files order by load_id, path"
        ).fetchall():
            files.setdefault(name, []).append((path, load_id))
        for table in self.tables.values():
            arrived = self._arrived(table, files.get(table.name, []))
            if table.kind is Kind.EVENT:
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
