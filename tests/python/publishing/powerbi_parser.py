"""The Power BI project as Microsoft's own parser of TMDL reads it: `make test-powerbi`.

The parser is a part of Microsoft's server of semantic models (npm: @microsoft/powerbi-modeling-mcp), which the make
target installs into the folder that `SONIC_POWERBI_PARSER` names; it is spoken to by its standard input and output.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.project.marts import described
from sonic.publishing import powerbi, publish
from sonic.publishing.words import caption
from sonic.warehouse.targets import open_database

VERSION = "2025-03-26"
"""Of the protocol that the server speaks."""


class Parser:
    """Microsoft's server, one request at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._number = 0
        self._ask("initialize", protocolVersion=VERSION, capabilities={}, clientInfo={"name": "test", "version": "1"})
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def run(self, tool: str, **request: Any) -> dict[str, Any]:
        """What a tool of the server answers."""
        answer = self._ask("tools/call", name=tool, arguments={"request": request})
        said: dict[str, Any] = json.loads(answer["content"][0]["text"])
        return said

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": parameters})
        assert self._process.stdout
        for line in self._process.stdout:
            answer = json.loads(line)
            if answer.get("id") == self._number:
                result: dict[str, Any] = answer["result"]
                return result
        raise AssertionError(f"the parser ended at {method}")

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()


@contextmanager
def parser(log: Path) -> Iterator[Parser]:
    installed = Path(os.environ["SONIC_POWERBI_PARSER"])
    (program,) = installed.glob("node_modules/@microsoft/powerbi-modeling-mcp-*/dist/powerbi-modeling-mcp*")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    with log.open("w") as errors:
        process = subprocess.Popen(
            [program, "--start"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        )
        try:
            yield Parser(process)
        finally:
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[powerbi.Project, Path]:
    """A project of the default warehouse's marts, and its folder."""
    home = Home.locate()
    database = open_database(home, os.environ.get("SONIC_TARGET"))
    marts = described(Dbt(home, database.target, database.name).manifest())
    folder = tmp_path_factory.mktemp("published") / "powerbi"
    return publish.to_powerbi(publish.address_of(database), marts, folder), folder


@pytest.fixture(scope="module")
def read(made: tuple[powerbi.Project, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The model as the parser has understood it, in Microsoft's JSON."""
    folder = tmp_path_factory.mktemp("parser")
    with parser(folder / "log") as microsoft:
        opened = microsoft.run(
            "connection_operations",
            operation="ConnectFolder",
            folderPath=str(made[1] / f"{powerbi.NAME}.SemanticModel"),
        )
        assert opened["message"].startswith("Successfully loaded"), opened["message"]
        microsoft.run("database_operations", operation="ExportToBimFile", bimFilePath=str(folder / "model.bim"))
    model: dict[str, Any] = json.loads((folder / "model.bim").read_text(encoding="utf-8-sig"))["model"]
    return model


def test_tables_have_the_columns_of_their_marts(made: tuple[powerbi.Project, Path], read: dict[str, Any]) -> None:
    found = {table["name"]: {each["sourceColumn"] for each in table["columns"]} for table in read["tables"]}
    for table in made[0].model.tables:
        assert found[table.caption] == {column.name for column in table.mart.columns}
    assert all(each.get("description") for table in read["tables"] for each in table.get("measures", []))


def test_relationships_are_those_of_the_keys(made: tuple[powerbi.Project, Path], read: dict[str, Any]) -> None:
    def end(each: dict[str, Any], side: str) -> str:
        return f"{each[f'{side}Table']}[{each[f'{side}Column']}]"

    found = {
        (end(each, "from"), end(each, "to")): (
            each.get("isActive", True),
            each.get("crossFilteringBehavior", "oneDirection"),
        )
        for each in read["relationships"]
    }
    assert found == {
        (
            f"{each.child.caption}[{caption(each.column)}]",
            f"{each.parent.caption}[{caption(each.field)}]",
        ): (each.is_active, "bothDirections" if each.is_both_ways else "oneDirection")
        for each in made[0].model.relationships
    }
    assert all("fromCardinality" not in each and "toCardinality" not in each for each in read["relationships"])


def test_metrics_are_measures_with_their_words(made: tuple[powerbi.Project, Path], read: dict[str, Any]) -> None:
    measures = {
        each["name"]: each for table in read["tables"] if table["name"] == powerbi.METRICS for each in table["measures"]
    }
    metrics = {metric.label: metric for metric in made[0].metrics.values()}
    assert set(measures) == set(metrics)
    for label, metric in metrics.items():
        assert measures[label]["description"] == f"{metric.description} Metric {metric.name}."
        assert measures[label]["expression"]


def test_the_calendar_is_marked_and_has_its_levels(read: dict[str, Any]) -> None:
    (calendar,) = (table for table in read["tables"] if table.get("dataCategory") == "Time")
    assert [each["name"] for each in calendar["columns"] if each.get("isKey")] == ["Date Day"]
    assert {each["name"]: len(each["levels"]) for each in calendar["hierarchies"]} == {"Calendar": 4, "ISO Weeks": 3}
    assert [each["sortByColumn"] for each in calendar["columns"] if each["name"] == "Month Name"] == ["Month Of Year"]


def test_roles_filter_rows_and_hide_tables(made: tuple[powerbi.Project, Path], read: dict[str, Any]) -> None:
    found = {role["name"]: {each["name"]: each for each in role.get("tablePermissions", [])} for role in read["roles"]}
    assert set(found) == set(made[0].roles) and not found["analyst"]
    assert found["support"]["User"]["metadataPermission"] == "none"
    assert "USERPRINCIPALNAME()" in found["label"]["Song"]["filterExpression"]
    assert {each["name"] for each in found["label"]["Payee"]["columnPermissions"]} == {"Name", "User ID"}
