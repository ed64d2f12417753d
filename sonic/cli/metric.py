"""`sonic metric`: the metrics of models/semantic, by whatever they can be grouped by."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.table import Table

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console
from sonic.cli.tables import SHOWN_ROWS, show_rows, write_csv
from sonic.project.metrics import Metric, metrics
from sonic.warehouse.measure import Measured, Metrics

DAY = ["%Y-%m-%d"]


def metric(
    names: Annotated[list[str] | None, typer.Argument(help="Metrics, one or more; none lists them all.")] = None,
    by: Annotated[str, typer.Option("--by", help="What to group by, with commas: month,country,tier.")] = "month",
    where: Annotated[list[str] | None, typer.Option("--where", help="Condition: country=India; repeatable.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="First day.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="Last day.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print all rows as CSV.")] = False,
    as_sql: Annotated[bool, typer.Option("--sql", help="Print the query instead.")] = False,
    rows: Annotated[int, typer.Option(min=1, help="How many rows to show.")] = SHOWN_ROWS,
    target: Target = None,
    database: DatabaseName = None,
) -> None:
    """Work out metrics, such as MRR, churn or skip rate, by time, country, tier and the like."""
    if not names:
        _list(metrics().values())
        return
    home, opened_database = opened(target, database)
    known = Metrics(home, opened_database)
    groups = [name.strip() for name in by.split(",") if name.strip()]
    answer = known.ask(names, groups, where or (), since.date() if since else None, until.date() if until else None)
    if as_sql:
        typer.echo(answer.sql)
    elif as_csv:
        write_csv(answer.columns, answer.rows)
    else:
        _show(answer, known, rows)


def _list(known: Iterable[Metric]) -> None:
    for mart, listed in groupby(known, key=lambda metric: metric.mart):
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(style="bold", no_wrap=True, min_width=26)
        table.add_column()
        for each in listed:
            table.add_row(each.name, each.description)
        console.print(f"[underline]{mart}[/underline]", table, "", sep="\n")
    console.print("Ask for some: sonic metric NAME ... --by month,country,tier")


def _show(answer: Measured, known: Metrics, rows: int) -> None:
    console.print()
    for metric in answer.metrics:
        console.print(f"[bold]{metric.name}[/bold]  {metric.description}")
    groups = len(answer.columns) - len(answer.metrics)
    heads = [name.rpartition("__")[2] for name in answer.columns[:groups]]
    heads += [_head(metric) for metric in answer.metrics]
    shown = [
        (*row[:groups], *(_scaled(each, value) for each, value in zip(answer.metrics, row[groups:], strict=True)))
        for row in answer.rows
    ]
    show_rows(heads, shown, limit=rows)
    named = known.grains(answer.metrics) + _short(known.groups(answer.metrics))
    console.print(f"[dim]Group by {', '.join(named)}.[/dim]")


def _head(metric: Metric) -> str:
    """Label and unit, unless the one holds the other."""
    unit = "%" if metric.format == "percent" else metric.unit
    return metric.label if unit in metric.label.lower() else f"{metric.label} ({unit})"


def _short(groups: list[str]) -> list[str]:
    """Names without their beginnings, but where two end alike."""
    ends = Counter(name.rpartition("__")[2] for name in groups)
    return [end if ends[end := name.rpartition("__")[2]] == 1 else name for name in groups]


def _scaled(metric: Metric, value: Any) -> Any:
    """A share as percent."""
    return Decimal(str(value)) * 100 if metric.format == "percent" and value is not None else value
