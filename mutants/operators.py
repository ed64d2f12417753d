"""Changes to a statement's syntax tree, each of which could be a programmer's slip.

A site is a node of the tree; an operator turns it into other nodes. The tree comes from what dbt compiled, so that a
mutant can lie in what a macro wrote as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
Change = tuple[str, exp.Expr | None]
"""Kind of a change, and what stands in the site's place; None if the site goes."""


@dataclass(frozen=True)
class Mutation:
    """One change to a statement: its kind, where, the text before and after, and the whole statement changed."""

    kind: str
    where: str
    before: str
    after: str
    sql: str


def parse(sql: str) -> exp.Expr:
    """The syntax tree of a statement."""
    return sqlglot.parse_one(sql, read=DIALECT)


def text(tree: exp.Expr) -> str:
    """A tree as SQL."""
    return tree.sql(dialect=DIALECT, comments=False)


def mutations(sql: str, swappable: dict[str, str]) -> Iterator[Mutation]:
    """All mutations of a statement, in the order of its tree; those that make the same statement once.

    `swappable` gives the type of each output column by name: two of one type can be mixed up.
    """
    tree = parse(sql)
    seen = {text(tree)}
    for site in list(tree.walk()):
        for kind, put in _changes(site, swappable):
            whole = _with(tree, site, put)
            if whole not in seen:
                seen.add(whole)
                yield Mutation(kind, _where(site), *_told(site, put), whole)
    assert text(tree) == text(parse(sql)), "a change was not undone"


def _told(site: exp.Expr, put: exp.Expr | None) -> tuple[str, str]:
    """What a site was and is; of a whole statement, only the columns that differ."""
    if isinstance(site, exp.Select) and isinstance(put, exp.Select):
        pairs = [(text(one), text(other)) for one, other in zip(site.expressions, put.expressions, strict=False)]
        differing = [pair for pair in pairs if pair[0] != pair[1]]
        if differing:
            return ", ".join(one for one, _ in differing), ", ".join(other for _, other in differing)
    return text(site), "" if put is None else text(put)


def _with(tree: exp.Expr, site: exp.Expr, put: exp.Expr | None) -> str:
    """The whole statement with another node, or none, in a site's place; the tree is as before afterwards."""
    parent, name, place = site.parent, str(site.arg_key), site.index
    if parent is None:
        return "" if put is None else text(put)
    if put is None:
        parent.set(name, None)
    else:
        site.replace(put)
    whole = text(tree)
    if put is None:
        parent.set(name, site)
    else:
        parent.set(name, site, place)
    return whole


def _changes(site: exp.Expr, swappable: dict[str, str]) -> Iterator[Change]:
    for make in _OPERATORS:
        yield from make(site)
    yield from _swapped_columns(site, swappable)


# --- operators and boundaries -----------------------------------------------------------------------------------------

_BOUNDARIES: dict[type[exp.Expr], type[exp.Expr]] = {exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}


def _boundaries(site: exp.Expr) -> Iterator[Change]:
    other = _BOUNDARIES.get(type(site))
    if other:
        yield "boundary", other(this=site.this.copy(), expression=site.expression.copy())
    if isinstance(site, exp.Between):
        value, low, high = site.this, site.args["low"], site.args["high"]
        for below, above in ((exp.GT, exp.LTE), (exp.GTE, exp.LT)):
            inside = exp.and_(
                below(this=value.copy(), expression=low.copy()), above(this=value.copy(), expression=high.copy())
            )
            yield "boundary", exp.paren(inside)


def _comparisons(site: exp.Expr) -> Iterator[Change]:
    if isinstance(site, exp.EQ) and not _is_join_key(site):
        yield "comparison", exp.NEQ(this=site.this.copy(), expression=site.expression.copy())
    if isinstance(site, exp.NEQ):
        yield "comparison", exp.EQ(this=site.this.copy(), expression=site.expression.copy())
    if isinstance(site, exp.Is | exp.In | exp.Exists | exp.Like):
        negated = isinstance(site.parent, exp.Not)
        if not negated:
            yield "negation", exp.not_(site.copy())
    if isinstance(site, exp.Not):
        yield "negation", site.this.copy()


def _is_join_key(site: exp.Expr) -> bool:
    return site.find_ancestor(exp.Join, exp.Select).__class__ is exp.Join


_LOGIC: dict[type[exp.Expr], type[exp.Expr]] = {exp.And: exp.Or, exp.Or: exp.And}
_ARITHMETIC: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.Add: exp.Sub,
    exp.Sub: exp.Add,
    exp.Mul: exp.Div,
    exp.Div: exp.Mul,
    exp.IntDiv: exp.Mul,
}
_OPPOSITES: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.Min: exp.Max,
    exp.Max: exp.Min,
    exp.Greatest: exp.Least,
    exp.Least: exp.Greatest,
    exp.Floor: exp.Ceil,
    exp.Ceil: exp.Floor,
    exp.LogicalOr: exp.LogicalAnd,
    exp.LogicalAnd: exp.LogicalOr,
    exp.Sum: exp.Max,
    exp.Avg: exp.Sum,
    exp.Lag: exp.Lead,
    exp.Lead: exp.Lag,
    exp.FirstValue: exp.LastValue,
    exp.LastValue: exp.FirstValue,
}


def _operators(site: exp.Expr) -> Iterator[Change]:
    # in a join's condition, `or` multiplies rows without end; there, predicates are dropped instead
    if type(site) in _LOGIC and not _is_join_key(site):
        other = _LOGIC[type(site)](this=site.this.copy(), expression=site.expression.copy())
        yield "logic", exp.paren(other)
    if type(site) in _ARITHMETIC:
        other = _ARITHMETIC[type(site)](this=site.this.copy(), expression=site.expression.copy())
        yield "arithmetic", exp.paren(other)
    if type(site) in _OPPOSITES:
        yield "function", _OPPOSITES[type(site)](**{name: _copied(value) for name, value in site.args.items()})
    if isinstance(site, exp.Coalesce | exp.Nullif | exp.Abs):
        yield "function", site.this.copy()
    if isinstance(site, exp.Count) and isinstance(site.this, exp.Distinct):
        yield "function", exp.Count(this=site.this.expressions[0].copy(), big_int=True)
    if isinstance(site, exp.Literal) and not site.is_string and site.is_int and not _is_ordinal(site):
        yield "number", exp.Literal.number(int(site.this) + 1)
    if isinstance(site, exp.Boolean):
        yield "constant", exp.Boolean(this=not site.this)


def _copied(value: object) -> object:
    if isinstance(value, exp.Expr):
        return value.copy()
    if isinstance(value, list):
        return [_copied(each) for each in value]
    return value


def _is_ordinal(site: exp.Expr) -> bool:
    """Whether a number stands for a place or a type's size rather than for a figure."""
    return isinstance(site.parent, exp.Group | exp.Ordered | exp.Limit | exp.DataTypeParam)


# --- rows and joins ---------------------------------------------------------------------------------------------------


def _predicates(site: exp.Expr) -> Iterator[Change]:
    """Each predicate of a condition left out, if another is left in a join."""
    if not isinstance(site, exp.Where | exp.Having | exp.Qualify | exp.Join):
        return
    condition = site.args.get("on") if isinstance(site, exp.Join) else site.this
    if condition is None:
        return
    parts = list(condition.flatten()) if isinstance(condition, exp.And) else [condition]
    if len(parts) == 1:
        if not isinstance(site, exp.Join):
            yield "predicate", None
        return
    for left_out in parts:
        rest = exp.and_(*(part.copy() for part in parts if part is not left_out))
        if isinstance(site, exp.Join) and not rest.find(exp.EQ):
            continue
        changed = site.copy()
        changed.set("on" if isinstance(site, exp.Join) else "this", rest)
        yield "predicate", changed


def _joins(site: exp.Expr) -> Iterator[Change]:
    if not isinstance(site, exp.Join) or site.args.get("on") is None:
        return
    side = site.side.upper()
    for other in {"": ("LEFT",), "LEFT": ("",), "FULL": ("LEFT", "")}.get(side, ()):
        changed = site.copy()
        changed.set("side", other or None)
        changed.set("kind", None if other else "INNER")
        yield "join", changed


def _rows(site: exp.Expr) -> Iterator[Change]:
    if isinstance(site, exp.Union):
        yield "union", site.left.copy()
        yield "union", site.right.copy()
        changed: exp.Expr = site.copy()
        changed.set("distinct", not site.args.get("distinct"))
        yield "union", changed
    if isinstance(site, exp.Select) and site.args.get("distinct"):
        changed = site.copy()
        changed.set("distinct", None)
        yield "distinct", changed
    if isinstance(site, exp.Ordered) and site.find_ancestor(exp.Window, exp.Select).__class__ is exp.Window:
        changed = site.copy()
        changed.set("desc", not site.args.get("desc"))
        yield "window", changed
    if isinstance(site, exp.Window):
        for number in range(len(site.args.get("partition_by") or [])):
            changed = site.copy()
            changed.args["partition_by"].pop(number)
            yield "window", changed
    if isinstance(site, exp.Filter):
        yield "predicate", site.this.copy()


def _cases(site: exp.Expr) -> Iterator[Change]:
    if not isinstance(site, exp.Case):
        return
    if len(site.args["ifs"]) > 1:
        for number in range(len(site.args["ifs"])):
            changed = site.copy()
            changed.args["ifs"].pop(number)
            yield "case", changed
    if site.args.get("default") is not None:
        changed = site.copy()
        changed.set("default", None)
        yield "case", changed


# --- the wrong version, day or column ---------------------------------------------------------------------------------


def _instants(site: exp.Expr) -> Iterator[Change]:
    """A version, a price, a month looked up a day beside the instant that it must hold at."""
    if not isinstance(site, exp.LT | exp.LTE | exp.GT | exp.GTE):
        return
    for side in ("this", "expression"):
        column = site.args[side]
        if isinstance(column, exp.Column) and column.name.endswith(("_at", "_date", "_from", "_to", "_day", "_month")):
            changed = site.copy()
            changed.args[side].replace(exp.Add(this=column.copy(), expression=_day()))
            yield "instant", changed
            return


def _day() -> exp.Expr:
    return exp.Interval(this=exp.Literal.string("1"), unit=exp.var("DAY"))


def _watermarks(site: exp.Expr) -> Iterator[Change]:
    """A load that an increment does not see."""
    if isinstance(site, exp.GT) and site.this.name.endswith("load_id") and site.expression.find(exp.Select):
        later = exp.Add(this=site.expression.copy(), expression=exp.Literal.number(1))
        yield "watermark", exp.GT(this=site.this.copy(), expression=later)


def _swapped_columns(site: exp.Expr, swappable: dict[str, str]) -> Iterator[Change]:
    """In what a statement returns, each column takes the place of the next one of its type."""
    if not isinstance(site, exp.Select) or site.parent is not None:
        return
    names = [each.alias_or_name for each in site.expressions]
    for place, name in enumerate(names):
        alike = [n for n in range(place + 1, len(names)) if swappable.get(names[n], names[n]) == swappable.get(name)]
        if not alike:
            continue
        changed = site.copy()
        one, other = changed.expressions[place], changed.expressions[alike[0]]
        put = (exp.alias_(_value(other), name), exp.alias_(_value(one), names[alike[0]]))
        one.replace(put[0])
        other.replace(put[1])
        yield "swap", changed


def _value(column: exp.Expr) -> exp.Expr:
    return (column.this if isinstance(column, exp.Alias) else column).copy()


_OPERATORS: tuple[Callable[[exp.Expr], Iterator[Change]], ...] = (
    _boundaries,
    _comparisons,
    _operators,
    _predicates,
    _joins,
    _rows,
    _cases,
    _instants,
    _watermarks,
)


def _where(site: exp.Expr) -> str:
    """The common table expression that a site lies in."""
    cte = site.find_ancestor(exp.CTE)
    return cte.alias if cte is not None else "the end"
