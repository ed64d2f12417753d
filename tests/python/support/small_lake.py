"""A lake of three small tables, one of each kind, for tests of the loader."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from generators.ddl import Table
from generators.ddl.postgres import first_id_of
from generators.ddl.table import table

OPENING = date(2025, 12, 31)

_ABOUT = "For tests."
_COLOURS = table(
    "colours",
    "reference",
    _ABOUT,
    "colour_id",
    """
    colour_id bigint | Durable id.
    name      text   | Name.
    """,
    domain="test",
)
_THINGS = table(
    "things",
    "entity",
    _ABOUT,
    "thing_id",
    """
    thing_id  bigint             | Durable id.
    thing_uuid uuid              | Public id.
    colour_id bigint -> colours  | Colour.
    label     text?              | Free text.
    price     numeric(12,2)      | Price.
    """,
    domain="test",
    checks={"price_not_negative": "price >= 0"},
)
_SIGHTINGS = table(
    "sightings",
    "event",
    _ABOUT,
    "sighting_id",
    """
    sighting_id bigint           | Event id.
    thing_id    bigint? -> things | Thing seen.
    seen_at     timestamptz      | When.
    is_sure     boolean?         | Whether it was sure.
    """,
    domain="test",
    partitioned=True,
)
TABLES: dict[str, Table] = {made.name: made for made in (_COLOURS, _THINGS, _SIGHTINGS)}

Rows = list[dict[str, Any]]


def write_day(lake: Path, day: date, rows: Mapping[str, Rows], *, clean: bool = False, seed: int = 1) -> None:
    """Writes one file set; each row gets `arrived_at` on that day unless it has one."""
    arrived = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=23)
    files = []
    for name, content in rows.items():
        path = lake / name / f"arrival_date={day}" / "part-0.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        listed = [{"arrived_at": arrived, **row} for row in content]
        # nullable throughout, as files of other programs are
        schema = pa.schema([field.with_nullable(True) for field in TABLES[name].lake_schema()])
        pq.write_table(pa.Table.from_pylist(listed, schema=schema), path, compression="zstd")
        data = path.read_bytes()
        files.append(
            {
                "table": name,
                "path": path.relative_to(lake).as_posix(),
                "rows": len(listed),
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        )
    manifest = {
        "arrival_date": str(day),
        "seed": seed,
        "scale": 1,
        "clean": clean,
        "kind": "opening" if day == OPENING else "day",
        "files": files,
    }
    target = lake / "_manifests" / f"{day}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(manifest))


def thing(number: int, *, change_no: int = 0, label: str | None = "plain", **more: Any) -> dict[str, Any]:
    """One change row of a thing."""
    return {
        "thing_id": number,
        "thing_uuid": f"00000000-0000-4000-8000-{number:012d}",
        "colour_id": 1,
        "label": label,
        "price": Decimal("1.50"),
        "changed_at": datetime(2025, 12, 1, tzinfo=UTC) + timedelta(days=change_no),
        "change_no": change_no,
    } | more


def sighting(day: date, sequence: int, **more: Any) -> dict[str, Any]:
    """One sighting on a day."""
    seen = datetime.combine(day, datetime.min.time(), UTC) + timedelta(seconds=sequence)
    return {
        "sighting_id": first_id_of(day) + sequence,
        "thing_id": 1,
        "seen_at": seen,
        "is_sure": None if sequence % 2 else True,
    } | more


def write_opening(lake: Path, **options: Any) -> None:
    """The opening file set: two colours, two things."""
    awkward = 'quotes " and, commas\nand lines \\ \t é 音楽'
    write_day(
        lake,
        OPENING,
        {
            "colours": [{"colour_id": 1, "name": "red"}, {"colour_id": 2, "name": ""}],
            "things": [thing(1, label=awkward), thing(2, label=None), thing(2, change_no=1, label="")],
        },
        **options,
    )
