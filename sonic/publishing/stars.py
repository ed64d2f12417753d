"""Stars: a fact, and each dimension that its keys lead to, once for each role that it plays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from sonic.errors import UsageError
from sonic.project.marts import Mart, Reference
from sonic.publishing.words import mart_caption, title

CENTRES = ("fct_", "mart_")
"""Beginnings of names of marts that are the centre of a star."""
FOR_PROGRAMS = ("serving", "ml")
"""Folders of marts that are read by programs, not by people."""


@dataclass(frozen=True)
class Table:
    """A mart in one role: as of the event or as of today (`is_current`), the place of listening or of payment."""

    mart: Mart
    role: str = ""
    is_current: bool = False

    @property
    def name(self) -> str:
        """A name for it among the tables of its star."""
        return "__".join(filter(None, (self.mart.name, self.role, "today" if self.is_current else "")))

    @property
    def caption(self) -> str:
        """Its name as people read it."""
        said = ", ".join(filter(None, (title(self.role).lower(), "today" if self.is_current else "")))
        return f"{mart_caption(self.mart)} ({said})" if said else mart_caption(self.mart)

    @property
    def condition(self) -> str:
        """The rows it has of the mart, as SQL; nothing if it has all."""
        return "is_current" if self.is_current else ""

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that name one of its rows."""
        return self.mart.history if self.is_current else self.mart.key


@dataclass(frozen=True)
class Link:
    """A key of the star's fact (`column`) and the table whose column `field` it holds, one row of it."""

    column: str
    field: str
    table: Table


@dataclass(frozen=True)
class Star:
    """A fact and what its keys lead to."""

    fact: Mart
    links: tuple[Link, ...]

    @property
    def name(self) -> str:
        return self.fact.name

    @property
    def caption(self) -> str:
        return mart_caption(self.fact)

    @property
    def tables(self) -> list[Table]:
        """The fact first, then the others in the order of its keys."""
        return [Table(self.fact), *(link.table for link in self.links)]


def published(marts: Mapping[str, Mart]) -> dict[str, Mart]:
    """The marts that people read, by name: facts, marts on top of them, dimensions and bridges."""
    return {name: mart for name, mart in marts.items() if mart.domain not in FOR_PROGRAMS}


def stars(marts: Mapping[str, Mart]) -> dict[str, Star]:
    """The star of each fact, by the fact's name."""
    known = published(marts)
    return {name: _star(mart, known) for name, mart in known.items() if name.startswith(CENTRES)}


def choose(known: Mapping[str, Star], names: list[str]) -> list[Star]:
    """The stars of those names, all by default. Raises `UsageError` if there is none of a name."""
    for name in names:
        if name not in known:
            near = get_close_matches(name, known) or [*known][:3]
            raise UsageError(
                f"There is no star of {name!r}", "models/marts", f"There are {', '.join(near)} and others."
            )
    return [known[name] for name in dict.fromkeys(names)] if names else list(known.values())


def _star(fact: Mart, known: Mapping[str, Mart]) -> Star:
    links: dict[tuple[str, str], Link] = {}
    for reference in sorted(fact.references, key=lambda each: not _is_key(each, known)):
        parent = known.get(reference.mart)
        if parent is None or parent is fact or not reaches_one(reference, parent):
            continue
        role = role_of(reference)
        is_current = not _is_key(reference, known)
        # An entity as of the event leaves no place for the same entity as of today.
        links.setdefault((parent.name, role), Link(reference.column, reference.field, Table(parent, role, is_current)))
    order = [reference.column for reference in fact.references]
    return Star(fact, tuple(sorted(links.values(), key=lambda link: order.index(link.column))))


def reaches_one(reference: Reference, parent: Mart) -> bool:
    """Whether a reference leads to one row of its parent: by its key, or by its durable id to the current version."""
    return (reference.field,) in (parent.key, parent.history)


def _is_key(reference: Reference, known: Mapping[str, Mart]) -> bool:
    return reference.mart in known and known[reference.mart].key == (reference.field,)


def role_of(reference: Reference) -> str:
    """What the parent is to the fact, by the key's name: `payment` of payment_geography_id; nothing if it is plain."""
    stem = reference.field.rpartition("_")[0]
    column = reference.column.removesuffix(reference.field)
    if column == reference.column:
        column = reference.column.removesuffix("_date").removesuffix("_id").removesuffix("_key").removesuffix(stem)
    return column.rstrip("_")
