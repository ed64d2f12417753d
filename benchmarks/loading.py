"""Loading of a lake against COPY of the same bytes, into the same tables and into bare ones.

Of the same tables: those that our load has left, emptied, with all their keys, foreign keys, checks, triggers, indexes
and partitions; they get back what they held, as CSV ready in memory, table by table over one connection. Bare ones have
the columns alone, and take the files' rows once, the latest state of entities not among them.
"""

import io
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

import psycopg
import pyarrow.csv as pc
import pyarrow.parquet as pq

from benchmarks.figures import ROUNDS, Figure
from generators.ddl import TABLES
from generators.ddl.postgres import SCHEMA
from sonic.paths import Home
from sonic.warehouse.copying import raw_names
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

SCALE, DAYS = 0.5, 30
AIM, AIM_BARE = 0.7, 0.45
_CSV = pc.WriteOptions(include_header=False, quoting_style="needed")


def measure(folder: Path, home: Home) -> list[Figure]:
    """`sonic load` of clean data with all keys, checks and indexes, against COPY of rows as CSV in memory."""
    lake = Lake(folder / "load")
    generate(lake.root, Recipe(seed=42, scale=SCALE, clean=True), DAYS)
    rows = sum(manifest.rows for manifest in lake.manifests())
    number = count()
    times: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        loaded, bare = (_database(home, next(number)) for _ in range(2))
        times.append((_load(loaded, lake, rows), _copy_back(loaded), _copy(bare, lake)))
    ours, back, plain = (median(column) for column in zip(*times, strict=True))
    size = sum(len(_csv_of(lake.root / file.path)) for manifest in lake.manifests() for file in manifest.files)
    return [
        _figure("COPY into the same tables, emptied", rows, ours, back, AIM),
        _figure(f"plain COPY of {size / 2**20:,.0f} MiB into bare tables", rows, ours, plain, AIM_BARE),
    ]


def _figure(yardstick: str, rows: int, ours: float, theirs: float, aim: float) -> Figure:
    return Figure(
        f"load with keys and indexes, against {yardstick}",
        f"{rows / ours / 1e3:,.0f} thousand rows/s",
        f"{rows / theirs / 1e3:,.0f} thousand rows/s",
        theirs / ours,
        aim,
    )


def _database(home: Home, number: int) -> Postgres:
    made = open_database(home, "embedded", f"bench_load_{number}")
    assert isinstance(made, Postgres)
    return made


def _load(database: Postgres, lake: Lake, rows: int) -> float:
    start = perf_counter()
    assert load(database, lake).rows == rows
    return perf_counter() - start


def _copy_back(database: Postgres) -> float:
    """Seconds of COPY alone of all that a database holds into its own tables, which are emptied before."""
    names = [f"{SCHEMA}.{name}" for table in TABLES.values() for name in raw_names(table)]
    chains = [f"{SCHEMA}.{table.chain_name}" for table in TABLES.values() if table.chained]
    elapsed = 0.0
    with database.connect() as connection:
        content = {name: _content(connection, name) for name in names}
        # Without triggers, as some refuse that their table is emptied. Chains are written by triggers, not copied.
        connection.execute("set session_replication_role = replica")
        connection.execute(f"truncate {', '.join(names + chains)}".encode())
        connection.execute("reset session_replication_role")
        for name in names:
            start = perf_counter()
            cursor = connection.cursor()
            with cursor.copy(f"copy {name} from stdin (format csv)".encode()) as copy:
                copy.write(content[name].csv)
            elapsed += perf_counter() - start
            assert cursor.rowcount == content[name].rows
    return elapsed


class _Content(NamedTuple):
    """What a table holds."""

    csv: bytes
    rows: int


def _content(connection: psycopg.Connection, name: str) -> _Content:
    cursor = connection.cursor()
    with cursor.copy(f"copy (select * from {name}) to stdout (format csv)".encode()) as copy:
        csv = b"".join(copy)
    return _Content(csv, cursor.rowcount)


def _copy(database: Postgres, lake: Lake) -> float:
    """Seconds of COPY alone into bare tables; reading and converting the files is not counted."""
    elapsed = 0.0
    with database.connect() as connection:
        for table in TABLES.values():
            columns = ", ".join(f"{column.name} {column.type}" for column in table.lake_columns)
            connection.execute(f"create table {table.name} ({columns})".encode())
        for manifest in lake.manifests():
            with connection.transaction():
                for file in manifest.files:
                    content = _csv_of(lake.root / file.path)
                    start = perf_counter()
                    with connection.cursor().copy(f"copy {file.table} from stdin (format csv)".encode()) as copy:
                        copy.write(content)
                    elapsed += perf_counter() - start
    return elapsed


def _csv_of(path: Path) -> bytes:
    buffer = io.BytesIO()
    pc.write_csv(pq.ParquetFile(path).read(), buffer, _CSV)
    return buffer.getvalue()
