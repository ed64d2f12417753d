"""The four facts by dbt, against SQL written by hand on the same server.

`by_hand/` is what someone would write for PostgreSQL without dbt: from the raw tables and the seeds to the same rows in
few statements, over temporary tables of one session, with what several facts look up made once. It has no staging
layer, no intermediate models, no contracts, comments, tests or indexes, keeps no rejected rows and cannot take in a
day's increment. That both sides end in the same rows is checked.
"""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure, in_turn
from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

AIM = 1 / 1.5
BY_HAND = Path(__file__).parent / "by_hand"
FACTS = ("fct_streams", "fct_transactions", "fct_impressions", "fct_royalties")
# In the order in which they read each other's temporary tables.
SCRIPTS = ("lookups", "streams", "transactions", "impressions", "royalties")


@dataclass(frozen=True)
class Setting:
    """How much data, and how many rounds of which the median counts."""

    name: str
    scale: float
    days: int
    rounds: int


# Where the data take the time, and where dbt's nodes do: their cost is the same whatever the data.
SETTINGS = (Setting("large", scale=1, days=90, rounds=1), Setting("small", scale=0.5, days=45, rounds=3))


def measure(folder: Path, home: Home, settings: tuple[Setting, ...] = SETTINGS) -> list[Figure]:
    """Seconds of `dbt run` of the facts and all that they need, against SQL by hand; exits where the rows differ."""
    return [_measure(folder, home, setting) for setting in settings]


def _measure(folder: Path, home: Home, setting: Setting) -> Figure:
    name = f"facts_{setting.name}"
    lake = Lake(folder / name)
    generate(lake.root, Recipe(seed=42, scale=setting.scale), setting.days)
    database = open_database(home, "embedded", f"bench_{name}")
    assert isinstance(database, Postgres)
    load(database, lake)
    dbt = Dbt(home, database.target, database.name)
    dbt.run(["seed"])
    by_dbt, by_hand = in_turn(lambda: build_by_dbt(dbt), lambda: build_by_hand(database), setting.rounds)
    if differing := [fact for fact in FACTS if _rows_differ(database, fact)]:
        raise SystemExit(f"These facts differ between dbt and by hand: {', '.join(differing)}")
    plays = database.value("select count(*) from marts.fct_streams")
    return Figure(
        f"four facts by dbt, against SQL written by hand ({plays:,} plays)",
        f"{by_dbt:.1f} s",
        f"{by_hand:.1f} s",
        by_hand / by_dbt,
        AIM,
    )


def build_by_dbt(dbt: Dbt) -> float:
    """Makes the four facts and all that they need anew; the seconds that it took."""
    start = perf_counter()
    nodes = dbt.run(["run", "--full-refresh", "--select", *[f"+{fact}" for fact in FACTS]])
    taken = perf_counter() - start
    if failed := [node.name for node in nodes if node.failed]:
        raise SystemExit(f"These models failed: {', '.join(failed)}")
    return taken


def build_by_hand(database: Postgres) -> float:
    """Makes the four facts in a new schema `by_hand`; the seconds that it took."""
    with database.connect() as connection:
        connection.execute("drop schema if exists by_hand cascade")
        connection.execute("create schema by_hand")
        start = perf_counter()
        for script in SCRIPTS:
            connection.execute((BY_HAND / f"{script}.sql").read_bytes())
        return perf_counter() - start


def _rows_differ(database: Postgres, fact: str) -> bool:
    """Whether a fact by dbt and by hand differ in any row, or in how often a row occurs."""
    return bool(
        database.value(
            f"select exists (table marts.{fact} except all table by_hand.{fact})"
            f" or exists (table by_hand.{fact} except all table marts.{fact})"
        )
    )
