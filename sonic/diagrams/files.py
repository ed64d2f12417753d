"""The files of docs/er: one diagram a domain, one of all tables, one star a fact, and a page that shows them."""

from __future__ import annotations

from pathlib import Path

from sonic.diagrams import draw
from sonic.diagrams.schema import Column, Entity, Relation, Schema
from sonic.errors import SonicError
from sonic.paths import PROJECT
from sonic.project.marts import Mart, marts

FOLDER = PROJECT / "docs" / "er"


def of_marts() -> Schema:
    """The facts and what their keys refer to, as the marts' contracts and tests declare them."""
    known = marts()
    facts = {name: mart for name, mart in known.items() if name.startswith("fct_") and mart.references}
    relations = tuple(
        Relation(name, reference.column, reference.mart)
        for name, mart in facts.items()
        for reference in mart.references
        if reference.mart in known
    )
    entities = {name: _entity(known[name]) for name in sorted({*facts, *(relation.parent for relation in relations)})}
    return Schema(entities, relations)


def _entity(mart: Mart) -> Entity:
    parents = {reference.column: reference.mart for reference in mart.references}
    columns = (
        Column(column.name, column.type, is_key=column.name in mart.key, refers_to=parents.get(column.name))
        for column in mart.columns
    )
    group = "fact" if mart.name.startswith("fct_") else "dimension" if mart.name.startswith("dim_") else "other"
    return Entity(mart.name, group, mart.description, tuple(columns))


def diagrams(tables: Schema) -> dict[str, str]:
    """All files by name: those of the operational schema and of the marts, and the page."""
    stars = of_marts()
    facts = sorted({relation.child for relation in stars.relations})
    drawn = {"all-tables.svg": draw.overview(tables)}
    drawn |= {f"{group}.svg": draw.domain(tables, group) for group in tables.groups}
    drawn |= {f"star-{fact.removeprefix('fct_')}.svg": draw.star(stars, fact) for fact in facts}
    return {**drawn, "README.md": _page(tables, stars, facts)}


def write(drawn: dict[str, str], folder: Path = FOLDER) -> None:
    """Writes the files, and removes diagrams of what is no more.

    Raises:
        SonicError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in drawn.items():
            (folder / name).write_text(content, encoding="utf-8")
        for path in folder.glob("*.svg"):
            if path.name not in drawn:
                path.unlink()
    except OSError as error:
        raise SonicError(
            f"The diagrams cannot be written: {error.strerror or error}", str(folder), "Name another folder."
        ) from error


def _page(tables: Schema, stars: Schema, facts: list[str]) -> str:
    lines = [
        "# Diagrams",
        "",
        "Drawn by `sonic draw er` from PostgreSQL's own catalogue of the operational schema, and from the contracts and"
        " tests of the marts; a test finds any that is not what would be drawn now.",
        "",
        "![All tables by domain](all-tables.svg)",
        "",
        "## Domains of the operational schema",
        "",
        "| domain | tables | diagram |",
        "|---|---|---|",
    ]
    for group in tables.groups:
        names = ", ".join(f"`{entity.name}`" for entity in tables.members(group))
        lines.append(f"| {group} | {names} | [{group}.svg]({group}.svg) |")
    lines += ["", "## Stars of the marts", "", "| fact | what a row is | diagram |", "|---|---|---|"]
    for fact in facts:
        grain = stars.entities[fact].about.split(". ")[0].rstrip(".")
        file = f"star-{fact.removeprefix('fct_')}.svg"
        lines.append(f"| `{fact}` | {grain} | [{file}]({file}) |")
    return "\n".join([*lines, ""])
