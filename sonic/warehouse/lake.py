"""Reading the lake: which days it holds, and whether their files are what their manifests say."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from generators.ddl import Table
from sonic.errors import SonicError

MANIFESTS = "_manifests"


@dataclass(frozen=True)
class LakeFile:
    """One Parquet file as its manifest describes it; `path` is relative to the lake."""

    table: str
    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The file set of one arrival day. `origin` is what the whole lake was made from (seed and scale, or a log)."""

    arrival_date: date
    kind: str
    clean: bool
    origin: Mapping[str, object]
    files: tuple[LakeFile, ...]

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


class Lake:
    """A folder of immutable file sets, one per arrival day; a day exists once its manifest does."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def dates(self) -> list[date]:
        """Arrival days in the lake, in order."""
        found = []
        for path in (self.root / MANIFESTS).glob("*.json"):
            try:
                found.append(date.fromisoformat(path.stem))
            except ValueError as error:
                raise SonicError(
                    "A manifest is not named by a day",
                    str(path),
                    "Name it YYYY-MM-DD.json, or move it out of the lake.",
                ) from error
        return sorted(found)

    def manifest(self, day: date) -> Manifest:
        """The manifest of one day."""
        path = self.root / MANIFESTS / f"{day}.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            listed = content.pop("files")
            return Manifest(
                arrival_date=date.fromisoformat(content.pop("arrival_date")),
                kind=str(content.pop("kind")),
                clean=bool(content.pop("clean", False)),
                origin=content,
                files=tuple(LakeFile(**entry) for entry in listed),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SonicError(
                f"The manifest of {day} cannot be read: {error}",
                str(path),
                "Delete it and generate or import that day again.",
            ) from error

    def manifests(self) -> Iterator[Manifest]:
        """All manifests in order of arrival."""
        yield from (self.manifest(day) for day in self.dates())

    def read(self, file: LakeFile, tables: Mapping[str, Table]) -> pq.ParquetFile:
        """The file, read once, when its table, size, hash, schema and row count are what is declared.

        Raises:
            SonicError: names the file, what differs and what to do.
        """
        path = self.root / file.path
        if file.table not in tables:
            raise _unfit(path, f"its table {file.table!r} is not declared")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise _unfit(path, f"it cannot be opened ({error.strerror})") from error
        if (size := len(content)) != file.bytes:
            raise _unfit(path, f"it has {size:,} bytes, and {file.bytes:,} were written: it is truncated or changed")
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise _unfit(path, "its content is not what was written (SHA-256 differs)")
        try:
            parquet = pq.ParquetFile(pa.BufferReader(content))
        except (pa.ArrowException, OSError) as error:
            raise _unfit(path, f"it is no Parquet file ({str(error).splitlines()[0]})") from error
        schema, rows = parquet.schema_arrow, parquet.metadata.num_rows
        if difference := _difference(schema, tables[file.table].lake_schema()):
            raise _unfit(path, f"its schema is not that of table {file.table}: {difference}")
        if rows != file.rows:
            raise _unfit(path, f"it holds {rows:,} rows, and its manifest says {file.rows:,}")
        return parquet


def _difference(found: pa.Schema, wanted: pa.Schema) -> str | None:
    """The first difference in names and types, in words; None if there is none."""
    if found.equals(wanted):
        return None
    missing = [name for name in wanted.names if name not in found.names]
    if missing:
        return f"column {missing[0]} is missing"
    extra = [name for name in found.names if name not in wanted.names]
    if extra:
        return f"column {extra[0]} is not declared"
    for name in wanted.names:
        if found.field(name).type != wanted.field(name).type:
            return f"column {name} is {found.field(name).type}, and {wanted.field(name).type} is declared"
    return None if found.names == wanted.names else "its columns stand in another order"


def _unfit(path: Path, reason: str) -> SonicError:
    return SonicError(
        f"A file of the lake is not fit to be loaded: {reason}",
        str(path),
        "Nothing of its day was loaded. Delete the day's manifest, generate or import that day again, then load again.",
    )
