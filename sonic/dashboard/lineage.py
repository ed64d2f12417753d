"""What a figure is made of: the models behind a mart, back to the raw tables, as the models' own files name them.

Read from the files, which takes a moment, rather than from dbt, which takes seconds to parse them; a test holds what is
found here against dbt's own graph.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sonic.paths import PROJECT
from sonic.project.arrivals import ARRIVALS

_NAMED = re.compile(r"'(\w+)'")
_SOURCE = re.compile(r"source\('raw', '(\w+)'\)")
_CHANGES = re.compile(r"change_rows\('(\w+)', '(\w+)'")
LAYERS = ("raw", "staging", "intermediate", "marts")


@cache
def _files() -> dict[str, Path]:
    return {path.stem: path for path in (PROJECT / "models").rglob("*.sql")}


@cache
def parents() -> dict[str, frozenset[str]]:
    """What each model reads: models by their names, raw tables as `raw.<name>`."""
    return {
        name: frozenset(parent for parent in _read(path) if parent != name and not parent.startswith(ARRIVALS))
        for name, path in _files().items()
    }


def _read(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield from (name for name in _NAMED.findall(text) if name in _files())
    yield from (f"raw.{name}" for name in _SOURCE.findall(text))
    # two macros name models that the file does not
    yield from (f"stg_{domain}__{table}_changes" for domain, table in _CHANGES.findall(text))
    if "versions_from_changes(" in text:
        yield "int_clock"


def behind(mart: str) -> list[tuple[str, str]]:
    """(layer, name) of a mart and of all that it is made of, by layer and name."""
    graph, found, waiting = parents(), set[str](), [mart]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph.get(name, ())
    placed = [(_layer(name), name.removeprefix("raw.")) for name in found]
    return sorted(placed, key=lambda one: (LAYERS.index(one[0]), one[1]))


def _layer(name: str) -> str:
    if name.startswith("raw."):
        return "raw"
    return _files()[name].relative_to(PROJECT / "models").parts[0]
