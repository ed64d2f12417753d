"""`make bench-build`: what a day's build costs when there is ten times the history.

A lake of `--long` days and one more is generated. Two databases take its first `--short` and its first `--long` days
and are built; then each takes the day that follows, and that build is measured: the seconds that the server takes for
statements of models, snapshots and seeds, and of tests; rows and pages that it reads (pg_stat_database). The accounts
are about the same, so that what grows is history, and a build that only reads its day would cost the same.

`--facts` instead builds the four big facts in full at that scale, against SQL by hand.
"""

import argparse
import os
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import facts
from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.server import Server
from sonic.warehouse.build import COMMAND
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

SCALE, SHORT, LONG = 0.1, 90, 900
AIM_GROWTH, AIM_TESTS = 1.2, 0.8
SHOWN, NAME_WIDTH = 15, 64
COUNTERS = {"rows read": "tup_returned + tup_fetched", "pages read": "blks_hit + blks_read"}
FLUSHED_SECONDS = 1.5
"""Sessions tell the server's statistics what they did at most a second late."""


@dataclass(frozen=True)
class Cost:
    """What a day's build took: seconds of SQL by node, its tests' apart, and what the server read."""

    days: int
    streams: int
    models: Mapping[str, float]
    tests: Mapping[str, float]
    read: Mapping[str, int]
    wall: float

    @property
    def model_seconds(self) -> float:
        return sum(self.models.values())

    @property
    def test_seconds(self) -> float:
        return sum(self.tests.values())


class Listener:
    """Adds up the seconds of SQL of each node, as dbt tells them."""

    def __init__(self) -> None:
        self.seconds: defaultdict[tuple[str, str], float] = defaultdict(float)

    def __call__(self, event: Any) -> None:
        if event.info.name == "SQLQueryStatus" and event.data.node_info.unique_id:
            kind, _, rest = event.data.node_info.unique_id.partition(".")
            self.seconds[kind, rest.split(".")[1]] += event.data.elapsed

    def of(self, *, tests: bool) -> dict[str, float]:
        return {name: seconds for (kind, name), seconds in self.seconds.items() if (kind == "test") == tests}


def _build(database: Postgres, home: Home, days: int) -> Cost:
    """Builds all, and measures it."""
    listener = Listener()
    before, start = _counters(database), perf_counter()
    nodes = Dbt(home, database.target, database.name).run(COMMAND, listen=listener)
    wall = perf_counter() - start
    if failed := [node.name for node in nodes if node.failed]:
        raise SystemExit(f"These nodes failed after {days} days: {', '.join(failed)}")
    sleep(FLUSHED_SECONDS)
    after = _counters(database)
    return Cost(
        days,
        database.value("select count(*) from marts.fct_streams"),
        listener.of(tests=False),
        listener.of(tests=True),
        {name: after[name] - before[name] for name in COUNTERS},
        wall,
    )


def _counters(database: Postgres) -> dict[str, int]:
    columns, rows = database.query(
        "select {} from pg_stat_database where datname = current_database()".format(
            ", ".join(f'{expression} as "{name}"' for name, expression in COUNTERS.items())
        )
    )
    return dict(zip(columns, rows[0], strict=True))


def _increment(home: Home, lake: Lake, first_day: date, days: int) -> Cost:
    """The build of the day after `days`, in a database of its own that holds these."""
    database = open_database(home, "embedded", f"bench_{days}_days")
    assert isinstance(database, Postgres)
    last = first_day + timedelta(days=days - 1)
    load(database, lake, until=last)
    _build(database, home, days)
    load(database, lake, until=last + timedelta(days=1))
    return _build(database, home, days + 1)


def _tell(console: Console, short: Cost, long: Cost) -> None:
    table = Table("a day's build", box=box.SIMPLE_HEAD)
    for heading in (f"after {short.days - 1} days", f"after {long.days - 1} days", "ratio", "aim"):
        table.add_column(heading, justify="right")
    figures: list[tuple[str, float, float, str]] = [
        ("SQL of models, s", short.model_seconds, long.model_seconds, ".2f"),
        *((name, short.read[name], long.read[name], ",.0f") for name in COUNTERS),
    ]
    for name, one, other, form in figures:
        ratio = other / one
        aim = f"{AIM_GROWTH:.1f}{'' if ratio <= AIM_GROWTH else '  missed'}"
        table.add_row(name, f"{one:{form}}", f"{other:{form}}", f"{ratio:.2f}", aim)
    table.add_row("SQL of tests, s", f"{short.test_seconds:.2f}", f"{long.test_seconds:.2f}", "", "")
    for cost in (short, long):
        ratio = cost.test_seconds / cost.model_seconds
        met = "" if ratio <= AIM_TESTS else "  missed"
        name = f"tests to models after {cost.days - 1} days"
        table.add_row(name, "", "", f"{ratio:.2f}", f"{AIM_TESTS:.1f}{met}")
    table.add_row("plays", f"{short.streams:,}", f"{long.streams:,}", f"{long.streams / short.streams:.2f}", "")
    table.add_row("whole build by the clock, s", f"{short.wall:.1f}", f"{long.wall:.1f}", "", "")
    console.print(table)
    growth = Table(box=box.SIMPLE_HEAD)
    growth.add_column("grew most", no_wrap=True, max_width=NAME_WIDTH)
    for heading in ("s before", "s after", "added, s"):
        growth.add_column(heading, justify="right")
    for kind, before, after in (("model", short.models, long.models), ("test", short.tests, long.tests)):
        added = {name: seconds - before.get(name, 0) for name, seconds in after.items()}
        for name in sorted(added, key=lambda each: added[each], reverse=True)[:SHOWN]:
            growth.add_row(f"{kind} {name}", f"{before.get(name, 0):.3f}", f"{after[name]:.3f}", f"{added[name]:.3f}")
    console.print(growth)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.increments", description=__doc__)
    parser.add_argument("--scale", type=float, default=SCALE, help=f"scale of the data [{SCALE:g}]")
    parser.add_argument("--short", type=int, default=SHORT, help=f"days of the short history [{SHORT}]")
    parser.add_argument("--long", type=int, default=LONG, help=f"days of the long one [{LONG}]")
    parser.add_argument("--facts", action="store_true", help="the four facts at that scale against SQL by hand")
    arguments = parser.parse_args()
    console = Console()
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
            lake, recipe = Lake(Path(name) / "lake"), Recipe(scale=arguments.scale)
            generate(lake.root, recipe, arguments.long + 1)
            short, long = (_increment(home, lake, recipe.first_day, days) for days in (arguments.short, arguments.long))
        finally:
            Server(home).remove()
    _tell(console, short, long)


if __name__ == "__main__":
    main()
