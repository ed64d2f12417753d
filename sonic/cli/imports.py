"""`sonic import`: another platform's event log in a database of its own."""

from pathlib import Path
from typing import Annotated

import typer

from sonic.cli.checks import gate
from sonic.cli.data import tell_built, tell_loaded
from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console, progress
from sonic.importers import IMPORTERS, import_log
from sonic.paths import Home
from sonic.warehouse.build import build
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load


def import_(
    name: Annotated[str, typer.Argument(help=f"Kind of log: {', '.join(IMPORTERS)}.")],
    path: Annotated[Path, typer.Argument(help="File or folder of the log.")],
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Read another platform's event log into a database of its own and build the marts there."""
    own = database or f"sonic_{name}"
    home = Home.locate()
    home.create()
    folder = home.lake(own)
    log = import_log(name, path, folder)
    console.print(f"Read {len(log.plays):,} plays of {path}.")
    home, opened_database = opened(target, own)
    with progress("Loading") as told:
        lake = Lake(folder)
        loaded = load(opened_database, lake, check=gate(home, lake, told), progress=told)
    tell_loaded(loaded, opened_database.where)
    with progress("Building") as told:
        built = build(home, opened_database, progress=told)
    tell_built(built)
    console.print(f"Ask it: sonic ask top-artists --database {own}")
