"""Event logs of other platforms as a lake of ours.

An importer is one short module with a function `read(path, reading) -> ImportedLog`; `resolve` does the rest. To add
one, write it and name it in `IMPORTERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sonic.errors import SonicError, UsageError
from sonic.importers import eventsim, listenbrainz, spotify, table
from sonic.importers.log import ImportedLog, Reading
from sonic.importers.resolve import write_lake


@dataclass(frozen=True)
class Importer:
    """How a kind of log is read, and what the user may say about it."""

    read: Callable[[Path, Reading], ImportedLog]
    takes_user: bool = True
    takes_columns: bool = False


IMPORTERS: dict[str, Importer] = {
    "eventsim": Importer(eventsim.read, takes_user=False),
    "spotify": Importer(spotify.read),
    "listenbrainz": Importer(listenbrainz.read),
    "csv": Importer(table.read, takes_columns=True),
}
NOTHING_SAID = Reading()


def read_log(name: str, path: Path, reading: Reading = NOTHING_SAID) -> ImportedLog:
    """Reads a whole log, and writes nothing.

    Raises:
        UsageError: an unknown importer, or something was said about the log that it does not take.
        SonicError: the log is missing, empty, broken or half; with file and line.
    """
    if name not in IMPORTERS:
        raise UsageError(f"There is no importer {name!r}", "sonic import", f"Use one of: {', '.join(IMPORTERS)}.")
    importer = IMPORTERS[name]
    if reading.user and not importer.takes_user:
        raise UsageError(f"A log of {name} names its accounts itself", "--user", "Leave it out.")
    if reading.columns and not importer.takes_columns:
        raise UsageError(f"A log of {name} has columns of its own", "--column", "Leave it out.")
    log = importer.read(path, reading)
    if not log.plays:
        held = ", ".join(f"{count:,} {kind}" for kind, count in log.left_out.items())
        raise SonicError(
            f"The log holds no play of music{f' (but {held})' if held else ''}", str(path), "Give another file."
        )
    return log


def import_log(name: str, path: Path, lake: Path, reading: Reading = NOTHING_SAID) -> ImportedLog:
    """Reads the whole log, and only then adds it to `lake`, whose file sets are made of all logs that it was given.

    Raises:
        SonicError: as `read_log`; or `lake` holds generated data, or a place is not known.
    """
    log = read_log(name, path, reading)
    write_lake(log, lake)
    return log


__all__ = ["IMPORTERS", "ImportedLog", "Importer", "Reading", "import_log", "read_log"]
