"""`sonic check`, and the gate through which files come before a load: held against what is expected of them."""

from collections.abc import Sequence

from generators.ddl import TABLES
from sonic.cli.options import DatabaseName, LakeFolder, lake_at
from sonic.cli.shell import console, counted, progress
from sonic.errors import SonicError
from sonic.paths import Home
from sonic.warehouse.arrivals import Progress
from sonic.warehouse.lake import Lake, Manifest
from sonic.warehouse.load import Check


def gate(home: Home, lake: Lake, told: Progress) -> Check:
    """What `load` asks before it takes file sets in."""

    def require(manifests: Sequence[Manifest]) -> None:
        from sonic.expectations.gate import require

        require(home, lake, manifests, TABLES, told)

    return require


def check(database: DatabaseName = None, lake: LakeFolder = None) -> None:
    """Hold all files of the lake against what is expected of them, and write the report as HTML."""
    from sonic.expectations.gate import check as check_files

    home = Home.locate()
    place = lake_at(lake, home, database)
    manifests = list(place.manifests())
    if not manifests:
        raise SonicError("The lake holds no data", str(place.root), "Run `sonic generate` or `sonic import` first.")
    with progress("Checking") as told:
        report = check_files(home, place, manifests, TABLES, told)
    rows = sum(manifest.rows for manifest in manifests)
    checked = f"{counted(len(manifests), 'file set')}, {counted(rows, 'row')}"
    if report.findings:
        raise SonicError(
            f"File sets are not what is expected of them ({checked}):\n{report.listed(20)}",
            str(report.page),
            "Open that page for the whole report. Such file sets are not loaded.",
        )
    console.print(f"Checked {checked}: as expected. Report: {report.page}")
