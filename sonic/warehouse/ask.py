"""Questions that analysts ask: the files of analyses/, compiled by dbt and run on the warehouse."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sonic.errors import SonicError, UsageError
from sonic.paths import PROJECT, Home
from sonic.project.dbt import Dbt
from sonic.warehouse.database import Database, Rows

ANALYSES = PROJECT / "analyses"


@dataclass(frozen=True)
class Question:
    """One file of analyses/ with its description."""

    name: str
    about: str
    audience: str
    """Whom it serves first, e.g. ``finance``."""
    columns: tuple[str, ...]
    """Columns of its answer, in their order, as described."""
    path: Path


@dataclass(frozen=True)
class Answer:
    """A question's result."""

    question: Question
    columns: list[str]
    rows: Rows


def questions() -> list[Question]:
    """All questions by audience and name, as their YAML files describe them."""
    about: dict[str, Any] = {}
    for path in sorted(ANALYSES.rglob("*.yml")):
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        about |= {entry["name"]: entry for entry in content.get("analyses", [])}
    found = [_question(path, about.get(path.stem, {})) for path in ANALYSES.rglob("*.sql")]
    return sorted(found, key=lambda question: (question.audience, question.name))


def _question(path: Path, entry: Any) -> Question:
    return Question(
        name=path.stem,
        about=" ".join(str(entry.get("description", "")).split()),
        audience=str(entry.get("config", {}).get("meta", {}).get("audience", "")),
        columns=tuple(str(column["name"]) for column in entry.get("columns", [])),
        path=path,
    )


def find(name: str) -> Question:
    """The question of that name; dashes and underscores are alike. An unknown name lists the known ones."""
    known = questions()
    for question in known:
        if question.name == name.replace("-", "_"):
            return question
    listed = ", ".join(question.name.replace("_", "-") for question in known) or "none yet"
    raise UsageError(f"There is no question {name!r}", str(ANALYSES), f"Known questions: {listed}.")


def ask(home: Home, database: Database, wanted: list[Question]) -> list[Answer]:
    """Compiles the questions in one go and runs each.

    Raises `SonicError` if dbt cannot compile them or a query fails (most often: nothing is built yet).
    """
    dbt = Dbt(home, database.target, database.name)
    # no files of the whole project beside the answers, which take a second
    command = ["compile", "--no-introspect", "--select"]
    nodes = dbt.run([*command, *(question.name for question in wanted)])
    compiled = {node.name: node.compiled for node in nodes if node.resource_type == "analysis"}
    answers = []
    for question in wanted:
        if not compiled.get(question.name):
            raise SonicError(
                f"dbt did not compile the question {question.name!r}",
                str(question.path),
                f"See {dbt.log}.",
            )
        try:
            columns, rows = database.query(compiled[question.name])
        except database.errors as error:
            raise SonicError(
                f"The question failed: {str(error).strip().splitlines()[0]}",
                f"{question.path}, {database.where}",
                "If the warehouse is not built yet, run `sonic build` first.",
            ) from error
        answers.append(Answer(question, columns, rows))
    return answers
