"""Marts as files: Parquet or CSV, with the types of their contracts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from sonic.errors import SonicError
from sonic.project.marts import SCHEMA, Mart
from sonic.warehouse.database import Database

BATCH_ROWS = 50_000
_ARROW = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "smallint": pa.int16(),
    "boolean": pa.bool_(),
    "text": pa.string(),
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "double precision": pa.float64(),
}


class Format(StrEnum):
    """Formats of an extract."""

    PARQUET = "parquet"
    CSV = "csv"


def schema_of(mart: Mart) -> pa.Schema:
    """Arrow schema of a mart, by its contract."""
    return pa.schema([pa.field(column.name, _type(column.type)) for column in mart.columns])


def _type(name: str) -> pa.DataType:
    if name.startswith("numeric("):
        precision, scale = name[8:-1].split(",")
        return pa.decimal128(int(precision), int(scale))
    return _ARROW[name]


def count(database: Database, mart: Mart) -> int:
    """Rows of a mart. Raises `SonicError` if it is not built."""
    try:
        return int(database.value(f"select count(*) from {SCHEMA}.{mart.name}"))
    except database.errors as error:
        raise _unreadable(database, mart, error) from error


def write(database: Database, mart: Mart, path: Path, form: Format) -> None:
    """Writes all rows of a mart in the order of its key, a batch at a time.

    Raises `SonicError` if it is not built, or was built of other models.
    """
    schema = schema_of(mart)
    query = f"select {', '.join(schema.names)} from {SCHEMA}.{mart.name} order by {', '.join(mart.key)}"
    opened = pq.ParquetWriter(path, schema) if form is Format.PARQUET else pc.CSVWriter(path, schema)
    with opened as writer:
        try:
            for rows in database.batches(query, BATCH_ROWS):
                arrays = [
                    pa.array(values, field.type) for values, field in zip(zip(*rows, strict=True), schema, strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        except database.errors as error:
            raise _unreadable(database, mart, error) from error


def _unreadable(database: Database, mart: Mart, error: Exception) -> SonicError:
    return SonicError(
        f"The mart {mart.name} cannot be read: {str(error).strip().splitlines()[0]}",
        database.where,
        "Run `sonic build`, then export.",
    )
