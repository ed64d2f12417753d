"""All commands in one application."""

from importlib.metadata import version
from typing import Annotated

import typer

from sonic.cli import (
    adoption,
    checks,
    dashboard,
    data,
    demo,
    documents,
    draw,
    export,
    imports,
    metric,
    publish,
    purge,
    questions,
    roles,
    scaffold,
    server,
    setup,
    statements,
    verify,
)
from sonic.cli.shell import SonicGroup, console

app = typer.Typer(
    name="sonic",
    cls=SonicGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("setup")(setup.setup)
app.command("generate")(data.generate)
app.command("check")(checks.check)
app.command("load")(data.load)
app.command("build")(data.build)
app.command("adopt")(adoption.adopt)
app.command("advance")(data.advance)
app.command("import")(imports.import_)
app.command("purge")(purge.purge)
app.command("status")(data.status)
app.command("ask")(questions.ask)
app.command("metric")(metric.metric)
app.command("dashboard")(dashboard.dashboard)
app.command("export")(export.export)
app.command("statements")(statements.statements)
app.command("scaffold")(scaffold.scaffold)
app.command("demo")(demo.demo)
app.add_typer(roles.app, name="roles")
app.add_typer(draw.app, name="draw")
app.add_typer(publish.app, name="publish")
app.add_typer(documents.app, name="docs")
app.add_typer(verify.app, name="verify")
app.add_typer(server.app, name="server")


def _version(wanted: bool) -> None:
    if wanted:
        console.print(f"sonic {version('sonic-warehouse')}", highlight=False)
        raise typer.Exit


@app.callback()
def common(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the code an error arose.")] = False,
) -> None:
    """Sonic Warehouse: from raw operational tables to a star schema."""


def main() -> None:
    """Entry point of the script."""
    app(prog_name="sonic")
