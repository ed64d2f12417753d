"""The site of the models: dbt's own documents and the lineage of columns, each one file that needs no network."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path

from sonic.errors import SonicError
from sonic.project.dbt import Dbt

MODELS = "models.html"
COLUMNS = "columns.html"
INDEX = "index.html"

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sonic Warehouse: models</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 18px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem; }}
  dt {{ margin-top: 1.5rem; font-weight: 600; }}
  dd {{ margin: 0; }}
</style>
<h1>Sonic Warehouse</h1>
<p>As built in {where}.</p>
<dl>
  <dt><a href="{models}">Models</a></dt>
  <dd>Each table with its columns, tests and SQL, and the graph of all, by dbt.</dd>
  <dt><a href="{columns}">Columns</a></dt>
  <dd>From which columns each column comes, back to raw rows, by dbt-colibri.</dd>
</dl>
</html>
"""


@dataclass(frozen=True)
class Site:
    """What was written: the page to begin with, and what the lineage lacks, as dbt-colibri says it."""

    page: Path
    lacks: tuple[str, ...]


def write(dbt: Dbt, folder: Path, where: str) -> Site:
    """Writes the site into `folder`, whole or not at all; what was there is replaced.

    Args:
        dbt: what documents a target, whose relations are built.
        folder: the site's own folder.
        where: the database, for the reader.

    Raises:
        SonicError: the folder holds something else or cannot be written, dbt cannot run, or dbt-colibri is missing.
    """
    if folder.exists() and not (folder.is_dir() and ((folder / INDEX).is_file() or not any(folder.iterdir()))):
        raise SonicError(
            "The folder holds something else than a site", str(folder), "Name an empty folder or a new one with --to."
        )
    if find_spec("dbt_colibri") is None:
        raise SonicError(
            "The lineage needs dbt-colibri, which is not installed",
            "extra docs",
            "Install the project with its extra: pip install '.[docs]', or `make setup`.",
        )
    artifacts = dbt.document()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
            made = Path(beside) / folder.name
            made.mkdir()
            shutil.copyfile(artifacts / "static_index.html", made / MODELS)
            lacks = _lineage(artifacts, made / COLUMNS)
            page = _PAGE.format(models=MODELS, columns=COLUMNS, where=escape(where))
            (made / INDEX).write_text(page, encoding="utf-8")
            if folder.exists():
                shutil.rmtree(folder)
            made.rename(folder)
    except OSError as error:
        raise SonicError(
            f"The site cannot be written: {error.strerror or error}", str(folder), "Name another folder with --to."
        ) from error
    return Site(folder / INDEX, lacks)


def _lineage(artifacts: Path, page: Path) -> tuple[str, ...]:
    """Writes dbt-colibri's page of what dbt has left in a folder; gives what it could not follow."""
    from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor
    from dbt_colibri.report.generator import DbtColibriReportGenerator

    with _errors_of("colibri") as errors, tempfile.TemporaryDirectory() as folder:
        extractor = DbtColumnLineageExtractor(str(artifacts / "manifest.json"), str(artifacts / "catalog.json"))
        # without compiled SQL (its light mode) the page warns of every model
        report = DbtColibriReportGenerator(extractor, light_mode=False, disable_telemetry=True)
        report.generate_report(output_dir=folder)
        shutil.copyfile(Path(folder) / "index.html", page)
    return tuple(errors)


@contextmanager
def _errors_of(name: str) -> Iterator[list[str]]:
    """What a logger says of errors while it lasts, in place of telling it to the terminal."""
    errors: list[str] = []

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR:
                errors.append(record.getMessage())

    logger = logging.getLogger(name)
    handler, passes_on = Heard(), logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield errors
    finally:
        logger.removeHandler(handler)
        logger.propagate = passes_on
