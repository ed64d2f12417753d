"""Extracts of marts for those who have no database: a file appears whole and checked, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pyarrow.csv as pc
import pyarrow.parquet as pq

from sonic.errors import SonicError
from sonic.expectations import suites
from sonic.expectations.judge import Judge
from sonic.paths import Home
from sonic.project.marts import Mart
from sonic.warehouse.database import Database
from sonic.warehouse.extract import Format, count, schema_of, write

Progress = Callable[[str, int, int], None]


def export(
    home: Home,
    database: Database,
    marts: Sequence[Mart],
    folder: Path,
    form: Format,
    progress: Progress = lambda *_: None,
) -> dict[Path, int]:
    """Writes one file a mart; returns the rows of each.

    A file that is there already is replaced, in one step, once all extracts have met what is expected of them.

    Raises:
        SonicError: a mart is not built, the folder cannot be written, or an extract is not as expected.
    """
    judge = Judge("Extracts of marts", home.root / "expectations" / "extracts")
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[Path, int] = {}
    try:
        for number, mart in enumerate(marts):
            progress(mart.name, number, len(marts))
            path = folder / f"{mart.name}.{form}.tmp"
            written[path] = count(database, mart)
            write(database, mart, path, form)
            judge.validate(mart.name, _read(mart, path, form), suites.of_extract(mart, written[path]))
        report = judge.report()
        if report.findings:
            raise SonicError(
                f"Extracts are not what is expected of them:\n{report.listed()}",
                str(report.page),
                "Nothing was exported. Build again (`sonic build`), which tests the marts, then export again.",
            )
        return {path.replace(path.with_suffix("")): rows for path, rows in written.items()}
    finally:
        for path in written:
            path.unlink(missing_ok=True)


def _read(mart: Mart, path: Path, form: Format) -> pd.DataFrame:
    """The file as whoever gets it will read it, as a data frame."""
    if form is Format.PARQUET:
        return pq.read_table(path).to_pandas()
    kept = pc.ConvertOptions(column_types=schema_of(mart), strings_can_be_null=True, quoted_strings_can_be_null=False)
    return pc.read_csv(path, convert_options=kept).to_pandas()
