"""The churn example learns what there is to learn, from the past alone, and says what it cannot do."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import typer

from examples.churn_model import FEATURES, customers, fitted, likelihoods, main, scores, split
from sonic.errors import SonicError
from sonic.paths import Home
from sonic.warehouse.duck import DuckDB

JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
_WHERE = "here"
_SILENT = FEATURES.index("days_since_play")


def rows(day: date, telling: float, seed: int = 1, of: int = 600) -> list[tuple[Any, ...]]:
    """Customers as of a day, of whom a tenth leaves; the longer they are silent the more likely, if that is telling."""
    random = np.random.default_rng(seed)
    features = random.integers(0, 2, (of, len(FEATURES))).astype(object)
    features[:, 3:] = random.integers(0, 50, (of, len(FEATURES) - 3))
    silent = np.asarray(features[:, _SILENT] % 28, dtype=np.float64)
    features[:, _SILENT] = [None if days == 27 else int(days) for days in silent]
    risk = 1 / (1 + np.exp(2.2 - telling * (silent - 14) / 5))
    return [(day, bool(left), *row) for left, row in zip(random.random(of) < risk, features, strict=True)]


def test_it_beats_the_naive_scores_where_there_is_something_to_learn() -> None:
    found = {each.name: each for each in scores(split(rows(JANUARY, 1.5) + rows(FEBRUARY, 1.5, 2), _WHERE))}
    model, blind = found["logistic regression"], found["everybody alike"]
    assert blind.ranking == 0.5
    assert model.ranking > 0.85
    assert model.precision > 2 * blind.precision
    assert model.brier < blind.brier


def test_it_finds_nothing_where_there_is_nothing() -> None:
    found = {each.name: each for each in scores(split(rows(JANUARY, 0) + rows(FEBRUARY, 0, 2), _WHERE))}
    assert abs(found["logistic regression"].ranking - 0.5) < 0.1


def test_it_learns_from_what_was_over_by_the_month_end_that_is_held_out() -> None:
    """March's outcome is known on 28 April: February's four weeks are over by then, January's by February's end."""
    parts = split(rows(JANUARY, 1) + rows(FEBRUARY, 1, 2) + rows(MARCH, 1, 3), _WHERE)
    assert (parts.learned_dates, parts.held_out_date) == ((JANUARY, FEBRUARY), MARCH)
    near = split(rows(JANUARY, 1) + rows(date(2026, 2, 27), 1, 2) + rows(date(2026, 3, 1), 1, 3), _WHERE)
    assert near.learned_dates == (JANUARY,)


def test_the_held_out_month_teaches_nothing() -> None:
    """Whatever happens in it, the likelihoods stay; and they are the same each time."""
    past, later = rows(JANUARY, 1), rows(FEBRUARY, 1, 2)
    turned = [(day, not left, *features) for day, left, *features in later]
    one, other = (split(past + each, _WHERE) for each in (later, turned))
    told = [likelihoods(fitted(parts.learned), parts.held_out.features) for parts in (one, other, one)]
    assert (told[0] == told[1]).all() and (told[0] == told[2]).all()
    assert (one.held_out.left != other.held_out.left).all()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "0 month ends"),
        (rows(JANUARY, 1), "1 month ends"),
        (rows(JANUARY, 1) + [(FEBRUARY, False, *row[2:]) for row in rows(FEBRUARY, 1)], "none left"),
        ([(JANUARY, True, *row[2:]) for row in rows(JANUARY, 1)] + rows(FEBRUARY, 1), "all left"),
    ],
)
def test_it_says_what_is_missing(given: list[tuple[Any, ...]], says: str) -> None:
    with pytest.raises(SonicError, match=says):
        split(given, _WHERE)


def test_it_reads_the_mart_and_prints_its_scores(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """From a file that holds nothing but the mart; before that, it says that nothing is built."""
    home.create()
    file: Path = home.duckdb("sonic")
    with pytest.raises(typer.Exit):
        main("duckdb", None)
    assert "make build" in capsys.readouterr().err
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        names = ", ".join(f"{name} {'boolean' if number < 3 else 'bigint'}" for number, name in enumerate(FEATURES))
        connection.execute(
            f"create table marts.ml_user_features (as_of_date date, label_churned_28 boolean, {names}, user_id bigint)"
        )
        filled = rows(JANUARY, 1.5, of=300) + rows(FEBRUARY, 1.5, 2, of=300) + [(MARCH, None, *rows(MARCH, 1)[0][2:])]
        places = ", ".join("?" * (len(FEATURES) + 3))
        connection.executemany(
            f"insert into marts.ml_user_features values ({places})", [(*row, n) for n, row in enumerate(filled)]
        )
    assert len(customers(DuckDB("duckdb", file))) == 600
    main("duckdb", None)
    printed = capsys.readouterr().out
    assert "Held out" in printed and "logistic regression" in printed
