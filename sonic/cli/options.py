"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sonic.errors import UsageError
from sonic.paths import Home
from sonic.warehouse.database import Database
from sonic.warehouse.generate import Recipe
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


class Defects(StrEnum):
    """Whether generated data have defects: duplicates, orphans, skewed clocks and the like."""

    ON = "on"
    OFF = "off"


class Effects(StrEnum):
    """Whether effects are planted: fraudsters, experiments that work, incidents that show and the like."""

    ON = "on"
    OFF = "off"


def is_clean(defects: Defects | None, *, clean: bool = False, otherwise: bool = Recipe.clean) -> bool:
    """Whether data are made without defects: by `--defects`, by `--clean` for short, else as `otherwise` says.

    Raises `UsageError` if the two options contradict each other.
    """
    if clean and defects is Defects.ON:
        raise UsageError("Data cannot be clean and have defects", "--clean and --defects on", "Give one of the two.")
    return clean or (otherwise if defects is None else defects is Defects.OFF)


def opened(target: str | None, database: str | None) -> tuple[Home, Database]:
    """The state folder and the database that the options name."""
    home = Home.locate()
    return home, open_database(home, target, database)


def lake_at(folder: Path | None, home: Home, database: str | None) -> Lake:
    """The lake that the options name."""
    return Lake(folder.resolve() if folder else lake_of(home, database))
