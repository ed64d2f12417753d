"""Answers as tables on the screen and as CSV."""

import csv
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from sonic.cli.shell import console
from sonic.warehouse.ask import Answer
from sonic.warehouse.database import Rows

SHOWN_ROWS = 40
UNBOUNDED = 10_000


def show(answer: Answer, *, rows: int = SHOWN_ROWS) -> None:
    """Prints a question and the first `rows` rows of its answer."""
    about = answer.question.about.split(". ")[0].rstrip(".")
    title = answer.question.name.replace("_", "-")
    console.print(f"\n[bold]{title}[/bold]" + (f"  {about}" if about else ""))
    show_rows(answer.columns, answer.rows, limit=rows)


def show_rows(columns: Sequence[str], rows: Rows, *, limit: int = SHOWN_ROWS) -> None:
    """Prints the first `limit` rows, numbers to the right; wider than the terminal rather than cut."""
    table = Table(
        box=box.SIMPLE_HEAD,
        caption=f"{limit} of {len(rows):,} rows" if len(rows) > limit else None,
        caption_justify="left",
    )
    shown = rows[:limit]
    for number, column in enumerate(columns):
        numeric = any(isinstance(row[number], int | float | Decimal) for row in shown)
        side: Literal["right", "left"] = "right" if numeric else "left"
        table.add_column(column.replace("_", " "), justify=side, vertical="bottom")
    cells = [_texts([row[number] for row in shown]) for number in range(len(columns))]
    for texts in zip(*cells, strict=True):
        table.add_row(*texts)
    needed = Measurement.get(console, console.options.update(width=UNBOUNDED), table).minimum
    width = max(needed + 2 * len(columns), console.width)
    Console(highlight=False, width=width).print(table)


def write_csv(columns: Sequence[str], rows: Rows) -> None:
    """All rows to standard output."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def _texts(values: list[Any]) -> list[str]:
    """A column's values as texts; numbers with as many decimals as their size makes worth reading."""
    numbers: list[float] = []
    for value in values:
        if isinstance(value, int | float | Decimal):
            numbers.append(abs(float(value)))
    whole = all(number.is_integer() for number in numbers)
    decimals = 0 if whole else 2 if max(numbers) >= 10 else 4
    return [_text(value, decimals) for value in values]


def _text(value: Any, decimals: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return f"{value:,.{decimals}f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)
