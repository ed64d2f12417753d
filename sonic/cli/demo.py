"""`sonic demo`: the whole way, from nothing to answers; run again, it goes on from what is there."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

import typer

from sonic.cli.checks import gate
from sonic.cli.data import DAYS, tell_built, tell_loaded
from sonic.cli.options import DatabaseName, Defects, LakeFolder, Target, is_clean, lake_at, opened
from sonic.cli.shell import console, counted, progress
from sonic.cli.tables import show
from sonic.errors import UsageError
from sonic.warehouse.advance import advance
from sonic.warehouse.ask import ask, questions
from sonic.warehouse.build import build
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.load import load
from sonic.warehouse.state import state_of

ADVANCES = 3
ROWS = 8
HIGHLIGHTS = ("mau", "arpu_by_tier", "churn", "top_genres_by_region", "top_artists", "artist_earnings")


def demo(
    seed: Annotated[
        int | None, typer.Option(help="Another seed gives other data. [default: the lake's, or 42]")
    ] = None,
    scale: Annotated[
        float | None,
        typer.Option(
            envvar="SONIC_SCALE", help="1 is about a million streams in 90 days. [default: the lake's, or 0.1]"
        ),
    ] = None,
    defects: Annotated[
        Defects | None, typer.Option(help="Defects as real data have them. [default: the lake's, or on]")
    ] = None,
    days: Annotated[int, typer.Option(envvar="SONIC_DAYS", help="Days of data in the end.")] = DAYS,
    target: Target = None,
    database: DatabaseName = None,
    lake: LakeFolder = None,
) -> None:
    """The whole way: server, data, load, build, three daily advances with a build each, answers."""
    start = time.monotonic()
    if days <= ADVANCES:
        raise UsageError(f"{days} days are too few", "--days", f"Give more than {ADVANCES}.")
    home, opened_database = opened(target, database)
    console.print(f"Database: {opened_database.target}, {opened_database.where}")
    place = lake_at(lake, home, database)
    recipe = Recipe.of(place) or Recipe()
    recipe = replace(
        recipe,
        seed=recipe.seed if seed is None else seed,
        scale=recipe.scale if scale is None else scale,
        clean=is_clean(defects, otherwise=recipe.clean),
    )
    base_day = recipe.first_day + timedelta(days=days - ADVANCES - 1)
    last_day = base_day + timedelta(days=ADVANCES)
    with progress("Generating") as told:
        written = generate(place.root, recipe, days - ADVANCES, told)
    if written:
        console.print(f"Generated {counted(len(written), 'file set')}, seed {recipe.seed}, scale {recipe.scale:g}.")
    with progress("Loading") as told:
        loaded = load(opened_database, place, until=base_day, check=gate(home, place, told), progress=told)
    tell_loaded(loaded, opened_database.where)
    state = state_of(opened_database, place)
    if not state.is_built:
        with progress("Building") as told:
            tell_built(build(home, opened_database, progress=told))
    while state_of(opened_database, place).loaded_days[-1] < last_day:
        with progress("Advancing") as told:
            tell_built(advance(home, opened_database, place, check=gate(home, place, told), progress=told))
    known = {question.name: question for question in questions()}
    chosen = [known[name] for name in HIGHLIGHTS if name in known]
    for answer in ask(home, opened_database, chosen) if chosen else []:
        show(answer, rows=ROWS)
    console.print(f"Done in {time.monotonic() - start:.0f} s. Where to go next (after `. .venv/bin/activate`):")
    for command, about in {
        "sonic ask": "the questions there are; `sonic ask NAME` answers one",
        "sonic advance": "one data day further",
        "sonic server psql": "SQL on the marts (schema marts)",
        "sonic server dsn --show-password": "address for a BI tool",
        "dbt build, dbt docs generate": "as in any dbt project",
        "sonic import eventsim PATH": "an event log of another platform",
    }.items():
        console.print(f"  [bold]{command:<34}[/bold] {about}")
