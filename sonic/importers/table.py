"""A CSV file of plays with named columns, one play a row.

Required are `played_at` (the start: ISO 8601, in UTC where it names no offset, or seconds since 1970), `artist` and
`title`; may be there: `user`, `played_ms`, `length_ms`, `country` (ISO 3166-1 alpha-2) and `device`. Other columns are
passed over. Columns of other names are told by `--column`.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from sonic.errors import SonicError, UsageError
from sonic.importers.log import UNKNOWN, Account, Basis, ImportedLog, Place, Play, Reading
from sonic.importers.record import Record, broken, fingerprint, found, read_text

REQUIRED = ("played_at", "artist", "title")
OPTIONAL = ("user", "played_ms", "length_ms", "country", "device")
_COMPLETED_SLACK_MS = 2_000


def read(path: Path, reading: Reading) -> ImportedLog:
    """Reads one file, or all `*.csv` of a folder, each with its header.

    Raises:
        SonicError: no such file, a header that lacks a column, or a row that is not whole, with file and line.
        UsageError: a mapping that names no column of ours, or no listener is told.
    """
    if strange := sorted(set(reading.columns) - {*REQUIRED, *OPTIONAL}):
        raise UsageError(
            f"There is no column {strange[0]!r}", "--column", f"Ours are: {', '.join((*REQUIRED, *OPTIONAL))}."
        )
    files = found(path, ("*.csv",), "a .csv file, or a folder of them")
    plays = [_play(record, reading) for file in files for record in _rows(file, reading)]
    accounts = {play.account: Account(play.account, play.account) for play in plays}
    return ImportedLog("csv", reading.name_space("csv"), fingerprint(files, reading), accounts, plays)


def _rows(path: Path, reading: Reading) -> Iterator[Record]:
    """The rows under our names for their columns."""
    rows = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        places = {}
        for ours in (*REQUIRED, *OPTIONAL):
            theirs = reading.columns.get(ours, ours)
            if header.count(theirs) == 1:
                places[ours] = header.index(theirs)
            elif ours in REQUIRED or ours in reading.columns:
                raise SonicError(
                    f"The header has no column {theirs!r}, or has it twice; nothing was imported",
                    f"{path}:1",
                    f"Name the column that holds it: --column {ours}=NAME. The header: {', '.join(header) or 'empty'}",
                )
        line = rows.line_num + 1
        for row in rows:
            if row:
                if len(row) != len(header):
                    raise broken(path, line, f"has {len(row)} fields, and the header {len(header)}")
                yield Record(path, line, {ours: row[place].strip() for ours, place in places.items()})
            line = rows.line_num + 1
    except csv.Error as error:
        raise broken(path, rows.line_num, f"is not CSV ({error})") from error


def _play(record: Record, reading: Reading) -> Play:
    account = reading.user or record.optional("user", str)
    if account is None:
        raise UsageError(
            "The rows do not say whose they are", f"{record.path}:{record.line}", "Name the listener: --user NAME"
        )
    played_ms, length_ms = _whole(record, "played_ms", 0), _whole(record, "length_ms", 1)
    at = record.require("played_at", str)
    seconds = record if not _is_number(at) else Record(record.path, record.line, {"played_at": float(at)})
    is_skipped = played_ms is not None and length_ms is not None and played_ms < length_ms - _COMPLETED_SLACK_MS
    country = record.optional("country", str)
    return Play(
        account=account,
        started_at=seconds.instant("played_at"),
        artist=record.require("artist", str),
        title=record.require("title", str),
        played_ms=played_ms,
        basis=Basis.UNKNOWN if played_ms is None else Basis.REPORTED,
        length_ms=length_ms,
        is_completed=played_ms is not None and length_ms is not None and played_ms >= length_ms,
        skip_reason=UNKNOWN if is_skipped else None,
        place=Place(country.upper()) if country else Place(),
        agent=record.optional("device", str) or UNKNOWN,
    )


def _whole(record: Record, name: str, least: int) -> int | None:
    text = record.optional(name, str)
    if text is None:
        return None
    if not text.isdecimal() or int(text) < least:
        raise record.broken(f"has a {name!r} that is no number of milliseconds from {least}: {text!r}")
    return int(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
