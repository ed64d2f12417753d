"""`sonic dashboard`: the marts as pages for a browser."""

from pathlib import Path
from typing import Annotated

import typer

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console, progress
from sonic.errors import SonicError


def dashboard(
    out: Annotated[
        Path | None, typer.Option(help="Folder of the site; by default `dashboard` in the state folder.")
    ] = None,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Write the dashboards: a site that needs no server and no network, of all marts as they are now."""
    # Imported here: what draws charts takes half a second that no other command should pay.
    try:
        from sonic.dashboard.site import check, write
    except ModuleNotFoundError as error:
        raise SonicError(
            f"A library is not installed: {error.name}", "the extra `bi`", "Install it: pip install '.[bi]'."
        ) from error

    if out is not None:
        check(out.resolve())
    home, opened_database = opened(target, database)
    with progress("Drawing") as told:
        site = write(opened_database, (out or home.root / "dashboard").resolve(), told)
    console.print(f"Written: {site.pages} pages, {site.rows:,} rows of figures. Open {site.index}")
