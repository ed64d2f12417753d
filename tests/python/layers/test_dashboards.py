"""The lineage that the dashboards show is that of dbt's own graph, and dbt knows what each page reads."""

from typing import Any

import pytest

from sonic.dashboard.lineage import behind
from sonic.dashboard.pages import pages
from sonic.project.arrivals import ARRIVALS
from sonic.project.metrics import metrics

PREFIX = "model.sonic_warehouse."


@pytest.mark.parametrize("mart", sorted({metric.mart for metric in metrics().values()}))
def test_lineage_is_that_of_the_graph(mart: str, manifest: dict[str, Any]) -> None:
    found, waiting = set(), [f"{PREFIX}{mart}"]
    passed_over = ("seed.", "source.sonic_warehouse.ops.", f"{PREFIX}{ARRIVALS}")
    while waiting:
        key = waiting.pop()
        if key in found or key.startswith(passed_over):
            continue
        found.add(key)
        waiting += manifest["nodes"][key]["depends_on"]["nodes"] if key.startswith("model.") else []
    assert len(found) > 3
    assert {name for _, name in behind(mart)} == {key.rpartition(".")[2] for key in found}


def test_each_page_is_an_exposure(manifest: dict[str, Any]) -> None:
    exposed = {
        entry["name"]: (entry["label"], entry["description"], set(entry["depends_on"]["nodes"]))
        for entry in manifest["exposures"].values()
        if entry["type"] == "dashboard"
    }
    assert exposed == {
        f"dashboard_{page.name}": (
            page.title,
            page.question,
            {PREFIX + table.partition(".")[2] for table in page.tables if not table.startswith("ops.")},
        )
        for page in pages()
    }
