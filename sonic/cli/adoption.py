"""`sonic adopt`: one's own operational tables as the source."""

from typing import Annotated

import typer

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console
from sonic.errors import UsageError
from sonic.warehouse.adopt import adopt as adopt_schema
from sonic.warehouse.postgres import Postgres


def adopt(
    schema: Annotated[str, typer.Argument(help="Schema of the operational tables, in the same database.")],
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Let the warehouse read your own operational tables: views in schema raw, nothing is copied."""
    _, opened_database = opened(target, database)
    if not isinstance(opened_database, Postgres):
        raise UsageError(
            "Only tables in PostgreSQL can be adopted",
            f"--target {opened_database.target}",
            "Use --target external, or write a lake by an importer.",
        )
    adopted = adopt_schema(opened_database, schema)
    console.print(
        f"Adopted {len(adopted.found)} tables of {schema}; {len(adopted.absent)} that it lacks are empty. "
        f"Data up to {adopted.data_date}."
    )
    console.print("Next: sonic build, with the same --target and --database.")
