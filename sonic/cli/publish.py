"""`sonic publish`: the marts as BI tools read them."""

from pathlib import Path
from typing import Annotated

import typer

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console, progress
from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.project.marts import Mart, described
from sonic.publishing.stars import choose, stars
from sonic.warehouse.database import Database
from sonic.warehouse.postgres import Postgres

app = typer.Typer(help="Write the marts as Tableau, Power BI and Superset read them.", no_args_is_help=True)

Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder to write; by default publish/ in the state folder.")
]
User = Annotated[str, typer.Option("--user", help="User name to write beside PostgreSQL's address.")]


@app.callback()
def common() -> None:
    """Write the marts as Tableau, Power BI and Superset read them."""


@app.command()
def tableau(
    names: Annotated[
        list[str] | None, typer.Argument(help="Facts to publish; all by default.", metavar="[FACT]...")
    ] = None,
    out: Out = None,
    user: User = "",
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Write an extract and a live data source of each star, read back and compared with the marts."""
    from sonic.publishing.publish import to_tableau

    home, opened_database = opened(target, database)
    folder = out.resolve() if out else home.root / "publish" / "tableau"
    with progress("Publishing") as told:
        told("reading the project", 0, 0)
        chosen = choose(stars(_marts(home, opened_database)), names or [])
        rows = to_tableau(home, opened_database, chosen, folder, user, told)
    console.print(f"Published {len(chosen)} stars for Tableau, {rows:,} rows, each compared with its mart: {folder}")
    if not isinstance(opened_database, Postgres):
        console.print("[dim]Extracts alone: live data sources ask PostgreSQL (--target embedded or external).[/dim]")


@app.command()
def powerbi(out: Out = None, target: Target = None, database: DatabaseName = None) -> None:
    """Write a Power BI project: a semantic model of the marts and metrics, and an empty report that stands on it."""
    from sonic.publishing.publish import address_of, to_powerbi

    home, opened_database = opened(target, database)
    address = address_of(opened_database)
    folder = out.resolve() if out else home.root / "publish" / "powerbi"
    with progress("Publishing") as told:
        told("reading the project", 0, 0)
        made = to_powerbi(address, _marts(home, opened_database), folder)
    active = sum(relationship.is_active for relationship in made.model.relationships)
    console.print(
        f"Published {len(made.model.tables)} tables, {len(made.model.relationships)} relationships ({active} active)"
        f" and {len(made.metrics)} metrics for Power BI: {folder}"
    )


@app.command()
def superset(out: Out = None, user: User = "", target: Target = None, database: DatabaseName = None) -> None:
    """Write a bundle for Apache Superset: data sets of the marts with their metrics, and a dashboard."""
    from sonic.publishing.publish import address_of, to_superset

    home, opened_database = opened(target, database)
    address = address_of(opened_database, user)
    folder = out.resolve() if out else home.root / "publish" / "superset"
    with progress("Publishing") as told:
        told("reading the project", 0, 0)
        made = to_superset(address, _marts(home, opened_database), folder)
    told_metrics = sum(len(dataset.metrics) for dataset in made.values())
    console.print(f"Published {len(made)} data sets with {told_metrics} metrics for Superset: {folder}")


def _marts(home: Home, database: Database) -> dict[str, Mart]:
    return described(Dbt(home, database.target, database.name).manifest())
