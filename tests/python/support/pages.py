"""Reading the dashboards as a browser would, without one."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

_CALL = re.compile(r'^sonic\.keep\("(?P<name>\w+)", (?P<columns>\[.*?\]), (?P<rows>\[.*\])\);\n$', re.DOTALL)
_VOID = {"meta", "link", "br", "img", "input", "rect", "path"}


def figures(file: Path) -> list[dict[str, Any]]:
    """The rows of a data file."""
    called = _CALL.match(file.read_text(encoding="utf-8"))
    assert called, f"{file} is no call of sonic.keep"
    columns = json.loads(called["columns"])
    return [dict(zip(columns, row, strict=True)) for row in json.loads(called["rows"])]


class Html(HTMLParser):
    """A page's elements; `faults` says what is not closed, closed twice, or of an id that another has."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{name}> is not closed" for name in self._open]
        ids = [attributes["id"] for _, attributes in self.elements if "id" in attributes]
        self.faults += [f"id {name} stands twice" for name in sorted({each for each in ids if ids.count(each) > 1})]
        named = [
            name
            for _, attributes in self.elements
            for name in [*attributes.get("aria-labelledby", "").split(), attributes.get("href", "")[1:]]
            if name and ("aria-labelledby" in attributes or attributes.get("href", "").startswith("#"))
        ]
        self.faults += [f"there is no id {name}" for name in named if name not in ids]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.faults.append(f"</{tag}> closes {self._open[-1:] or 'nothing'}")
