"""Where boxes and lines go: worked out by Graphviz, of which graphviz-pure brings a program that needs no other."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sonic.errors import SonicError

Point = tuple[float, float]
_POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Box:
    """What has a place: its size in points, and the heights of its rows from the top, each a port by its number.

    `inset` is the part of the width, on the left, that is kept for what stands before the box itself.
    """

    width: int
    rows: tuple[int, ...]
    inset: int = 0

    @property
    def height(self) -> int:
        return sum(self.rows)


@dataclass(frozen=True)
class Line:
    """A line from a row of one box, on its right, to a row of another, on its left unless it is the same box."""

    tail: str
    tail_row: int
    head: str
    head_row: int


@dataclass(frozen=True)
class Placed:
    """A layout: the size of all, the upper left corner of each box, and of each line the points of its Bézier curve."""

    width: float
    height: float
    boxes: dict[str, Point]
    lines: list[list[Point]]


def place(boxes: Mapping[str, Box], lines: Sequence[Line], *, gap: float = 22, far: float = 110) -> Placed:
    """Places boxes in layers from left to right, so that lines go right and cross seldom.

    Args:
        gap: least distance of boxes above one another, in points.
        far: distance of layers, in points.

    Raises:
        SonicError: graphviz-pure is not installed, or fails.
    """
    told = _run(_source(boxes, lines, gap, far))
    left, bottom, right, top = (float(part) for part in told["bb"].split(","))
    corners: dict[str, Point] = {}
    for each in told.get("objects", ()):
        box = boxes[each["name"]]
        x, y = (float(part) for part in each["pos"].split(","))
        corners[each["name"]] = (x - left - box.width / 2, top - y - box.height / 2)
    drawn = [
        [(float(x) - left, top - float(y)) for x, y in (part.split(",") for part in each["pos"].split())]
        for each in sorted(told.get("edges", ()), key=lambda edge: int(edge["comment"]))
    ]
    return Placed(right - left, top - bottom, corners, drawn)


def _source(boxes: Mapping[str, Box], lines: Sequence[Line], gap: float, far: float) -> str:
    parts = [
        "digraph {",
        f"graph [rankdir=LR, nodesep={gap / _POINTS_PER_INCH:.3f}, ranksep={far / _POINTS_PER_INCH:.3f}, splines=true]",
        "node [shape=plain]",
        "edge [dir=none]",
    ]
    for name, box in boxes.items():
        rows = "".join(
            f'<TR><TD PORT="r{number}" FIXEDSIZE="TRUE" WIDTH="{box.width}" HEIGHT="{height}"></TD></TR>'
            for number, height in enumerate(box.rows)
        )
        parts.append(
            f'"{name}" [label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>>]'
        )
    for number, line in enumerate(lines):
        side = "e" if line.head == line.tail else "w"
        parts.append(f'"{line.tail}":r{line.tail_row}:e -> "{line.head}":r{line.head_row}:{side} [comment="{number}"]')
    return "\n".join([*parts, "}"])


def _run(source: str) -> Any:
    program = Path(sysconfig.get_path("scripts")) / "graphviz-pure"
    try:
        done = subprocess.run(
            [str(program), "-Tjson0"], input=source, capture_output=True, text=True, check=True, encoding="utf-8"
        )
        return json.loads(done.stdout)
    except FileNotFoundError as error:
        raise SonicError(
            "Diagrams need graphviz-pure, which is not installed",
            str(program),
            "Run `make setup`, or pip install '.[docs]'.",
        ) from error
    except (subprocess.CalledProcessError, ValueError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise SonicError(
            f"The diagram cannot be laid out: {said.strip().splitlines()[-1]}",
            "graphviz-pure",
            "Report it with the command that you ran.",
        ) from error
