"""What dbt has parsed of the project, kept as long as this process lives.

To parse it takes dbt ten seconds, and three to read what it has stored of it. As long as no file of the project
changes, commands of one process share one parse for each target, whichever database they are for: all that a parse
says of a database is its name.

What dbt itself stores of a parse, for the next process to read only what changed, does not hold where macros come or
go, or a generic test changes: a test finds no macro but those that its callers were known to call, and dbt's own, which
call ours by dispatch, are not looked at again.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from sonic.paths import PROJECT
from sonic.project import packages

FOLDERS = ("models", "macros", "tests", "seeds", "snapshots", "analyses")
READ = (".sql", ".yml", ".yaml", ".md", ".csv")
"""Ends of names of the files that dbt reads."""

STORED = "partial_parse.msgpack"
FITS = "macros.sha256"
"""Beside what dbt stored: of which macros and generic tests it was."""
MACRO = re.compile(r"{%-?\s*(?:macro|materialization)\s+([^%]+?)\s*-?%}")

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


@contextmanager
def stored_fits(target_path: Path) -> Iterator[None]:
    """For a parse into `target_path`: takes away what dbt stored there of other macros, says whose the new one is."""
    macros, said = _macros(), target_path / FITS
    if not said.is_file() or said.read_text(encoding="utf-8") != macros:
        (target_path / STORED).unlink(missing_ok=True)
    said.unlink(missing_ok=True)
    yield
    target_path.mkdir(parents=True, exist_ok=True)
    said.write_text(macros, encoding="utf-8")


def _macros() -> str:
    """A digest of all macros' names and arguments, and of our generic tests as they stand."""
    digest = hashlib.sha256()
    for path in sorted(chain((PROJECT / "macros").rglob("*.sql"), packages.folder().glob("*/macros/**/*.sql"))):
        digest.update("\n".join(MACRO.findall(path.read_text(encoding="utf-8"))).encode())
    for path in sorted((PROJECT / "tests" / "generic").rglob("*.sql")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


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
