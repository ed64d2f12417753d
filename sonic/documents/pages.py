"""The pages of docs/ that are written from the project: how numbers come about, the data dictionary, the decisions."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from generators.ddl import TABLES, Table
from oracle.answers import ANSWERS
from sonic.documents.markdown import code, link, plain, table, with_decisions
from sonic.documents.project import Model, Project
from sonic.errors import SonicError
from sonic.paths import PROJECT

DICTIONARY = "dictionary"
DECISIONS = "decisions"
SHOWN_FIGURES = 100
"""Rows of a seed that are shown on the page; a longer one is linked to."""
WRITTEN_BY = "Written by `sonic docs pages`"
_DECISION = re.compile(r"(\d{3})-[a-z0-9-]+\.md")
_MART = re.compile(r"\b(?:bridge|dim|fct|mart|ml)_\w+")
_AREAS = {"ads": "advertising", "bi": "business", "ml": "features of models"}
"""Areas whose folder is named by an abbreviation."""


def pages(manifest: dict[str, Any], docs: Path, root: Path = PROJECT) -> dict[str, str]:
    """All pages that are written from the project, by path from docs/.

    Args:
        manifest: dbt's manifest, as dbt writes it to a file.
        docs: the folder of documents, of which the decisions are read.
        root: the project, of which the figures are read.
    """
    return _Pages(Project(manifest), root, docs).all()


def write(written: dict[str, str], docs: Path) -> list[str]:
    """Writes the pages that differ from what is there, and removes those of what is no more.

    Returns:
        Paths from docs/ of what was written or removed.

    Raises:
        SonicError: the folder cannot be written.
    """
    changed = stale(written, docs)
    try:
        for path in changed:
            target = docs / path
            if path in written:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(written[path], encoding="utf-8")
            else:
                target.unlink()
    except OSError as error:
        raise SonicError(
            f"The pages cannot be written: {error.strerror or error}", str(docs), "Mend its permissions."
        ) from error
    return changed


def stale(written: dict[str, str], docs: Path) -> list[str]:
    """Paths from docs/ of pages that are not what would be written now."""
    there = {path.relative_to(docs).as_posix() for path in (docs / DICTIONARY).glob("*.md")}
    return sorted(
        path
        for path in there | set(written)
        if path not in written
        or not (docs / path).is_file()
        or (docs / path).read_text(encoding="utf-8") != written[path]
    )


class _Pages:
    def __init__(self, project: Project, root: Path, docs: Path) -> None:
        self._project = project
        self._root = root
        self._decisions = {
            match[1]: path for path in sorted((docs / DECISIONS).glob("*.md")) if (match := _DECISION.match(path.name))
        }

    def all(self) -> dict[str, str]:
        marts = self._project.of_layer("marts")
        rules = self._project.of_layer("intermediate")
        made = {
            "numbers.md": self._numbers(),
            f"{DECISIONS}/README.md": self._index_of_decisions(),
            f"{DICTIONARY}/README.md": self._index(marts, rules),
            f"{DICTIONARY}/figures.md": self._figures(),
        }
        made |= {f"{DICTIONARY}/marts-{area}.md": self._marts(area, models) for area, models in marts.items()}
        made |= {f"{DICTIONARY}/rules-{area}.md": self._rules(area, models) for area, models in rules.items()}
        made |= {f"{DICTIONARY}/raw-{domain}.md": self._raw(domain, found) for domain, found in _domains().items()}
        return {path: "\n".join([*lines, ""]) for path, lines in made.items()}

    # how numbers come about

    def _numbers(self) -> Iterator[str]:
        yield "# How each number is computed"
        yield ""
        yield (
            f"{WRITTEN_BY} from the YAML that dbt has; a test finds it stale. A number is followed from the question to"
            " its mart, from the mart to the rules that it reads and their figures, and from there to the raw rows:"
            f" each link below goes one step further back. The [data dictionary]({DICTIONARY}/README.md) has all"
            " columns."
        )
        if self._project.metrics:
            told = "Defined once, for whatever states them: `sonic metric NAME --by ...` asks for one."
            yield from ("", "## Metrics", "", told, "")
            rows = ([code(m.name), plain(m.label), m.kind, self._metric(m.about)] for m in self._project.metrics)
            yield from table(["metric", "label", "kind", "what it is"], rows)
        yield from ("", "## Questions", "", "`sonic ask NAME` answers each.")
        for audience, asked in groupby(self._project.questions, key=lambda question: question.audience):
            yield from ("", f"### {audience.capitalize()}")
            for question in asked:
                yield from ("", f"**{plain(question.about)}** {code(question.name.replace('_', '-'))}", "")
                yield from (plain(question.reading), "")
                yield f"Computed from {self._links(question.parents, f'{DICTIONARY}/')}."

    # the dictionary

    def _index(self, marts: dict[str, list[Model]], rules: dict[str, list[Model]]) -> Iterator[str]:
        yield "# Data dictionary"
        yield ""
        yield (
            f"{WRITTEN_BY} from the YAML that dbt has and the declarations of the raw tables; a test finds it stale."
            " Money is in integers: `_minor` in the currency's minor unit, `_micro` in millionths of its main unit."
            " Instants (`_at`) are UTC. In a key, -1 is unknown and -2 not applicable; an `_id` lasts, a `_key` names"
            " one version of it. [Diagrams](../er/README.md) show how tables hang together,"
            " [the numbers](../numbers.md) which question reads which mart."
        )
        yield from ("", "## Marts", "", "What BI tools and analysts read: schema `marts`.", "")
        yield from table(["area", "tables"], self._areas("marts", marts))
        yield from ("", "## Rules", "", "How marts come about: schema `intermediate`. Not for reading by hand.", "")
        yield from table(["area", "models"], self._areas("rules", rules))
        yield from ("", "## Figures of the rules", "", "Prices, limits, rates: [figures.md](figures.md).")
        yield from ("", "## Raw tables", "", "The operational schema as it arrives: schema `raw`.", "")
        rows = (
            [link(domain, f"raw-{domain}.md"), ", ".join(code(each.name) for each in found)]
            for domain, found in _domains().items()
        )
        yield from table(["domain", "tables"], rows)

    def _areas(self, prefix: str, areas: dict[str, list[Model]]) -> Iterator[list[str]]:
        for area, models in areas.items():
            yield [link(_title(area), f"{prefix}-{area}.md"), ", ".join(code(model.name) for model in models)]

    def _marts(self, area: str, models: list[Model]) -> Iterator[str]:
        yield f"# Marts: {_title(area)}"
        yield from ("", f"{WRITTEN_BY}. [All tables](README.md).")
        for model in models:
            yield from self._model(model)
            if model.name in ANSWERS:
                module = ANSWERS[model.name].__module__
                file = link(code(f"{module.replace('.', '/')}.py"), f"../../{module.replace('.', '/')}.py")
                yield from ("", f"Worked out a second time in {file}: `sonic verify oracle --only {model.name}`.")
            yield ""
            rows = (
                [code(column.name), column.type, self._text(column.about), self._refers(column.refers_to)]
                for column in model.columns
            )
            yield from table(["column", "type", "meaning", "refers to"], rows)

    def _rules(self, area: str, models: list[Model]) -> Iterator[str]:
        yield f"# Rules: {_title(area)}"
        yield from ("", f"{WRITTEN_BY}. [All tables](README.md).")
        for model in models:
            yield from self._model(model)

    def _model(self, model: Model) -> Iterator[str]:
        yield from ("", f"## {model.name}", "", self._text(model.about), "")
        key = f" Key: {', '.join(code(name) for name in model.key)}." if model.key else ""
        yield f"{model.materialized.capitalize()}, {link('SQL', f'../../{model.path}')}.{key}"
        if model.parents:
            yield from ("", f"Computed from {self._links(model.parents, '')}.")

    def _figures(self) -> Iterator[str]:
        yield "# Figures of the rules"
        yield from ("", f"{WRITTEN_BY}. Seeds: what a rule needs to know, in force from a date. [All](README.md).")
        for name, about in sorted(self._project.seeds.items()):
            path = self._project.paths[name]
            yield from ("", f"## {name}", "", self._text(about), "", link(code(path), f"../../{path}"))
            with (self._root / path).open(encoding="utf-8", newline="") as file:
                head, *rows = csv.reader(file)
            if len(rows) <= SHOWN_FIGURES:
                yield ""
                yield from table([code(each) for each in head], ([plain(cell) for cell in row] for row in rows))

    def _raw(self, domain: str, found: list[Table]) -> Iterator[str]:
        yield f"# Raw tables: {domain}"
        yield ""
        yield f"{WRITTEN_BY}. [Diagram](../er/{domain}.svg), [all tables](README.md)."
        for each in found:
            yield from ("", f"## {each.name}", "", plain(each.about), "")
            key = ", ".join(code(name) for name in each.key)
            changes = f" All its versions: {code(each.changes_name)}." if each.kind == "entity" else ""
            yield f"{str(each.kind).capitalize()}. Key: {key}.{changes}"
            yield ""
            rows = (
                [code(column.name), column.type + (" or null" if column.nullable else ""), plain(column.about), refers]
                for column in each.lake_columns
                for refers in [self._raw_link(column.references.split(".")[0], "") if column.references else ""]
            )
            yield from table(["column", "type", "meaning", "refers to"], rows)

    def _index_of_decisions(self) -> Iterator[str]:
        yield "# Decisions"
        yield ""
        yield f"{WRITTEN_BY}. What was chosen where there was a choice, and why."
        yield ""
        rows = (
            [number, link(path.read_text(encoding="utf-8").splitlines()[0].lstrip("# "), path.name)]
            for number, path in self._decisions.items()
        )
        yield from table(["number", "decision"], rows)

    # links

    def _text(self, text: str, up: str = "..") -> str:
        files = {number: path.name for number, path in self._decisions.items()}
        return with_decisions(plain(text), files, DECISIONS if up == "." else f"{up}/{DECISIONS}")

    def _metric(self, text: str) -> str:
        """A metric's description with the marts that it names as links."""
        return _MART.sub(lambda found: self._link(found[0], f"{DICTIONARY}/"), self._text(text, "."))

    def _refers(self, model: str | None) -> str:
        return self._link(model, "") if model else ""

    def _links(self, names: Iterable[str], folder: str) -> str:
        """What names stand for, staging models by the raw tables that they stage."""
        found = {self._link(name, folder) for each in names for name in self._unstaged(each)}
        return ", ".join(sorted(found))

    def _link(self, name: str, folder: str) -> str:
        source, mark, relation = name.partition(".")
        if mark:
            return self._raw_link(relation, folder) if source == "raw" else code(name)
        model = self._project.models.get(name)
        if model is not None and model.layer in _PAGES:
            return link(code(name), f"{folder}{_PAGES[model.layer]}-{model.area}.md#{name}")
        if name in self._project.seeds:
            return link(code(name), f"{folder}figures.md#{name}")
        return code(name)

    def _raw_link(self, relation: str, folder: str) -> str:
        found = self._raw_tables.get(relation)
        label = code(f"raw.{relation}")
        return link(label, f"{folder}raw-{found.domain}.md#{found.name}") if found else label

    @cached_property
    def _raw_tables(self) -> dict[str, Table]:
        """Declarations by the names of their tables, that of the changes included."""
        return {name: each for each in TABLES.values() for name in (each.name, each.changes_name)}

    def _unstaged(self, name: str) -> list[str]:
        model = self._project.models.get(name)
        if model is None or model.layer != "staging":
            return [name]
        return [found for parent in model.parents for found in self._unstaged(parent)]


_PAGES = {"marts": "marts", "intermediate": "rules"}
"""Layers whose models have a section of a page, and how the page's name begins."""


def _title(area: str) -> str:
    return _AREAS.get(area, area)


def _domains() -> dict[str, list[Table]]:
    domains: dict[str, list[Table]] = {}
    for each in sorted(TABLES.values(), key=lambda each: each.name):
        domains.setdefault(each.domain, []).append(each)
    return dict(sorted(domains.items()))
