"""The site: pages from their templates, and beside them the marts' figures as small JavaScript files.

A page that is opened from disk may not fetch anything, but it may run scripts: so data come as calls of a function.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sonic.dashboard.lineage import behind
from sonic.dashboard.pages import COMMON, FOLDER, OF_FILES, Page, pages, query
from sonic.errors import SonicError, UsageError
from sonic.project.metrics import metrics
from sonic.warehouse.database import Database, Rows

MARK = "dashboard.json"
"""The file by which a folder is known to be a site of ours, which a new one may take the place of."""
EXACT = 2**53
"""Beyond it JavaScript's numbers are not exact."""


@dataclass(frozen=True)
class Result:
    """What a query gave."""

    columns: list[str]
    rows: Rows

    def records(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Site:
    """A site that was written."""

    index: Path
    pages: int
    rows: int
    """Rows of data that the pages hold."""


def write(database: Database, folder: Path, told: Callable[[str, int, int], None]) -> Site:
    """Writes the site to `folder`, whole or not at all; one of ours that is there is replaced.

    Raises:
        UsageError: the folder holds something else.
        SonicError: nothing is built yet, or the folder cannot be written.
    """
    check(folder)
    drawn = pages()
    results = read(database, drawn, told)
    clock = _clock(results)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            _assets(made / "assets", drawn)
            _data(made / "data", results, drawn)
            _html(made, drawn, clock)
            rows = sum(len(result.rows) for result in results.values())
            mark = {"data_clock": clock["instant"], "pages": len(drawn), "rows": rows}
            (made / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
            made.chmod(0o755)
            if folder.exists():
                shutil.rmtree(folder)
            made.rename(folder)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        raise SonicError(
            f"The dashboards cannot be written: {error.strerror or error}", str(folder), "Name another folder: --out."
        ) from error
    return Site(folder / "index.html", len(drawn), rows)


def check(folder: Path) -> None:
    """Refuses a folder that holds what is no site of ours."""
    if folder.is_dir() and ((folder / MARK).exists() or not any(folder.iterdir())):
        return
    if folder.exists():
        raise UsageError(
            "This folder holds something else, which would be lost", str(folder), "Name an empty or a new one: --out."
        )


def read(database: Database, drawn: tuple[Page, ...], told: Callable[[str, int, int], None]) -> dict[str, Result]:
    """What all queries of the pages give, by name.

    Raises `SonicError` if one fails: most often nothing is built yet.
    """
    names = list(dict.fromkeys(name for page in drawn for name in page.data))
    results = {}
    with database.held():
        for number, name in enumerate(names):
            told(name, number, len(names))
            if name in OF_FILES:
                continue
            try:
                results[name] = Result(*database.query(query(name)))
            except database.errors as error:
                raise SonicError(
                    f"The query {name!r} failed: {str(error).strip().splitlines()[0]}",
                    f"bi/dashboard/queries/{name}.sql, {database.where}",
                    "If the warehouse is not built yet, run `sonic build` first.",
                ) from error
    results["metrics"] = _metrics()
    results["lineage"] = _lineage()
    if empty := [name for name in COMMON if not results[name].rows]:
        raise SonicError(
            f"The warehouse has no {empty[0]} yet", database.where, "Load some days and run `sonic build` first."
        )
    return results


def _metrics() -> Result:
    rows = [(metric.label, metric.mart, metric.description) for metric in metrics().values()]
    return Result(["label", "mart", "description"], list(rows))


def _lineage() -> Result:
    """What is behind each mart that holds a metric."""
    held = sorted({metric.mart for metric in metrics().values()})
    return Result(["mart", "layer", "model"], [(mart, layer, model) for mart in held for layer, model in behind(mart)])


def _clock(results: dict[str, Result]) -> dict[str, Any]:
    """The data clock as pages say it: the end of the last loaded day (docs/decisions/001-data-clock.md)."""
    (row,) = results["clock"].records()
    last: date = row["data_date"]
    return {
        "instant": f"{last + timedelta(days=1):%Y-%m-%d}T00:00:00Z",
        "text": f"{last.day} {last:%B %Y}, 24:00 UTC",
        "build": row["build_id"],
        "status": row["status"],
        "currency": next(r["currency_code"] for r in results["currencies"].records() if r["is_reporting_currency"]),
    }


def _assets(folder: Path, drawn: tuple[Page, ...]) -> None:
    shutil.copytree(FOLDER / "assets", folder)
    for page in drawn:
        shutil.copy(FOLDER / "pages" / f"{page.name}.js", folder)
    (folder / "vega.js").write_text(_vega(), encoding="utf-8")


@cache
def _vega() -> str:
    """Vega, Vega-Lite and Vega-Embed in one script."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def _data(folder: Path, results: dict[str, Result], drawn: tuple[Page, ...]) -> None:
    folder.mkdir()
    for name, result in results.items():
        (folder / f"{name}.js").write_text(script(name, result), encoding="utf-8")
    for page in drawn:
        rows = [(tile.name, tile.about, tile.chart.capitalize(), list(tile.follows)) for tile in page.tiles]
        tiles = Result(["tile", "about", "chart", "follows"], list(rows))
        (folder / f"{page.name}_tiles.js").write_text(script("tiles", tiles), encoding="utf-8")


def script(name: str, result: Result) -> str:
    """A data set as a call of JavaScript, a row a line."""
    rows = ",\n".join(json.dumps([_plain(name, value) for value in row], ensure_ascii=False) for row in result.rows)
    return f"sonic.keep({json.dumps(name)}, {json.dumps(result.columns)}, [\n{rows}\n]);\n"


def _plain(name: str, value: Any) -> Any:
    """A value as JSON has it. Raises `SonicError` for a whole number that JavaScript would round."""
    if isinstance(value, int) and abs(value) > EXACT:
        raise SonicError(
            f"The query {name!r} gives {value}, which JavaScript cannot hold exactly",
            f"bi/dashboard/queries/{name}.sql",
            "Have it give that amount in parts, or in a larger unit.",
        )
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _html(folder: Path, drawn: tuple[Page, ...], clock: dict[str, Any]) -> None:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    template = environment.get_template("page.html.j2")
    for page in drawn:
        text = template.render(page=page, pages=drawn, clock=clock)
        (folder / page.file).write_text(text, encoding="utf-8")
