"""Commands that documents tell people to type: found in their Markdown, and held against what there is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import typer
import typer.main
from dbt.cli.main import cli as dbt

from sonic.cli.app import app
from sonic.paths import PROJECT

TESTS = PROJECT / "tests" / "python"
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/**/*.md", "offline_packages/*.md", "examples/**/*.md")
RUN = ("README.md", "docs/tour.md", "docs/bi.md", "docs/roles.md", "docs/runbook.md", "CONTRIBUTING.md")
"""Pages whose blocks `make test-docs` runs, one after the other, where a block names nothing else that does."""
STATE = (".git", ".venv", ".sonic", "target", "logs", "*_cache", "__pycache__", "profiles.yml", "dbt_packages", "dist")
"""What a fresh copy of the project is without."""
PROGRAMS = ("sonic", "make", "dbt", "pytest")
"""Programs whose commands are looked for within sentences."""
USAGE_ERROR: Any = typer.BadParameter.__base__
"""What all complaints of the command line are."""

_FENCE = re.compile(r"^```(?P<language>\w*)(?: (?P<says>[^\n]*))?\n(?P<text>.*?)^```$", re.S | re.M)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_ASSIGNMENT = re.compile(r"[A-Z_]+=.*")
_PLACEHOLDER = re.compile(r"[A-Z]+")


class Block(NamedTuple):
    """A fenced block of a page; `says` is what stands behind its language."""

    page: str
    line: int
    language: str
    says: str
    text: str

    @property
    def title(self) -> str | None:
        """The path of the file that the block shows, where it says so."""
        return self.says.removeprefix("title=").strip('"') if self.says.startswith("title=") else None

    @property
    def shown_by(self) -> str | None:
        """What runs it, where the block says so: a test by file and function, or a script by its path."""
        return self.says.removeprefix("test=") if self.says.startswith("test=") else None


def pages() -> list[Path]:
    """All pages, in the order of `PAGES`."""
    return [path for pattern in PAGES for path in sorted(PROJECT.glob(pattern))]


def blocks(page: Path) -> list[Block]:
    """Fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(PROJECT).as_posix()
    return [
        Block(name, text.count("\n", 0, found.start()) + 1, found["language"], found["says"] or "", found["text"])
        for found in _FENCE.finditer(text)
    ]


def without_blocks(text: str) -> str:
    """A page's text without its fenced blocks."""
    return _FENCE.sub("", text)


def lines(block: Block) -> list[list[str]]:
    """The words of each command of a block of shell, without its comments."""
    joined = block.text.replace("\\\n", " ")
    found: list[list[str]] = []
    for line in joined.splitlines():
        found.append([])
        for word in shlex.split(line, comments=True):
            if word == "&&":
                found.append([])
            else:
                found[-1].append(word)
    return [words for words in found if words]


def within_sentences(page: Path) -> Iterator[list[str]]:
    """The words of each command that stands within a sentence of a page."""
    for span in _SPAN.findall(without_blocks(page.read_text(encoding="utf-8"))):
        if span.split()[0] in PROGRAMS and len(words := shlex.split(span)) > 1:
            yield words


def unknown(words: list[str], whole: bool = True) -> str | None:
    """What of a command does not exist, or is not understood; None if nothing.

    Words in capitals stand for what a reader fills in; a sentence names a command that is not `whole` without them.
    Programs that are not the project's are taken as they are.
    """
    program, *rest = words[next(n for n, word in enumerate([*words, ""]) if not _ASSIGNMENT.fullmatch(word)) :] or [""]
    if program == "sonic":
        return _misused(typer.main.get_command(app), rest, whole)
    if program == "make":
        return next((word for word in rest if not _ASSIGNMENT.fullmatch(word) and word not in _targets()), None)
    if program == "dbt":
        return _misused_dbt(rest)
    if program == "pytest":
        paths = [word.partition("::")[0] for word in rest if word.startswith("tests/")]
        return next((path for path in paths if not (PROJECT / path).exists()), None)
    return None


def _misused(command: Any, words: list[str], whole: bool) -> str | None:
    """Why the command line would refuse these words."""
    name = "sonic"
    while hasattr(command, "commands"):
        if not words or words[0].startswith("-"):
            break
        name, *words = words
        if name not in command.commands:
            return name
        command = command.commands[name]
    # what a reader fills in may be of any type
    filled = ["1" if _PLACEHOLDER.fullmatch(word) else word for word in words]
    try:
        command.make_context(name, filled)
    except typer.Exit:
        return None
    except Exception as error:
        # typer keeps its errors to itself; this one it shows
        if not isinstance(error, USAGE_ERROR):
            raise
        missing = type(error).__name__ in ("MissingParameter", "NoArgsIsHelpError")
        return str(error.format_message()) if whole or not missing else None
    return None


def _misused_dbt(words: list[str]) -> str | None:
    """A command, or a node after --select, that dbt does not know."""
    options = next((n for n, word in enumerate(words) if word.startswith("-")), len(words))
    group: Any = dbt
    for word in words[:options]:
        if word not in getattr(group, "commands", {}):
            return word
        group = group.commands[word]
    selected = words.index("--select") + 1 if "--select" in words else len(words)
    for word in words[selected:]:
        if word.startswith("--"):
            break
        name = word.strip("+")
        if ":" not in name and not _PLACEHOLDER.fullmatch(name) and name not in _nodes():
            return name
    return None


@cache
def _targets() -> frozenset[str]:
    """Targets of the Makefile."""
    text = (PROJECT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([a-z-]+):", text, re.M))


@cache
def _nodes() -> frozenset[str]:
    """Names of models, seeds, snapshots, tests and analyses, and of models in the guide to extending."""
    folders = ("models", "seeds", "snapshots", "tests", "analyses")
    names = {
        path.stem for folder in folders for path in (PROJECT / folder).rglob("*") if path.suffix in (".sql", ".csv")
    }
    guide = blocks(PROJECT / "docs" / "extending.md")
    return frozenset(names | {Path(block.title).stem for block in guide if block.title})


def is_shown(by: str) -> bool:
    """Whether what is said to run a block exists: a test (``folder/file.py::function``), or a script."""
    file, _, function = by.partition("::")
    if not function:
        return (PROJECT / file).is_file()
    path = TESTS / file
    return path.is_file() and f"\ndef {function}(" in path.read_text(encoding="utf-8")
