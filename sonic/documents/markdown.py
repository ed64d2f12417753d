"""Small pieces of Markdown as GitHub reads it."""

import re
from collections.abc import Iterable, Sequence

_DECISION = re.compile(r"\bdecision (\d{3})\b")
_SPECIAL = re.compile(r"([*<>\[\]])")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table; cells are Markdown on one line."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def plain(text: str) -> str:
    """A description, of whose Markdown only `code` is meant, as one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def code(name: str) -> str:
    """A name of a table, column or file."""
    return f"`{name}`"


def link(text: str, target: str) -> str:
    """A link; `text` is Markdown."""
    return f"[{text}]({target})"


def with_decisions(text: str, files: dict[str, str], folder: str) -> str:
    """`text` with each "decision NNN" linked to its file in `folder`; `files` has their names by number."""

    def linked(match: re.Match[str]) -> str:
        return link(match[0], f"{folder}/{files[match[1]]}") if match[1] in files else match[0]

    return _DECISION.sub(linked, text)
