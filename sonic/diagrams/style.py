"""How diagrams look: one face of type, a colour and two letters for each domain, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

FACE = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
ADVANCE = 0.6021
"""Width of a character of the face, as a share of its size."""
HEADER, ROW, SMALL = 26, 17, 20
"""Heights of a box's header, of a row with a column, and of a box that is a name alone, in points."""
TITLE_SIZE, NAME_SIZE, TEXT_SIZE = 20, 12, 11
MARGIN = 28


@dataclass(frozen=True)
class Look:
    """The colour of a group and the two letters that say the same to whoever does not see it."""

    colour: str
    letters: str


# Hues of Paul Tol's schemes and of Okabe and Ito, each beside others of another lightness; letters tell those apart
# that colour blindness brings together.
LOOKS = {
    "ads": Look("#cc6677", "AD"),
    "billing": Look("#ddaa33", "BI"),
    "catalog": Look("#117733", "CA"),
    "charts": Look("#ee8866", "CH"),
    "community": Look("#66bbdd", "CO"),
    "compliance": Look("#004488", "CP"),
    "engagement": Look("#44aa99", "EN"),
    "experiments": Look("#b8b24a", "EX"),
    "identity": Look("#5b4bb5", "ID"),
    "live": Look("#aa4499", "LI"),
    "marketing": Look("#882255", "MA"),
    "messaging": Look("#77aadd", "ME"),
    "moderation": Look("#bb5566", "MO"),
    "opening": Look("#a89f91", "OP"),
    "platform": Look("#6b6b6b", "PL"),
    "reference": Look("#999999", "RE"),
    "royalties": Look("#8a7d1f", "RO"),
    "support": Look("#3f7fbf", "SU"),
    "fact": Look("#0072b2", "FA"),
    "dimension": Look("#009e73", "DI"),
}
OTHER = Look("#7a7a7a", "??")

_CSS = f"""
text {{ font-family: {FACE}; font-size: {TEXT_SIZE}px; fill: #22303c; }}
.page {{ fill: #fbfbf9; }}
.box {{ fill: #ffffff; stroke: #c9cfd4; stroke-width: 1; }}
.area {{ fill: #f1f2ee; stroke: none; }}
.title {{ font-size: {TITLE_SIZE}px; font-weight: bold; }}
.name {{ font-size: {NAME_SIZE}px; font-weight: bold; }}
.faint {{ fill: #6d7a85; }}
.key {{ font-weight: bold; }}
.letters {{ font-size: 9px; font-weight: bold; fill: #ffffff; text-anchor: middle; }}
.line {{ fill: none; stroke-width: 1.3; }}
.mark {{ fill: none; stroke-width: 1.3; }}
.hole {{ fill: #fbfbf9; stroke-width: 1.3; }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: #e3e7ea; }}
  .page, .hole {{ fill: #14181c; }}
  .box {{ fill: #1f252b; stroke: #3c464f; }}
  .area {{ fill: #1a1f24; }}
  .faint {{ fill: #98a4ae; }}
  .line, .mark, .hole {{ filter: brightness(1.6); }}
}}
"""


def look(group: str) -> Look:
    """How a group looks."""
    return LOOKS.get(group, OTHER)


def width_of(text: str, size: float = TEXT_SIZE) -> float:
    """Width of a text in points."""
    return len(text) * size * ADVANCE


def text(x: float, y: float, content: str, kind: str = "", *, anchor: str = "") -> str:
    """A text whose base line begins at a point; or ends there, with `anchor` end."""
    classes = f' class="{kind}"' if kind else ""
    end = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{classes}{end}>{escape(content)}</text>'


def rectangle(
    x: float, y: float, width: float, height: float, kind: str = "", *, fill: str = "", round_: int = 0
) -> str:
    """A rectangle by its upper left corner."""
    classes = f' class="{kind}"' if kind else ""
    colour = f' fill="{fill}"' if fill else ""
    corner = f' rx="{round_}"' if round_ else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"{classes}{colour}{corner}/>'


def badge(x: float, y: float, group: str) -> str:
    """The letters of a group on its colour, by the upper left corner; 20 by 14 points."""
    shown = look(group)
    return rectangle(x, y, 20, 14, fill=shown.colour, round_=3) + text(x + 10, y + 10.5, shown.letters, "letters")


def page(width: float, height: float, parts: list[str], *, title: str, about: str) -> str:
    """A whole file; title and description are for those who have it read to them."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}"'
            f' height="{height:.0f}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(about)}</desc>",
            f"<style>{_CSS}</style>",
            rectangle(0, 0, width, height, "page"),
            *parts,
            "</svg>",
            "",
        ]
    )
