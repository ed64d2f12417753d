"""`sonic purge`: rows of logs that are older than they are to be kept."""

from typing import Annotated

import typer
from rich import box
from rich.table import Table

from sonic.cli.options import DatabaseName, LakeFolder, Target, lake_at, opened
from sonic.cli.shell import console, progress
from sonic.warehouse.purge import Purge
from sonic.warehouse.purge import purge as purge_logs


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would go, and let it stay.")] = False,
    target: Target = None,
    database: DatabaseName = None,
    lake: LakeFolder = None,
) -> None:
    """Delete rows of logs older than 30 days before the data clock, once their hourly sums are filed in raw."""
    home, opened_database = opened(target, database)
    with progress("Purging") as told:
        done = purge_logs(opened_database, lake_at(lake, home, database), dry_run=dry_run, progress=told)
    if not done.rows:
        console.print(f"Nothing to purge: no log holds a row from before {done.cut:%Y-%m-%d %H:%M} UTC.")
        return
    _tell(done)
    what = f"{done.rows:,} rows from before {done.cut:%Y-%m-%d %H:%M} UTC, {done.days} days before the data clock"
    if dry_run:
        console.print(f"Would purge {what}; nothing was changed.")
    else:
        console.print(f"Purged {what}, from {opened_database.where}. Logged in ops.purges and ops.purged_rows.")


def _tell(done: Purge) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("log")
    for heading in ("rows purged", "of them rejected", "hourly sums filed"):
        table.add_column(heading, justify="right")
    for log in done.logs:
        table.add_row(log.table, *(f"{number:,}" for number in (log.rows, log.rejected, log.summaries)))
    console.print(table)
