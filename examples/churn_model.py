"""Who will leave? A model that learns from one month's customers and is scored on a later month's.

Run `python examples/churn_model.py`. Features are what was known at each month's end (`ml_user_features`), the label is
whether access was gone four weeks later. Split by time: the last labelled month end is held out, and what is learned
from had its outcome by then, so that nothing of the held-out weeks is known to the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import typer
from rich import box
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from sonic.cli.options import DatabaseName, Target, opened
from sonic.cli.shell import console, show_error
from sonic.errors import SonicError
from sonic.warehouse.database import Database

LABEL_DAYS = 28
FEATURES = (
    "has_cancelled", "is_in_grace", "is_in_trial", "account_age_days", "customer_days", "plays_7", "plays_28",
    "played_ms_7", "played_ms_28", "short_plays_28", "contents_28", "listening_days_28", "days_since_play",
    "searches_28", "failed_payments_28",
)  # fmt: skip
FLAGS = 3
"""The first of them are yes or no; the rest are counts, days and milliseconds, which are taken as logarithms."""
NEVER_PLAYED = LABEL_DAYS
"""Days since the last play of who has played nothing in the four weeks that features look back."""
FEW = 30
"""Leavers below which a score says little."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_about = """
[dim]Ranking: 0.5 is blind, 1 puts all who left first. Precision: how many of those told to leave did, on average; blind
it is the share that left. Brier: mean squared error of the likelihoods; the less the better.[/dim]"""


@dataclass(frozen=True)
class Customers:
    """Customers as of month ends, with what became of them."""

    features: Floats
    """A row a customer and month end, a column each of `FEATURES`."""
    left: Bools
    """Without access four weeks later."""

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True)
class Split:
    """Customers to learn from, and later ones to be judged by."""

    learned: Customers
    learned_dates: tuple[date, ...]
    held_out: Customers
    held_out_date: date


@dataclass(frozen=True)
class Score:
    """How well likelihoods of leaving fit those who left."""

    name: str
    ranking: float
    """Area under the ROC curve."""
    precision: float
    """Average precision."""
    brier: float
    """Mean squared error of the likelihoods."""
    found: int
    """Of those who left, how many are among the tenth told most likely to."""


def customers(database: Database) -> list[tuple[Any, ...]]:
    """Rows of (as-of date, whether the customer left, features), by date and account.

    Raises `SonicError` where nothing is built yet.
    """
    sql = (
        f"select as_of_date, label_churned_28, {', '.join(FEATURES)} from marts.ml_user_features"
        " where label_churned_28 is not null order by as_of_date, user_id"
    )
    try:
        return database.query(sql)[1]
    except database.errors as error:
        raise SonicError(
            f"The features cannot be read: {str(error).strip().splitlines()[0]}",
            f"marts.ml_user_features, {database.where}",
            "Build the warehouse first: `make build`.",
        ) from error


def split(rows: Sequence[tuple[Any, ...]], where: str) -> Split:
    """Parts rows of `customers` by time.

    Raises `SonicError` where no month end is followed by another one whose outcome is known, or nobody left.
    """
    dates = sorted({row[0] for row in rows})
    earlier = tuple(day for day in dates if day + timedelta(days=LABEL_DAYS) <= dates[-1])
    if not earlier:
        raise SonicError(
            f"There are {len(dates)} month ends with a known outcome; one to learn from and a later one are needed",
            where,
            "Load more days: `sonic advance` adds one, the default data of 90 days have two such month ends.",
        )
    parts = [_of([row for row in rows if row[0] in days]) for days in (earlier, dates[-1:])]
    for part, days in zip(parts, (earlier, dates[-1:]), strict=True):
        if part.left.all() or not part.left.any():
            those = f"{len(part)} customers as of {', '.join(map(str, days))}"
            raise SonicError(
                f"Of {those} {'all' if part.left.any() else 'none'} left",
                where,
                "Take more accounts, so that there is something to tell apart: `sonic generate --scale 2`.",
            )
    return Split(parts[0], earlier, parts[1], dates[-1])


def _of(rows: Sequence[tuple[Any, ...]]) -> Customers:
    silent = FEATURES.index("days_since_play")
    features = [[*row[2:]] for row in rows]
    for row in features:
        row[silent] = NEVER_PLAYED if row[silent] is None else row[silent]
    return Customers(np.array(features, dtype=np.float64), np.array([row[1] for row in rows], dtype=np.bool_))


def _scaled(features: Floats) -> Floats:
    """Flags as they are, all else by its logarithm: the tenth play says more than the hundredth."""
    return np.hstack([features[:, :FLAGS], np.log1p(np.maximum(features[:, FLAGS:], 0))])


def fitted(learned: Customers) -> Pipeline:
    """A logistic regression; its penalty is strong, as few leave."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1_000))
    return model.fit(_scaled(learned.features), learned.left)


def likelihoods(model: Pipeline, features: Floats) -> Floats:
    """How likely each customer is to leave, by a fitted model."""
    return np.asarray(model.predict_proba(_scaled(features))[:, 1], dtype=np.float64)


def naive(learned: Customers, features: Floats) -> dict[str, Floats]:
    """Likelihoods without a model: everybody's, and apart for those who have clicked on cancel."""
    share = learned.left.mean()
    clicked = FEATURES.index("has_cancelled")
    rates = []
    for has_clicked in (False, True):
        left = learned.left[learned.features[:, clicked] == has_clicked]
        # as if one customer more had been seen, who leaves as everybody does: few have clicked
        rates.append((left.sum() + share) / (len(left) + 1))
    return {
        "everybody alike": np.full(len(features), share),
        "has clicked on cancel": np.where(features[:, clicked] > 0, rates[1], rates[0]),
    }


def score(name: str, told: Floats, left: Bools) -> Score:
    """How well the likelihoods `told` fit who `left`."""
    tenth = np.argsort(-told, kind="stable")[: max(1, round(len(told) / 10))]
    return Score(
        name=name,
        ranking=float(roc_auc_score(left, told)),
        precision=float(average_precision_score(left, told)),
        brier=float(brier_score_loss(left, told)),
        found=int(left[tenth].sum()),
    )


def scores(parts: Split) -> list[Score]:
    """Held-out scores, the naive ones first."""
    held_out = parts.held_out
    told = naive(parts.learned, held_out.features)
    told["logistic regression"] = likelihoods(fitted(parts.learned), held_out.features)
    return [score(name, each, held_out.left) for name, each in told.items()]


def _show(parts: Split) -> None:
    for what, part, days in (
        ("Learned from", parts.learned, parts.learned_dates),
        ("Held out", parts.held_out, (parts.held_out_date,)),
    ):
        told = f"{len(part):7,} customers as of {', '.join(map(str, days))}"
        console.print(f"{what:13}{told}: {part.left.sum():,} left ({part.left.mean():.2%})")
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("held-out score")
    for heading in ("ranking (ROC AUC)", "average precision", "Brier score", "found in a tenth"):
        table.add_column(heading, justify="right")
    for each in scores(parts):
        found = f"{each.found} of {parts.held_out.left.sum()}"
        table.add_row(each.name, *(f"{x:.4f}" for x in (each.ranking, each.precision, each.brier)), found)
    console.print(table)
    weights = fitted(parts.learned)[-1].coef_[0]
    strongest = sorted(zip(weights, FEATURES, strict=True), key=lambda pair: -abs(pair[0]))[:5]
    console.print("What weighs most:", ", ".join(f"{name} {weight:+.2f}" for weight, name in strongest))
    console.print(_about)
    if (few := min(parts.learned.left.sum(), parts.held_out.left.sum())) < FEW:
        console.print(f"[yellow]Only {few} left in one of the two: that says little. Take a larger scale.[/yellow]")


def main(target: Target = None, database: DatabaseName = None) -> None:
    """Train a churn model on past month ends; print its score on a later one beside naive ones."""
    try:
        _, warehouse = opened(target, database)
        _show(split(customers(warehouse), warehouse.where))
    except SonicError as error:
        show_error(error)
        raise typer.Exit(error.code) from error


if __name__ == "__main__":
    typer.run(main)
