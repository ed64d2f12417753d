"""Generation of a lake against DuckDB's dsdgen with the same number of threads, both written to disk."""

import shutil
import sysconfig
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from benchmarks.figures import Figure, in_turn, seconds
from generators.api import FIRST_DAY, make_day, write_days
from generators.core.lake import Origin
from generators.core.world import World
from generators.workers import cores

SCALE, DAYS, SCALE_FACTOR = 6.0, 14, 0.5
AIM = 3.0


def measure(folder: Path) -> list[Figure]:
    """Values and bytes a second of days of events; what is made once (the opening) is left out on both sides."""
    world = World(42, SCALE)
    make_day(world, FIRST_DAY)
    # Every round makes days that this world has not made yet.
    starts = (FIRST_DAY + timedelta(days=1 + DAYS * number) for number in count())
    return [figure for threads in sorted({1, cores()}) for figure in _measured(folder, world, starts, threads)]


def _measured(folder: Path, world: World, starts: Iterator[date], threads: int) -> list[Figure]:
    lake = folder / "generated"
    origin = Origin(world.seed, world.scale, clean=True)

    def generate() -> float:
        shutil.rmtree(lake, ignore_errors=True)
        first = next(starts)
        days = [first + timedelta(days=number) for number in range(DAYS)]
        return seconds(lambda: write_days(world, lake, origin, days, threads))

    database = folder / "dsdgen.duckdb"

    def dsdgen() -> float:
        database.unlink(missing_ok=True)
        with duckdb.connect(str(database), config={"threads": threads}) as connection:
            connection.execute(f"load '{_extension()}'")
            return seconds(lambda: connection.execute(f"call dsdgen(sf = {SCALE_FACTOR})"))

    ours, theirs = in_turn(generate, dsdgen)
    values, size = _lake_volume(lake)
    their_values, their_size = _duckdb_volume(database, folder / "dsdgen")
    return [
        Figure(
            f"generation, million values/s against dsdgen, {threads} thread{'s' * (threads > 1)} each",
            f"{values / ours / 1e6:.2f}",
            f"{their_values / theirs / 1e6:.2f}",
            (values / ours) / (their_values / theirs),
            AIM,
        ),
        Figure(
            f"generation, MiB/s of Parquet against dsdgen, {threads} thread{'s' * (threads > 1)} each",
            f"{size / ours / 2**20:.2f}",
            f"{their_size / theirs / 2**20:.2f}",
            (size / ours) / (their_size / theirs),
            AIM,
        ),
    ]


def _extension() -> Path:
    """The extension file that the wheel duckdb-extension-tpcds brings."""
    found = sorted(Path(sysconfig.get_paths()["purelib"]).rglob("tpcds.duckdb_extension"))
    if not found:
        raise SystemExit("The extension tpcds is missing: run `make bench`, which installs it.")
    return found[-1]


def _lake_volume(lake: Path) -> tuple[int, int]:
    files = sorted(lake.rglob("*.parquet"))
    metadata = [pq.read_metadata(file) for file in files]
    return sum(each.num_rows * each.num_columns for each in metadata), sum(file.stat().st_size for file in files)


def _duckdb_volume(database: Path, folder: Path) -> tuple[int, int]:
    """Values of all tables, and their bytes as Parquet with the same compression."""
    folder.mkdir(exist_ok=True)
    values = size = 0
    with duckdb.connect(str(database), read_only=True) as connection:
        for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            path = folder / f"{name}.parquet"
            connection.execute(f"copy {name} to '{path}' (format parquet, compression snappy)")
            metadata = pq.read_metadata(path)
            values += metadata.num_rows * metadata.num_columns
            size += path.stat().st_size
    return values, size
