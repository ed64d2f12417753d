"""`sonic statements`: what payees are due for a month, a file for each."""

from pathlib import Path
from typing import Annotated

import typer

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console, counted, progress
from sonic.publishing.statements import parse_month, write_statements


def statements(
    month: Annotated[str, typer.Argument(help="A closed month, as 2026-01.")],
    payee: Annotated[list[int] | None, typer.Option("--payee", help="Only this payee; repeatable.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder to write; by default statements/MONTH in the state folder."),
    ] = None,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Write each payee's royalty statement of a month, read back and held against the marts."""
    of = parse_month(month)
    home, opened_database = opened(target, database)
    folder = out.resolve() if out else home.root / "statements" / month
    with progress("Writing statements") as told:
        written = write_statements(opened_database, of, folder, payee or (), told)
    due = ", ".join(f"{amount:,} {currency}" for currency, amount in sorted(written.due.items())) or "nothing"
    console.print(
        f"Wrote {counted(written.statements, 'statement')} of {counted(written.payees, 'payee')}, {due} due: {folder}"
    )
