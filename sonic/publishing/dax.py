"""Metrics in DAX: each metric of `models/semantic` as a measure of the same name that means the same.

Where the languages differ: DAX works in floating point, compares texts without regard to case, and adds an absent
number as nothing where SQL gives null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from sonic.errors import SonicError
from sonic.project.metrics import Condition, Measure, Metric

ColumnName = Callable[[str, str], str]
"""Gives the name in the model, `'Streams'[User ID]`, of a mart's column."""
_OPERATORS: Mapping[type[exp.Binary], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}


def table_of(column: str) -> str:
    """The table of a column, `'Streams'` of `'Streams'[User ID]`."""
    return column[: column.rindex("[")]


def measure_reference(name: str) -> str:
    """A measure as DAX refers to it."""
    return f"[{name.replace(']', ']]')}]"


def expression(metric: Metric, known: Mapping[str, Metric], column: ColumnName, calendar: str) -> str:
    """A metric in DAX.

    Args:
        known: all metrics, by name.
        column: names columns of marts as the model has them.
        calendar: the column of days of the calendar, by which periods are chosen.

    Raises:
        SonicError: its expression has no counterpart here.
    """

    def named(name: str) -> str:
        # a group without rows has no value in DAX, where the metric says that it is none
        said = measure_reference(known[name].label)
        return f"COALESCE({said}, 0)" if known[name].missing_is_zero else said

    if metric.measure is not None:
        said = _aggregation(metric.measure, metric.name, column)
        said = _of_last_date(said, metric.measure, column, calendar) if metric.measure.last_of_period else said
        table = metric.measure.table
    elif metric.type == "ratio":
        numerator, denominator = (named(name) for name in metric.inputs)
        said, table = f"DIVIDE({numerator}, {denominator})", metric.mart
    else:
        said, table = _translated(metric.expression, metric.name, named), metric.mart
    conditions = [_condition(each, table, column) for each in metric.conditions]
    return f"CALCULATE({', '.join([said, *conditions])})" if conditions else said


def _aggregation(measure: Measure, metric: str, column: ColumnName) -> str:
    def named(name: str) -> str:
        return column(measure.table, name)

    value = _translated(measure.expression, metric, named)
    is_column = measure.expression.isidentifier()
    table = table_of(named(measure.time_column))
    match measure.aggregation:
        case "sum" | "max":
            function = measure.aggregation.upper()
            return f"{function}({value})" if is_column else f"{function}X({table}, {value})"
        case "count":
            return f"COUNTA({value})"
        case "count_distinct":
            return f"DISTINCTCOUNTNOBLANK({value})"
        case "sum_boolean":
            return f"COUNTROWS(FILTER({table}, {value}))"
        case "percentile":
            # The nearest rank: the smallest value that the asked share of all values does not exceed.
            rows = f"FILTER({table}, NOT ISBLANK({value}))"
            rank = f"ROUNDUP(COUNTROWS({rows}) * {measure.percentile}, 0)"
            return f"MAXX(TOPN({rank}, {rows}, {value}, ASC), {value})"
        case other:
            raise SonicError(
                f"An aggregation {other!r} has no counterpart in DAX", f"metric {metric}", "Add it to dax.py."
            )


def _of_last_date(said: str, measure: Measure, column: ColumnName, calendar: str) -> str:
    """Of a period its last date alone, whatever else is chosen."""
    date = column(measure.table, measure.time_column)
    last = f"CALCULATE(MAX({date}), ALL({table_of(date)}), VALUES({calendar}))"
    return f"VAR LastDate = {last} RETURN CALCULATE({said}, KEEPFILTERS({date} = LastDate))"


def _condition(condition: Condition, table: str, column: ColumnName) -> str:
    operator = "=" if condition.operator == "=" else "<>"
    value = f"{str(condition.value).upper()}()" if isinstance(condition.value, bool) else text(condition.value)
    return f"KEEPFILTERS({column(table, condition.column)} {operator} {value})"


def text(value: str) -> str:
    """A text as DAX writes it."""
    return '"' + value.replace('"', '""') + '"'


def _translated(sql: str, metric: str, named: Callable[[str], str]) -> str:
    try:
        return _dax(parse_one(sql), named)
    except (SqlglotError, KeyError, NotImplementedError) as error:
        raise SonicError(
            f"The expression has no counterpart in DAX: {sql}",
            f"metric {metric}",
            "Write it with columns or metrics, numbers, + - * /, coalesce and nullif.",
        ) from error


def _dax(node: exp.Expr, named: Callable[[str], str]) -> str:
    match node:
        case exp.Column():
            return named(node.name)
        case exp.Literal() if not node.is_string:
            return node.name
        case exp.Paren():
            return f"({_dax(node.this, named)})"
        case exp.Div():
            divisor = node.expression
            if isinstance(divisor, exp.Literal):
                return f"{_dax(node.this, named)} / {divisor.name}"
            return f"DIVIDE({_dax(node.this, named)}, {_dax(_or_null(divisor), named)})"
        case exp.Coalesce():
            parts = [_dax(part, named) for part in (node.this, *node.expressions)]
            return f"COALESCE({', '.join(parts)})"
        case exp.Add() | exp.Sub() | exp.Mul():
            return f"{_dax(node.this, named)} {_OPERATORS[type(node)]} {_dax(node.expression, named)}"
        case other:
            raise NotImplementedError(type(other).__name__)


def _or_null(divisor: exp.Expr) -> exp.Expr:
    """What is divided by; `DIVIDE` gives nothing for zero, as `nullif(x, 0)` makes SQL do."""
    if isinstance(divisor, exp.Nullif) and divisor.expression.name == "0":
        inner: exp.Expr = divisor.this
        return inner
    return divisor
