"""`sonic ask`: questions that analysts ask."""

from itertools import groupby
from typing import Annotated

import typer
from rich.table import Table

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console
from sonic.cli.tables import SHOWN_ROWS, show, write_csv
from sonic.warehouse.ask import ask as ask_all
from sonic.warehouse.ask import find, questions


def ask(
    name: Annotated[str | None, typer.Argument(help="A question; none lists them all.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print all rows as CSV.")] = False,
    rows: Annotated[int, typer.Option(min=1, help="How many rows to show.")] = SHOWN_ROWS,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Answer a question: run one of analyses/ and print its result."""
    if name is None:
        for audience, asked in groupby(questions(), key=lambda question: question.audience):
            listed = Table.grid(padding=(0, 2, 0, 0))
            listed.add_column(style="bold", no_wrap=True, min_width=22)
            listed.add_column()
            for question in asked:
                listed.add_row(question.name.replace("_", "-"), question.about)
            console.print(f"[underline]{audience.capitalize()}[/underline]", listed, "", sep="\n")
        console.print("Answer one: sonic ask NAME")
        return
    question = find(name)
    home, opened_database = opened(target, database)
    (answer,) = ask_all(home, opened_database, [question])
    if as_csv:
        write_csv(answer.columns, answer.rows)
    else:
        show(answer, rows=rows)
