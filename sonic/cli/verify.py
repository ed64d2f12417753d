"""`sonic verify`: whether the warehouse says what is true."""

import time
from typing import Annotated

import typer

from sonic.cli.options import DatabaseName, LakeFolder, Target, lake_at, opened
from sonic.cli.shell import console, progress
from sonic.verify.truth import Verdict, not_compared, truth_of
from sonic.verify.truth import verify as verify_marts

app = typer.Typer(help="Whether the warehouse says what is true.", no_args_is_help=True)
SHOWN = 3


@app.callback()
def common() -> None:
    """Whether the warehouse says what is true."""


@app.command()
def oracle(
    only: Annotated[list[str] | None, typer.Option("--only", help="A mart; may be given several times.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many differences of a mart to show.")] = SHOWN,
    target: Target = None,
    database: DatabaseName = None,
    lake: LakeFolder = None,
) -> None:
    """Compare the marts, row for row, with what plain Python works out from the clean data and the definitions.

    Exit status 1 if anything differs.
    """
    start = time.monotonic()
    home, opened_database = opened(target, database)
    with progress("Making the clean lake") as told:
        truth = truth_of(home, opened_database, lake_at(lake, home, database), told)
    differing, compared = 0, 0
    for verdict in verify_marts(opened_database, truth, only or ()):
        _tell(verdict, rows)
        compared += 1
        differing += bool(verdict.differences)
    if not only and (left := not_compared(opened_database)):
        console.print(f"[dim]not compared: {', '.join(left)}[/dim]")
    seconds = time.monotonic() - start
    if differing:
        console.print(f"[bold red]{differing} of {compared} marts differ from the truth[/bold red] ({seconds:.0f} s).")
        raise typer.Exit(1)
    console.print(f"{compared} marts say what is true ({seconds:.0f} s).")


def _tell(verdict: Verdict, rows: int) -> None:
    if not verdict.differences:
        console.print(f"[green]equal[/green]    {verdict.mart:<28} {verdict.rows:>9,} rows  {verdict.seconds:5.1f} s")
        return
    keys = len({difference.key for difference in verdict.differences})
    console.print(
        f"[bold red]differs[/bold red]  {verdict.mart:<28} {verdict.rows:>9,} rows  {keys:,} rows differ,"
        f" {len(verdict.differences):,} values"
    )
    for difference in verdict.differences[:rows]:
        pairs = ", ".join(f"{name} {value}" for name, value in zip(verdict.key, difference.key, strict=False))
        console.print(f"  {pairs or 'the whole mart'}", markup=False)
        console.print(
            f"    {difference.what}: warehouse {difference.found}, oracle {difference.expected}", markup=False
        )
        if difference.key:
            console.print(f"    {verdict.look(difference)}", markup=False, style="dim")
    hidden = len(verdict.differences) - rows
    if hidden > 0:
        console.print(f"  and {hidden:,} more: --rows shows more of them", style="dim")
