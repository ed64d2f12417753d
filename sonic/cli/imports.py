"""`sonic import`: other platforms' event logs in a database of their own."""

from pathlib import Path
from typing import Annotated

import typer

from sonic.cli.checks import gate
from sonic.cli.data import tell_built, tell_loaded
from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console, progress
from sonic.errors import UsageError
from sonic.importers import IMPORTERS, Reading, read_log
from sonic.importers.resolve import left_out, write_lake
from sonic.paths import Home
from sonic.warehouse.build import build
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import forget, load

DATABASE = "sonic_imports"


def import_(
    name: Annotated[str, typer.Argument(help=f"Kind of log: {', '.join(IMPORTERS)}.")],
    path: Annotated[Path, typer.Argument(help="File or folder of the log.")],
    user: Annotated[
        str | None, typer.Option("--user", help="Whose history it is; the same name is the same account everywhere.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="OURS=THEIRS", help="Name of a column of the CSV; may be given several times."
        ),
    ] = None,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Read another platform's event log into a database for imports, beside those read before, and build the marts."""
    own = database or DATABASE
    home = Home.locate()
    home.create()
    folder = home.lake(own)
    log = read_log(name, path, Reading(user, _columns(column or ())))
    home, opened_database = opened(target, own)
    lake = Lake(folder)
    write_lake(log, folder, forget=lambda: forget(opened_database, lake))
    console.print(f"Read {len(log.plays):,} plays of {path}.")
    for kind, count in left_out(log).items():
        console.print(f"[yellow]Left out: {count:,} {kind}.[/yellow]")
    with progress("Loading") as told:
        loaded = load(opened_database, lake, check=gate(home, lake, told), progress=told)
    tell_loaded(loaded, opened_database.where)
    with progress("Building") as told:
        built = build(home, opened_database, progress=told)
    tell_built(built)
    console.print(f"Ask it: sonic ask top-artists --database {own}")


def _columns(pairs: list[str] | tuple[()]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        ours, mark, theirs = pair.partition("=")
        if not mark or not theirs.strip():
            raise UsageError(f"{pair!r} names no column", "--column", "Write it as OURS=THEIRS, e.g. artist=Artist.")
        columns[ours.strip()] = theirs.strip()
    return columns
