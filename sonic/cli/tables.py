"""Answers as tables on the screen and as CSV."""

import csv
import sys
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from rich import box
from rich.table import Table

from sonic.warehouse.ask import Answer

SHOWN_ROWS = 40


def table_of(answer: Answer, *, rows: int = SHOWN_ROWS) -> Table:
    """The first `rows` rows, numbers to the right."""
    about = answer.question.about.split(". ")[0].rstrip(".")
    table = Table(
        title=f"{answer.question.name.replace('_', '-')}" + (f": {about}" if about else ""),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        caption=f"{rows} of {len(answer.rows):,} rows" if len(answer.rows) > rows else None,
        caption_justify="left",
    )
    for number, column in enumerate(answer.columns):
        numeric = any(isinstance(row[number], int | float | Decimal) for row in answer.rows[:rows])
        side: Literal["right", "left"] = "right" if numeric else "left"
        table.add_column(column.replace("_", " "), justify=side, overflow="fold", vertical="bottom")
    for row in answer.rows[:rows]:
        table.add_row(*(_text(value) for value in row))
    return table


def write_csv(answer: Answer) -> None:
    """All rows to standard output."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows(answer.rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, float):
        return f"{value:,.6g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)
