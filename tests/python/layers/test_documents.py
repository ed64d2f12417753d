"""Documents are true: commands, links and paths lead somewhere, words are spelled, written pages are current."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sonic.documents.pages import pages as written_pages
from sonic.documents.pages import stale, write
from sonic.paths import PROJECT, Home
from tests.python.support.commands import (
    RUN,
    Block,
    blocks,
    is_shown,
    lines,
    pages,
    unknown,
    within_sentences,
    without_blocks,
)

DOCS = PROJECT / "docs"
LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)|<(?:img|a|source)\s[^>]*?(?:src|href|srcset)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.M)
PATH = re.compile(r"`((?:docs|examples|generators|macros|models|mutants|oracle|seeds|snapshots|sonic|tests)/[\w./-]+)`")


def shell(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language in ("sh", "bash", "shell", "console")]


@cache
def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    titles = HEADING.findall(without_blocks(page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title)).strip().lower().replace(" ", "-") for title in titles}


def broken_links(page: Path) -> list[str]:
    """Links within the repository that lead nowhere."""
    text = without_blocks(page.read_text(encoding="utf-8"))
    broken = []
    for target in (first or second for first, second in LINK.findall(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    return broken


def test_links_and_paths_lead_somewhere() -> None:
    assert not {str(page): broken for page in pages() if (broken := broken_links(page))}
    guide = {block.title for block in blocks(DOCS / "extending.md")}
    named = {path for page in pages() for path in PATH.findall(without_blocks(page.read_text(encoding="utf-8")))}
    assert not {path for path in named - guide if not (PROJECT / path).exists()}


def test_commands_are_known() -> None:
    told = {" ".join(words): unknown(words) for page in pages() for block in shell(page) for words in lines(block)}
    told |= {" ".join(words): unknown(words, whole=False) for page in pages() for words in within_sentences(page)}
    assert not {command: problem for command, problem in told.items() if problem}


def test_each_block_is_run() -> None:
    """By `make test-docs`, or by what it names."""
    found = [block for page in pages() for block in shell(page)]
    assert {block.page for block in found} >= set(RUN)
    assert not [each for each in found if not (is_shown(each.shown_by) if each.shown_by else each.page in RUN)]


@pytest.mark.parametrize("command", ["sonic ask", "sonic status"])
def test_cheap_commands_run(command: str, home: Home) -> None:
    """Those that need no warehouse; `make test-docs` runs all."""
    assert command.split() in [words for page in pages() for block in shell(page) for words in lines(block)]
    program = Path(sys.executable).parent / command.split(maxsplit=1)[0]
    done = subprocess.run([program, *command.split()[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_words_are_spelled() -> None:
    """By codespell's list of misspellings, in documents, code and descriptions."""
    program = Path(sys.executable).with_name("codespell")
    done = subprocess.run([program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_written_pages_are_current(manifest: dict[str, Any]) -> None:
    found = stale(written_pages(manifest, DOCS), DOCS)
    assert not found, "run `sonic docs pages`, which writes them from the YAML and the declarations"


def test_pages_are_written_and_removed(manifest: dict[str, Any], tmp_path: Path) -> None:
    """What is written is current; another description, and a page of what is no more, are found and mended."""
    (tmp_path / "decisions").mkdir()
    made = written_pages(manifest, tmp_path)
    assert set(write(made, tmp_path)) == set(made)
    assert stale(made, tmp_path) == []
    (tmp_path / "dictionary" / "marts-of-old.md").write_text("", encoding="utf-8")
    page = tmp_path / "dictionary" / "marts-finance.md"
    page.write_text(page.read_text(encoding="utf-8").replace("Grain", "Grains", 1), encoding="utf-8")
    assert write(made, tmp_path) == ["dictionary/marts-finance.md", "dictionary/marts-of-old.md"]
    assert stale(made, tmp_path) == []


def test_the_way_to_other_engines_names_every_macro_that_differs() -> None:
    """What a further engine has to say for itself, no more and no less."""
    (section,) = re.findall(r"^## What differs in SQL$(.*?)^## ", (DOCS / "scaling.md").read_text("utf-8"), re.S | re.M)
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    texts = (path.read_text(encoding="utf-8") for path in (PROJECT / "macros").rglob("*.sql"))
    assert sorted(named) == sorted(name for text in texts for name in re.findall(r"macro default__(\w+)", text))


def test_what_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b` c_d\n[x](#a-b-c_d) [y](page.md#z) [z](none.md)\n![p](https://a.b/c)\n", encoding="utf-8")
    assert broken_links(page) == ["page.md#z", "none.md"]


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("sonic ask NAME", None),
        ("SONIC_TARGET=duckdb sonic generate --days 3", None),
        ("sonic generate --days three", "valid integer"),
        ("sonic dream", "dream"),
        ("sonic verify oracle --nothing", "No such option"),
        ("make build", None),
        ("make cake", "cake"),
        ("dbt test --select fct_journal_lines+", None),
        ("dbt test --select fct_dreams", "fct_dreams"),
        ("dbt docs dream", "dream"),
        ("pytest tests/python/dreams", "tests/python/dreams"),
        ("ls dreams", None),
    ],
)
def test_what_is_no_command_is_found(command: str, problem: str | None) -> None:
    found = unknown(command.split())
    assert found is None if problem is None else problem in str(found)


def test_a_block_says_what_runs_it() -> None:
    shown_by = "test=layers/test_documents.py::test_a_block_says_what_runs_it"
    block = Block("a.md", 1, "sh", shown_by, "make  # all\na 'b && c' && d\n")
    assert block.shown_by and is_shown(block.shown_by)
    assert not is_shown("layers/test_documents.py::test_dream") and not is_shown("dream.sh") and is_shown(".ci/run")
    assert lines(block) == [["make"], ["a", "b && c"], ["d"]]
