"""How commands speak: one console, errors in a panel, exit codes."""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import psycopg
import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from typer.core import TyperGroup

from sonic.cli import INTERRUPTED, begin
from sonic.errors import SonicError

PLAIN_WIDTH = 140
"""Columns to fill where nobody's terminal sets them: pipes, logs of continuous integration."""

console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
errors = Console(stderr=True, highlight=False)


def show_error(error: SonicError) -> None:
    """Prints what happened, where, and what to do."""
    body = (
        f"[bold]{escape(error.what)}[/bold]\n"
        f"[dim]where[/dim]    {escape(error.where)}\n"
        f"[dim]to do[/dim]    {escape(error.todo)}"
    )
    errors.print(Panel(body, title="Error", title_align="left", border_style="red"))


def counted(number: int, thing: str) -> str:
    """``1 file set``, ``1,200 file sets``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal, nothing elsewhere; told what is being done, how much of it and of how much."""
    columns = (
        TextColumn("{task.fields[title]}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.description}[/dim]"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, title=title)

        def told(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        yield told


class SonicGroup(TyperGroup):
    """Turns errors into a panel and an exit code, so that nobody meets a traceback unasked."""

    def invoke(self, ctx: Any) -> Any:
        try:
            begin()
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except KeyboardInterrupt as error:
            errors.print("\nInterrupted. Nothing is half-done; the same command run again goes on from here.")
            raise typer.Exit(INTERRUPTED) from error
        except SonicError as error:
            _show_origin(ctx)
            show_error(error)
            raise typer.Exit(error.code) from error
        except Exception as error:
            if type(error).__module__.startswith(("typer", "click")):
                raise
            _show_origin(ctx)
            show_error(_unexpected(error))
            raise typer.Exit(1) from error


def _show_origin(ctx: Any) -> None:
    if ctx.params.get("debug"):
        traceback.print_exc()


def _unexpected(error: Exception) -> SonicError:
    """The error of a disk or database that does not do its part, or one that nobody foresaw, with its place."""
    if isinstance(error, OSError) and error.filename:
        return SonicError(
            f"A file or folder cannot be used: {error.strerror}",
            str(error.filename),
            "Free some space or mend its permissions, then run the command again.",
        )
    if isinstance(error, psycopg.Error | duckdb.Error):
        return SonicError(
            f"The database refused: {str(error).strip().splitlines()[0]}",
            type(error).__name__,
            "Check what the target's user may do there and its disk, then run the command again.",
        )
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return SonicError(
        f"{type(error).__name__}: {error}",
        f"{frame.filename}, line {frame.lineno}",
        "This was not foreseen. `sonic --debug ...` shows how it came about; please report it with that.",
    )
