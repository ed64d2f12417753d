"""Rows that are soiled, broken and copied on purpose, and what staging must make of each.

From the declarations alone: a few clean rows of a table; of each, variants in which one value is another, or the values
that a check holds against each other are. Blanks, case and U+0000 must be mended, what breaks a check rejected by its
rule, a copy as a duplicate, and everything else come out as it went in. Staging is asked by the statements that dbt
compiled for DuckDB, on these rows in the place of the sources, without a build.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

import duckdb
import pyarrow as pa

from generators.ddl import TABLES, Column, Kind, Table
from generators.ddl.table import LOAD_ID
from oracle.lake import Lake
from sonic.project.scaffold.rules import codes, forms, rules, staged
from sonic.warehouse.ops import SCHEMA_STATEMENTS

Row = dict[str, Any]

NUL = "\0"
ODD = f"\u00a0\"odd\" \\ \\n ΣÉ 'x' {''.join(map(chr, range(1, 32)))}\u3000"
"""What blanks and escapes are confused with; its ends are white space that is no blank."""
PICTURES = {code: 0x2400 + code for code in range(1, 32) if chr(code) not in "\t\n\r"}
"""How payloads show control characters that JSON has no short escape for (decision 063)."""
NAMES = {
    "played_ms < 0": "negative_played_ms",
    "startup_ms < 0": "negative_startup_ms",
    "exposed_ms < 0": "negative_exposed_ms",
    "decision_ms < 0": "negative_decision_ms",
    "price_micro < 0": "negative_price",
    "processing_fee_minor < 0": "negative_fee",
    "played_ms <= 0": "amount_not_positive",
    "qualified_streams <= 0": "amount_not_positive",
}
"""Conditions that have a rule of their own."""
OPEN_CODES = frozenset(
    {
        *(("plans", "plan_code"), ("plans", "max_quality"), ("subscriptions", "signup_channel")),
        *(("subscription_events", "reason"), ("refunds", "reason"), ("payment_methods", "brand")),
        *(("transactions", "provider"), ("transactions", "failure_code")),
        *(("streams", "referrer"), ("streams", "codec"), ("streams", "cdn_edge")),
        *(("advertisers", "industry"), ("devices", "os")),
    }
)
"""Codes whose set is open; all are in lower case (decision 040)."""
CHANGES = "_changes"
SAMPLED = 3_000
"""Rows of a table that are looked at for a few that differ."""
VARIED = 4
"""Clean rows that are varied."""
MOST_COMBINATIONS = 96
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
FIRST_KEY = 4_000_000_000_000
"""Keys of cases begin with it; those that are taken for purged lie amid the others."""


@dataclass(frozen=True)
class Case:
    """One row as it arrives, and what staging must make of it: the clean row, and the rule if it is rejected."""

    row: Row
    clean: Row
    rule: str | None


@dataclass
class Bench:
    """The cases of one raw table."""

    table: Table
    cases: list[Case]

    @cached_property
    def by_load(self) -> dict[int, Case]:
        """Cases by their load, which is theirs alone."""
        return {case.row[LOAD_ID.name]: case for case in self.cases}


class Washing:
    """Staging on soiled rows, without a build: its compiled statements, and an engine in memory."""

    def __init__(self, lake: Lake, compiled: Mapping[str, str], functions: Sequence[str] = ()) -> None:
        """`lake` gives clean rows; `compiled` are the statements of models by name; `functions` what these call."""
        self.lake = lake
        self.compiled = compiled
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("set timezone = 'UTC'")
        for statement in ("create schema raw", "create schema staging", *SCHEMA_STATEMENTS, *functions):
            self.connection.execute(statement)
        self._benches: dict[str, Bench] = {}

    def close(self) -> None:
        self.connection.close()

    @cached_property
    def models(self) -> frozenset[str]:
        """Names of the staging models that are asked."""
        return frozenset(name for name in self.compiled if table_of(name))

    def bench(self, source: str) -> Bench:
        """The cases of a raw table, or of the change rows of one; they stand in `raw` and, judged, below `staging`."""
        if source not in self._benches:
            table = TABLES[source.removesuffix(CHANGES)]
            self._benches[source] = Bench(table, _numbered(self._cases(table, source)))
            _put(self.connection, f"raw.{source}", _sent(table), [case.row for case in self._benches[source].cases])
            base = f"base_{table.domain}__{source}"
            if base in self.compiled:
                self.connection.execute(f"create view staging.{base} as {_here(self.compiled[base])}")
        return self._benches[source]

    def faults(self, model: str, statement: str | None = None) -> list[str]:
        """What a staging model says wrongly of the cases, by its own statement or by another in its place."""
        source = table_of(model)
        assert source is not None
        bench = self.bench(source)
        result = self.connection.execute(_here(self.compiled[model] if statement is None else statement))
        names = [column[0] for column in result.description or ()]
        found: dict[Any, list[Row]] = {}
        for values in result.fetchall():
            row = dict(zip(names, values, strict=True))
            found.setdefault(row[LOAD_ID.name], []).append(row)
        judges = model.startswith("base_")
        expected = {load: case for load, case in bench.by_load.items() if judges or case.rule is None}
        faults = []
        for load in (found.keys() | expected.keys()) - {None}:
            rows, case = found.get(load, []), expected.get(load)
            if case is None or len(rows) != 1:
                faults.append(f"{_told(bench, load)}: {len(rows)} rows, not {0 if case is None else 1}")
            else:
                faults += [f"{_told(bench, load)}: {fault}" for fault in _differing(rows[0], case, judges)]
        if None in found:
            faults.append(f"{len(found[None])} rows have no load")
        return faults

    def misjudged(self, table: Table) -> list[str]:
        """Rows on which the rules and the declared checks, read as they stand, do not agree."""
        if table.kind is not Kind.EVENT:
            return []
        cases = self.bench(table.name).cases
        told = ("missing_value", "started_after_arrival", "duplicate")
        seen = [check for check in table.checks.values() if not any(c.is_credential for c in _named(table, check))]
        checks = " and ".join(f"coalesce({_in_duckdb(check)}, true)" for check in seen) or "true"
        _put(self.connection, "washed", _sent(table), [case.row | case.clean for case in cases])
        kept = dict(self.connection.execute(f"select {LOAD_ID.name}, {checks} from washed").fetchall())
        self.connection.execute("drop table washed")
        return [
            f"{case.rule}: {case.row}"
            for load, case in self.bench(table.name).by_load.items()
            if case.rule not in told and kept[load] != (case.rule is None)
        ]

    def _cases(self, table: Table, source: str) -> Iterator[Case]:
        """The cases of a table; what they are rejected for is what the declaration says of the clean row."""
        rows = self._clean_rows(table) or [invented(table)]
        soiled = [_keyed(table, row, number) for number, row in enumerate(_variants(table, rows))]
        copies = source != table.name or table.kind is Kind.EVENT
        clean = [washed(table, row) for row in soiled]
        judged = self._judged(table, clean) if table.kind is Kind.EVENT else [None] * len(clean)
        for case in zip(soiled, clean, judged, strict=True):
            yield Case(*case)
        if copies:
            yield from _copies(table, rows[0], len(soiled))
        if table.summary:
            yield from self._purged(table, rows[0], len(soiled) // 2)

    def _judged(self, table: Table, clean: Sequence[Row]) -> list[str | None]:
        """The first rule that each clean row breaks."""
        branches = " ".join(
            f"when {_in_duckdb(condition)} then '{NAMES.get(condition, rule)}'"
            for rule, conditions in rules(table).items()
            for condition in conditions
        )
        rows = [row | {LOAD_ID.name: number} for number, row in enumerate(clean)]
        _put(self.connection, "judged", _sent(table), rows)
        found = self.connection.execute(
            f"select case {branches} end from judged order by {LOAD_ID.name}" if branches else "select null from judged"
        ).fetchall()
        self.connection.execute("drop table judged")
        return [rule for (rule,) in found]

    def _purged(self, table: Table, row: Row, place: int) -> Iterator[Case]:
        """A row whose key was purged came before: a duplicate now. Those beside it are new, within the keys purged."""
        *scopes, number = table.key
        row = _keyed(table, row, place)
        for step, rule in ((1, None), (2, "duplicate"), (3, "duplicate"), (4, None), (5, "duplicate")):
            copy = row | {number: (1_000_000 if scopes else row[number]) + step}
            if rule:
                values = (table.name, copy[scopes[0]] if scopes else 0, copy[number], copy[number])
                self.connection.execute("insert into ops.purged_keys values (?, ?, ?, ?)", list(values))
            yield Case(copy, washed(table, copy), rule)

    def _clean_rows(self, table: Table) -> list[Row]:
        """A few rows that differ: each column null and not, each flag and each code, as far as the lake has them."""
        columns = self.lake.columns(table.name)
        if not columns:
            return []
        chosen: list[Row] = []
        seen: set[tuple[str, Any]] = set()
        known = known_codes(table.name)
        for values in itertools.islice(self.lake.values(table.name, columns), SAMPLED):
            row = dict(zip(columns, values, strict=True))
            facts = {
                (name, value if isinstance(value, bool) or name in known else value is None)
                for name, value in row.items()
            }
            if facts - seen:
                seen |= facts
                chosen.append(row)
        return chosen


def table_of(model: str) -> str | None:
    """The raw table, or table of change rows, that a staging model reads; None if it reads none."""
    match = re.fullmatch(r"(?:base|stg)_[a-z]+__(\w+)", model)
    if match is None or match[1].removesuffix(CHANGES) not in TABLES:
        return None
    return match[1]


def washed(table: Table, row: Row) -> Row:
    """A row as staging is to hold it: texts without U+0000 and blanks at their ends, codes in one case."""
    clean = {column.name: _washed(table, column, row[column.name]) for column in staged(table)}
    return clean | {column.name: row[column.name] for column in table.metadata_columns}


def _washed(table: Table, column: Column, value: Any) -> Any:
    if column.type == "uuid":
        return None if value is None else value.lower()
    if not isinstance(value, str):
        return value
    text = value.replace(NUL, "").strip(" ")
    case = case_of(table.name, column.name)
    return (text.lower() if case == "lower" else text.upper() if case == "upper" else text) or None


@cache
def case_of(table: str, name: str) -> str:
    """The case of a code: that of the set it is from, or of its form; none for a text that somebody wrote."""
    known = known_codes(table).get(name)
    form = forms(TABLES[table]).get(name, "")
    if known:
        return "lower" if all(code == code.lower() for code in known) else "upper"
    if name.endswith("currency_code") or form.startswith(("^[A-Z]", "^T[0-9]")):
        return "upper"
    is_lower = name.endswith("email") or form.startswith("^[0-9a-f]") or (table, name) in OPEN_CODES
    return "lower" if is_lower else ""


@cache
def known_codes(table: str) -> dict[str, list[str]]:
    """The codes that each column with a closed set of them may hold."""
    return {name: [code.strip("'") for code in found] for name, found in codes(TABLES[table]).items()}


# --- variants ---------------------------------------------------------------------------------------------------------


def _variants(table: Table, rows: Sequence[Row]) -> Iterator[Row]:
    yield from rows
    for row in rows[:VARIED]:
        for column in table.lake_columns:
            if column.is_credential or column.name in ("arrived_at", "change_no"):
                continue
            for value in _values(table, column, row):
                # rows without a key are copies of each other
                if value is not None or column.name != _own_key(table) or row is rows[0]:
                    yield row | {column.name: value}
        for check in table.checks.values():
            yield from _combinations(table, check, row, rows)
        yield from _moved(table, row)


def _values(table: Table, column: Column, row: Row) -> Iterator[Any]:
    """Other values of a column: none, soiled ones, those at the edges of what its checks say."""
    own = row[column.name]
    yield None
    if column.type in ("text", "uuid"):
        yield from _texts(table, column, row)
    elif column.name != _own_key(table):
        if isinstance(own, bool):
            yield not own
        else:
            yield from _edges(table, column, row)


def _moved(table: Table, row: Row) -> Iterator[Row]:
    """The whole row at the latest instant that it can have come from, and just after."""
    if table.instant is None:
        return
    later = row["arrived_at"] + DAY - row[table.instant.name]
    times = {c.name: row[c.name] for c in table.columns if c.type == "timestamptz" and row[c.name] is not None}
    for by in (later, later + INSTANT):
        yield row | {name: value + by for name, value in times.items()}


def _texts(table: Table, column: Column, row: Row) -> Iterator[str]:
    own = row[column.name]
    if column.type == "uuid":
        yield from () if own is None else (own.upper(),)
        return
    yield from ("", "   ", NUL, f" {NUL} ", ODD, f"  {ODD} {NUL} ")
    if own:
        yield from (f" {own}  ", own.upper(), own.lower(), own.swapcase(), f"{own[0]}{NUL}{own[1:]}")
    yield from (row[name] for name in _compared_with(table, column) if row[name])
    for code in known_codes(table.name).get(column.name, []):
        yield f" {code.upper()} "
        yield f"{code}x"


def _edges(table: Table, column: Column, row: Row) -> Iterator[Any]:
    own = row[column.name]
    step = _step(column)
    found: list[Any] = [] if own is None else [own - step, own + step]
    found += _beside_others(table, column, row, step)
    if not isinstance(step, timedelta):
        numbers = {int(each) for check in table.checks.values() for each in re.findall(r"(?<![\w'])-?\d+(?!\w)", check)}
        found += [each + by for each in sorted({0, *numbers}) for by in (-step, 0, step)]
        if isinstance(step, Decimal):
            found = [Decimal(each) for each in found]
    yield from (each for each in dict.fromkeys(found) if each != own and _fits(column, each))


def _beside_others(table: Table, column: Column, row: Row, step: Any) -> list[Any]:
    """The values of columns that a check holds this one against, and those beside them."""
    values = [row[name] for name in _compared_with(table, column) if row[name] is not None]
    return [value + by for value in values for by in (-step, step * 0, step)]


def _compared_with(table: Table, column: Column) -> list[str]:
    """Other columns of its type that a check names with it."""
    groups = (_named(table, check) for check in table.checks.values())
    others = {other.name for group in groups if column in group for other in group if other.type == column.type}
    return sorted(others - {column.name})


def _step(column: Column) -> Any:
    if column.type == "date":
        return DAY
    if column.type == "timestamptz":
        return INSTANT
    if column.type.startswith("numeric"):
        return Decimal(1).scaleb(-int(column.type[8:-1].split(",")[1]))
    return 1


def _fits(column: Column, value: Any) -> bool:
    try:
        pa.scalar(value, column.arrow_type)
    except (pa.ArrowInvalid, OverflowError):
        return False
    return True


def _combinations(table: Table, check: str, row: Row, rows: Sequence[Row]) -> Iterator[Row]:
    """What columns that a check names together may be: null or not, true or false, one code or another."""
    named = [column for column in _named(table, check) if column.name not in table.key and not column.is_credential]
    if len(named) < 2:
        return
    choices = [_choices(table, column, row, rows) for column in named]
    size = 1
    for choice in choices:
        size *= len(choice)
    step = max(size // MOST_COMBINATIONS, 1)
    for values in itertools.islice(itertools.product(*choices), 0, None, step):
        yield row | {column.name: value for column, value in zip(named, values, strict=True)}


def _choices(table: Table, column: Column, row: Row, rows: Sequence[Row]) -> list[Any]:
    if column.type == "boolean":
        return [True, False]
    if known := known_codes(table.name).get(column.name):
        return known + [None] * column.nullable
    some = [each[column.name] for each in rows if each[column.name] is not None]
    return list(dict.fromkeys([row[column.name], *some[:2], *([None] if column.nullable else [])]))


def _named(table: Table, check: str) -> tuple[Column, ...]:
    """The columns that a check names."""
    words = set(re.findall(r"\w+", re.sub(r"'[^']*'", "", check)))
    return tuple(column for column in table.columns if column.name in words)


# --- copies -----------------------------------------------------------------------------------------------------------


def _copies(table: Table, row: Row, place: int) -> Iterator[Case]:
    """Of copies the first to arrive counts, then the lowest load; one that is rejected hides no good one."""
    row = _keyed(table, row, place) | {column.name: ODD for column in _free_texts(table)}
    first, hour = row["arrived_at"], timedelta(hours=1)
    # later cases have lower loads
    told: list[tuple[str | None, Row]] = [
        ("duplicate", {}),
        (None, {}),
        ("duplicate", {"arrived_at": first + hour}),
        ("duplicate", {"arrived_at": None}),
    ]
    is_event = table.kind is Kind.EVENT
    required = next((c.name for c in staged(table) if not c.nullable and c.name not in table.key), None)
    if is_event and required:
        told.append(("missing_value", {"arrived_at": first - hour, required: None}))
    for rule, values in told:
        copy = row | values
        yield Case(copy, washed(table, copy), rule)
    # nothing at all may be known of a row; change rows are judged as copies alone
    nothing: Row = {column.name: None for column in table.lake_columns}
    for rule in ("missing_value",) if is_event else ("duplicate", None):
        yield Case(nothing, washed(table, nothing), rule)
    # a key has all of its columns
    parts = table.key if is_event else (*table.key, "change_no")
    for name in parts if len(parts) > 1 else ():
        value = row[name]
        other = row | {name: value.replace(year=value.year + 1) if isinstance(value, date) else value + _more(value)}
        yield Case(other, washed(table, other), None)


def _more(value: Any) -> Any:
    return "x" if isinstance(value, str) else 1


def _free_texts(table: Table) -> list[Column]:
    """Texts that no check is about."""
    checked = {column for check in table.checks.values() for column in _named(table, check)}
    return [c for c in staged(table) if c.type == "text" and c not in checked and c.name not in table.key]


def _keyed(table: Table, row: Row, number: int) -> Row:
    """A row with a key of its own, unless that part of its key is missing."""
    name = _own_key(table)
    if name is None or row[name] is None:
        return row
    return row | {name: row[name] + DAY * number if isinstance(row[name], date) else FIRST_KEY + 1000 * number}


def _own_key(table: Table) -> str | None:
    """The column of a key by which rows are told apart here."""
    types = {name: table.column(name).type for name in table.key}
    return next((name for kind in ("bigint", "date") for name, own in types.items() if own == kind), None)


def invented(table: Table) -> Row:
    """A row of a table that the lake has none of: each number and each instant is met once."""
    row: Row = {}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for number, column in enumerate(table.lake_columns, 2):
        known = known_codes(table.name).get(column.name)
        kind = column.type.split("(")[0]
        row[column.name] = {
            "bigint": number,
            "integer": number,
            "numeric": Decimal(number),
            "boolean": True,
            "text": known[0] if known else f"text {number}",
            "uuid": f"00000000-0000-4000-8000-{number:012d}",
            "date": at.date() + DAY * number,
            "timestamptz": at + DAY * number,
        }[kind]
    return row


# --- asking -----------------------------------------------------------------------------------------------------------


def _numbered(cases: Iterable[Case]) -> list[Case]:
    """Each case with a load of its own; later ones have lower numbers, so that order is told by nothing else."""
    found = list(cases)
    numbered = []
    for place, case in enumerate(found):
        load = {LOAD_ID.name: len(found) - place}
        numbered.append(Case(case.row | load, case.clean | load, case.rule))
    return numbered


def _sent(table: Table) -> pa.Schema:
    """The raw table, in which anything may be missing."""
    columns = (*table.lake_columns, LOAD_ID)
    return pa.schema([pa.field(column.name, column.arrow_type) for column in columns])


def _put(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, rows: Sequence[Row]) -> None:
    arrived = pa.Table.from_pylist([{key: row.get(key) for key in schema.names} for row in rows], schema=schema)
    connection.register("arrived", arrived)
    connection.execute(f"create table {name} as select * from arrived")
    connection.unregister("arrived")


def _here(statement: str) -> str:
    """A compiled statement on the tables of this engine: without the name of the database."""
    return re.sub(r'"\w+"\."(\w+)"\."(\w+)"', r"\1.\2", statement)


def _in_duckdb(condition: str) -> str:
    """A condition of the scaffold, or a check of a declaration, as DuckDB reads it."""
    condition = re.sub(r"\{\{ after_arrival\('(\w+)'\) \}\}", r"\1 - arrived_at > interval '24' hour", condition)
    condition = re.sub(r"\{\{ regexp_like\('(\w+)', ('[^']+')\) \}\}", r"regexp_matches(\1, \2)", condition)
    return re.sub(r"(\w+) ~ ('[^']+')", r"regexp_matches(\1, \2)", condition)


def _differing(row: Row, case: Case, judges: bool) -> Iterator[str]:
    for name, value in case.clean.items():
        if name in row and row[name] != value:
            yield f"{name} is {row[name]!r}, not {value!r}"
    if not judges:
        return
    if row["reject_rule"] != case.rule:
        yield f"judged {row['reject_rule']}, not {case.rule}"
    payload = _read(row["row_payload"])
    # a model of changes takes the columns whose history is asked for
    expected = None if case.rule is None else {n: _in_payload(value) for n, value in case.clean.items() if n in row}
    if payload != expected:
        yield f"its payload is {payload}, not {expected}"


def _read(payload: str | None) -> Any:
    try:
        return None if payload is None else json.loads(payload)
    except json.JSONDecodeError as error:
        return f"no JSON ({error}): {payload}"


def _in_payload(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, Decimal):
        return f"{value:.6f}"
    return str(value).translate(PICTURES)


def _told(bench: Bench, load: int) -> str:
    case = bench.by_load.get(load)
    return f"{bench.table.name}, row {load}" if case is None else f"{bench.table.name} {case.row}"
