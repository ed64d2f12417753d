"""`sonic server`: the embedded PostgreSQL."""

import os
from typing import Annotated

import typer

from sonic.cli.shell import console
from sonic.paths import MAIN_DATABASE, Home
from sonic.server import Server

app = typer.Typer(help="The embedded PostgreSQL: start, stop, look at it.", no_args_is_help=True)

Database = Annotated[str, typer.Option("--database", help="Database on the server.", envvar="SONIC_DATABASE")]


@app.command()
def start() -> None:
    """Start the server; the first time, make it."""
    server = Server(Home.locate())
    started = server.start()
    console.print(f"Server {'started' if started else 'is already running'}: {server.dsn()}")


@app.command()
def stop() -> None:
    """Stop the server."""
    stopped = Server(Home.locate()).stop()
    console.print("Server stopped." if stopped else "The server was not running.")


@app.command()
def status() -> None:
    """Say whether the server runs, and where. Exit status 3 if it does not."""
    state = Server(Home.locate()).status()
    if not state.running:
        console.print("Server: stopped" + (f" (cluster in {state.data})" if state.exists else ", not made yet"))
        raise typer.Exit(3)
    console.print(f"Server: running, PostgreSQL {state.version}, port {state.port}, process {state.pid}")
    console.print(f"Data:   {state.data}")


@app.command()
def dsn(
    database: Database = MAIN_DATABASE,
    show_password: Annotated[bool, typer.Option("--show-password", help="Print the password, too.")] = False,
) -> None:
    """Print the server's address for BI tools and libraries."""
    console.print(Server(Home.locate()).dsn(database, show_password=show_password), markup=False)


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def psql(context: typer.Context, database: Database = MAIN_DATABASE) -> None:
    """Open psql on the server; further arguments go to psql."""
    server = Server(Home.locate())
    server.start()
    command, environment = server.psql(database)
    os.execve(command[0], [*command, *context.args], environment)


@app.command()
def remove(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop the server and delete its data."""
    if not yes:
        typer.confirm("Delete the embedded server with all its databases?", abort=True)
    Server(Home.locate()).remove()
    console.print("Server removed.")
