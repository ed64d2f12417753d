"""How generated data may arrive and be built: what is sent later or twice, and when builds run, fail or start anew."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import arrivals
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from hypothesis import strategies as st

from generators.ddl import TABLES, Kind
from sonic.paths import PROJECT
from sonic.warehouse.generate import Recipe

RECIPE = Recipe(seed=7, scale=0.01)
CLOSE = 41
"""Day at whose end January closes."""
LAST = 70
"""The last day; February closes the day before, and pays for what was late for January."""

FIRST_TO_SHRINK = ("streams", "ad_impressions", "transactions", "users", "subscriptions", "campaigns")
SOURCES = {
    table["name"].removesuffix("_changes")
    for file in (PROJECT / "models").rglob("_*__sources.yml")
    for source in yaml.safe_load(file.read_text(encoding="utf-8"))["sources"]
    for table in source["tables"]
}
"""Tables that a model reads."""
SENDABLE = sorted(
    (
        table.name
        for table in TABLES.values()
        if table.name in SOURCES and table.kind in (Kind.ENTITY, Kind.EVENT) and table.domain != "opening"
    ),
    key=lambda name: (name not in FIRST_TO_SHRINK, name),
)
"""Tables whose rows may come late or twice. Issued keys may not: a key is issued before anything names it."""


@dataclass(frozen=True)
class Parcel:
    """Every `one_in`-th row that arrives on a day, of some tables, arrives on day `to` instead, or `again`."""

    tables: tuple[str, ...]
    day: int
    to: int
    one_in: int
    again: bool


@dataclass(frozen=True)
class Build:
    """A build once `day` has been loaded: `full`, and killed at its node of number `killed_at` (never, if 0)."""

    day: int
    full: bool = False
    killed_at: int = 0


@dataclass(frozen=True)
class Schedule:
    """How the days arrive, and the builds until the last day has come; one more follows, which nothing disturbs."""

    parcels: tuple[Parcel, ...]
    builds: tuple[Build, ...]


def day(number: int) -> date:
    """The arrival day of that number, from 1."""
    return RECIPE.first_day + timedelta(days=number - 1)


def _near(number: int, low: int, high: int) -> st.SearchStrategy[int]:
    """Whole numbers from `low` to `high`, simpler the nearer they are to a number."""
    return st.sampled_from(sorted(range(low, high + 1), key=lambda each: abs(each - number)))


@st.composite
def parcels(draw: st.DrawFn) -> Parcel:
    """A parcel of three tables or more."""
    sent = draw(_near(CLOSE - 10, 1, LAST - 1))
    return Parcel(
        tables=tuple(draw(st.lists(st.sampled_from(SENDABLE), min_size=3, max_size=12, unique=True))),
        day=sent,
        to=draw(_near(CLOSE + 2, sent + 1, LAST)),
        one_in=draw(st.integers(1, 4)),
        again=draw(st.booleans()),
    )


builds = st.builds(
    Build,
    day=_near(CLOSE, 3, LAST),
    full=st.sampled_from((False, False, False, True)),
    killed_at=st.one_of(st.just(0), st.integers(2, 34)),
)
schedules = st.builds(
    Schedule,
    parcels=st.lists(parcels(), min_size=4, max_size=8, unique=True).map(tuple),
    builds=st.lists(builds, min_size=2, max_size=2, unique=True).map(
        lambda two: tuple(sorted(two, key=lambda b: b.day))
    ),
)


def arrange(lake: Path, schedule: Schedule, into: Path) -> None:
    """Copies a lake with its rows arriving as a schedule's parcels say, each after those before it."""
    shutil.copytree(lake, into)
    for parcel in schedule.parcels:
        for table in parcel.tables:
            _send(into, parcel, table)


def _send(lake: Path, parcel: Parcel, table: str) -> None:
    rows = arrivals.read(lake, day(parcel.day), table)
    if rows is None:
        return
    chosen = pa.array([place % parcel.one_in == 0 for place in range(rows.num_rows)], pa.bool_())
    sent = rows.filter(chosen)
    arrived = sent.schema.get_field_index("arrived_at")
    later = pc.add(sent["arrived_at"], pa.scalar(timedelta(days=parcel.to - parcel.day), pa.duration("us")))
    sent = sent.set_column(arrived, sent.schema.field(arrived), later)
    if not parcel.again:
        arrivals.write(lake, day(parcel.day), table, rows.filter(pc.invert(chosen)))
    there = arrivals.read(lake, day(parcel.to), table)
    arrivals.write(lake, day(parcel.to), table, sent if there is None else pa.concat_tables([there, sent]))
