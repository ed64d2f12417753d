"""`sonic export`: marts as files for those who have no database."""

from pathlib import Path
from typing import Annotated

import typer

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console, counted, progress
from sonic.errors import UsageError
from sonic.project.marts import find, marts
from sonic.warehouse.extract import Format


def export(
    names: Annotated[list[str] | None, typer.Argument(help="Marts to export.", metavar="[MART]...")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All marts.")] = False,
    to: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("extracts"),
    form: Annotated[Format, typer.Option("--format", help="Format of the files.")] = Format.PARQUET,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Write marts as files, checked by Great Expectations before they appear."""
    from sonic.expectations.extracts import export as export_marts

    if bool(names) == everything:
        raise UsageError("Which marts?", "sonic export", "Name some of them, or give --all.")
    chosen = list(marts().values()) if everything else [find(name) for name in names or []]
    home, opened_database = opened(target, database)
    with progress("Exporting") as told:
        written = export_marts(home, opened_database, chosen, to.resolve(), form, told)
    console.print(
        f"Exported {counted(len(written), 'mart')}, {counted(sum(written.values()), 'row')}, to {to.resolve()}."
    )
