"""Numbers of payment cards, which must stand nowhere: every text of an operational schema, each table read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sonic.errors import SonicError
from sonic.warehouse.database import Database
from sonic.warehouse.postgres import Postgres

Progress = Callable[[str, int, int], None]

_LONG = "[0-9]([ -]?[0-9]){12}"
"""What any card number holds; the engine looks for it, and what it finds is looked at closely."""
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])")
_BRANDS = (
    (re.compile(r"4"), {13, 16, 19}),  # Visa, and Elo where it is issued with it
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),  # Mastercard
    (re.compile(r"3[47]"), {15}),  # American Express
    (re.compile(r"3[689]|30[0-5]"), {14, 16, 17, 18, 19}),  # Diners Club
    (re.compile(r"35(?:2[89]|[3-8])"), {16, 17, 18, 19}),  # JCB
    (re.compile(r"6011|64[4-9]|65|60|81|82|508"), {16, 17, 18, 19}),  # Discover, RuPay
    (re.compile(r"62"), {16, 17, 18, 19}),  # UnionPay
    (re.compile(r"50|5[6-8]|63|67|636368"), {16, 17, 18, 19}),  # Maestro, Elo
)
"""How the numbers of each brand begin, and how many digits they have."""


@dataclass(frozen=True)
class Found:
    """A card number: where it stands, in the row whose first column is ``row``, and the number but for its middle."""

    table: str
    column: str
    row: str
    masked: str


@dataclass(frozen=True)
class Scanned:
    """What was looked for in one table."""

    table: str
    columns: int
    found: tuple[Found, ...]


def card_numbers(text: str) -> Iterator[str]:
    """Card numbers in a text, without blanks and dashes: of a brand's form, with the right check digit."""
    for match in _NUMBER.finditer(text):
        digits = re.sub("[ -]", "", match[0])
        if any(begin.match(digits) and len(digits) in lengths for begin, lengths in _BRANDS) and _checks(digits):
            yield digits


def _checks(digits: str) -> bool:
    """Whether the last digit is the one of Luhn's formula."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def scan(database: Database, schema: str, told: Progress = lambda *_: None) -> Iterator[Scanned]:
    """Looks through every text column of a schema, a table at a time.

    Raises:
        SonicError: there is no such schema, or none of its tables may be read.
    """
    tables = _text_columns(database, schema)
    if not tables:
        raise SonicError(
            f"The schema {schema!r} is not there, or holds no text that this user may read",
            database.where,
            "Name the schema of the operational tables: --schema NAME.",
        )
    for number, (table, (key, columns)) in enumerate(tables.items()):
        told(table, number, len(tables))
        # a line's end is no part of a number, so that columns do not run into one another
        every = f"concat_ws(chr(10), {', '.join(columns)})"
        held = f"{every} ~ '{_LONG}'" if isinstance(database, Postgres) else f"regexp_matches({every}, '{_LONG}')"
        texts = ", ".join(f"cast({column} as varchar)" for column in (key, *columns))
        rows = database.query(f"select {texts} from {_quoted(schema)}.{table} where {held}")[1]
        yield Scanned(
            table,
            len(columns),
            tuple(
                Found(table, column, str(row[0]), f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}")
                for row in rows
                for column, text in zip(columns, row[1:], strict=True)
                for digits in card_numbers(text or "")
            ),
        )


def _text_columns(database: Database, schema: str) -> dict[str, tuple[str, list[str]]]:
    """First column and text columns of each table that has any; partitions are read with their table."""
    text = schema.replace("'", "''")
    parts: set[str] = set()
    if isinstance(database, Postgres):
        of_schema = f"relispartition and relnamespace = to_regnamespace('{_quoted(text)}')"
        parts = {str(name) for (name,) in database.query(f"select relname from pg_class where {of_schema}")[1]}
    rows = database.query(
        "select table_name, column_name, lower(data_type) from information_schema.columns"
        f" where table_schema = '{text}' order by table_name, ordinal_position"
    )[1]
    found: dict[str, tuple[str, list[str]]] = {}
    for table, column, kind in rows:
        if table not in parts:
            _, columns = found.setdefault(_quoted(str(table)), (_quoted(str(column)), []))
            if kind in ("text", "character varying", "character", "json", "jsonb", "varchar"):
                columns.append(_quoted(str(column)))
    return {table: (key, columns) for table, (key, columns) in found.items() if columns}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
