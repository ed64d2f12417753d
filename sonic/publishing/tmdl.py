"""Objects of a semantic model in Microsoft's Tabular Model Definition Language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5


@dataclass
class Node:
    """One object: its kind and name, properties, expression, and the objects within it.

    A property without a value is a flag, which holds by being there.
    """

    kind: str
    name: str = ""
    properties: Mapping[str, str | None] = field(default_factory=dict)
    default: str = ""
    """What stands after `=`: an expression, or the kind of a partition."""
    source: str = ""
    """The expression of a partition's source."""
    children: list[Node] = field(default_factory=list)
    description: str = ""

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The object as lines of text, with a tab a level."""
        indent = "\t" * depth
        if self.description:
            yield f"{indent}/// {self.description}"
        head = f"{indent}{self.kind} {quoted(self.name)}".rstrip()
        if "\n" in self.default:
            yield f"{head} ="
            yield from (f"{indent}\t\t{line}" for line in self.default.splitlines())
        else:
            yield f"{head} = {self.default}" if self.default else head
        for name, value in self.properties.items():
            yield f"{indent}\t{name}" if value is None else f"{indent}\t{name}: {value}"
        if self.source:
            yield f"{indent}\tsource ="
            yield from (f"{indent}\t\t\t{line}" for line in self.source.splitlines())
        for child in self.children:
            yield ""
            yield from child.lines(depth + 1)


def document(nodes: Iterable[Node]) -> str:
    """Objects as the text of one file."""
    return "\n".join(line for node in nodes for line in (*node.lines(), ""))


def quoted(name: str) -> str:
    """A name as TMDL writes it: in quotes, unless it is one word."""
    plain = name.replace("_", "").isalnum() and name.isascii()
    return name if plain or not name else "'" + name.replace("'", "''") + "'"


def identity(*parts: str) -> str:
    """A UUID that is the same in each publication, by which Power BI knows an object again."""
    return str(uuid5(NAMESPACE_URL, "/".join(("sonic-warehouse", *parts))))
