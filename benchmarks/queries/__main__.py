"""`make bench-queries`: how long 30 queries of dashboards and 30 that no index was made for take on PostgreSQL.

Asked of the warehouse that stands (of the state folder, or at an address); or, with `--scale`, of one that is
generated, loaded and built for it, with a server of its own: the marts that are asked and all that they are made of,
without tests, which make no query faster. With `--keep` it stays, and SONIC_HOME=FOLDER asks it again. Each query is
asked once unseen, so that all find their rows in memory alike, then `--rounds` times in turn with the others over one
connection; its answer is fetched whole.
"""

import argparse
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg
from rich import box
from rich.console import Console
from rich.table import Table

from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.server import Server
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

FOLDER = Path(__file__).parent
SETS = ("dashboards", "adhoc")
AIM_MS = 200.0
"""For the 95th percentile of the dashboards, at 10 million streams."""
SHOWN = 8
DAYS, ROUNDS = 90, 5
_MART = re.compile(r"\bmarts\.(\w+)")


@dataclass(frozen=True)
class Query:
    """One file of a set."""

    name: str
    set: str
    text: str


@dataclass(frozen=True)
class Timed:
    """A query with the milliseconds of each round, and the rows that it gave."""

    query: Query
    times: tuple[float, ...]
    rows: int


def queries() -> list[Query]:
    """All queries, by set and name."""
    return [
        Query(path.stem, name, path.read_text(encoding="utf-8"))
        for name in SETS
        for path in sorted((FOLDER / name).glob("*.sql"))
    ]


def measure(database: Postgres, asked: list[Query], rounds: int) -> list[Timed]:
    """Asks all queries in turn, `rounds` times."""
    times: dict[str, list[float]] = {query.name: [] for query in asked}
    rows: dict[str, int] = {}
    with database.connect() as connection:
        for number in range(rounds + 1):
            for query in asked:
                start = perf_counter()
                rows[query.name] = _ask(connection, query)
                if number:
                    times[query.name].append((perf_counter() - start) * 1e3)
    return [Timed(query, tuple(times[query.name]), rows[query.name]) for query in asked]


def _ask(connection: psycopg.Connection, query: Query) -> int:
    return len(connection.execute(query.text.encode()).fetchall())


def percentile(values: list[float], share: float) -> float:
    """By nearest rank, as everywhere in the project."""
    return sorted(values)[ceil(share * len(values)) - 1]


@contextmanager
def _warehouse(arguments: argparse.Namespace, console: Console) -> Iterator[Postgres]:
    """The warehouse that is asked: the one that stands, at an address, or one made for it."""
    if arguments.address:
        yield Postgres.from_address(arguments.address)
        return
    if arguments.scale is None:
        yield _postgres(Home.locate())
        return
    with ExitStack() as afterwards:
        if arguments.keep:
            home = Home(arguments.keep.resolve())
        else:
            name = afterwards.enter_context(tempfile.TemporaryDirectory(prefix="sonic-bench-"))
            home = Home(Path(name) / "home")
            afterwards.callback(Server(home).remove)
        os.environ["SONIC_HOME"] = str(home.root)
        yield _made(home, Recipe(scale=arguments.scale), arguments.days, console)


def _made(home: Home, recipe: Recipe, days: int, console: Console) -> Postgres:
    """A warehouse with what the queries read."""
    lake, database = Lake(home.lake()), _postgres(home)
    with _told(console, "generated"):
        generate(lake.root, recipe, days)
    with _told(console, "loaded"):
        load(database, lake)
    read = sorted({f"+{mart}" for query in queries() for mart in _MART.findall(query.text)})
    with _told(console, "built"):
        nodes = Dbt(home, database.target, database.name).run(
            ("build", "--exclude-resource-type", "test", "unit_test", "--select", *read)
        )
    if failed := [f"{node.name}: {node.message}" for node in nodes if node.failed]:
        raise SystemExit("These nodes failed: " + "; ".join(failed))
    return database


@contextmanager
def _told(console: Console, what: str) -> Iterator[None]:
    start = perf_counter()
    yield
    console.print(f"{what} in {perf_counter() - start:,.0f} s")


def _postgres(home: Home) -> Postgres:
    database = open_database(home, "embedded")
    assert isinstance(database, Postgres)
    return database


def _tell(console: Console, measured: list[Timed]) -> None:
    summary = Table(box=box.SIMPLE_HEAD)
    summary.add_column("queries")
    for heading in ("p50, ms", "p95, ms", "slowest, ms"):
        summary.add_column(heading, justify="right")
    for name in dict.fromkeys(timed.query.set for timed in measured):
        times = [each for timed in measured if timed.query.set == name for each in timed.times]
        figures = (percentile(times, 0.5), percentile(times, 0.95), max(times))
        summary.add_row(name, *(f"{figure:,.1f}" for figure in figures))
    slowest = Table("set", "query", box=box.SIMPLE_HEAD, title="The slowest, medians", title_justify="left")
    for heading in ("ms", "rows"):
        slowest.add_column(heading, justify="right")
    for name in SETS:
        of_set = sorted(
            (timed for timed in measured if timed.query.set == name), key=lambda timed: -median(timed.times)
        )
        for timed in of_set[:SHOWN]:
            slowest.add_row(name, timed.query.name, f"{median(timed.times):,.1f}", f"{timed.rows:,}")
    console.print(summary, slowest)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queries", description=__doc__)
    parser.add_argument("--scale", type=float, help="make a warehouse of this scale for it; 10 has 10 million streams")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="state folder in which that warehouse stays")
    parser.add_argument("--days", type=int, default=DAYS, help=f"days of that warehouse [{DAYS}]")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each query is asked [{ROUNDS}]")
    parser.add_argument("--set", choices=SETS, help="ask one set alone")
    parser.add_argument("--address", metavar="VARIABLE", help="ask the database whose address this variable holds")
    arguments = parser.parse_args()
    console = Console()
    with _warehouse(arguments, console) as database:
        streams = database.value("select count(*) from marts.fct_streams")
        asked = [query for query in queries() if arguments.set in (None, query.set)]
        measured = measure(database, asked, arguments.rounds)
    console.print(f"{streams:,} streams; {arguments.rounds} rounds")
    _tell(console, measured)
    if times := [each for timed in measured if timed.query.set == "dashboards" for each in timed.times]:
        met = percentile(times, 0.95) < AIM_MS
        console.print(f"p95 of the dashboards is {'below' if met else 'NOT below'} {AIM_MS:.0f} ms.")


if __name__ == "__main__":
    main()
