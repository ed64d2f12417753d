"""`sonic verify`: whether the warehouse says what is true."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from generators.ddl import TABLES
from generators.ddl.postgres import SCHEMA
from sonic.cli.options import DatabaseName, LakeFolder, Target, lake_at, opened
from sonic.cli.shell import console, counted, progress
from sonic.errors import UsageError
from sonic.project import packages as dbt_packages
from sonic.verify import staging
from sonic.verify.agreement import agree, bring, built_until, second_name
from sonic.verify.cards import scan
from sonic.verify.orphans import Checked, Plan, check, plan
from sonic.verify.risk import measure
from sonic.verify.truth import Verdict, not_compared, truth_of
from sonic.verify.truth import verify as verify_marts
from sonic.warehouse.audit import follow
from sonic.warehouse.database import Database
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

app = typer.Typer(help="Whether the warehouse says what is true.", no_args_is_help=True)
SHOWN = 3
SHOWN_PROBLEMS = 20


@app.callback()
def common() -> None:
    """Whether the warehouse says what is true."""


@app.command()
def oracle(
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A mart, or a staged table; may be given several times.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many differences of a table to show.")] = SHOWN,
    target: Target = None,
    database: DatabaseName = None,
    lake: LakeFolder = None,
) -> None:
    """Compare marts and staging, row for row, with what plain Python works out from the clean data and the definitions.

    Exit status 1 if anything differs.
    """
    start = time.monotonic()
    home, opened_database = opened(target, database)
    with progress("Making the clean lake") as told:
        truth = truth_of(home, opened_database, lake_at(lake, home, database), told)
    names = only or []
    staged_names = [name for name in names if name.startswith(staging.PREFIX)]
    mart_names = [name for name in names if name not in staged_names]
    verdicts = []
    with opened_database.held():
        for verdict in verify_marts(opened_database, truth, mart_names) if mart_names or not names else ():
            _tell(verdict, rows)
            verdicts.append(verdict)
        if staged_names or not names:
            verdicts += _tell_staging(staging.verify_staging(opened_database, truth, staged_names), rows)
        if not names:
            left = [*not_compared(opened_database), *staging.not_compared(opened_database)]
            console.print(f"[dim]not compared: {', '.join(left)}[/dim]")
    seconds = time.monotonic() - start
    differing = sum(bool(verdict.differences) for verdict in verdicts)
    if differing:
        console.print(
            f"[bold red]{differing} of {len(verdicts)} tables differ from the truth[/bold red] ({seconds:.0f} s)."
        )
        raise typer.Exit(1)
    console.print(f"As the truth has it, row for row: {_counted(verdicts)} ({seconds:.0f} s).")


def _tell_staging(verdicts: Iterator[Verdict], rows: int) -> list[Verdict]:
    """Staged tables in one line, but for those that differ."""
    told = list(verdicts)
    for verdict in told:
        if verdict.differences:
            _tell(verdict, rows)
    alike = [verdict for verdict in told if not verdict.differences]
    if alike:
        what = counted(len(alike), "staged table")
        count, seconds = sum(verdict.rows for verdict in alike), sum(verdict.seconds for verdict in alike)
        console.print(f"[green]equal[/green]    {what:<28} {count:>9,} rows  {seconds:5.1f} s")
    return told


def _counted(verdicts: list[Verdict]) -> str:
    staged = sum(verdict.schema == staging.SCHEMA for verdict in verdicts)
    found = {"mart": len(verdicts) - staged, "staged table": staged}
    return " and ".join(counted(count, what) for what, count in found.items() if count)


@app.command()
def audit(target: Target = None, database: DatabaseName = None, lake: LakeFolder = None) -> None:
    """Follow the audit log's chain of hashes from its beginning to the head that is kept beside the lake.

    Exit status 1 if an entry was changed, removed or added.
    """
    home, opened_database = opened(target, database)
    report = follow(opened_database, lake_at(lake, home, database).root)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        console.print(f"[bold red]{problem}[/bold red]")
    if report.problems:
        console.print(f"The audit log cannot be trusted: {counted(len(report.problems), 'finding')}.")
        raise typer.Exit(1)
    console.print(f"{report.entries:,} entries of the audit log stand as they were written; head {report.head[:12]}.")


@app.command()
def orphans(
    schema: Annotated[str, typer.Option(help="Schema that holds the operational tables.")] = SCHEMA,
    every: Annotated[bool, typer.Option("--all", help="Show relationships without orphans too.")] = False,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Check what is there, if tables or columns are not.")
    ] = False,
    dsn: Annotated[
        str | None,
        typer.Option(metavar="VARIABLE", help="Environment variable with a PostgreSQL address, instead of a target."),
    ] = None,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Look for rows that refer to a row which is not there, in every relationship of the operational schema.

    Exit status 1 if there are any, or if a relationship cannot be checked.
    """
    start = time.monotonic()
    opened_database = _reader(dsn, target, database)
    planned = plan(opened_database, schema, TABLES)
    with progress("Checking") as told:
        checked = list(check(opened_database, schema, planned.checkable, TABLES, told))
    _tell_relationships([each for each in checked if every or each.orphans])
    _tell_absent(planned, schema, allow_missing)
    found = [each for each in checked if each.orphans]
    rows = sum({each.relationship.table: each.rows for each in checked}.values())
    what = f"{len(checked)} relationships, {rows:,} rows, {time.monotonic() - start:.0f} s"
    if found:
        count = sum(each.orphans for each in found)
        console.print(
            f"[bold red]{counted(count, 'orphan')} in {counted(len(found), 'relationship')}[/bold red] (of {what})."
        )
        raise typer.Exit(1)
    if planned.absent and not allow_missing:
        raise typer.Exit(1)
    console.print(f"No orphan: {what}.")


@app.command()
def cards(
    schema: Annotated[str, typer.Option(help="Schema that holds the operational tables.")] = SCHEMA,
    dsn: Annotated[
        str | None,
        typer.Option(metavar="VARIABLE", help="Environment variable with a PostgreSQL address, instead of a target."),
    ] = None,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Look for numbers of payment cards in every text of the operational schema, where none may stand.

    Exit status 1 if there is one; of its digits the first six and the last four are shown.
    """
    opened_database = _reader(dsn, target, database)
    with progress("Looking") as told:
        scanned = list(scan(opened_database, schema, told))
    found = [each for table in scanned for each in table.found]
    for each in found[:SHOWN_PROBLEMS]:
        console.print(f"{each.table}.{each.column}: {each.masked} in row {each.row}", markup=False)
    what = f"{sum(table.columns for table in scanned)} columns of {len(scanned)} tables"
    if found:
        console.print(f"[bold red]{counted(len(found), 'card number')}[/bold red] in {what}.")
        raise typer.Exit(1)
    console.print(f"No card number in {what}.")


def _reader(dsn: str | None, target: str | None, database: str | None) -> Database:
    """The database to be read: that of a target, or any PostgreSQL by its address."""
    if dsn is None:
        return opened(target, database)[1]
    if not dsn.isidentifier():
        raise UsageError(
            "A command line can be read by others: no address belongs there",
            "--dsn",
            "Put the address into an environment variable and name it: --dsn VARIABLE",
        )
    return Postgres.from_address(dsn)


def _tell_relationships(checked: list[Checked]) -> None:
    if not checked:
        return
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("table", "column", "refers to"):
        table.add_column(title)
    for title in ("rows", "orphans"):
        table.add_column(title, justify="right")
    table.add_column("for example: key -> parent")
    for each in checked:
        told = each.relationship
        table.add_row(
            told.table,
            told.column,
            f"{told.parent}.{told.key}",
            f"{each.rows:,}",
            f"{each.orphans:,}",
            ", ".join(f"{key} -> {parent}" for key, parent in each.examples),
        )
    console.print(table)


def _tell_absent(planned: Plan, schema: str, allowed: bool) -> None:
    if planned.absent:
        names = ", ".join(planned.absent[:SHOWN_PROBLEMS])
        more = len(planned.absent) - SHOWN_PROBLEMS
        console.print(
            f"[{'yellow' if allowed else 'bold red'}]Not in schema {schema}, and so not checked:[/] {names}"
            + (f" and {more} more" if more > 0 else "")
            + ("" if allowed else ". --allow-missing checks the rest alone.")
        )


@app.command()
def risk(target: Target = None, database: DatabaseName = None, lake: LakeFolder = None) -> None:
    """Measure how well fraudsters, shared log-ins and broken rules are found, against what the generator planted.

    Precision is the share of what was found that was planted, recall the share of what was planted that was found.
    Exit status 1 if one of them is too low.
    """
    home, opened_database = opened(target, database)
    measured = list(measure(opened_database, lake_at(lake, home, database)))
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("planted risk")
    for title in ("planted", "found", "right", "precision", "recall"):
        table.add_column(title, justify="right")
    for each in measured:
        ratios = ("" if ratio is None else f"{ratio:.2f}" for ratio in (each.precision, each.recall))
        counts = (f"{count:,}" for count in (each.planted, each.found, each.right))
        table.add_row(each.what, *counts, *ratios, style=None if each.is_good else "bold red")
    console.print(table)
    if bad := [each.what for each in measured if not each.is_good]:
        console.print(f"[bold red]Not found well enough:[/bold red] {', '.join(bad)}.")
        raise typer.Exit(1)


@app.command()
def engines(
    other: Annotated[str, typer.Option(help="The other output of profiles.yml.")] = "duckdb",
    only: Annotated[list[str] | None, typer.Option("--only", help="A mart; may be given several times.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many differences of a mart to show.")] = SHOWN,
    target: Target = None,
    database: DatabaseName = None,
    lake: LakeFolder = None,
) -> None:
    """Compare the marts, row for row, with those that another engine builds from the same lake.

    Loads and builds there what is lacking. Exit status 1 if anything differs.
    """
    home, one = opened(target, database)
    if one.target == other:
        raise UsageError(f"{other!r} cannot be compared with itself", "--other", "Name another output of profiles.yml.")
    place = lake_at(lake, home, database)
    until = built_until(one, place)
    second = open_database(home, other, database)
    with progress(f"Building on {other}") as told:
        bring(home, second, place, until, told)
    _tell_agreement(agree(one, second, only or ()), rows, (one.target, other))


@app.command()
def packages(
    folder: Annotated[Path, typer.Argument(help="Folder that holds dbt_utils, dbt_expectations and dbt_date.")],
    rows: Annotated[int, typer.Option(min=1, help="How many differences of a mart to show.")] = SHOWN,
    target: Target = None,
    database: DatabaseName = None,
    lake: LakeFolder = None,
) -> None:
    """Build on DuckDB with the dbt packages of a folder, all tests included, and compare the marts row for row.

    Exit status 1 if anything differs.
    """
    home, one = opened(target, database)
    place = lake_at(lake, home, database)
    until = built_until(one, place)
    with dbt_packages.taken_from(folder.resolve()):
        name = second_name(one.name, "packages")
        # what other packages built is not to be taken for what these build
        home.duckdb(name).unlink(missing_ok=True)
        second = open_database(home, "duckdb", name)
        with progress("Building with these packages") as told:
            bring(home, second, place, until, told)
    _tell_agreement(agree(one, second), rows, ("installed packages", str(folder)))


def _tell_agreement(verdicts: Iterator[Verdict], rows: int, sides: tuple[str, str]) -> None:
    start = time.monotonic()
    differing, compared = 0, 0
    for verdict in verdicts:
        _tell(verdict, rows, sides)
        compared += 1
        differing += bool(verdict.differences)
    seconds = time.monotonic() - start
    if differing:
        console.print(f"[bold red]{differing} of {compared} marts differ[/bold red] ({seconds:.0f} s).")
        raise typer.Exit(1)
    console.print(f"{compared} marts are the same, row for row: {sides[0]} and {sides[1]} ({seconds:.0f} s).")


def _tell(verdict: Verdict, rows: int, sides: tuple[str, str] = ("warehouse", "oracle")) -> None:
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
            f"    {difference.what}: {sides[0]} {difference.found}, {sides[1]} {difference.expected}", markup=False
        )
        if difference.key:
            console.print(f"    {verdict.look(difference)}", markup=False, style="dim")
    hidden = len(verdict.differences) - rows
    if hidden > 0:
        console.print(f"  and {hidden:,} more: --rows shows more of them", style="dim")
