"""A DuckDB file whose raw tables are views of the lake."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import duckdb

from sonic.errors import SonicError
from sonic.locks import file_lock
from sonic.warehouse import ops
from sonic.warehouse.database import SCHEMAS, Database, Rows, busy


@dataclass
class DuckDB(Database):
    """A DuckDB file whose raw tables are views of the lake's Parquet files."""

    errors: ClassVar[type[Exception]] = duckdb.Error
    target: str
    path: Path
    _held: duckdb.DuckDBPyConnection | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def where(self) -> str:
        return str(self.path)

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the file, which another process must not hold; waits a moment for it."""
        if self._held is not None:
            yield self._held
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(20):
            try:
                connection = duckdb.connect(str(self.path))
                break
            except duckdb.IOException as error:
                if "lock" not in str(error).lower() or attempt == 19:
                    raise SonicError(
                        f"DuckDB cannot open its file: {str(error).splitlines()[0]}",
                        self.where,
                        "Close other programs that have it open, or check its folder, then try again.",
                    ) from error
                time.sleep(0.25)
        try:
            connection.execute("set timezone = 'UTC'")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def held(self) -> Iterator[None]:
        with self.connect() as connection:
            before, self._held = self._held, connection
            try:
                yield
            finally:
                self._held = before

    def query(self, sql: str) -> tuple[list[str], Rows]:
        with self.connect() as connection:
            cursor = connection.execute(sql)
            return [column[0] for column in cursor.description or ()], cursor.fetchall()

    def batches(self, sql: str, size: int) -> Iterator[Rows]:
        with self.connect() as connection:
            cursor = connection.execute(sql)
            while rows := cursor.fetchmany(size):
                yield rows

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        with self.connect() as connection:
            connection.execute(sql.replace("%s", "?"), list(parameters))

    def prepare(self) -> None:
        with self.connect() as connection:
            for statement in ops.SCHEMA_STATEMENTS:
                connection.execute(statement)
            for table, column, kind in ops.ADDED:
                if connection.execute(ops.LACKS.format(table, column)).fetchone() == (True,):
                    connection.execute(f"alter table ops.{table} add column {column} {kind}")

    def clear(self) -> None:
        with self.connect() as connection:
            for schema in SCHEMAS:
                connection.execute(f"drop schema if exists {schema} cascade")

    @contextmanager
    def writer(self) -> Iterator[None]:
        try:
            with file_lock(self.path.with_suffix(".lock"), purpose="loading or building", wait_seconds=0):
                yield
        except SonicError as error:
            if "loading or building" in error.what:
                raise busy(self.where) from error
            raise
