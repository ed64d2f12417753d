"""`make bench-build`: what a day's build costs when there is ten times the history.

Two services are generated that end on the same day, the one after `--short` days, the other after `--long`. Each goes
into a database of its own but for its last day, and is built; then the last day comes, and that build is measured, node
by node: the seconds that the server takes for its statements, and the rows and pages that these read
(pg_stat_database). Models, snapshots and seeds are added up apart from tests, and those that grow most are named. It
runs in one thread, and the server's own cleaning rests meanwhile, so that what is read is one node's. Both services
begin with as many accounts, and as many come as go: what grows is history, and a build that only reads its day would
cost the same. How many rows the day brought is told beside it.

`--facts` instead builds the four big facts in full at that scale, against SQL by hand.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from dbt.adapters import factory
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import facts
from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.server import Server
from sonic.warehouse.build import COMMAND, build, last_tested_load
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

SCALE, SHORT, LONG = 0.1, 90, 900
GROWTH = 0.3
"""Sign-ups at which a service keeps its size. By the generator's default, it is 2.5 times as busy after 900 days."""
AIM_GROWTH, AIM_TESTS = 1.2, 0.8
SHOWN, NAME_WIDTH, WIDTH = 10, 64, 110
READ = {"rows read": "tup_returned + tup_fetched", "pages read": "blks_hit + blks_read"}
MEASURES = ("SQL, s", *READ)


@dataclass(frozen=True)
class Cost:
    """What a day's build took: each measure of each node, by kind (`model` or `test`) and name."""

    days: int
    came: int
    streams: int
    nodes: Mapping[tuple[str, str], Mapping[str, float]]
    wall: float

    def of(self, kind: str, measure: str) -> dict[str, float]:
        return {name: measured[measure] for (each, name), measured in self.nodes.items() if each == kind}


class Listener:
    """Adds up what each node takes, as dbt tells of its end and of its statements: for a build in one thread."""

    def __init__(self, database: Postgres) -> None:
        self.nodes: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        columns = ", ".join(f'{expression} as "{name}"' for name, expression in READ.items())
        self._asked = f"select {columns} from pg_stat_database where datname = current_database()".encode()
        self._server = database.connect()
        self._before = self._read()

    def __call__(self, event: Any) -> None:
        if event.info.name not in {"SQLQueryStatus", "NodeFinished"} or not event.data.node_info.unique_id:
            return
        kind, _, rest = event.data.node_info.unique_id.partition(".")
        node = self.nodes["test" if kind == "test" else "model", rest.split(".")[1]]
        if event.info.name == "SQLQueryStatus":
            node["SQL, s"] += event.data.elapsed
            return
        _tell_what_was_read()
        now = self._read()
        for name in READ:
            node[name] += now[name] - self._before[name]
        self._before = now

    def _read(self) -> dict[str, int]:
        row = self._server.execute(self._asked).fetchone()
        return dict(zip(READ, row or (), strict=True))


def _tell_what_was_read() -> None:
    """Has dbt's sessions tell the server's statistics what they read; each would take its time.

    Also those of other threads that rest: what dbt itself asks before the first node would count for a later one.
    """
    adapters: Any = factory
    connections = adapters.get_adapter_by_type("postgres").connections
    here = connections.get_if_exists()
    for connection in list(connections.thread_connections.values()):
        handle = connection.handle if connection.state == "open" else None
        if handle is None or (connection is not here and handle.get_transaction_status() != TRANSACTION_STATUS_IDLE):
            continue
        with handle.cursor() as cursor:
            cursor.execute("select pg_stat_force_next_flush()")
        handle.rollback()


@contextmanager
def _no_cleaning(database: Postgres) -> Iterator[None]:
    """Autovacuum reads the catalogue whenever it likes, and counts for the node that is at work."""
    with database.connect() as server:
        server.execute("alter system set autovacuum = off")
        server.execute("select pg_reload_conf()")
        try:
            yield
        finally:
            server.execute("alter system reset autovacuum")
            server.execute("select pg_reload_conf()")


def _build(database: Postgres, home: Home, days: int, came: int) -> Cost:
    """Builds all, and measures it."""
    listener, start = Listener(database), perf_counter()
    with _no_cleaning(database):
        nodes = Dbt(home, database.target, database.name, last_tested_load(database)).run(
            (*COMMAND, "--threads", "1"), listen=listener
        )
    wall = perf_counter() - start
    if failed := [node.name for node in nodes if node.failed]:
        raise SystemExit(f"These nodes failed after {days} days: {', '.join(failed)}")
    return Cost(days, came, database.value("select count(*) from marts.fct_streams"), dict(listener.nodes), wall)


def _increment(home: Home, root: Path, scale: float, days: int, last: date) -> Cost:
    """The build of a day that `days` precede, in a database of its own that holds these."""
    lake, database = Lake(root / f"{days}_days"), open_database(home, "embedded", f"bench_{days}_days")
    assert isinstance(database, Postgres)
    generate(lake.root, Recipe(scale=scale, growth=GROWTH, first_day=last - timedelta(days=days)), days + 1)
    load(database, lake, until=last - timedelta(days=1))
    build(home, database)
    return _build(database, home, days, load(database, lake).rows)


def _tell(console: Console, short: Cost, long: Cost) -> None:
    table = Table("a day's build", box=box.SIMPLE_HEAD)
    for heading in (f"after {short.days} days", f"after {long.days} days", "ratio", "aim"):
        table.add_column(heading, justify="right")
    for kinds in (("model",), ("test",), ("model", "test")):
        for measure in MEASURES:
            one, other = (sum(sum(cost.of(kind, measure).values()) for kind in kinds) for cost in (short, long))
            form = ".2f" if measure == MEASURES[0] else ",.0f"
            aim = f"{AIM_GROWTH:.1f}{'' if other / one <= AIM_GROWTH else '  missed'}"
            name = f"{measure}: {' and '.join(f'{kind}s' for kind in kinds)}"
            table.add_row(name, f"{one:{form}}", f"{other:{form}}", f"{other / one:.2f}", aim)
    for cost in (short, long):
        tests, models = (sum(cost.of(kind, MEASURES[0]).values()) for kind in ("test", "model"))
        met = "" if tests / models <= AIM_TESTS else "  missed"
        name = f"SQL of tests to that of models after {cost.days} days"
        table.add_row(name, "", "", f"{tests / models:.2f}", f"{AIM_TESTS:.1f}{met}")
    for name, one, other in (("rows of the day", short.came, long.came), ("plays in all", short.streams, long.streams)):
        table.add_row(name, f"{one:,}", f"{other:,}", f"{other / one:.2f}", "")
    table.add_row("whole build by the clock, s", f"{short.wall:.1f}", f"{long.wall:.1f}", "", "")
    console.print(table)
    for measure in MEASURES:
        for kind in ("model", "test"):
            console.print(_grown(measure, kind, short, long))


def _grown(measure: str, kind: str, short: Cost, long: Cost) -> Table:
    """The nodes to which the longer history adds most."""
    grown = Table(box=box.SIMPLE_HEAD)
    grown.add_column(f"{measure}: {kind}s that grow most", no_wrap=True, max_width=NAME_WIDTH)
    for heading in ("before", "after", "added"):
        grown.add_column(heading, justify="right")
    before, after = short.of(kind, measure), long.of(kind, measure)
    added = {name: took - before.get(name, 0) for name, took in after.items()}
    form = ".3f" if measure == MEASURES[0] else ",.0f"
    for name in sorted(added, key=lambda each: added[each], reverse=True)[:SHOWN]:
        grown.add_row(name, *(f"{took:{form}}" for took in (before.get(name, 0), after[name], added[name])))
    return grown


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.increments", description=__doc__)
    parser.add_argument("--scale", type=float, default=SCALE, help=f"scale of the data [{SCALE:g}]")
    parser.add_argument("--short", type=int, default=SHORT, help=f"days of the short history [{SHORT}]")
    parser.add_argument("--long", type=int, default=LONG, help=f"days of the long one [{LONG}]")
    parser.add_argument("--facts", action="store_true", help="the four facts at that scale against SQL by hand")
    arguments = parser.parse_args()
    # rich takes what is no terminal for a narrow one, where names of tests are cut to nothing but dots
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    with tempfile.TemporaryDirectory(prefix="sonic-bench-") as name:
        home = Home(Path(name) / "home")
        os.environ["SONIC_HOME"] = str(home.root)
        try:
            if arguments.facts:
                setting = facts.Setting("asked", arguments.scale, SHORT, rounds=1)
                for figure in facts.measure(Path(name), home, (setting,)):
                    times = f"{figure.ours} and {figure.yardstick}"
                    console.print(f"{figure.name}: {times}, {1 / figure.ratio:.2f} times as long")
                return
            last = Recipe.first_day + timedelta(days=arguments.long)
            histories = (arguments.short, arguments.long)
            short, long = (_increment(home, Path(name), arguments.scale, days, last) for days in histories)
        finally:
            Server(home).remove()
    _tell(console, short, long)


if __name__ == "__main__":
    main()
