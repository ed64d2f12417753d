"""What dbt has parsed of the project, kept as long as this process lives.

To parse it takes dbt ten seconds, and three to read what it has stored of it. As long as no file of the project
changes, commands of one process share one parse for each target, whichever database they are for: all that a parse
says of a database is its name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from sonic.paths import PROJECT
from sonic.project import packages

FOLDERS = ("models", "macros", "tests", "seeds", "snapshots", "analyses")
READ = (".sql", ".yml", ".yaml", ".md", ".csv")
"""Ends of names of the files that dbt reads."""

Stamp = frozenset[tuple[str, int, int]]
_kept: dict[Hashable, tuple[Stamp, str, Any]] = {}


def manifest(key: Hashable, database: str, parse: Callable[[], Any]) -> Any:
    """The project's manifest for a database; `parse` makes it where nothing is kept under `key`, or a file has changed.

    It is shared: nobody may change it, but by the commands of dbt that run on it.
    """
    stamp = frozenset(_stamps())
    kept = _kept.get(key)
    made = parse() if kept is None or kept[0] != stamp else kept[2]
    if kept is not None and kept[2] is made:
        _aim(made, kept[1], database)
    _kept[key] = (stamp, database, made)
    return made


def _aim(made: Any, before: str, database: str) -> None:
    """Makes all that lies in one database lie in another."""
    if before == database:
        return
    for node in chain(made.nodes.values(), made.sources.values()):
        if node.database == before:
            node.database = database
            if node.relation_name:
                node.relation_name = node.relation_name.replace(f'"{before}"', f'"{database}"', 1)


def _stamps() -> Iterator[tuple[str, int, int]]:
    """Name, size and time of change of each file that dbt reads, and of the folders it takes packages from."""
    yield _stamp(PROJECT / "dbt_project.yml")
    for folder in (*(PROJECT / name for name in FOLDERS), packages.folder()):
        for place, _, names in os.walk(folder, followlinks=True):
            for name in names:
                if name.endswith(READ):
                    yield _stamp(Path(place, name))


def _stamp(path: Path) -> tuple[str, int, int]:
    found = path.stat()
    return str(path), found.st_size, found.st_mtime_ns
