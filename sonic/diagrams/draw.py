"""Diagrams as SVG: the tables of a domain or the star of a fact with their columns, and all tables at a glance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sonic.diagrams.layout import Box, Line, Placed, Point, place
from sonic.diagrams.schema import Column, Entity, Relation, Schema
from sonic.diagrams.style import (
    HEADER,
    MARGIN,
    NAME_SIZE,
    ROW,
    SMALL,
    badge,
    look,
    page,
    rectangle,
    text,
    width_of,
)

_TOP = 84
"""Room for title and legend."""
_FOOT = 16
"""Length of what marks the end of a line."""
_REACH = 26
"""How far a line goes level behind that."""
_PAD = 10
_AREA_WIDTH = 1750
"""Width to which the overview is filled."""
_BRIDGE = 34
"""Length of the line from the name of a table of another group to the column that refers to it."""
_TABLES_LEGEND = (
    "Bold: key. A question mark: may be null. Lines begin at the parent and end at the column that refers to it."
)
_STAR_LEGEND = "Bold: key. Lines join each key of the fact with the dimension that it names."
_ATTRIBUTES = 8
"""Columns of a dimension that a star shows."""


def domain(schema: Schema, group: str) -> str:
    """The tables of a group with their columns; what a column refers to in another group stands before it."""
    entities = {entity.name: entity for entity in schema.members(group)}
    relations = [relation for relation in schema.relations if relation.child in entities]
    within = [each for each in relations if each.parent in entities and each.parent != each.child]
    without = {(each.child, each.column): each for each in relations if each.parent not in entities}
    boxes = {name: _full(entity, _inset(entity, without)) for name, entity in entities.items()}
    clusters = []
    for names in _connected(entities, within):
        own = [relation for relation in within if relation.child in names]
        placed = place({name: boxes[name] for name in names}, [_line(relation, entities) for relation in own])
        parts = _lines(placed, own, schema, {name: box.inset for name, box in boxes.items()})
        for name, corner in sorted(placed.boxes.items()):
            parts += _outside(entities[name], boxes[name], corner, without, schema)
            shown = (corner[0] + boxes[name].inset, corner[1])
            parts += _entity(entities[name], boxes[name], shown)
            parts += _loops(entities[name], boxes[name], shown)
        clusters.append((placed.width, placed.height, parts))
    room = sum((width + 60) * (height + 30) for width, height, _ in clusters)
    width, height, parts = _shelves(clusters, max(1.35 * room**0.5, 900), (60, 30))
    title = f"{group.capitalize()}: {len(entities)} tables, {len(relations)} relationships"
    return _framed(width, height, parts, title, _TABLES_LEGEND)


def _connected(names: Iterable[str], relations: Sequence[Relation]) -> list[list[str]]:
    """The names in parts that no relation joins, each in order of the alphabet."""
    home = {name: {name} for name in names}
    for relation in relations:
        if home[relation.parent] is not home[relation.child]:
            joined = home[relation.parent] | home[relation.child]
            home.update(dict.fromkeys(joined, joined))
    return [list(part) for part in sorted({tuple(sorted(part)) for part in home.values()})]


def _shelves(
    drawn: Sequence[tuple[float, float, list[str]]], limit: float, gaps: tuple[float, float]
) -> tuple[float, float, list[str]]:
    """Pictures, each with its width and height, on shelves no wider than `limit` if they fit: the highest first."""
    waiting = sorted(drawn, key=lambda each: -each[1])
    parts: list[str] = []
    x = y = shelf = widest = 0.0
    while waiting:
        fitting = next((each for each in waiting if not x or x + each[0] <= limit), None)
        if fitting is None:
            x, y, shelf = 0.0, y + shelf + gaps[1], 0.0
            continue
        waiting.remove(fitting)
        width, height, content = fitting
        parts += [f'<g transform="translate({x:.0f} {y:.0f})">', *content, "</g>"]
        widest = max(widest, x + width)
        x, shelf = x + width + gaps[0], max(shelf, height)
    return widest, y + shelf, parts


def star(schema: Schema, fact: str) -> str:
    """A fact between its dimensions."""
    relations = [relation for relation in schema.relations if relation.child == fact]
    entities = {name: _brief(schema.entities[name]) for name in sorted({relation.parent for relation in relations})}
    entities[fact] = schema.entities[fact]
    boxes = {name: _full(entity) for name, entity in entities.items()}
    order = sorted({relation.parent for relation in relations}, key=lambda name: (-boxes[name].height, name))
    # Dimensions to the left and to the right, about as high on both sides.
    heights = {True: 0, False: 0}
    is_left = {}
    for name in order:
        is_left[name] = heights[True] <= heights[False]
        heights[is_left[name]] += boxes[name].height + 22
    ordered = [each for side in (True, False) for each in relations if is_left[each.parent] is side]
    lines = [
        _line(each, entities) if is_left[each.parent] else Line(fact, _row(entities[fact], each.column), each.parent, 0)
        for each in ordered
    ]
    placed = place(boxes, lines, far=140)
    parts = _lines(placed, ordered, schema, {}, turned={each.parent for each in ordered if not is_left[each.parent]})
    for name, corner in sorted(placed.boxes.items()):
        parts += _entity(entities[name], boxes[name], corner)
    title = f"{fact}: {len(relations)} keys, {len(order)} dimensions"
    return _framed(placed.width, placed.height, parts, title, _STAR_LEGEND)


def _brief(entity: Entity) -> Entity:
    """An entity with its first columns, and how many more there are."""
    more = len(entity.columns) - _ATTRIBUTES
    if more <= 1:
        return entity
    return replace(entity, columns=(*entity.columns[:_ATTRIBUTES], Column(f"and {more} more", "")))


def _full(entity: Entity, inset: int = 0) -> Box:
    widths = [width_of(entity.name, NAME_SIZE) + 44]
    widths += [width_of(column.name) + width_of(_kind(column)) + 62 for column in entity.columns]
    return Box(inset + round(max(widths)), (HEADER, *(ROW for _ in entity.columns), 5), inset)


def _inset(entity: Entity, without: Mapping[tuple[str, str], Relation]) -> int:
    """Room before a table for the names of tables of other groups."""
    widths = [_outside_width(each.parent) for (child, _), each in without.items() if child == entity.name]
    return round(max(widths, default=0))


def _outside_width(name: str) -> float:
    return 24 + width_of(name) + 6 + _BRIDGE


def _outside(
    entity: Entity, box: Box, corner: Point, without: Mapping[tuple[str, str], Relation], schema: Schema
) -> list[str]:
    """Names of tables of other groups, each before the column that refers to it."""
    parts = []
    edge = corner[0] + box.inset
    for number, column in enumerate(entity.columns):
        relation = without.get((entity.name, column.name))
        if relation is None:
            continue
        group = schema.entities[relation.parent].group
        middle = corner[1] + HEADER + number * ROW + ROW / 2
        left = edge - _outside_width(relation.parent)
        colour = look(group).colour
        child, parent = (edge, middle), (edge - _BRIDGE, middle)
        ends = _one(child, -1, is_optional=False) if relation.is_one else _many(child, -1)
        ends += _one(parent, 1, is_optional=relation.is_optional)
        parts += [
            badge(left, middle - 7, group),
            text(left + 24, middle + 4, relation.parent, "faint"),
            f'<path class="line" stroke="{colour}" d="M{parent[0]:.1f} {middle:.1f} h{_BRIDGE}"/>',
            ends.replace("COLOUR", colour),
        ]
    return parts


def _kind(column: Column) -> str:
    return column.type + ("?" if column.is_nullable else "")


def _row(entity: Entity, column: str) -> int:
    return 1 + next(number for number, each in enumerate(entity.columns) if each.name == column)


def _line(relation: Relation, entities: dict[str, Entity]) -> Line:
    return Line(relation.parent, 0, relation.child, _row(entities[relation.child], relation.column))


def _framed(width: float, height: float, parts: list[str], title: str, legend: str) -> str:
    marks = width_of(legend) + MARGIN + 24
    whole = max(width + 2 * MARGIN, marks + 330)
    head = [text(MARGIN, 38, title, "title"), text(MARGIN, 60, legend, "faint"), *_legend(marks)]
    middle = (whole - width) / 2
    shifted = [f'<g transform="translate({middle:.0f} {_TOP})">', *parts, "</g>"]
    return page(whole, height + _TOP + MARGIN, [*head, *shifted], title=title, about=f"{title}. {legend}")


def _legend(x: float) -> list[str]:
    """What the ends of lines mean."""
    parts = []
    for label, is_one, is_optional in (("many", False, False), ("one", True, False), ("none or one", True, True)):
        parts.append(f'<path class="line" stroke="#7a7a7a" d="M{x:.0f} 56 h30"/>')
        end = _one((x + 30, 56), -1, is_optional=is_optional) if is_one else _many((x + 30, 56), -1)
        parts += [end.replace("COLOUR", "#7a7a7a"), text(x + 38, 60, label, "faint")]
        x += 38 + width_of(label) + 24
    return parts


def _lines(
    placed: Placed,
    relations: Sequence[Relation],
    schema: Schema,
    insets: Mapping[str, int],
    turned: Collection[str] = (),
) -> list[str]:
    """Lines between boxes; those of `turned` parents begin at the child."""
    parts = []
    for relation, points in zip(relations, placed.lines, strict=True):
        colour = look(schema.entities[relation.parent].group).colour
        inset = insets.get(relation.child, 0)
        parts.append(f'<path class="line" stroke="{colour}" d="{_curve(points, inset)}"/>')
        parent, child = (points[0], 1), ((points[-1][0] + inset, points[-1][1]), -1)
        if relation.parent in turned:
            parent, child = child, parent
        many = _one(*child, is_optional=False) if relation.is_one else _many(*child)
        parts += [
            many.replace("COLOUR", colour),
            _one(*parent, is_optional=relation.is_optional).replace("COLOUR", colour),
        ]
    return parts


def _loops(entity: Entity, box: Box, corner: Point) -> list[str]:
    """Lines of columns that refer to a row of the same table, on its right."""
    parts = []
    colour = look(entity.group).colour
    for number, column in enumerate(entity.columns):
        if column.refers_to == entity.name:
            x, top = corner[0] + box.width - box.inset, corner[1] + HEADER / 2
            low = corner[1] + HEADER + number * ROW + ROW / 2
            out = x + _FOOT + 22
            bend = f"C{out:.1f} {top:.1f} {out:.1f} {low:.1f} {x + _FOOT:.1f} {low:.1f}"
            parts.append(f'<path class="line" stroke="{colour}" d="M{x:.1f} {top:.1f} h{_FOOT} {bend} h-{_FOOT}"/>')
            ends = _many((x, low), 1) + _one((x, top), 1, is_optional=column.is_nullable)
            parts.append(ends.replace("COLOUR", colour))
    return parts


def _curve(points: Sequence[Point], inset: int = 0) -> str:
    """The path of a line that leaves and meets its boxes level, and goes on to the table behind what stands before."""
    shown = list(points)
    (x0, y0), (x1, y1) = shown[0], shown[-1]
    shown[0], shown[1] = (x0 + _FOOT, y0), (x0 + _FOOT + _REACH, y0)
    shown[-1], shown[-2] = (x1 - _FOOT, y1), (x1 - _FOOT - _REACH, y1)
    told = [f"M{x0:.1f} {y0:.1f} h{_FOOT}"]
    for number in range(1, len(shown), 3):
        told.append("C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in shown[number : number + 3]))
    return " ".join([*told, f"h{_FOOT + inset}"])


def _many(at: Point, side: int) -> str:
    """A crow's foot that opens towards the box."""
    x, y = at
    apex = x + side * 11
    return f'<path class="mark" stroke="COLOUR" d="M{x:.1f} {y - 5:.1f} L{apex:.1f} {y:.1f} L{x:.1f} {y + 5:.1f}"/>'


def _one(at: Point, side: int, *, is_optional: bool) -> str:
    """A bar before the box, and a ring where there may be none."""
    x, y = at
    bar = x + side * 6
    ring = (
        f'<circle class="hole" stroke="COLOUR" cx="{x + side * 12:.1f}" cy="{y:.1f}" r="3.4"/>' if is_optional else ""
    )
    return f'<path class="mark" stroke="COLOUR" d="M{bar:.1f} {y - 4.5:.1f} v9"/>{ring}'


def _entity(entity: Entity, box: Box, corner: Point) -> list[str]:
    (x, y), width = corner, box.width - box.inset
    colour = look(entity.group).colour
    parts = [
        f"<g><title>{_escaped(entity.about)}</title>",
        rectangle(x, y, width, box.height, "box", round_=4),
        f'<path fill="{colour}" d="M{x:.1f} {y + 4:.1f} a4 4 0 0 1 4 -4 h{width - 8} a4 4 0 0 1 4 4 v1 h-{width} z"/>',
        text(x + _PAD, y + 19, entity.name, "name"),
        badge(x + width - 28, y + 8, entity.group),
    ]
    for number, column in enumerate(entity.columns):
        top = y + HEADER + number * ROW
        if column.refers_to:
            parts.append(rectangle(x + 3, top + 4, 4, ROW - 8, fill=colour, round_=2))
        parts.append(text(x + _PAD + 4, top + 12.5, column.name, "key" if column.is_key else ""))
        parts.append(text(x + width - _PAD, top + 12.5, _kind(column), "faint", anchor="end"))
    parts.append("</g>")
    return parts


def _escaped(content: str) -> str:
    return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def overview(schema: Schema) -> str:
    """All tables by name, with lines within each group, and the letters of the other groups that a table refers to."""
    areas = [_area(schema, group) for group in schema.groups]
    width, height, parts = _shelves(areas, _AREA_WIDTH, (18, 18))
    title = f"Sonic Warehouse, operational schema: {len(schema.entities)} tables, {len(schema.relations)} relationships"
    legend = (
        "Lines: within a domain, from the parent to the table that refers to it."
        " Letters behind a name: other domains that it refers to."
    )
    head = [text(MARGIN, 38, title, "title"), text(MARGIN, 60, legend, "faint")]
    shifted = [f'<g transform="translate({MARGIN} {_TOP})">', *parts, "</g>"]
    return page(width + 2 * MARGIN, height + _TOP + MARGIN, [*head, *shifted], title=title, about=legend)


def _area(schema: Schema, group: str) -> tuple[float, float, list[str]]:
    """Width, height and drawing of a group."""
    own = {entity.name: entity for entity in schema.members(group)}
    others: dict[str, set[str]] = defaultdict(set)
    pairs: dict[tuple[str, str], Relation] = {}
    for relation in schema.relations:
        if relation.child in own:
            home = schema.entities[relation.parent].group
            if home != group:
                others[relation.child].add(home)
            elif relation.parent != relation.child:
                pairs.setdefault((relation.parent, relation.child), relation)
    boxes = {name: Box(round(width_of(name) + 24 + 23 * len(others[name])), (SMALL,)) for name in own}
    lines = [Line(parent, 0, child, 0) for parent, child in pairs]
    placed = place(boxes, lines, gap=7, far=54)
    colour = look(group).colour
    count = f"{len(own)} tables" if len(own) != 1 else "1 table"
    width = max(placed.width, width_of(group, NAME_SIZE) + width_of(count) + 60) + 28
    height = placed.height + 52
    parts = [
        rectangle(0, 0, width, height, "area", round_=8),
        rectangle(0, 0, 5, height, fill=colour, round_=2),
        badge(14, 11, group),
        text(40, 22, group, "name"),
        text(width - 12, 22, count, "faint", anchor="end"),
        '<g transform="translate(14 38)">',
    ]
    for relation, points in zip(pairs.values(), placed.lines, strict=True):
        parts.append(f'<path class="line" stroke="{colour}" d="{_curve(points)}"/>')
        child = (points[-1], -1)
        parts.append((_one(*child, is_optional=False) if relation.is_one else _many(*child)).replace("COLOUR", colour))
    for name, (x, y) in sorted(placed.boxes.items()):
        parts += [rectangle(x, y, boxes[name].width, SMALL, "box", round_=4), text(x + 8, y + 14, name)]
        for number, other in enumerate(sorted(others[name])):
            parts.append(badge(x + width_of(name) + 15 + 23 * number, y + 3, other))
    return width, height, [*parts, "</g>"]
