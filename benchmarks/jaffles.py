"""Generation against jafgen, the generator of dbt's jaffle shop: rows a second, in turn, one process each.

Ours: the opening and days of service at a small and a middle scale, from nothing, as Parquet. jafgen: two years of its
shop as CSV, its tables of people's tweets included; its start as a program is counted, as ours is in a process of its
own as well. Both find their code compiled, as what is installed is.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import duckdb

from benchmarks.figures import Figure, in_turn

SCALES, DAYS, YEARS = (1, 6), 10, 2
AIM = 10.0
_OURS = "import sys; from generators.api import generate; generate(sys.argv[1], scale={}, days={}, jobs=1)"


def measure(folder: Path) -> list[Figure]:
    """Rows a second of both, at each scale."""
    return [_measure(folder, scale) for scale in SCALES]


def _measure(folder: Path, scale: int) -> Figure:
    lake, shop = folder / "beside_jaffles", folder / "jaffles"
    ours = [sys.executable, "-c", _OURS.format(scale, DAYS), str(lake)]
    theirs = [str(Path(sys.executable).with_name("jafgen")), str(YEARS)]
    mine, yardstick = in_turn(lambda: _run(ours, lake), lambda: _run(theirs, shop))
    made = _rows(f"read_parquet('{lake}/*/*/*.parquet', union_by_name = true)")
    sold = sum(_rows(f"read_csv('{file}', all_varchar = true)") for file in shop.rglob("*.csv"))
    return Figure(
        f"generation from nothing at scale {scale}, thousand rows/s against jafgen",
        f"{made / mine / 1e3:,.0f}",
        f"{sold / yardstick / 1e3:,.0f}",
        (made / mine) / (sold / yardstick),
        AIM,
    )


def _run(command: list[str], folder: Path) -> float:
    """Seconds of a program that writes into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    start = perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=_environment())
    return perf_counter() - start


def _environment() -> dict[str, str]:
    """This one's, with the project where a program in another folder finds it, and leave to keep compiled code."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return own | {"PYTHONPATH": str(Path(__file__).parents[1])}


def _rows(source: str) -> int:
    with duckdb.connect() as connection:
        return int(connection.sql(f"select count(*) from {source}").fetchall()[0][0])
