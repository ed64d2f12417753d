"""Running suites of Great Expectations: batches in, findings in words and data docs as HTML out."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation import Expectation
from jinja2 import Template

TEMPLATE = Path(__file__).with_name("report.html.j2")


@dataclass(frozen=True)
class Finding:
    """One expectation that a batch does not meet, in words."""

    batch: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.batch}: expected {self.expected}; found {self.found}"


@dataclass(frozen=True)
class Batch:
    """One batch that was looked at; `page` is its page of the data docs, from the report."""

    name: str
    rows: int
    expectations: int
    met: int
    page: str = ""


@dataclass(frozen=True)
class Report:
    """What was looked at and what was found; `page` shows it and leads to the data docs."""

    batches: tuple[Batch, ...]
    findings: tuple[Finding, ...]
    page: Path

    def listed(self, most: int = 5) -> str:
        """The first findings, a line each."""
        lines = [f"  {finding}" for finding in self.findings[:most]]
        if len(self.findings) > most:
            lines.append(f"  and {len(self.findings) - most} more")
        return "\n".join(lines)


class Judge:
    """Holds batches against what is expected of them; its data docs take the place of those before in `folder`."""

    def __init__(self, title: str, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        for site in list(self._context.get_site_names()):
            self._context.delete_data_docs_site(site)
        self._context.add_data_docs_site(
            site_name="report",
            site_config={
                "class_name": "SiteBuilder",
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
            },
        )
        # one for all batches: with each that is added, the context writes down all that it has
        asset = self._context.data_sources.add_pandas("sonic").add_dataframe_asset("rows")
        self._whole = asset.add_batch_definition_whole_dataframe("whole")
        self._title = title
        self._folder = folder
        self._findings: list[Finding] = []
        self._batches: list[Batch] = []

    def validate(self, name: str, frame: pd.DataFrame, expected: Iterable[Expectation]) -> None:
        """Holds one batch, of a name of its own, against its expectations."""
        suite = self._context.suites.add(gx.ExpectationSuite(name=name, expectations=list(expected)))
        validation = gx.ValidationDefinition(name=name, data=self._whole, suite=suite)
        outcome = self._context.validation_definitions.add(validation).run(batch_parameters={"dataframe": frame})
        self._findings += [_finding(name, result) for result in outcome.results if not result.success]
        met = sum(bool(result.success) for result in outcome.results)
        self._batches.append(Batch(name, len(frame), len(outcome.results), met))

    def report(self) -> Report:
        """Writes the data docs, which draw on the network for their looks, and a page before them that does not."""
        self._context.build_data_docs()
        batches = tuple(replace(batch, page=self._page_of(batch)) for batch in self._batches)
        template = Template(TEMPLATE.read_text(encoding="utf-8"), autoescape=True)
        page = self._folder / "report.html"
        rows = sum(batch.rows for batch in batches)
        page.write_text(
            template.render(title=self._title, rows=rows, batches=batches, findings=self._findings), encoding="utf-8"
        )
        return Report(batches, tuple(self._findings), page)

    def _page_of(self, batch: Batch) -> str:
        pages = (self._folder / "validations" / batch.name).rglob("*.html")
        return next((page.relative_to(self._folder).as_posix() for page in pages), "")


def _finding(batch: str, result: Any) -> Finding:
    config = result.expectation_config
    expected = config.type.removeprefix("expect_").replace("_", " ")
    details = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in config.kwargs.items() if name != "batch_id"
    )
    raised = (result.exception_info or {}).get("exception_message")
    if raised:
        found = str(raised)
    elif "observed_value" in result.result:
        found = str(result.result["observed_value"])
    else:
        share = result.result.get("unexpected_percent") or 0.0
        examples = ", ".join(map(str, (result.result.get("partial_unexpected_list") or [])[:3]))
        found = f"{share:.1f} % of {result.result.get('element_count', 0):,} rows otherwise: {examples}"
    return Finding(batch, f"{expected} ({details})", found)
