"""One declaration per raw table: the source of its DDL, its lake schema, its comments and its keys.

A table is written as text, one line a column::

    user_id   bigint                          | Durable id of the account.
    city_id   bigint? -> cities               | Home city, unknown for imported accounts.

``?`` allows null, ``->`` names the referenced table (its key of the same kind), optionally followed by
the delete rule (``cascade``, ``set null``; ``restrict`` is the default: money and history stay).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import pyarrow as pa

_CREDENTIAL = re.compile(r"(^|.*_)(password|token|secret|stream_key|ticket_code)(_hash)?")
"""Names of columns that let someone in, or whose hash could be guessed: staging does not take them."""
DAY_ID_SPAN = 1_000_000_000
"""Event ids are ``days since 2000-01-01 * DAY_ID_SPAN + sequence``: they rise with time."""

_LINE = re.compile(
    r"^(?P<name>[a-z][a-z0-9_]*)\s+(?P<type>[a-z]+(?:\(\d+,\d+\))?)(?P<null>\?)?"
    r"(?:\s+->\s+(?P<table>[a-z_]+)(?:\.(?P<column>[a-z_]+))?(?:\s+(?P<delete>cascade|set null|restrict))?)?"
    r"\s*\|\s*(?P<about>\S.*)$"
)
_ARROW: dict[str, pa.DataType] = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "text": pa.string(),
    "uuid": pa.string(),
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}


class Kind(StrEnum):
    """How rows of a table arrive."""

    REFERENCE = "reference"
    """Static rows, upserted by key."""
    ENTITY = "entity"
    """Mutable: change rows arrive; the table holds the latest image, ``<table>_changes`` all of them."""
    EVENT = "event"
    """Append-only, at least once, out of order."""
    SUMMARY = "summary"
    """Sums of a log's rows, filed in the database when these are purged; no file of the lake brings them.

    The first column beside the key counts the rows.
    """


@dataclass(frozen=True)
class Column:
    """One column: its SQL type, whether null is allowed, and what it refers to."""

    name: str
    type: str
    about: str
    nullable: bool = False
    references: str | None = None
    on_delete: str = "restrict"

    @cached_property
    def arrow_type(self) -> pa.DataType:
        """The type of the column in the lake."""
        if self.type.startswith("numeric("):
            precision, scale = self.type[8:-1].split(",")
            return pa.decimal128(int(precision), int(scale))
        return _ARROW[self.type]

    @property
    def is_credential(self) -> bool:
        """Whether it lets someone in: nothing beyond raw may hold it."""
        return _CREDENTIAL.fullmatch(self.name) is not None


ARRIVED_AT = Column("arrived_at", "timestamptz", "Instant at which the row reached the platform (UTC).")
CHANGED_AT = Column("changed_at", "timestamptz", "Instant from which this image is true (UTC).")
CHANGE_NO = Column("change_no", "integer", "Number of the change of this row's key; 0 is its creation.")
LOAD_ID = Column("load_id", "bigint", "Load that brought the row (ops.loads); set by the loader.")


@dataclass(frozen=True)
class Apart:
    """Periods of one owner do not overlap: each begins with ``begin`` and ends before ``end``, or not if that is null.

    A null among the owner's columns is a value like any other: contracts for the whole world exclude each other.
    """

    owner: tuple[str, ...]
    begin: str
    end: str

    @staticmethod
    def read(text: str) -> Apart:
        """From ``owner's columns: begin end``, names separated by blanks."""
        owner, _, period = text.partition(": ")
        begin, end = period.split()
        return Apart(tuple(owner.split()), begin, end)


@dataclass(frozen=True)
class Whole:
    """Shares of one owner make a whole, 1,000,000 ppm; where they have periods, on each day on which one is in force."""

    owner: tuple[str, ...]
    share: str
    period: tuple[str, str] | None
    """Columns of a share's first day and of the day after its last, null while it is in force."""

    @staticmethod
    def read(text: str) -> Whole:
        """From ``owner's columns: share``, where shares have periods ``owner's columns: share begin end``."""
        owner, _, rest = text.partition(": ")
        share, *period = rest.split()
        return Whole(tuple(owner.split()), share, (period[0], period[1]) if period else None)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns on which it depends."""
        return (*self.owner, self.share, *(self.period or ()))


@dataclass(frozen=True)
class Table:
    """One raw table. ``key`` names its primary key; ``checks`` maps a name to a SQL condition."""

    name: str
    domain: str
    kind: Kind
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    checks: dict[str, str] = field(default_factory=dict)
    indexes: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    """Columns whose words are looked for."""
    apart: tuple[Apart, ...] = ()
    """Periods that do not overlap."""
    whole: Whole | None = None
    """Shares that make a whole."""
    partitioned: bool = False
    """Range-partitioned by month of the event id (``key`` begins with one)."""
    chained: bool = False
    """Append-only in PostgreSQL, each row chained to the one before by its hash in ``<table>_chain``."""
    summary: str | None = None
    """Name of the table whose sums take the place of rows that are old, which `sonic purge` deletes."""

    @property
    def metadata_columns(self) -> tuple[Column, ...]:
        """Columns that arrival adds to the declared ones, in order; the loader adds ``load_id`` after them."""
        if self.kind is Kind.ENTITY:
            return (CHANGED_AT, CHANGE_NO, ARRIVED_AT)
        return (ARRIVED_AT,)

    @cached_property
    def lake_columns(self) -> tuple[Column, ...]:
        """Columns of a file of the lake, in order."""
        return self.columns + self.metadata_columns

    @property
    def changes_name(self) -> str:
        """Name of the append-only table beside an entity table."""
        return f"{self.name}_changes"

    @property
    def chain_name(self) -> str:
        """Name of the table that holds the hashes of a chained one."""
        return f"{self.name}_chain"

    @property
    def parents(self) -> set[str]:
        """Names of the tables that its foreign keys refer to."""
        return {column.references.split(".")[0] for column in self.columns if column.references}

    @property
    def instant(self) -> Column | None:
        """The column that tells when a row came about: the first required instant."""
        return next((column for column in self.columns if column.type == "timestamptz" and not column.nullable), None)

    def column(self, name: str) -> Column:
        """The declared or metadata column of that name."""
        for column in (*self.lake_columns, LOAD_ID):
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    def lake_schema(self) -> pa.Schema:
        """Arrow schema of the table's files in the lake; nullability as declared."""
        return self._lake_schema

    @cached_property
    def _lake_schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.arrow_type, nullable=c.nullable) for c in self.lake_columns])


def table(
    name: str,
    kind: str,
    about: str,
    key: str,
    columns: str,
    *,
    domain: str,
    unique: tuple[str, ...] = (),
    checks: dict[str, str] | None = None,
    indexes: tuple[str, ...] = (),
    search: tuple[str, ...] = (),
    apart: tuple[str, ...] = (),
    whole: str | None = None,
    partitioned: bool = False,
    chained: bool = False,
    summary: str | None = None,
) -> Table:
    """Read a table from its text.

    Args:
        key: names of the primary key's columns, separated by blanks.
        columns: one line a column, see the module's docstring.
        unique: natural keys, each with its columns separated by blanks.
        indexes: what stands in parentheses of ``create index``, e.g. ``"user_id, started_at"``;
            ``include`` with columns that the index carries along, and a ``where`` for a partial index, may follow.
            None repeats the beginning of a key, which is an index itself.
        search: columns whose words are looked for, each by an index of its own.
        apart: periods that do not overlap, as ``owner's columns: begin end``, e.g. ``"user_id: joined_at left_at"``.
        whole: shares that make a whole, as ``owner's columns: share`` with ``begin end`` of a share's period, if any.
        summary: table of kind summary that stands for rows that were purged.

    Raises:
        ValueError: a line that cannot be read, a key or a rule's part that is no column, an index too many.
    """
    parsed: list[Column] = []
    for line in filter(None, (raw.strip() for raw in columns.splitlines())):
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f"{name}: cannot read column line {line!r}; expected 'name type[?] [-> table] | about'")
        target = match["table"]
        references = None
        if target:
            references = f"{target}.{match['column'] or _key_of(target, match['name'])}"
        parsed.append(
            Column(
                name=match["name"],
                type=match["type"],
                about=match["about"],
                nullable=match["null"] is not None,
                references=references,
                on_delete=match["delete"] or "restrict",
            )
        )
    names = {column.name for column in parsed}
    keys = tuple(key.split())
    if missing := [part for part in keys if part not in names]:
        raise ValueError(f"{name}: key column {missing[0]} is not declared")
    natural = tuple(tuple(part.split()) for part in unique)
    if kind != Kind.EVENT:  # whose keys stand in clean data alone
        for index in indexes:
            if any(begun == tuple(index.split(", ")) for each in (keys, *natural) for begun in _beginnings(each)):
                raise ValueError(f"{name}: index {index!r} repeats the beginning of a key")
    periods = tuple(map(Apart.read, apart))
    if missing := [part for each in periods for part in (*each.owner, each.begin, each.end) if part not in names]:
        raise ValueError(f"{name}: column {missing[0]} of a period is not declared")
    shares = Whole.read(whole) if whole else None
    if shares and (missing := [part for part in shares.columns if part not in names]):
        raise ValueError(f"{name}: column {missing[0]} of shares is not declared")
    return Table(
        name=name,
        domain=domain,
        kind=Kind(kind),
        about=about,
        key=keys,
        columns=tuple(parsed),
        unique=natural,
        checks=checks or {},
        indexes=indexes,
        search=search,
        apart=periods,
        whole=shares,
        partitioned=partitioned,
        chained=chained,
        summary=summary,
    )


def _beginnings(key: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [key[:length] for length in range(1, len(key) + 1)]


_IRREGULAR_KEYS = {
    "countries": "country_id",
    "cities": "city_id",
    "currencies": "currency_code",
    "content": "content_id",
    "rights_contracts": "contract_id",
    "listening_sessions": "session_id",
    "households": "household_id",
}


def _key_of(target: str, column: str) -> str:
    """Key column of a referenced table: its singular with ``_id``."""
    return _IRREGULAR_KEYS.get(target, f"{target.removesuffix('s')}_id")
