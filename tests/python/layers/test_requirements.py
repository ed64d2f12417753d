"""docs/requirements.csv: what meets each requirement, and the test that shows it."""

from __future__ import annotations

import ast
import csv
from functools import cache
from typing import Any

import pytest
import typer.main

from generators.ddl import TABLES
from sonic.cli.app import app
from sonic.paths import PROJECT
from tests.python.support.requirements import SHOWN_BY, TESTS, Requirement, not_shown, requirements

ASKED = PROJECT.parent / "shared" / "spec" / "requirements.csv"
REQUIREMENTS = requirements()


def models() -> set[str]:
    """Models that the marts publish."""
    return {path.stem for path in (PROJECT / "models" / "marts").rglob("*.sql")}


def analyses() -> set[str]:
    """Questions of the analysts."""
    return {path.stem for path in (PROJECT / "analyses").rglob("*.sql")}


def is_command(text: str) -> bool:
    """Whether the command line knows it, e.g. ``sonic verify orphans``."""
    program, *words = text.split()
    found: Any = typer.main.get_command(app)
    for word in words:
        found = getattr(found, "commands", {}).get(word)
    return program == "sonic" and found is not None and not hasattr(found, "commands")


@cache
def functions(path: str) -> set[str]:
    """Functions of a file of tests; none where there is no such file."""
    file = TESTS / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def unknown(requirement: Requirement) -> list[str]:
    """What it names that does not exist."""
    return [
        *(table for table in requirement.tables if table not in TABLES),
        *(model for model in requirement.models if model not in models()),
        *(name for name in requirement.analyses if name not in analyses()),
        *(command for command in requirement.commands if not is_command(command)),
        *(test for test in requirement.tests if test.partition("::")[2] not in functions(test.partition("::")[0])),
    ]


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.id)
def test_what_meets_a_requirement_exists(requirement: Requirement) -> None:
    assert not unknown(requirement)
    met = (*requirement.tables, *requirement.models, *requirement.analyses, *requirement.commands, *requirement.tests)
    assert met or requirement.open, "nothing meets it, and nothing is said to be open"
    assert requirement.shown or not met, "no test shows it"


def test_what_is_open_is_not_there_yet() -> None:
    """A model that is built is taken from what is open."""
    done = models() | analyses()
    assert not {
        (each.id, word) for each in REQUIREMENTS for word in each.open.replace(";", ",").split(", ") if word in done
    }


def test_tests_that_show_each_kind_exist() -> None:
    assert all(
        test.partition("::")[2] in functions(test.partition("::")[0]) for tests in SHOWN_BY.values() for test in tests
    )


def test_every_requirement_is_there_once() -> None:
    if not ASKED.exists():
        pytest.skip("the requirements are not beside the repository")
    with ASKED.open(encoding="utf-8", newline="") as file:
        asked = [(row["id"], row["requirement"]) for row in csv.DictReader(file)]
    assert [(each.id, each.requirement) for each in REQUIREMENTS] == asked


def test_names_of_nothing_are_found() -> None:
    planted = Requirement(
        id="X01",
        requirement="",
        tables=("streams", "dreams"),
        models=("fct_streams", "fct_dreams"),
        analyses=("mau", "nau"),
        commands=("sonic verify orphans", "sonic verify", "sonic dream"),
        tests=(
            "layers/test_requirements.py::test_names_of_nothing_are_found",
            "layers/test_requirements.py::test_dream",
        ),
        open="",
    )
    assert unknown(planted) == [
        "dreams", "fct_dreams", "nau", "sonic verify", "sonic dream", "layers/test_requirements.py::test_dream",
    ]  # fmt: skip


def test_what_did_not_pass_is_told_with_its_requirements() -> None:
    every = {test for each in REQUIREMENTS for test in each.shown}
    lost = "warehouse/test_orphans.py::test_planted_orphans_are_found_and_no_others"
    assert not_shown(every) == []
    assert not_shown(every - {lost}) == [f"{lost} (S35)"]
