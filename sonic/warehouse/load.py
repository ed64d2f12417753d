"""Loading the lake: every arrival day that the database does not hold yet, each whole or not at all."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from generators.ddl import TABLES, Table
from sonic.errors import SonicError
from sonic.warehouse.arrivals import Day, Loader, Meter, Progress
from sonic.warehouse.audit import keep_head
from sonic.warehouse.database import Database
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.lake import Lake, Manifest
from sonic.warehouse.load_duckdb import DuckDBLoader
from sonic.warehouse.load_postgres import PostgresLoader
from sonic.warehouse.postgres import Postgres

Check = Callable[[Sequence[Manifest]], None]
"""Asked of the file sets that are about to be loaded; raises `SonicError` to keep them all out."""


@dataclass(frozen=True)
class Loaded:
    """What a load did: the days it brought, their rows, and the last load there is now."""

    days: tuple[date, ...]
    rows: int
    last_load_id: int


def load(
    database: Database,
    lake: Lake,
    *,
    until: date | None = None,
    tables: Mapping[str, Table] = TABLES,
    check: Check = lambda _: None,
    progress: Progress = lambda *_: None,
) -> Loaded:
    """Brings all days of the lake (up to `until`, inclusive) that are not in the database yet.

    A day is loaded whole or not at all, and never twice. Raises `SonicError` for a lake that is empty,
    unfit or another one than what the database holds, and if another load or build is at work.
    """
    with database.writer():
        return load_locked(database, lake, until=until, tables=tables, check=check, progress=progress)


def load_locked(
    database: Database,
    lake: Lake,
    *,
    until: date | None = None,
    tables: Mapping[str, Table] = TABLES,
    check: Check = lambda _: None,
    progress: Progress = lambda *_: None,
) -> Loaded:
    """As `load`, for a caller that holds the writer's lock already."""
    database.prepare()
    known = {row[0]: row[1] for row in database.query("select arrival_date, load_id from ops.loads")[1]}
    manifests = list(lake.manifests())
    if not manifests:
        raise SonicError(
            "The lake holds no data",
            str(lake.root),
            "Run `sonic generate` or `sonic import` first.",
        )
    _check_same_lake(database, manifests, known)
    wanted = [
        manifest
        for manifest in manifests
        if manifest.arrival_date not in known and (until is None or manifest.arrival_date <= until)
    ]
    last = max(known.values(), default=0)
    if not wanted:
        return Loaded((), 0, last)
    check(wanted)
    days = [Day(load_id, manifest) for load_id, manifest in enumerate(wanted, last + 1)]
    meter = Meter(progress, sum(manifest.bytes for manifest in wanted))
    _loader(database, lake, tables).load(days, clean=manifests[0].clean, meter=meter)
    if isinstance(database, Postgres):
        keep_head(database, lake.root)
    return Loaded(tuple(m.arrival_date for m in wanted), sum(m.rows for m in wanted), days[-1].load_id)


def forget(database: Database, lake: Lake) -> None:
    """Empties a database of what was loaded from the lake and of all that was built on it.

    Raises:
        SonicError: it holds anything else, or another load or build is at work.
    """
    with database.writer():
        database.prepare()
        loaded = {row[0] for row in database.query("select arrival_date from ops.loads")[1]}
        manifests = list(lake.manifests())
        _check_same_lake(database, manifests, loaded)
        if foreign := loaded - {manifest.arrival_date for manifest in manifests}:
            raise SonicError(
                f"The database holds days that the lake does not: {min(foreign)}",
                f"{lake.root}, and {database.where}",
                "Use a database of its own: --database NAME.",
            )
        database.clear()


def _check_same_lake(database: Database, manifests: list[Manifest], known: Collection[date]) -> None:
    """Refuses a lake whose files for a loaded day are not those that were loaded."""
    first = manifests[0]
    for manifest in manifests:
        if dict(manifest.origin) != dict(first.origin) or manifest.clean != first.clean:
            raise SonicError(
                f"The lake mixes days of two origins: {first.arrival_date} and {manifest.arrival_date}",
                str(dict(manifest.origin)),
                "Empty the lake and generate it anew, with one seed and scale.",
            )
    registered = {path: sha for path, sha in database.query("select path, sha256 from ops.lake_files")[1]}
    for manifest in manifests:
        if manifest.arrival_date not in known:
            continue
        for file in manifest.files:
            if registered.get(file.path) != file.sha256:
                raise SonicError(
                    f"The database holds another {manifest.arrival_date} than the lake",
                    f"{file.path}, and {database.where}",
                    "Load this lake into another database (--database NAME), or remove the old one"
                    " (`sonic server remove` for the embedded server).",
                )


def _loader(database: Database, lake: Lake, tables: Mapping[str, Table]) -> Loader:
    if isinstance(database, Postgres):
        return PostgresLoader(database, lake, tables)
    if isinstance(database, DuckDB):
        return DuckDBLoader(database, lake, tables)
    raise TypeError(f"no loader for {type(database).__name__}")
