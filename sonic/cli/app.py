"""All commands in one application."""

import typer

from sonic.cli import server, setup
from sonic.cli.shell import SonicGroup

app = typer.Typer(
    name="sonic",
    help="Sonic Warehouse: from raw operational tables to a star schema.",
    cls=SonicGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("setup")(setup.setup)
app.add_typer(server.app, name="server")


def main() -> None:
    """Entry point of the script."""
    app(prog_name="sonic")
