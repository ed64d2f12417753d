"""What the dashboards are made of: bi/dashboard/pages.yml and the queries that it names."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from sonic.errors import SonicError
from sonic.paths import PROJECT
from sonic.project.metrics import Metric, find

FOLDER = PROJECT / "bi" / "dashboard"
COMMON = ("clock", "months", "countries", "currencies")
"""Queries that every page draws on."""
OF_FILES = ("lineage", "metrics")
"""Data sets that are read from the project's files: what marts are made of, and what metrics mean."""
FIRST = "overview"
"""The page that a reader meets first."""
_TABLE = re.compile(r"\b(?:from|join)\s+((?:marts|ops|quarantine|raw)\.\w+)")


@dataclass(frozen=True)
class Tile:
    """One chart or table of a page."""

    name: str
    width: int
    """Columns of the page's twelve."""
    about: str
    """What is shown, in words that hold whatever is chosen."""
    chart: str
    """Its kind, as a screen reader tells it; `table` is one itself."""
    data: tuple[str, ...]
    """Queries that it draws on."""
    follows: tuple[str, ...]
    """Filters that narrow it."""


@dataclass(frozen=True)
class Page:
    """One page."""

    name: str
    title: str
    question: str
    note: str
    filters: tuple[str, ...]
    """Filters that it offers."""
    tiles: tuple[Tile, ...]
    figures: tuple[str, ...]
    """Queries that its key figures draw on, beyond those of its tiles."""
    metrics: tuple[Metric, ...]
    """Those whose definitions it shows."""

    @property
    def file(self) -> str:
        return "index.html" if self.name == FIRST else f"{self.name}.html"

    @cached_property
    def data(self) -> tuple[str, ...]:
        """All queries of the page, each once."""
        return tuple(dict.fromkeys([*COMMON, *(name for tile in self.tiles for name in tile.data), *self.figures]))

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Tables that its own figures are read from, in alphabetical order."""
        own = [name for name in self.data if name not in (*COMMON, *OF_FILES)]
        return tuple(sorted({table for name in own for table in tables_of(query(name))}))


def pages(folder: Path = FOLDER) -> tuple[Page, ...]:
    """All pages in their order."""
    content: Any = yaml.safe_load((folder / "pages.yml").read_text(encoding="utf-8"))
    return tuple(_page(entry) for entry in content["pages"])


def _page(entry: dict[str, Any]) -> Page:
    listed = {name: tuple(entry.pop(name, ())) for name in ("filters", "tiles", "data", "metrics")}
    tiles = tuple(
        Tile(**{**tile, "data": tuple(tile["data"]), "follows": tuple(tile["follows"])}) for tile in listed["tiles"]
    )
    defined = tuple(find(name) for name in listed["metrics"])
    return Page(**entry, filters=listed["filters"], tiles=tiles, figures=listed["data"], metrics=defined)


def query(name: str) -> str:
    """The SQL of a query. Raises `SonicError` if there is none of that name."""
    path = FOLDER / "queries" / f"{name}.sql"
    if not path.exists():
        raise SonicError(f"There is no query {name!r}", str(path), "Write it, or mend its name in pages.yml.")
    return path.read_text(encoding="utf-8")


def tables_of(sql: str) -> set[str]:
    """Tables that a query reads, with their schemas."""
    return set(_TABLE.findall(sql))
