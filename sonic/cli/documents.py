"""`sonic docs`: documents written from the project, and the site of its models."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from sonic import profiles
from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console
from sonic.documents import pages as written
from sonic.documents import site as models
from sonic.paths import MAIN_DATABASE, Home, repository
from sonic.project.dbt import Dbt

app = typer.Typer(help="Write documents: the pages of docs/, the site of the models.", no_args_is_help=True)


@app.command()
def pages() -> None:
    """Write the pages of docs/ that follow from the project: numbers, data dictionary, list of decisions."""
    docs = repository("pages") / "docs"
    home = Home.locate()
    home.create()
    profiles.ensure(home)
    # without a database: DuckDB's profile asks for nothing
    manifest = Dbt(home, "duckdb", MAIN_DATABASE).manifest().writable_manifest().to_dict(omit_none=False)
    changed = written.write(written.pages(manifest, docs), docs)
    for path in changed:
        console.print(f"docs/{path}", highlight=False, soft_wrap=True)
    console.print(f"{len(changed)} pages written anew." if changed else "All pages are current.")


@app.command()
def site(
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder to write; by default site in the state folder.")
    ] = None,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Write dbt's documents and the lineage of columns as a site that needs no server and no network."""
    home, opened_database = opened(target, database)
    dbt = Dbt(home, opened_database.target, opened_database.name)
    written_site = models.write(dbt, (to or home.root / "site").resolve(), opened_database.where)
    for reason in written_site.lacks:
        console.print(f"[yellow]Not in the lineage: {escape(reason)}[/yellow]")
    console.print(f"Open {written_site.page.as_uri()}", soft_wrap=True)
