"""Event logs of other platforms as a lake of ours.

An importer is one short module with a function `read(path) -> ImportedLog`; `resolve` does the rest. To add one,
write it and name it in `IMPORTERS`.
"""

from collections.abc import Callable
from pathlib import Path

from sonic.errors import UsageError
from sonic.importers import eventsim
from sonic.importers.log import ImportedLog
from sonic.importers.resolve import write_lake

IMPORTERS: dict[str, Callable[[Path], ImportedLog]] = {
    "eventsim": eventsim.read,
}


def import_log(name: str, path: Path, lake: Path) -> ImportedLog:
    """Reads the whole log, and only then writes it as file sets of `lake`.

    Returns:
        What was read, for the summary.

    Raises:
        UsageError: an unknown importer.
        SonicError: the log is missing, broken or half, with file and line; or `lake` holds another log.
    """
    if name not in IMPORTERS:
        raise UsageError(f"There is no importer {name!r}", "sonic import", f"Use one of: {', '.join(IMPORTERS)}.")
    log = IMPORTERS[name](path)
    write_lake(log, lake)
    return log


__all__ = ["IMPORTERS", "ImportedLog", "import_log"]
