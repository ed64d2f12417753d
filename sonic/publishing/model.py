"""The semantic model of all marts that people read: tables, and the relationships between them.

A relationship is active where it leaves one way, and one alone, by which a filter reaches a table; the others stand
ready for measures that ask for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sonic.project.marts import Mart, Reference
from sonic.publishing.stars import CENTRES, Table, published, reaches_one, role_of

BRIDGE = "bridge_"


@dataclass(frozen=True)
class Relationship:
    """Many rows of `child` to one of `parent`; filters go from parent to child, or both ways across a bridge."""

    child: Table
    column: str
    parent: Table
    field: str
    is_active: bool
    is_both_ways: bool

    @property
    def name(self) -> str:
        return f"{self.child.name}.{self.column} {self.parent.name}.{self.field}"


@dataclass(frozen=True)
class Model:
    """All tables and relationships."""

    tables: tuple[Table, ...]
    relationships: tuple[Relationship, ...]

    def table(self, mart: str) -> Table:
        """The table of a mart, with all its versions."""
        return next(table for table in self.tables if table.mart.name == mart and not table.is_current)


def model(marts: Mapping[str, Mart], time_columns: Mapping[str, str]) -> Model:
    """The model of the marts; `time_columns` are the dates by which metrics count, by mart."""
    known = published(marts)
    tables = {mart.name: Table(mart) for mart in known.values()}
    paths = _Paths()
    found: list[Relationship] = []
    current: dict[str, Table] = {}
    every = [(mart, reference) for mart in known.values() for reference in mart.references]
    every.sort(key=lambda one: _preference(one[0], one[1], time_columns.get(one[0].name, "")))
    for mart, reference in every:
        parent = known.get(reference.mart)
        if parent is None or parent is mart or not reaches_one(reference, parent):
            continue
        child, target = tables[mart.name], tables[parent.name]
        if (reference.field,) != parent.key:
            target = current.setdefault(parent.name, Table(parent, is_current=True))
        both = mart.name.startswith(BRIDGE) and reference is mart.references[0]
        is_active = not _hides(mart, parent) and paths.add(child.name, target.name, both)
        found.append(Relationship(child, reference.column, target, reference.field, is_active, both))
    found.sort(key=lambda each: (each.child.name, not each.is_active, each.column))
    return Model((*tables.values(), *(current[name] for name in sorted(current))), tuple(found))


def _preference(mart: Mart, reference: Reference, time_column: str) -> tuple[int, bool, str, bool]:
    """What comes first becomes active.

    That is what leads from facts to dimensions, then from bridges, from facts to others, and between dimensions; of a
    mart the date that metrics go by, then what a row is plainly about.
    """
    from_fact, to_fact = mart.name.startswith(CENTRES), reference.mart.startswith(CENTRES)
    rank = (2 if to_fact else 0) if from_fact else 1 if mart.name.startswith(BRIDGE) else 3
    return rank, reference.column != time_column, mart.name, bool(role_of(reference))


def _hides(mart: Mart, parent: Mart) -> bool:
    """Whether a role that sees the parent of a dimension does not see the dimension.

    What is behind a hidden table must not be related to what is before it: Power BI refuses such a model.
    """
    is_between_dimensions = not mart.name.startswith((*CENTRES, BRIDGE))
    return is_between_dimensions and not _readers(parent) <= _readers(mart)


def _readers(mart: Mart) -> set[str]:
    return set(mart.meta.get("readers", {}))


@dataclass
class _Paths:
    """The ways that filters go."""

    ways: dict[str, set[str]] = field(default_factory=dict)
    back: dict[str, set[str]] = field(default_factory=dict)

    def add(self, child: str, parent: str, both: bool) -> bool:
        """Adds the way from a parent to its child unless it would be a second one; returns whether it did."""
        directions = [(parent, child), (child, parent)] if both else [(parent, child)]
        for start, end in directions:
            above, below = {start, *_reached(self.back, start)}, {end, *_reached(self.ways, end)}
            if any(below & {place, *_reached(self.ways, place)} for place in above):
                return False
        for start, end in directions:
            self.ways.setdefault(start, set()).add(end)
            self.back.setdefault(end, set()).add(start)
        return True


def _reached(ways: Mapping[str, set[str]], start: str) -> Iterator[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for place in ways.get(waiting.pop(), ()):
            if place not in seen and place != start:
                seen.add(place)
                waiting.append(place)
    yield from seen
