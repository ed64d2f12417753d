"""What is expected of the files of a table: derived from its declaration, so that a new table is watched as it is born.

Data may hold defects - staging repairs them or the quarantine takes them - so that most expectations allow a share
of rows to miss them. What they find is a feed that is broken as a whole: another schema, lost rows, a column that
went empty, a unit that changed, yesterday's rows under today's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from great_expectations import expectations as gxe
from great_expectations.expectations.expectation import Expectation

from generators.ddl import Kind, Table
from sonic.project.marts import Mart

MOSTLY = 0.9
"""Share of rows that must meet an expectation about values."""
ENOUGH_ROWS = 100
"""In fewer rows a share says nothing."""
LIKE_OTHER_DAYS = (0.2, 5.0)
"""Rows of a day, as a multiple of the median of the days before."""

_RANGES: tuple[tuple[str, int | None, int | None], ...] = (
    (r".*_ppm", 0, 10_000_000),
    (r".*_(ms|bytes|count|milli)", 0, None),
    (r".*_(minor|micro)", 0, 10**15),
    (r".*_id|load_id|change_no", 0, 2**62),
)
"""By name of a number's column: its least and greatest value."""
FIRST_INSTANT, LAST_INSTANT = "1900-01-01T00:00:00Z", "2200-01-01T00:00:00Z"


def of_files() -> Iterator[Expectation]:
    """Expectations of files as such, of every size.

    The batch has one row a file, each thing as found and as it should be, in words that name the file: its columns
    (`columns`, `columns_declared`), its rows (`rows`, `rows_told` by the manifest) and how many of them did not arrive
    on its day (`strays`, `no_strays`).
    """
    for found, due in (("columns", "columns_declared"), ("rows", "rows_told"), ("strays", "no_strays")):
        yield gxe.ExpectColumnPairValuesToBeEqual(column_A=found, column_B=due)


def of_table(table: Table) -> Iterator[Expectation]:
    """Expectations of what stands in the columns of a table's rows, `ENOUGH_ROWS` at least."""
    for column in table.lake_columns:
        if not column.nullable and column.name != "arrived_at":
            yield gxe.ExpectColumnValuesToNotBeNull(column=column.name, mostly=MOSTLY)
        if column.type in ("bigint", "integer"):
            for pattern, least, greatest in _RANGES:
                if re.fullmatch(pattern, column.name):
                    yield gxe.ExpectColumnValuesToBeBetween(
                        column=column.name, min_value=least, max_value=greatest, mostly=MOSTLY
                    )
    key = [*table.key, *(["change_no"] if table.kind is Kind.ENTITY else [])]
    if table.kind is not Kind.REFERENCE and len(key) == 1:
        yield gxe.ExpectColumnProportionOfUniqueValuesToBeBetween(column=key[0], min_value=MOSTLY)
    elif table.kind is not Kind.REFERENCE:
        yield gxe.ExpectCompoundColumnsToBeUnique(column_list=key, mostly=MOSTLY)


def of_days() -> Iterator[Expectation]:
    """Expectations of file sets as such.

    The batch has one row a day: `day`, `days_since_last` (1: none is missing), `rows`, `like_other_days` (rows over
    the median of up to seven days before; null where those are fewer than three, or have few rows).
    """
    least, greatest = LIKE_OTHER_DAYS
    yield gxe.ExpectColumnValuesToBeUnique(column="day")
    yield gxe.ExpectColumnValuesToBeBetween(column="days_since_last", min_value=1, max_value=1)
    yield gxe.ExpectColumnValuesToBeBetween(column="rows", min_value=1)
    yield gxe.ExpectColumnValuesToBeBetween(column="like_other_days", min_value=least, max_value=greatest)


_MAIL = r"[^@\s]+@[^@\s]+\.[a-z]{2,}"


def of_extract(mart: Mart, rows: int) -> Iterator[Expectation]:
    """Expectations of an extract of a mart that has `rows` rows: whole, its keys sound, nobody's address in it."""
    yield gxe.ExpectTableColumnsToMatchOrderedList(column_list=[column.name for column in mart.columns])
    yield gxe.ExpectTableRowCountToEqual(value=rows)
    for name in mart.key:
        yield gxe.ExpectColumnValuesToNotBeNull(column=name)
    if len(mart.key) == 1:
        yield gxe.ExpectColumnValuesToBeUnique(column=mart.key[0])
    else:
        yield gxe.ExpectCompoundColumnsToBeUnique(column_list=list(mart.key))
    for column in mart.columns:
        if column.type == "text":
            yield gxe.ExpectColumnValuesToNotMatchRegex(column=column.name, regex=_MAIL)
