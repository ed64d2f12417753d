"""How commands speak: one console, errors in a panel, exit codes."""

import traceback
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from typer.core import TyperGroup

from sonic.errors import SonicError

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False)
INTERRUPTED = 130


def show_error(error: SonicError) -> None:
    """Prints what happened, where, and what to do."""
    body = (
        f"[bold]{escape(error.what)}[/bold]\n"
        f"[dim]where[/dim]    {escape(error.where)}\n"
        f"[dim]to do[/dim]    {escape(error.todo)}"
    )
    errors.print(Panel(body, title="Error", title_align="left", border_style="red"))


class SonicGroup(TyperGroup):
    """Turns errors into a panel and an exit code, so that nobody meets a traceback unasked."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SonicError as error:
            if ctx.params.get("debug"):
                traceback.print_exc()
            show_error(error)
            raise typer.Exit(error.code) from error
        except KeyboardInterrupt as error:
            errors.print("\nInterrupted. Nothing is half-done; the same command run again goes on from here.")
            raise typer.Exit(INTERRUPTED) from error
