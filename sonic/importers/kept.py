"""The logs that a lake is made of, kept beside its file sets, so that one more log makes it anew with all of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sonic.errors import SonicError
from sonic.importers.log import Account, Basis, ImportedLog, Place, Play, Tier, Track

FOLDER = "_imports"
_ABOUT = "about.json"
_INSTANT = pa.timestamp("us", tz="UTC")
_TEXT, _NUMBER, _FLAG = pa.string(), pa.int64(), pa.bool_()
_PLACE = {"country": _TEXT, "city": _TEXT, "state": _TEXT}
_PLAYS = pa.schema(
    {
        "account": _TEXT,
        "started_at": _INSTANT,
        "artist": _TEXT,
        "title": _TEXT,
        "played_ms": _NUMBER,
        "basis": _TEXT,
        "length_ms": _NUMBER,
        "session": _TEXT,
        "is_completed": _FLAG,
        "skip_reason": _TEXT,
        "is_shuffle": _FLAG,
        "is_offline": _FLAG,
        "tier": _TEXT,
        "agent": _TEXT,
        **_PLACE,
    }
)
_ACCOUNTS = pa.schema(
    {
        "key": _TEXT,
        "name": _TEXT,
        "given_name": _TEXT,
        "family_name": _TEXT,
        "gender": _TEXT,
        "registered_at": _INSTANT,
    }
)
_TRACKS = pa.schema({"artist": _TEXT, "title": _TEXT, "length_ms": _NUMBER})


def kept(lake: Path) -> list[ImportedLog]:
    """The logs of a lake in the order in which they were imported.

    Raises:
        SonicError: one of them cannot be read.
    """
    return [_read(about.parent) for about in sorted((lake / FOLDER).glob(f"*/{_ABOUT}"))]


def keep(log: ImportedLog, lake: Path, number: int) -> None:
    """Keeps the log of that number, from 1; it is there once all of it is."""
    folder = lake / FOLDER / f"{number:04}"
    folder.mkdir(parents=True, exist_ok=True)
    plays = [_plain(play) for play in log.plays]
    _write(folder / "plays.parquet", plays, _PLAYS)
    _write(folder / "accounts.parquet", [asdict(account) for account in log.accounts.values()], _ACCOUNTS)
    _write(folder / "catalogue.parquet", [asdict(track) for track in log.catalogue], _TRACKS)
    about = {"source": log.source, "name_space": log.name_space, "fingerprint": log.fingerprint}
    temporary = folder / f"{_ABOUT}.tmp"
    temporary.write_text(json.dumps({**about, "left_out": log.left_out}), encoding="utf-8")
    temporary.replace(folder / _ABOUT)


def _plain(play: Play) -> dict[str, Any]:
    row = asdict(play)
    return {**row, **row.pop("place"), "basis": play.basis.value, "tier": play.tier.value}


def _write(path: Path, rows: Sequence[dict[str, Any]], schema: pa.Schema) -> None:
    names = schema.names
    table = pa.Table.from_pylist([{name: row[name] for name in names} for row in rows], schema)
    pq.write_table(table, path, compression="zstd")


def _read(folder: Path) -> ImportedLog:
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        accounts = [Account(**row) for row in pq.read_table(folder / "accounts.parquet").to_pylist()]
        return ImportedLog(
            source=about["source"],
            name_space=about["name_space"],
            fingerprint=about["fingerprint"],
            accounts={account.key: account for account in accounts},
            plays=[_play(row) for row in pq.read_table(folder / "plays.parquet").to_pylist()],
            catalogue=[Track(**row) for row in pq.read_table(folder / "catalogue.parquet").to_pylist()],
            left_out=about["left_out"],
        )
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise SonicError(
            f"An imported log cannot be read back: {error}",
            str(folder),
            "Remove the lake's folder and its database, then import all logs again.",
        ) from error


def _play(row: dict[str, Any]) -> Play:
    place = Place(*(row.pop(name) for name in _PLACE))
    return Play(**{**row, "basis": Basis(row["basis"]), "tier": Tier(row["tier"]), "place": place})
