"""`sonic scaffold`: the staging of raw tables, written from their declarations."""

from difflib import get_close_matches
from typing import Annotated

import typer

from generators.ddl import TABLES
from sonic.cli.shell import console
from sonic.errors import UsageError
from sonic.paths import repository
from sonic.project.scaffold import scaffold as write
from sonic.project.scaffold import write_tables_macro


def scaffold(
    names: Annotated[list[str] | None, typer.Argument(help="Raw tables.", metavar="[TABLE]...")] = None,
) -> None:
    """Write source entries and staging models of raw tables; without a name, only list the staged tables anew."""
    unknown = [name for name in names or [] if name not in TABLES]
    if unknown:
        near = get_close_matches(unknown[0], TABLES)
        raise UsageError(
            f"No raw table {unknown[0]!r} is declared",
            "generators/ddl",
            f"Is it {' or '.join(near)}?" if near else "Declare it there first, see docs/extending.md.",
        )
    repository("staging")
    written = write([TABLES[name] for name in dict.fromkeys(names)]) if names else [write_tables_macro()]
    for path in written:
        console.print(str(path), highlight=False, soft_wrap=True)
