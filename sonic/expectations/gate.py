"""The gate before a load: file sets that do not meet what is expected of them stay outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from statistics import median

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generators.ddl import Table
from sonic.errors import SonicError
from sonic.expectations import suites
from sonic.expectations.judge import Judge, Report
from sonic.paths import Home
from sonic.warehouse.arrivals import Progress
from sonic.warehouse.lake import Lake, LakeFile, Manifest

Arrived = tuple[date, LakeFile]
"""The arrival day of a file set, and a file of it."""
BATCH_ROWS = 400_000
"""Rows that are looked at together, which bounds the memory."""
DAYS_BEFORE = 7
FEW_DAYS = 3
STEADY_ROWS = 500
"""Days of fewer rows come and go by chance."""


def check(
    home: Home,
    lake: Lake,
    manifests: Sequence[Manifest],
    tables: Mapping[str, Table],
    progress: Progress = lambda *_: None,
) -> Report:
    """Looks at the files of those days, and writes data docs as HTML into the state folder.

    Raises `SonicError` for a file that is not what its manifest says.
    """
    judge = Judge("File sets of the lake", home.root / "expectations" / "file_sets")
    judge.validate("file sets", _days(lake, manifests), suites.of_days())
    arrived = [(manifest.arrival_date, file) for manifest in manifests for file in manifest.files]
    done, total = 0, sum(file.bytes for _, file in arrived)
    files: list[dict[str, str]] = []
    for name in dict.fromkeys(file.table for _, file in arrived):
        for number, part in enumerate(_parts([each for each in arrived if each[1].table == name]), 1):
            progress(f"expectations of {name}", done, total)
            contents = [lake.read(file, tables).read() for _, file in part]
            files += [_as_found(*each, rows, tables[name]) for each, rows in zip(part, contents, strict=True)]
            rows = pa.concat_tables(contents)
            if rows.num_rows >= suites.ENOUGH_ROWS:
                frame = rows.to_pandas(date_as_object=True)
                judge.validate(name if number == 1 else f"{name} {number}", frame, suites.of_table(tables[name]))
            done += sum(file.bytes for _, file in part)
    judge.validate("files", pd.DataFrame(files), suites.of_files())
    progress("data docs", total, total)
    return judge.report()


def require(
    home: Home,
    lake: Lake,
    manifests: Sequence[Manifest],
    tables: Mapping[str, Table],
    progress: Progress = lambda *_: None,
) -> None:
    """As `check`, but raises `SonicError` that names the first findings unless all is as expected."""
    report = check(home, lake, manifests, tables, progress)
    if report.findings:
        raise SonicError(
            f"File sets are not what is expected of them:\n{report.listed()}",
            str(report.page),
            "Nothing was loaded. Mend the feed, then generate or import those days again; if the data are right and"
            " the expectation is not, change it in sonic/expectations/suites.py.",
        )


def _parts(arrived: Sequence[Arrived]) -> Iterator[list[Arrived]]:
    """The files of a table in parts of bounded size."""
    part: list[Arrived] = []
    for day, file in arrived:
        if part and sum(each.rows for _, each in part) + file.rows > BATCH_ROWS:
            yield part
            part = []
        part.append((day, file))
    yield part


def _as_found(day: date, file: LakeFile, rows: pa.Table, table: Table) -> dict[str, str]:
    """A file's row of the batch of files."""
    arrived_on = rows["arrived_at"].cast(pa.timestamp("us")).cast(pa.date32(), safe=False)
    on_its_day = pc.sum(pc.equal(arrived_on, pa.scalar(day, pa.date32()))).as_py() or 0
    as_said = {
        "columns": ", ".join(rows.column_names),
        "columns_declared": ", ".join(column.name for column in table.lake_columns),
        "rows": f"{rows.num_rows} rows",
        "rows_told": f"{file.rows} rows",
        "strays": f"{rows.num_rows - on_its_day} rows of another day or none",
        "no_strays": "0 rows of another day or none",
    }
    return {name: f"{file.path}: {said}" for name, said in as_said.items()}


def _days(lake: Lake, manifests: Sequence[Manifest]) -> pd.DataFrame:
    """One row a file set, beside those that came before it in the lake."""
    known = {manifest.arrival_date: manifest for manifest in lake.manifests()}
    days = sorted(known)
    rows = []
    for manifest in manifests:
        place = days.index(manifest.arrival_date)
        # Logs of others come when they come.
        is_daily = manifest.kind != "import"
        before = [known[day].rows for day in days[:place] if known[day].kind == manifest.kind][-DAYS_BEFORE:]
        usual = median(before) if is_daily and len(before) >= FEW_DAYS else 0
        rows.append(
            {
                "day": manifest.arrival_date,
                "days_since_last": (manifest.arrival_date - days[place - 1]).days if place and is_daily else 1,
                "rows": manifest.rows,
                "like_other_days": manifest.rows / usual if usual >= STEADY_ROWS else None,
            }
        )
    return pd.DataFrame(rows)
