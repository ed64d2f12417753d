"""What the commands do: make all files beside the old ones, check them, and put them in their place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sonic.errors import UsageError
from sonic.expectations.extracts import export
from sonic.paths import Home
from sonic.project.marts import Mart
from sonic.project.metrics import metrics, semantic_models
from sonic.publishing import hyper, powerbi, superset, tableau
from sonic.publishing.folder import replaced
from sonic.publishing.stars import Star
from sonic.warehouse.database import Database
from sonic.warehouse.extract import Format
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.roles import roles

Progress = Callable[[str, int, int], None]


def to_tableau(
    home: Home,
    database: Database,
    stars: Sequence[Star],
    folder: Path,
    user: str = "",
    progress: Progress = lambda *_: None,
) -> int:
    """Writes the extract and, where the database is PostgreSQL, the live data source of each star.

    Marts leave the database through the checks of `sonic export`; each extract is read back and held against the marts
    before anything appears in the folder. Returns the number of rows that were compared.

    Raises:
        SonicError: a mart is not built, an extract is not what it should be, or the folder cannot be written.
    """
    marts: Mapping[str, Mart] = {table.mart.name: table.mart for star in stars for table in star.tables}
    rows = 0
    with replaced(folder) as made, tempfile.TemporaryDirectory(dir=made.parent, prefix=".parquet.") as work:
        parquet = Path(work)
        export(home, database, list(marts.values()), parquet, Format.PARQUET, progress)
        comparison = hyper.Comparison(database)
        with hyper.hyper(parquet) as process:
            for number, star in enumerate(stars):
                progress(star.name, number, len(stars))
                path = made / "extracts" / f"{star.name}.hyper"
                path.parent.mkdir(exist_ok=True)
                hyper.write(process, star, parquet, path)
                rows += comparison.check(process, star, path)
        if isinstance(database, Postgres):
            (made / "live").mkdir()
            for star in stars:
                tableau.write(star, address_of(database, user), made / "live" / f"{star.name}.tds")
    return rows


def to_powerbi(address: tableau.Address, marts: Mapping[str, Mart], folder: Path) -> powerbi.Project:
    """Writes the Power BI project of the marts and metrics, and returns what it is made of.

    Raises:
        SonicError: a metric cannot be said in DAX, or the folder cannot be written.
    """
    made = powerbi.project(marts, metrics(), semantic_models(), roles(), address)
    with replaced(folder) as place:
        powerbi.write(made, place)
    return made


def to_superset(address: tableau.Address, marts: Mapping[str, Mart], folder: Path) -> dict[str, superset.Dataset]:
    """Writes the bundle for Superset, and returns the data sets in it by their marts.

    Raises:
        SonicError: a metric cannot be told, the dashboard shows what is not there, or the folder cannot be written.
    """
    known = superset.datasets(marts, metrics(), semantic_models())
    texts = superset.files(known, metrics(), address)
    with replaced(folder) as place:
        superset.write(texts, place / superset.BUNDLE)
    return known


def address_of(database: Database, user: str = "") -> tableau.Address:
    """Where a BI tool finds the database; without a password. Raises `UsageError` unless it is PostgreSQL."""
    if not isinstance(database, Postgres):
        raise UsageError(
            "A BI tool takes the data from PostgreSQL",
            f"--target {database.target}",
            "Use --target embedded or external.",
        )
    return tableau.Address(database.parameters["host"], database.parameters["port"], database.name, user)
