"""Loading of a lake against plain COPY of the same bytes into the same columns without keys, indexes, partitions."""

import io
from pathlib import Path
from time import perf_counter

import pyarrow.csv as pc
import pyarrow.parquet as pq

from benchmarks.figures import Figure
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
    database = open_database(home, "embedded", "bench_load")
    start = perf_counter()
    loaded = load(database, lake)
    ours = perf_counter() - start
    plain = open_database(home, "embedded", "bench_copy")
    assert isinstance(plain, Postgres)
    theirs, size = _copy(plain, lake)
    rows = sum(manifest.rows for manifest in lake.manifests())
    assert loaded.rows == rows
    return [
        Figure(
            f"load with keys and indexes, against plain COPY of {size / 2**20:,.0f} MiB",
            f"{rows / ours / 1e3:,.0f} thousand rows/s",
            f"{rows / theirs / 1e3:,.0f} thousand rows/s",
            theirs / ours,
            AIM,
        )
    ]


def _copy(database: Postgres, lake: Lake) -> tuple[float, int]:
    """Seconds of COPY alone, and the bytes sent; reading and converting the files is not counted."""
    elapsed, size = 0.0, 0
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
                    size += len(content)
    return elapsed, size


def _csv_of(path: Path) -> bytes:
    buffer = io.BytesIO()
    pc.write_csv(pq.ParquetFile(path).read(), buffer, _CSV)
    return buffer.getvalue()
