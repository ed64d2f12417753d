"""`sonic roles`: who reads the marts of a PostgreSQL server."""

import re
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console
from sonic.errors import UsageError
from sonic.paths import Home
from sonic.warehouse import roles as readers
from sonic.warehouse.postgres import Postgres

app = typer.Typer(help="Read-only roles of the marts, and who is in them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Account on the server, e.g. bi_alice.")]
RoleName = Annotated[str, typer.Argument(metavar="ROLE", help="One of those that `sonic roles list` shows.")]


def _server(target: str | None, database: str | None) -> tuple[Home, Postgres]:
    home, opened_database = opened(target, database)
    if not isinstance(opened_database, Postgres):
        raise UsageError(
            "A DuckDB file has no roles: who may read the file sees all of it",
            f"--target {opened_database.target}",
            "Use --target embedded or external.",
        )
    return home, opened_database


@app.command()
def create(target: Target = None, database: DatabaseName = None) -> None:
    """Make the roles and give them the marts that stand; each build keeps them so."""
    home, server = _server(target, database)
    made = readers.create(home, server)
    console.print(f"Made: {', '.join(made)}." if made else "All roles are there already.")
    console.print(f"{server.where} is open to them. Next: sonic roles add NAME ROLE")


@app.command()
def add(
    name: Name,
    role: RoleName,
    of: Annotated[
        list[int] | None, typer.Option(help="Label or advertiser whose rows it sees; may be given several times.")
    ] = None,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Let an account read as a role; a new account's password is printed, this once."""
    found = readers.find(role)
    _, server = _server(target, database)
    password = readers.add(server, name, found, of or [])
    whose = f" of {', '.join(map(str, of))}" if of else ""
    console.print(f"{name} reads as {role}{whose}.")
    if password:
        host, port = server.parameters["host"], server.parameters["port"]
        console.print(f"postgresql://{name}:{password}@{host}:{port}/{server.name}", markup=False)
        console.print("Keep that address: the password in it is kept nowhere else.")


@app.command()
def remove(name: Name, target: Target = None, database: DatabaseName = None) -> None:
    """Take an account of a reader away."""
    _, server = _server(target, database)
    readers.remove(server, name)
    console.print(f"{name} reads no more.")


@app.command("list")
def list_(target: Target = None, database: DatabaseName = None) -> None:
    """List the roles, how much each sees, and the accounts in them."""
    _, server = _server(target, database)
    accounts = readers.accounts(server)
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("role")
    table.add_column("marts", justify="right")
    table.add_column("by row", justify="right")
    for heading in ("sees", "accounts"):
        table.add_column(heading)
    for role in readers.roles().values():
        seen = readers.access(server, role)
        bounded = sum(each.rows != "true" for each in seen)
        who = (
            f"{each.name} ({', '.join(map(str, each.ids))})" if each.ids else each.name
            for each in accounts
            if each.role == role.name
        )
        table.add_row(role.name, str(len(seen)), str(bounded), role.about, "\n".join(who))
    console.print(table)
    console.print("One in full: sonic roles show ROLE")


@app.command()
def show(role: RoleName, target: Target = None, database: DatabaseName = None) -> None:
    """Show what the server lets a role read: marts, columns withheld, the rule for rows."""
    found = readers.find(role)
    _, server = _server(target, database)
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("mart", "rows", "columns withheld"):
        table.add_column(heading, overflow="fold")
    for each in readers.access(server, found):
        table.add_row(each.mart, _told(each.rows), ", ".join(each.withheld))
    console.print(table)


def _told(rows: str) -> str:
    """A rule for rows in words, if it is one of those that models can say; else as the server has it."""
    if rows == "true":
        return "all"
    if own := re.fullmatch(r"\((\w+) IN \( SELECT own\.id\s+FROM ops\.own\('\w+'::text\) own\(id\)\)\)", rows):
        return f"{own[1]} is its own"
    seen = re.fullmatch(
        r"\((\w+) IN \( SELECT seen\.id\s+FROM ops\.seen\('(\w+)'::text, '\w+'::text\) seen\(id\)\)\)", rows
    )
    return f"{seen[1]} is one it sees in {seen[2]}" if seen else rows
