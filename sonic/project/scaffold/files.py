"""The files of a raw table's staging, from templates that lie beside this module."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
import yaml

import generators.ddl
from generators.ddl import TABLES, Column, Kind, Table
from generators.ddl.table import LOAD_ID
from sonic.errors import SonicError
from sonic.paths import PROJECT
from sonic.project.scaffold.rules import codes, forms, rules, staged

WIDTH = 120
FOLDED_WIDTH = 118
LIST_WIDTH = 100
CODES_WIDTH = 96
"""Texts, lists and conditions are wrapped earlier, as in the models there are."""
TABLES_MACRO = Path("macros", "quarantine", "raw_tables.sql")

_GROUPS = {
    "ids": ("bigint", "uuid", "text"),
    "attributes": ("text",),
    "numbers": ("bigint", "integer", "numeric"),
    "flags": ("boolean",),
    "times": ("date", "timestamptz"),
}
_STAGED_TYPES = {"uuid": "text", "numeric": "numeric(18, 6)"}
_DOCUMENTED = ("arrived_at", "load_id", "changed_at", "change_no")
"""Columns of arrival; models/staging/_staging__docs.md tells what they mean."""
_EXPECTED_WITHIN = {Kind.EVENT: (2, 4), Kind.ENTITY: (21, 42), Kind.REFERENCE: (400, 800)}
"""Days without a row after which a feed is stale: with a warning, with an error. Sums of purged rows have no feed."""


@dataclass(frozen=True)
class _Described:
    """A column as YAML tells of it."""

    name: str
    type: str
    about: str


def scaffold(tables: Sequence[Table], root: Path = PROJECT) -> list[Path]:
    """Writes the source entries and staging models of tables that have none, and lists the tables for quarantine.

    An event gets a `base_` model, which judges its rows by the checks of its declaration, and a `stg_` model of those
    accepted; other tables get a `stg_` model of their latest rows. A source entry goes to the end of its domain's file.

    Returns:
        The files that were written or grew, relative to `root`.

    Raises:
        SonicError: one of the files is there already, or the source is declared; then nothing is written.
    """
    made = {path: text for table in tables for path, text in _models(table).items()}
    for path in made:
        if (root / path).exists():
            raise SonicError("A file is there already", str(path), "Edit it, or move it away; nothing was written.")
    for table in tables:
        _refuse_known_source(table, root)
    grown = []
    for table in tables:
        path = _sources(table)
        known = (root / path).exists()
        made[path] = made.get(path) or ((root / path).read_text(encoding="utf-8") if known else "")
        made[path] += _source(table, known=bool(made[path]))
        grown.append(path)
    for path, text in made.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return [*made, write_tables_macro(root)]


def tables_macro(root: Path = PROJECT, tables: Iterable[Table] = TABLES.values()) -> str:
    """The macro that lists the raw tables that staging takes, by what models there are under `root`."""
    known = sorted(tables, key=lambda table: (table.domain, table.name))
    there = {path.stem for path in (root / "models").rglob("*.sql")}
    return _rendered(
        "tables.sql",
        events=[
            (table, f"int_{table.name}_checked" in there)
            for table in known
            if table.kind is Kind.EVENT and f"base_{table.domain}__{table.name}" in there
        ],
        changes=[table for table in known if f"base_{table.domain}__{table.changes_name}" in there],
        kept=[t for t in known if t.kind is not Kind.EVENT and f"stg_{t.domain}__{t.name}" in there],
    )


def write_tables_macro(root: Path = PROJECT) -> Path:
    """Writes that macro anew; its path, relative to `root`."""
    (root / TABLES_MACRO).write_text(tables_macro(root), encoding="utf-8")
    return TABLES_MACRO


def _sources(table: Table) -> Path:
    return Path("models", "staging", table.domain, f"_{table.domain}__sources.yml")


def _refuse_known_source(table: Table, root: Path) -> None:
    path = root / _sources(table)
    declared = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {"sources": []}
    if table.name in {entry["name"] for source in declared["sources"] for entry in source["tables"]}:
        raise SonicError(f"The source {table.name} is declared already", str(_sources(table)), "Nothing was written.")


def _models(table: Table) -> dict[Path, str]:
    """The texts of a table's models and of the YAML beside them, by path."""
    folder = Path("models", "staging", table.domain)
    name = f"stg_{table.domain}__{table.name}"
    columns = _described(_ordered(table))
    names = [column.name for column in columns]
    key = ", ".join(table.key)
    parts: dict[str, Any] = {
        "table": table,
        "names": names,
        "renamed": _renamed(table),
        "cleaned": _cleaned(table),
        "texts": any(column.type in ("text", "uuid") for column in staged(table)),
    }
    model = partial(_rendered, "model.yml")
    if table.kind is not Kind.EVENT:
        latest = " Latest state at the data clock." if table.kind is Kind.ENTITY else ""
        if len(staged(table)) < len(table.columns):
            latest += " Credentials stay in raw."
        return {
            folder / f"{name}.sql": _rendered("latest.sql", **parts),
            folder / f"{name}.yml": model(
                name=name, description=f"{table.about} Key {key}.{latest}", columns=columns, key=table.key
            ),
        }
    base = f"base_{table.domain}__{table.name}"
    judged = [_Described(n, "text", f'{{{{ doc("{n}") }}}}') for n in ("reject_rule", "row_payload")]
    first = table.about.split(". ")[0].rstrip(".")
    return {
        folder / "base" / f"{base}.sql": _rendered("base.sql", **parts, judged=_judged(table), payload=_payload(table)),
        folder / "base" / f"{base}.yml": model(
            name=base,
            description=f"One raw row of {table.name}, copies and broken rows included, cleaned and judged: "
            f"{first[0].lower()}{first[1:]}. No key; {key} {'is' if len(table.key) == 1 else 'are'} unique where "
            "reject_rule is null.",
            columns=[*columns, *judged],
            key=(),
        ),
        folder / f"{name}.sql": _rendered("event.sql", **parts),
        folder / f"{name}.yml": model(
            name=name,
            description=f"{table.about} Key {key}. Rows that staging accepted: the first copy to arrive, with nothing "
            "in itself that shows it to be wrong.",
            columns=columns,
            key=table.key,
        ),
    }


def _source(table: Table, *, known: bool) -> str:
    """The source entry of a table; before the first one of a domain, what its file begins with."""
    key = ", ".join(table.key)
    told = {
        Kind.EVENT: f"Append-only, landed at least once and out of order. Key {key} once staged.",
        Kind.ENTITY: f"Latest state. Key {key}.",
        Kind.REFERENCE: f"Key {key}.",
        Kind.SUMMARY: f"Filed by `sonic purge`. Key {key}.",
    }[table.kind]
    return _rendered(
        "source.yml",
        known=known,
        about="" if known else _about_domain(table),
        table=table,
        description=f"{table.about} {told}",
        columns=_described([*staged(table), *table.metadata_columns, LOAD_ID]),
        expected=_EXPECTED_WITHIN.get(table.kind),
    )


def _about_domain(table: Table) -> str:
    """What the module says of itself in which a table is declared."""
    folder = Path(generators.ddl.__file__).parent
    modules = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    text = next(text for text in modules if f'name="{table.name}"' in text)
    return (ast.get_docstring(ast.parse(text)) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")


def _group(column: Column) -> str:
    """The kind of a column: of texts and whole numbers, ids are those named so."""
    kind = column.type.split("(")[0]
    if kind == "uuid" or (kind in _GROUPS["ids"] and column.name.endswith("_id")):
        return "ids"
    return next(group for group, types in _GROUPS.items() if group != "ids" and kind in types)


def _ordered(table: Table) -> list[Column]:
    """Staged columns by kind, then those of arrival."""
    by_kind = sorted(staged(table), key=lambda column: list(_GROUPS).index(_group(column)))
    return [*by_kind, *table.metadata_columns, LOAD_ID]


def _described(columns: Iterable[Column]) -> list[_Described]:
    kinds = ((column, column.type.split("(")[0]) for column in columns)
    return [
        _Described(
            column.name,
            _STAGED_TYPES.get(kind, column.type).replace(" ", ""),
            f'{{{{ doc("{column.name}") }}}}' if column.name in _DOCUMENTED else column.about,
        )
        for column, kind in kinds
    ]


def _renamed(table: Table) -> str:
    groups: dict[str, list[str]] = {}
    for column in _ordered(table):
        kind = column.type.split("(")[0]
        name = column.name
        if kind in _STAGED_TYPES:
            name = f"cast({name} as {_STAGED_TYPES[kind]}) as {name}"
        arrival = column in table.metadata_columns or column is LOAD_ID
        groups.setdefault("arrival" if arrival else _group(column), []).append(name)
    return textwrap.indent(
        ",\n\n".join(f"-- {group}\n" + ",\n".join(names) for group, names in groups.items()), " " * 8
    )


def _cleaned(table: Table) -> str:
    known, shapes = codes(table), forms(table)
    lines = (_clean(column, known.get(column.name, []), shapes.get(column.name, "")) for column in _ordered(table))
    return textwrap.indent(",\n".join(lines), " " * 8)


def _clean(column: Column, known: Sequence[str], form: str) -> str:
    """A column without the noise that is no part of its value: blanks around it, and the case of codes."""
    name = column.name
    if column.type == "uuid":
        return f"lower({name}) as {name}"
    if column.type != "text":
        return name
    text = f"{{{{ trimmed('{name}') }}}}"
    if (known and all(code.islower() for code in known)) or name.endswith("email") or form.startswith("^[0-9a-f]"):
        text = f"lower({text})"
    elif (known and all(code.isupper() for code in known)) or name.endswith("currency_code"):
        text = f"upper({text})"
    return f"nullif({text}, '') as {name}"


def _judged(table: Table) -> str:
    """The branches of the rules, each on one line where it fits."""
    lines: list[str] = []
    for rule, conditions in rules(table).items():
        whole = f"{' ' * 12}when {' or '.join(conditions)}"
        if len(f"{whole} then '{rule}'") <= LIST_WIDTH:
            lines.append(f"{whole} then '{rule}'")
            continue
        if len(whole) <= LIST_WIDTH:
            lines.append(whole)
        else:
            lines.append(f"{' ' * 12}when")
            for number, condition in enumerate(conditions):
                lines += _condition(f"{'or ' if number else ''}{condition}")
        lines.append(f"{' ' * 16}then '{rule}'")
    return "\n".join(lines)


def _condition(text: str) -> list[str]:
    """A condition in its lines; a long list of codes is wrapped."""
    line = f"{' ' * 16}{text}"
    match = re.fullmatch(r"(.* not in \()(.*)\)", line)
    if len(line) <= LIST_WIDTH or match is None:
        return [line]
    return [match[1], _wrapped(match[2], CODES_WIDTH), f"{' ' * 16})"]


def _payload(table: Table) -> str:
    names = [*staged(table), *table.metadata_columns, LOAD_ID]
    return _wrapped(", ".join(f"'{column.name}'" for column in names))


def _wrapped(text: str, width: int = LIST_WIDTH) -> str:
    margin = " " * 20
    return textwrap.fill(
        text, width, initial_indent=margin, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )


def _scalar(text: str, indent: int) -> str:
    """A text as the value of `description` at that depth: plain, quoted where it must be, folded where it is long."""
    if indent + len("description: ") + len(text) > WIDTH:
        margin = " " * (indent + 2)
        return ">-\n" + textwrap.fill(
            text,
            FOLDED_WIDTH,
            initial_indent=margin,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
    try:
        is_plain = yaml.safe_load(f"text: {text}") == {"text": text}
    except yaml.YAMLError:
        is_plain = False
    return text if is_plain else "'" + text.replace("'", "''") + "'"


def _rendered(template: str, **values: Any) -> str:
    # dbt's own braces stay as they are.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["scalar"] = _scalar
    return environment.get_template(f"{template}.j2").render(**values)
