"""`sonic draw`: pictures of the warehouse."""

from pathlib import Path
from typing import Annotated

import typer

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console, counted
from sonic.diagrams.files import FOLDER, diagrams, write
from sonic.diagrams.schema import of_tables
from sonic.errors import UsageError
from sonic.paths import repository
from sonic.warehouse.ask import ask, find
from sonic.warehouse.postgres import Postgres

app = typer.Typer(help="Draw the warehouse: an overview of its answers, or its tables.", no_args_is_help=True)
DIAGRAMS = "sonic_diagrams"


@app.callback()
def common() -> None:
    """Draw the warehouse: an overview of its answers, or its tables."""


@app.command()
def overview(
    file: Annotated[
        Path | None, typer.Argument(help="PNG to write; by default overview.png in the state folder.")
    ] = None,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Draw active listeners, ARPU, top genres and artist earnings from the marts."""
    # Imported here: matplotlib takes a second that no other command should pay.
    from sonic import picture

    home, opened_database = opened(target, database)
    answers = ask(home, opened_database, [find(name) for name in picture.QUESTIONS])
    path = file or home.root / "overview.png"
    picture.draw(answers, path)
    console.print(f"Drawn: {path}")


@app.command()
def er(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder to write; by default docs/er of the repository.")
    ] = None,
    target: Target = None,
) -> None:
    """Draw entity-relationship diagrams as SVG: all tables, each domain, the star of each fact.

    The tables are those that PostgreSQL's catalogue tells of, in a database that is made for it and removed.
    """
    place = folder or repository("diagrams") / FOLDER
    _, database = opened(target, DIAGRAMS)
    if not isinstance(database, Postgres):
        raise UsageError(
            "The catalogue is PostgreSQL's", f"--target {database.target}", "Use --target embedded or external."
        )
    drawn = diagrams(of_tables(database))
    write(drawn, place)
    console.print(f"Drawn: {counted(len(drawn) - 1, 'diagram')} in {place}")
