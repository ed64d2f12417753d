"""Generation of a lake against DuckDB's dsdgen, in turn, each about as many values a round with the same threads.

Ours: days of service, many of a middle size or a few and twice as many of a large one, as Parquet files with their
SHA-256 and manifests, by as many processes as there are threads. What is made once for a data set (the world's
entities and the opening) stands before the days and is left out, except in the figure "from nothing", which has all of
it. dsdgen: all tables of TPC-DS into a database file, its small tables and its checkpoint included; it makes them in
one thread, however many it is given. DuckDB flushes its file to the disk, we leave ours to the operating system. Both
start warm: code is loaded and has made data before.

Values are rows times columns. Bytes are those of Parquet as DuckDB writes it with Snappy, for both sides, as neither
side's own format tells how much was made.
"""

import os
import shutil
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

import duckdb

from benchmarks.figures import ROUNDS, Figure
from generators.api import FIRST_DAY, TALLIES, generate, make_day, write_days
from generators.core.lake import Origin
from generators.core.world import World
from generators.workers import cores

AIM = 3.0
AIM_ROWS = 1.5e6
"""Rows a second, by all cores."""


@dataclass(frozen=True)
class Setting:
    """How large a day is, how many a round makes, and of what scale dsdgen makes as many values."""

    scale: float
    days: int
    factor: float = 0.2

    def __str__(self) -> str:
        return f"scale {self.scale:g}, {self.days} days a round"


# A day has 127 files and tables whatever its rows: of a middle size they take half of its time, of a large one a fifth.
# Each process begins a round with what its first day takes from the days before: the more days, the less of each.
SETTINGS = (Setting(6, 18), Setting(20, 6), Setting(20, 12, factor=0.4))
WHOLE = SETTINGS[0]
"""The setting of the figure that begins with nothing."""


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of processors, those of ended workers included."""

    clock: float
    processor: float

    @staticmethod
    def by(work: Callable[[], object]) -> "Spent":
        clock, processor = perf_counter(), _processor()
        work()
        return Spent(perf_counter() - clock, _processor() - processor)


@dataclass(frozen=True)
class Volume:
    """What was made in a round."""

    rows: int
    values: int
    bytes: int


def _processor() -> float:
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


def measure(folder: Path) -> list[Figure]:
    """Values and bytes a second, for one thread and for as many as there are cores."""
    _dsdgen(folder / "warm.duckdb", 1, 0.01)
    return [*(figure for setting in SETTINGS for figure in _at(folder, setting)), *_from_nothing(folder)]


def _at(folder: Path, setting: Setting) -> Iterator[Figure]:
    world = World(42, setting.scale)
    make_day(world, FIRST_DAY)
    # Every round makes days that this world has not made yet.
    starts = (FIRST_DAY + timedelta(days=1 + setting.days * number) for number in count())
    for threads in sorted({1, cores()}):
        yield from _days(folder, world, setting, starts, threads)


def _days(folder: Path, world: World, setting: Setting, starts: Iterator[date], threads: int) -> list[Figure]:
    lake, database = folder / "generated", folder / "dsdgen.duckdb"
    origin = Origin(world.seed, world.scale, clean=True)

    def ours() -> Spent:
        _clear(lake)
        first = next(starts)
        days = [first + timedelta(days=number) for number in range(setting.days)]
        return Spent.by(lambda: write_days(world, lake, origin, days, threads))

    mine, theirs = _in_turn(ours, lambda: _dsdgen(database, threads, setting.factor))
    made, yardstick = _volume_of_lake(lake), _volume_of_database(database)
    at, what = f"at {setting}", f"against dsdgen, {threads} thread{'s' * (threads > 1)} each"
    million, mebi = 1e6, 2**20
    rows = made.rows / mine.clock
    return [
        Figure(
            f"generation {at}, thousand rows/s of all tables, {threads} worker{'s' * (threads > 1)}",
            f"{rows / 1e3:,.0f}",
            f"{AIM_ROWS / 1e3:,.0f} asked for",
            rows / AIM_ROWS,
            1.0,
        ),
        _figure(
            f"generation {at}, million values/s {what}",
            made.values / mine.clock / million,
            yardstick.values / theirs.clock / million,
        ),
        _figure(
            f"generation {at}, million values per processor second {what}",
            made.values / mine.processor / million,
            yardstick.values / theirs.processor / million,
        ),
        _figure(
            f"generation {at}, MiB/s as Parquet of DuckDB {what}",
            made.bytes / mine.clock / mebi,
            yardstick.bytes / theirs.clock / mebi,
        ),
    ]


def _from_nothing(folder: Path) -> list[Figure]:
    """The opening and the days of a world that is not there yet, against dsdgen, one thread each."""
    lake, database = folder / "whole", folder / "dsdgen.duckdb"

    def ours() -> Spent:
        shutil.rmtree(lake, ignore_errors=True)
        return Spent.by(lambda: generate(lake, seed=42, scale=WHOLE.scale, days=WHOLE.days, clean=True, jobs=1))

    mine, theirs = _in_turn(ours, lambda: _dsdgen(database, 1, WHOLE.factor))
    made, yardstick = _values_of_lake(lake), _values_of_database(database)
    return [
        _figure(
            f"generation from nothing at {WHOLE}, the opening included, million values/s against dsdgen, 1 thread each",
            made / mine.clock / 1e6,
            yardstick / theirs.clock / 1e6,
        )
    ]


def _clear(lake: Path) -> None:
    """Removes a round's files, but not what its days left for the close of their month.

    A lake of consecutive days has that of all days before; without it the day of a close makes a month anew.
    """
    for table in lake.glob("*"):
        if table.name != TALLIES:
            shutil.rmtree(table)


def _figure(name: str, ours: float, yardstick: float) -> Figure:
    return Figure(name, f"{ours:.2f}", f"{yardstick:.2f}", ours / yardstick, AIM)


def _in_turn(ours: Callable[[], Spent], yardstick: Callable[[], Spent]) -> tuple[Spent, Spent]:
    """Medians of both, measured in turn, so that a machine's drift meets both."""
    pairs = [(ours(), yardstick()) for _ in range(ROUNDS)]
    mine, theirs = zip(*pairs, strict=True)
    return _median(mine), _median(theirs)


def _median(rounds: tuple[Spent, ...]) -> Spent:
    return Spent(median(each.clock for each in rounds), median(each.processor for each in rounds))


def _dsdgen(database: Path, threads: int, scale_factor: float) -> Spent:
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database), config={"threads": threads}) as connection:
        connection.execute(f"load '{_extension()}'")
        return Spent.by(lambda: connection.execute(f"call dsdgen(sf = {scale_factor}); checkpoint"))


def _extension() -> Path:
    """The extension file that the wheel duckdb-extension-tpcds brings."""
    found = sorted(Path(sysconfig.get_paths()["purelib"]).rglob("tpcds.duckdb_extension"))
    if not found:
        raise SystemExit("The extension tpcds is missing: run `make bench`, which installs it.")
    return found[-1]


def _tables_of(lake: Path) -> dict[str, str]:
    """What to select from for each table of a lake."""
    return {
        table.name: f"read_parquet('{table}/*/*.parquet', hive_partitioning = false)"
        for table in sorted(lake.iterdir())
        if any(table.glob("*/*.parquet"))
    }


def _values_of_lake(lake: Path) -> int:
    with duckdb.connect() as connection:
        return _values(connection, _tables_of(lake))


def _volume_of_lake(lake: Path) -> Volume:
    with duckdb.connect() as connection:
        return _volume(connection, _tables_of(lake), lake.parent / "as_parquet")


def _values_of_database(database: Path) -> int:
    with duckdb.connect(str(database), read_only=True) as connection:
        return _values(connection, _tables_in(connection))


def _volume_of_database(database: Path) -> Volume:
    with duckdb.connect(str(database), read_only=True) as connection:
        return _volume(connection, _tables_in(connection), database.parent / "as_parquet")


def _tables_in(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return {name: name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}


def _values(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str]) -> int:
    relations = [connection.sql(f"from {source}") for source in tables.values()]
    return sum(len(relation) * len(relation.columns) for relation in relations)


def _volume(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str], folder: Path) -> Volume:
    """Rows and values of tables, and their bytes as one Parquet file each."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, source in tables.items():
        connection.execute(f"copy (from {source}) to '{folder}/{name}.parquet' (format parquet, compression snappy)")
    rows = sum(len(connection.sql(f"from {source}")) for source in tables.values())
    return Volume(rows, _values(connection, tables), sum(file.stat().st_size for file in folder.iterdir()))
