"""Rewriting what a generated lake holds, with its manifests."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def read(lake: Path, arrival: date, table: str) -> pa.Table | None:
    """The rows of a table that arrive on a day; None if there are none."""
    path = lake / _path(arrival, table)
    return pq.read_table(path, partitioning=None) if path.exists() else None


def write(lake: Path, arrival: date, table: str, rows: pa.Table) -> None:
    """Replaces a file of the lake, or adds one, with its entry in the manifest of its day.

    A lake whose files are links to the same content keeps it.
    """
    path = lake / _path(arrival, table)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    pq.write_table(rows, path, compression="zstd")
    content = path.read_bytes()
    entry = {
        "table": table,
        "path": _path(arrival, table),
        "rows": rows.num_rows,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    manifest = lake / "_manifests" / f"{arrival}.json"
    told: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    told["files"] = [*(file for file in told["files"] if file["path"] != entry["path"]), entry]
    manifest.unlink()
    manifest.write_text(json.dumps(told), encoding="utf-8")


def _path(arrival: date, table: str) -> str:
    return f"{table}/arrival_date={arrival}/part-0.parquet"
