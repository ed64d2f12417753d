"""The dashboards' colours, and what the command refuses."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sonic.dashboard.pages import FOLDER, query
from sonic.dashboard.site import Result, check, script
from sonic.errors import SonicError, UsageError

Colour = NDArray[np.float64]

# Machado, Oliveira and Fernandes (2009), severity 1.0: linear RGB as each kind of colour blindness sees it.
SEEN_BY = {
    "all colours": np.eye(3),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TOLD_APART = 0.08
"""Distance in Oklab below which two colours of a chart are taken for one; black and white are 1 apart."""
TOGETHER = [f"series-{n}" for n in range(1, 7)]
THEMES = ("light", "dark")


def colours(theme: str) -> dict[str, Colour]:
    """Colours of a theme by name, in linear RGB; the dark one changes what differs."""
    text = (FOLDER / "assets" / "style.css").read_text(encoding="utf-8")
    blocks = re.findall(r"^:root(\[data-theme=\"dark\"\])? \{(.*?)^\}", text, re.DOTALL | re.MULTILINE)
    found: dict[str, Colour] = {}
    for dark, block in blocks:
        if not dark or theme == "dark":
            found |= {name: _linear(code) for name, code in re.findall(r"--([\w-]+): #([0-9a-f]{6});", block)}
    return found


def _linear(code: str) -> Colour:
    channels = np.array([int(code[at : at + 2], 16) for at in (0, 2, 4)]) / 255
    linear: Colour = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear


def contrast(one: Colour, other: Colour) -> float:
    """Contrast of two colours as WCAG 2 defines it, 1 to 21."""
    light, dark = sorted((float(each @ [0.2126, 0.7152, 0.0722]) for each in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def oklab(colour: Colour) -> Colour:
    """A colour in Oklab, in which distances are about as they are seen (Ottosson, 2020)."""
    cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    seen: Colour = np.array(lab) @ np.cbrt(np.clip(np.array(cones) @ colour, 0, None))
    return seen


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eye", SEEN_BY)
def test_series_are_told_apart_by_every_eye(theme: str, eye: str) -> None:
    seen = {name: oklab(np.clip(SEEN_BY[eye] @ colours(theme)[name], 0, 1)) for name in [*TOGETHER]}
    near = {
        (one, other): round(float(np.linalg.norm(seen[one] - seen[other])), 3)
        for one, other in combinations(seen, 2)
        if np.linalg.norm(seen[one] - seen[other]) < TOLD_APART
    }
    good, bad = (oklab(np.clip(SEEN_BY[eye] @ colours(theme)[name], 0, 1)) for name in ("good", "bad"))
    assert not near
    assert np.linalg.norm(good - bad) >= TOLD_APART


@pytest.mark.parametrize("theme", THEMES)
def test_colours_stand_out_from_what_is_behind_them(theme: str) -> None:
    found = colours(theme)
    for name in (*TOGETHER, "good", "bad"):
        assert contrast(found[name], found["panel"]) >= 3, name
    for name in ("ink", "soft", "accent", "good", "bad"):
        for behind in ("panel", "paper"):
            assert contrast(found[name], found[behind]) >= 4.5, f"{name} on {behind}"


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(UsageError, match="something else"):
        check(tmp_path)
    (tmp_path / "thesis.txt").unlink()
    check(tmp_path)


def test_a_number_that_javascript_would_round_is_refused() -> None:
    assert "9007199254740992" in script("large", Result(["amount"], [(2**53,)]))
    with pytest.raises(SonicError, match="hold exactly"):
        script("large", Result(["amount"], [(2**53 + 1,)]))


def test_a_query_that_is_not_there_is_named() -> None:
    with pytest.raises(SonicError, match="no query 'nowhere'"):
        query("nowhere")
