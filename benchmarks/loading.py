"""Loading of a lake against plain COPY of the same bytes into the same columns without keys, indexes, partitions."""

import io
from itertools import count
from pathlib import Path
from time import perf_counter

import pyarrow.csv as pc
import pyarrow.parquet as pq

from benchmarks.figures import Figure, in_turn
from generators.ddl import TABLES
from sonic.paths import Home
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

SCALE, DAYS = 0.5, 30
AIM = 0.45
_CSV = pc.WriteOptions(include_header=False, quoting_style="needed")


def measure(folder: Path, home: Home) -> list[Figure]:
    """`sonic load` of clean data with all keys, checks and indexes, against COPY of its rows as CSV in memory."""
    lake = Lake(folder / "load")
    generate(lake.root, Recipe(seed=42, scale=SCALE, clean=True), DAYS)
    rows = sum(manifest.rows for manifest in lake.manifests())
    number = count()

    def database() -> Postgres:
        made = open_database(home, "embedded", f"bench_load_{next(number)}")
        assert isinstance(made, Postgres)
        return made

    def ours() -> float:
        empty = database()
        start = perf_counter()
        assert load(empty, lake).rows == rows
        return perf_counter() - start

    size = sum(len(_csv_of(lake.root / file.path)) for manifest in lake.manifests() for file in manifest.files)
    taken, copied = in_turn(ours, lambda: _copy(database(), lake))
    return [
        Figure(
            f"load with keys and indexes, against plain COPY of {size / 2**20:,.0f} MiB",
            f"{rows / taken / 1e3:,.0f} thousand rows/s",
            f"{rows / copied / 1e3:,.0f} thousand rows/s",
            copied / taken,
            AIM,
        )
    ]


def _copy(database: Postgres, lake: Lake) -> float:
    """Seconds of COPY alone; reading and converting the files is not counted."""
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
