"""`sonic generate`, `load`, `build`, `advance`, `status`: data on its way to the marts."""

from datetime import datetime
from typing import Annotated

import typer

from sonic.cli.checks import gate
from sonic.cli.options import DatabaseName, Defects, Effects, LakeFolder, Target, is_clean, lake_at, opened
from sonic.cli.shell import console, counted, progress
from sonic.paths import Home
from sonic.server import Server
from sonic.warehouse.advance import advance as advance_day
from sonic.warehouse.build import Built
from sonic.warehouse.build import build as build_all
from sonic.warehouse.generate import Recipe
from sonic.warehouse.generate import generate as generate_days
from sonic.warehouse.load import Loaded
from sonic.warehouse.load import load as load_days
from sonic.warehouse.state import end_of, state_of
from sonic.warehouse.targets import needs_server

DAYS = 90


def generate(
    seed: Annotated[int, typer.Option(help="Another seed gives other data.")] = Recipe.seed,
    scale: Annotated[
        float, typer.Option(envvar="SONIC_SCALE", help="1 is about a million streams in 90 days.")
    ] = Recipe.scale,
    days: Annotated[int, typer.Option(envvar="SONIC_DAYS", help="Days of data, after the opening.")] = DAYS,
    defects: Annotated[
        Defects | None, typer.Option(help="Defects as real data have them, listed beside the lake. [default: on]")
    ] = None,
    effects: Annotated[
        Effects, typer.Option(help="Effects planted for analyses to find, those of single rows listed beside the lake.")
    ] = Effects.ON,
    clean: Annotated[bool, typer.Option("--clean", help="Short for --defects off.")] = False,
    growth: Annotated[
        float, typer.Option(help="Sign-ups a day, of those of a young service: with 0.3 as many come as go.")
    ] = Recipe.growth,
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day.")] = datetime(
        Recipe.first_day.year, Recipe.first_day.month, Recipe.first_day.day
    ),
    database: DatabaseName = None,
    lake: LakeFolder = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", help="Processes that make days. [default: as many as cores]")
    ] = None,
) -> None:
    """Write days of data into the lake; those that are there stay."""
    recipe = Recipe(seed, scale, is_clean(defects, clean=clean), start.date(), effects is Effects.ON, growth)
    home = Home.locate()
    home.create()
    place = lake_at(lake, home, database).root
    with progress("Generating") as told:
        written = generate_days(place, recipe, days, told, jobs)
    console.print(
        f"Generated {counted(len(written), 'file set')} in {place}." if written else f"All days are in {place} already."
    )


def load(
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last arrival day to load; all by default.")
    ] = None,
    target: Target = None,
    database: DatabaseName = None,
    lake: LakeFolder = None,
) -> None:
    """Load the days of the lake that the database does not hold yet."""
    home, opened_database = opened(target, database)
    with progress("Loading") as told:
        place = lake_at(lake, home, database)
        last = until.date() if until else None
        loaded = load_days(opened_database, place, until=last, check=gate(home, place, told), progress=told)
    tell_loaded(loaded, opened_database.where)


def build(
    full_refresh: Annotated[bool, typer.Option("--full-refresh", help="Build incremental models anew.")] = False,
    test_all: Annotated[bool, typer.Option("--test-all", help="Test old rows too, as is done once a week.")] = False,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Run dbt over the whole project: seeds, models, snapshots, tests."""
    home, opened_database = opened(target, database)
    with progress("Building") as told:
        built = build_all(home, opened_database, full_refresh=full_refresh, test_all=test_all, progress=told)
    tell_built(built)


def advance(
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days, each with a build.")] = 1,
    target: Target = None,
    database: DatabaseName = None,
    lake: LakeFolder = None,
) -> None:
    """Go one data day further: generate it, load it, build."""
    home, opened_database = opened(target, database)
    place = lake_at(lake, home, database)
    for _ in range(days):
        with progress("Advancing") as told:
            built = advance_day(home, opened_database, place, check=gate(home, place, told), progress=told)
        tell_built(built)


def status(target: Target = None, database: DatabaseName = None, lake: LakeFolder = None) -> None:
    """Say how far things are: server, lake, loads, data clock, last good build. Starts nothing."""
    home = Home.locate()
    place = lake_at(lake, home, database)
    server = Server(home).status()
    _tell("state folder", str(home.root))
    _tell("server", f"PostgreSQL {server.version}, port {server.port}" if server.running else "embedded one stopped")
    _tell("lake", _span(tuple(place.dates())) + f" in {place.root}")
    if needs_server(home, target) and not server.running:
        _tell("database", "sonic server start, then ask again" if server.exists else "none yet: sonic demo")
        return
    home, opened_database = opened(target, database)
    state = state_of(opened_database, place)
    _tell("database", f"{opened_database.target}: {opened_database.where}")
    _tell("loaded", _span(state.loaded_days))
    _tell("data clock", f"{state.data_clock:%Y-%m-%d %H:%M} UTC" if state.data_clock else "none")
    good = f"data of {state.built_date}, finished {state.built_at:%Y-%m-%d %H:%M} UTC" if state.built_at else "none yet"
    _tell("last good build", good)
    _tell("last build", state.last_build or "none yet")


def _tell(label: str, text: str) -> None:
    console.print(f"[dim]{label:<16}[/dim] {text}")


def _span(days: tuple[object, ...]) -> str:
    return f"{counted(len(days), 'file set')}, {days[0]} to {days[-1]}" if days else "nothing"


def tell_loaded(loaded: Loaded, where: str) -> None:
    """One line about a load."""
    if loaded.days:
        console.print(
            f"Loaded {counted(len(loaded.days), 'arrival day')}, {counted(loaded.rows, 'row')}, into {where}."
        )
    else:
        console.print(f"All days are in {where} already.")


def tell_built(built: Built) -> None:
    """One line about a build that is good."""
    parts = ", ".join(f"{number} {kind}s" for kind, number in sorted(built.count().items()))
    clock = f"{end_of(built.data_date):%Y-%m-%d %H:%M} UTC"
    console.print(f"Built up to {clock} in {built.seconds:.0f} s: {parts}, all good.")
