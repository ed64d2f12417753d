"""One picture of the warehouse: four questions of analyses/ as charts, drawn from their answers alone."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sonic.errors import SonicError
from sonic.warehouse.ask import Answer

mpl.use("Agg")

QUESTIONS = ("daily_active_users", "arpu_by_tier", "top_genres_by_region", "artist_earnings")
_COLOURS = ("#1b4965", "#5fa8d3", "#f4a259", "#bc4b51", "#8cb369", "#5b8e7d")
_INK, _FAINT = "#22303c", "#d9dee3"
_DOTS_PER_INCH = 110


def draw(answers: Sequence[Answer], path: Path) -> None:
    """Draws the answers to `QUESTIONS` as a PNG of about 1,300 x 900 pixels.

    Raises:
        SonicError: an answer has no rows yet, or the file cannot be written.
    """
    by_name = {answer.question.name: answer for answer in answers}
    empty = [name for name in QUESTIONS if name != "artist_earnings" and not by_name[name].rows]
    if empty:
        raise SonicError(f"The question {empty[0]!r} has no answer yet", "marts", "Load more days and build first.")
    figure = Figure(figsize=(12, 8.2), dpi=_DOTS_PER_INCH, facecolor="white")
    axes = figure.subplots(2, 2)
    _active_users(axes[0][0], _records(by_name["daily_active_users"]))
    _arpu(axes[0][1], _records(by_name["arpu_by_tier"]))
    _genres(axes[1][0], _records(by_name["top_genres_by_region"]))
    _earnings(axes[1][1], _records(by_name["artist_earnings"]))
    figure.tight_layout(pad=2.2, w_pad=3.0, h_pad=3.0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Software": None})
    except OSError as error:
        raise SonicError(
            f"The picture cannot be written: {error.strerror or error}", str(path), "Name another file."
        ) from error


Record = dict[str, Any]


def _records(answer: Answer) -> list[Record]:
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def _frame(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold", color=_INK, pad=10)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(_FAINT)
    axes.tick_params(colors=_INK, labelsize=9, length=0)
    axes.set_axisbelow(True)


def _active_users(axes: Axes, rows: list[Record]) -> None:
    _frame(axes, "Active listeners")
    days = [row["date_day"] for row in rows]
    for measure, colour in zip(("mau", "wau", "dau"), _COLOURS, strict=False):
        axes.plot(days, [row[measure] for row in rows], color=colour, linewidth=2, label=measure.upper())
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color=_FAINT)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xticks([day for day in days if day.day in (1, 15)])
    axes.xaxis.set_major_formatter(FuncFormatter(_short_day))
    axes.legend(frameon=False, fontsize=9, loc="lower right", ncols=3)


def _short_day(value: float, _: int | None) -> str:
    day = date(1970, 1, 1).fromordinal(date(1970, 1, 1).toordinal() + int(value))
    return f"{day.day} {day:%b}"


def _arpu(axes: Axes, rows: list[Record]) -> None:
    _frame(axes, "ARPU by tier, EUR a month")
    rows = [row for row in rows if row["country"] == "all"]
    months = sorted({row["booking_month"] for row in rows})
    tiers = [tier for tier in ("free", "prime", "pro") if any(row["tier"] == tier for row in rows)]
    value = {(row["booking_month"], row["tier"]): float(row["arpu_eur"] or 0) for row in rows}
    width = 0.8 / max(len(tiers), 1)
    for number, tier in enumerate(tiers):
        at = [month + number * width for month in range(len(months))]
        bars = axes.bar(
            at,
            [value.get((month, tier), 0.0) for month in months],
            width=width * 0.92,
            color=_COLOURS[number],
            label={"free": "Free", "prime": "Prime Music", "pro": "Sonic Pro"}[tier],
        )
        axes.bar_label(bars, fmt="%.2f", fontsize=8, color=_INK, padding=2)
    axes.set_xticks([month + width * (len(tiers) - 1) / 2 for month in range(len(months))])
    axes.set_xticklabels([f"{month:%b %Y}" for month in months])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.legend(frameon=False, fontsize=9, loc="upper center", ncols=3, bbox_to_anchor=(0.5, -0.08))


def _genres(axes: Axes, rows: list[Record]) -> None:
    latest = max(row["month_start_date"] for row in rows)
    rows = [row for row in rows if row["month_start_date"] == latest]
    regions = list(dict.fromkeys(row["region_name"] for row in rows))[:6]
    _frame(axes, f"Top genres by region, share of streams, {latest:%B}")
    for row in rows:
        if row["region_name"] not in regions:
            continue
        line = len(regions) - 1 - regions.index(row["region_name"])
        rank = row["genre_rank"] - 1
        share = float(row["share_of_region"])
        axes.barh(line - (rank - 1) * 0.27, share, height=0.24, color=_COLOURS[rank % len(_COLOURS)])
        axes.text(
            share, line - (rank - 1) * 0.27, f" {row['genre_name']} {share:.0%}", va="center", fontsize=8, color=_INK
        )
    axes.set_yticks(range(len(regions)))
    axes.set_yticklabels(list(reversed(regions)))
    axes.set_xticks([])
    axes.margins(x=0.25)
    axes.spines["bottom"].set_visible(False)


def _earnings(axes: Axes, rows: list[Record]) -> None:
    booked = [row["earning_month"] for row in rows if float(row["royalties_eur"] or 0) > 0]
    if not booked:
        _frame(axes, "Artist earnings: no month has closed yet")
        axes.axis("off")
        return
    latest = max(booked)
    rows = [row for row in rows if row["earning_month"] == latest][::-1]
    _frame(axes, f"Artist earnings booked in {latest:%B}, EUR")
    names = [row["artist_name"] for row in rows]
    royalties = [float(row["royalties_eur"]) for row in rows]
    fans = [float(row["tips_eur"]) + float(row["sales_eur"]) for row in rows]
    lines = range(len(rows))
    axes.barh(lines, royalties, color=_COLOURS[0], label="royalties")
    axes.barh(lines, fans, left=royalties, color=_COLOURS[2], label="tips and sales")
    for line, total in enumerate(a + b for a, b in zip(royalties, fans, strict=True)):
        axes.text(total, line, f" {total:,.2f}", va="center", fontsize=8, color=_INK)
    axes.set_yticks(lines)
    axes.set_yticklabels(names)
    axes.set_xticks([])
    axes.margins(x=0.12)
    axes.spines["bottom"].set_visible(False)
    axes.legend(frameon=False, fontsize=9, loc="lower right")
