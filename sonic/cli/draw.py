"""`sonic draw`: one picture of the warehouse."""

from pathlib import Path
from typing import Annotated

import typer

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console
from sonic.warehouse.ask import ask, find


def draw(
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
