"""The lake: immutable Parquet files per table and arrival day, and a manifest that makes the day exist.

The bytes are a function of the tables alone: fixed writer options, no time stamps, no schema of Arrow's own.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from generators.core.errors import GeneratorError
from generators.core.tables import ROW_GROUP_ROWS, InParts, fields_of, schema_with
from generators.ddl import TABLES, Kind

MANIFESTS = "_manifests"
RECIPE = 4
"""Raised whenever the same seed begins to give other rows: days of a lake that was made before do not go on with it."""


class LakeOrigin(Protocol):
    """What a lake was made from; all its days must agree in it."""

    def fields(self) -> dict[str, Any]:
        """What the manifest of each day says of it; ``clean`` among it."""


@cache
def declared_tables() -> str:
    """Digest of the recipe, the declared tables and their columns: files made by others do not go on with these."""
    brought = sorted((name, table) for name, table in TABLES.items() if table.kind is not Kind.SUMMARY)
    text = f"{RECIPE}\n" + "\n".join(f"{name}: {table.lake_schema()}" for name, table in brought)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Origin:
    """What a lake was generated from."""

    seed: int
    scale: float
    clean: bool
    effects: bool = True
    growth: float = 1.0
    tables: str = field(default_factory=declared_tables)

    def fields(self) -> dict[str, Any]:
        """Seed, scale, cleanliness, whether effects are planted, growth and the digest of the tables."""
        return asdict(self)

    def __str__(self) -> str:
        """Without the digest, which tells people nothing."""
        kind = "clean" if self.clean else "with defects"
        growth = "" if self.growth == 1 else f", growth {self.growth:g}"
        return f"seed {self.seed}, scale {self.scale:g}, {kind}{'' if self.effects else ', no effects'}{growth}"


def manifest_path(lake: Path, arrival_day: date) -> Path:
    """Where the manifest of an arrival day lies."""
    return lake / MANIFESTS / f"{arrival_day.isoformat()}.json"


def existing_days(lake: Path) -> dict[date, dict[str, Any]]:
    """Manifests of the lake by arrival day.

    Raises:
        GeneratorError: a manifest that cannot be read.
    """
    found: dict[date, dict[str, Any]] = {}
    for path in sorted((lake / MANIFESTS).glob("????-??-??.json")):
        try:
            found[date.fromisoformat(path.stem)] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise GeneratorError(
                f"A manifest cannot be read: {problem}", str(path), "Delete it; the day is then generated again."
            ) from problem
    return found


def write_day(lake: Path, arrival_day: date, kind: str, origin: LakeOrigin, tables: Mapping[str, pa.Table]) -> int:
    """Write the file set of one arrival day, the manifest last; see ``write_files`` and ``write_manifest``.

    Returns:
        Bytes written.
    """
    files = write_files(lake, arrival_day, tables)
    write_manifest(lake, arrival_day, kind, origin, files)
    return sum(int(f["bytes"]) for f in files)


def write_files(lake: Path, arrival_day: date, tables: Mapping[str, pa.Table | InParts]) -> list[dict[str, Any]]:
    """Write the files of one arrival day, which does not exist before its manifest does.

    Args:
        tables: by name; columns in the declared order, texts as strings or dictionaries. Empty tables are left out.

    Returns:
        What the manifest is to say of each file.

    Raises:
        GeneratorError: the disk is full or read-only, or a table does not have its declared columns.
    """
    given = {name: tables[name] for name in TABLES if name in tables and tables[name].num_rows}
    # Each step for all tables before the next: its code stays in the processor's caches, which a call of the system
    # between two small tables would empty. A quarter of the time of files of few rows.
    conformed = {name: _conformed(name, table) for name, table in given.items()}
    contents = {name: _encoded(name, parts) for name, parts in conformed.items()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    with _disk_errors(lake):
        for name, content in contents.items():
            _write(lake / _path_of(name, arrival_day), content)
    return [_told(name, arrival_day, given[name], content, digests[name]) for name, content in contents.items()]


class Beside:
    """The files of one arrival day, written by a thread beside the making of further tables.

    For a process that has a second processor. Arrow encodes without the interpreter's lock.
    """

    def __init__(self, lake: Path, arrival_day: date) -> None:
        self._lake, self._day = lake, arrival_day
        self._thread = ThreadPoolExecutor(1)
        self._begun: dict[str, tuple[pa.Table, Future[dict[str, Any]]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def begin(self, tables: Mapping[str, pa.Table]) -> None:
        """Have the files of tables written; that of one which was begun with other rows before is written anew."""
        for name, table in tables.items():
            before, future = self._begun.get(name, (None, None))
            if future is not None and before is not table and not future.cancel():
                future.result()
            if before is not table and table.num_rows:
                self._begun[name] = table, self._thread.submit(self._file_of, name, table)

    def files(self, tables: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
        """As ``write_files``; what the thread has not come to yet is written here."""
        self.begin(tables)
        told = {}
        for name, (table, future) in reversed(self._begun.items()):
            told[name] = self._file_of(name, table) if future.cancel() else future.result()
        return [told[name] for name in TABLES if name in told]

    def _file_of(self, name: str, table: pa.Table) -> dict[str, Any]:
        content = _encoded(name, _conformed(name, table))
        with _disk_errors(self._lake):
            _write(self._lake / _path_of(name, self._day), content)
        return _told(name, self._day, table, content, hashlib.sha256(content).hexdigest())


def _path_of(name: str, arrival_day: date) -> str:
    return f"{name}/arrival_date={arrival_day.isoformat()}/part-0.parquet"


def _told(name: str, arrival_day: date, table: pa.Table | InParts, content: pa.Buffer, digest: str) -> dict[str, Any]:
    """What a manifest says of a file."""
    return {
        "table": name,
        "path": _path_of(name, arrival_day),
        "rows": table.num_rows,
        "bytes": content.size,
        "sha256": digest,
    }


def write_manifest(
    lake: Path, arrival_day: date, kind: str, origin: LakeOrigin, files: Sequence[Mapping[str, Any]]
) -> None:
    """Make an arrival day exist, whose files are written.

    Raises:
        GeneratorError: the disk is full or read-only.
    """
    head = {"arrival_date": arrival_day.isoformat(), **origin.fields(), "kind": kind}
    with _disk_errors(lake):
        _replace(manifest_path(lake, arrival_day), _manifest_text(head, files).encode())


def _manifest_text(head: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> str:
    """JSON with one line a file: to be read by people too, and ten times as fast as the library's indentation."""
    listed = ",\n  ".join(json.dumps(file) for file in files)
    return f'{json.dumps(dict(head))[:-1]}, "files": [\n  {listed}\n]}}\n'


@contextmanager
def _disk_errors(lake: Path) -> Iterator[None]:
    """Say of an error of the disk what to do about it."""
    try:
        yield
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise GeneratorError(
            f"The lake cannot be written: {reason}",
            str(problem.filename or lake),
            "Free some space or make the folder writable, then run the same command again; finished days are kept.",
        ) from problem


_Conformed = tuple[pa.Table, tuple[str, ...]]
"""A table as its file takes it, and the names of its texts that are dictionaries."""


def _conformed(name: str, table: pa.Table | InParts) -> Iterable[_Conformed]:
    """The parts of a table, each when it is asked for where there may be several."""
    return (_conform(name, part) for part in table) if isinstance(table, InParts) else [_conform(name, table)]


def _encoded(name: str, parts: Iterable[_Conformed]) -> pa.Buffer:
    """A table as Parquet; one part at a time is held."""
    sink = pa.BufferOutputStream()
    try:
        with ExitStack() as stack:
            writer = None
            for table, coded in parts:
                if writer is None:
                    writer = stack.enter_context(pq.ParquetWriter(sink, table.schema, **_encoding(name, coded)))
                writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
    except pa.ArrowInvalid as problem:
        # The writer counts the nulls of each column anyway.
        raise GeneratorError(f"{name} cannot be written: {problem}", "generators", "Keep to its declaration.") from None
    return sink.getvalue()


@lru_cache(maxsize=512)
def _encoding(name: str, coded: tuple[str, ...]) -> dict[str, Any]:
    """Options of the writer of a table, some of whose texts are dictionaries.

    Measured: deltas with Snappy take half the time of deltas with zstd at 5 % more bytes (plain numbers take more of
    both), and statistics of all columns a quarter more than those of the key, by which rows are looked up. Without
    Snappy a day takes 1 % less time, and a fifth more bytes at scale 0.1.
    """
    numbers = (f.name for f in fields_of(name) if pa.types.is_integer(f.type) or pa.types.is_timestamp(f.type))
    return {
        "compression": "snappy",
        "use_dictionary": list(coded),
        "column_encoding": dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        "store_schema": False,
        "version": "2.6",
        "write_statistics": list(TABLES[name].key),
    }


@dataclass(frozen=True)
class _Shape:
    """A schema in which a table of one declaration was given, all of whose columns have a type that its files take."""

    given: pa.Schema
    coded: tuple[int, ...]
    """Places of the texts that are dictionaries."""


_SHAPES: dict[str, list[_Shape]] = {}
"""Those met so far by table, of which there are few: to look at each column of each file takes longer."""


def _conform(name: str, table: pa.Table) -> _Conformed:
    """The table with the declared types and nullability, and the names of the texts that stay dictionaries.

    The files do not show which do.
    """
    given, fields = table.schema, fields_of(name)
    known = _SHAPES.setdefault(name, [])
    shape = next((shape for shape in known if shape.given.equals(given)), None)
    if shape is None:
        table = _with_types(name, table)
        shape = _Shape(table.schema, tuple(i for i, kind in enumerate(table.schema.types) if _is_dictionary(kind)))
        if table.schema.equals(given):
            known.append(shape)
    coded = []
    columns = None
    for place in shape.coded:
        column = table.column(place)
        plain = _distinct(column)
        if plain is not None:
            columns = columns or table.columns
            columns[place] = plain
        if plain is None or _is_dictionary(plain.type):
            coded.append(fields[place].name)
    schema = schema_with(name, tuple(coded))
    if columns is None and given.equals(schema):
        return table, tuple(coded)
    return pa.Table.from_arrays(columns or table.columns, schema=schema), tuple(coded)


def _is_dictionary(kind: pa.DataType) -> bool:
    return isinstance(kind, pa.DictionaryType)


def _with_types(name: str, table: pa.Table) -> pa.Table:
    """The table with each column of the declared type, or a dictionary of it."""
    fields = fields_of(name)
    if table.column_names != (names := [field.name for field in fields]):
        raise GeneratorError(f"Columns of {name} are {table.column_names}", "generators", f"They must be {names}.")
    for place, (declared, given) in enumerate(zip(fields, table.schema, strict=True)):
        coded = _is_dictionary(given.type) and given.type.value_type == declared.type
        if given.type != declared.type and not coded:
            table = table.set_column(place, declared, table.column(place).cast(declared.type))
    return table


def _distinct(column: pa.ChunkedArray) -> pa.Array | None:
    """A dictionary column with each text once, or plain texts where the vocabulary is longer; None where it is fine.

    The Parquet writer keeps a dictionary as it is given, and its bytes are not defined where a text stands twice.
    """
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.unify_dictionaries().chunks)
    whole = None if column.num_chunks == 1 else array
    vocabulary = array.dictionary
    if len(vocabulary) == 1:
        return whole
    if len(vocabulary) > len(array):
        return vocabulary.take(array.indices)
    distinct = vocabulary.unique()
    if len(distinct) == len(vocabulary):
        return whole
    codes = pc.index_in(vocabulary, value_set=distinct)
    return pa.DictionaryArray.from_arrays(codes.take(array.indices), distinct)


def _write(path: Path, content: pa.Buffer) -> None:
    """Write a file of a day that does not exist yet: no one reads what is half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # buffered: a plain write may take a part of it and say so in its result alone
    path.write_bytes(content)


def _replace(path: Path, content: bytes) -> None:
    """Write a file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_room(lake: Path, needed: int) -> None:
    """Refuse before work begins when the disk cannot hold the estimate.

    Raises:
        GeneratorError: the folder cannot be made or written, or too little space is free.
    """
    with _disk_errors(lake):
        (lake / MANIFESTS).mkdir(parents=True, exist_ok=True)
        probe = lake / MANIFESTS / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
        free = shutil.disk_usage(lake).free
    if free < needed:
        raise GeneratorError(
            f"About {needed / 2**20:,.0f} MiB are needed and {free / 2**20:,.0f} MiB are free",
            str(lake),
            "Free some space, or ask for a smaller scale or fewer days.",
        )
