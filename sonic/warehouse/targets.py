"""From the name of a target to an open database."""

import os
import re
from pathlib import Path

from sonic import profiles
from sonic.errors import UsageError
from sonic.paths import MAIN_DATABASE, Home
from sonic.server import Server
from sonic.warehouse.database import Database
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.postgres import Postgres


def open_database(home: Home, target: str | None = None, database: str | None = None) -> Database:
    """Opens the database of a target: starts the embedded server, checks an external one, makes the database.

    What dbt's profile reads (`SONIC_DATABASE`, `SONIC_HOME`) is set for this process.
    """
    if database is not None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", database):
            raise UsageError(
                f"{database!r} is no name for a database",
                "--database",
                "Use lower-case letters, digits and underscores, a letter first.",
            )
        os.environ["SONIC_DATABASE"] = database
    os.environ["SONIC_HOME"] = str(home.root)
    home.create()
    profiles.ensure(home)
    output = profiles.read(home, target)
    if output.name == profiles.EMBEDDED:
        Server(home).start()
        output = profiles.read(home, target)
    if output.kind == "postgres":
        opened = Postgres.from_output(output)
        opened.create()
        return opened
    if output.kind == "duckdb":
        (path,) = output.require("path")
        return DuckDB(output.name, Path(path))
    raise UsageError(
        f"Target {output.name!r} is of type {output.kind!r}",
        "profiles.yml",
        "Use one of type postgres or duckdb.",
    )


def needs_server(home: Home, target: str | None = None) -> bool:
    """Whether the target is the embedded server."""
    profiles.ensure(home)
    return profiles.read(home, target).name == profiles.EMBEDDED


def lake_of(home: Home, database: str | None) -> Path:
    """The folder of the lake that feeds a database."""
    return home.lake(database or os.environ.get("SONIC_DATABASE") or MAIN_DATABASE)
