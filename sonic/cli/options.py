"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from sonic.paths import Home
from sonic.warehouse.database import Database
from sonic.warehouse.lake import Lake
from sonic.warehouse.targets import lake_of, open_database

Target = Annotated[
    str | None,
    typer.Option(
        "--target", "-t", envvar="SONIC_TARGET", help="Output of profiles.yml: embedded, external, duckdb ..."
    ),
]
DatabaseName = Annotated[
    str | None,
    typer.Option("--database", "-d", envvar="SONIC_DATABASE", help="Database of the target, made if absent."),
]
LakeFolder = Annotated[
    Path | None,
    typer.Option("--lake", help="Folder of the lake; by default the one that belongs to the database."),
]


def opened(target: str | None, database: str | None) -> tuple[Home, Database]:
    """The state folder and the database that the options name."""
    home = Home.locate()
    return home, open_database(home, target, database)


def lake_at(folder: Path | None, home: Home, database: str | None) -> Lake:
    """The lake that the options name."""
    return Lake(folder.resolve() if folder else lake_of(home, database))
