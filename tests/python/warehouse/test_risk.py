"""What is planted of broken rules, shared log-ins and fraudsters is found, with as few others as can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sonic.errors import SonicError
from sonic.verify.risk import Measured, measure
from sonic.warehouse.lake import Lake

BREACHES = ("ads", "downloads", "explicit", "limit", "offline", "quality", "shuffle", "skips")


@pytest.fixture(scope="module")
def measured(duckdb: Any, lake: Lake) -> dict[str, Measured]:
    """What was found of each thing planted; printed."""
    found = {each.what: each for each in measure(duckdb.database, lake)}
    for what, each in found.items():
        print(f"{what}: {each.found} found, {each.right} of {each.planted} planted: {each.precision=} {each.recall=}")
    return found


@pytest.mark.parametrize("rule", BREACHES)
def test_planted_breaches_are_found_and_no_others(measured: dict[str, Measured], rule: str) -> None:
    """Day by day."""
    each = measured[f"broken rules: {rule}"]
    assert each.planted > 0
    assert each.found == each.planted == each.right


def test_no_other_rule_is_broken(measured: dict[str, Measured]) -> None:
    """Nothing is planted of the rules that are checked besides."""
    others = [each for what, each in measured.items() if what.startswith("broken rules: ")]
    assert {each.what.removeprefix("broken rules: ") for each in others if each.found} == set(BREACHES)


def test_shared_log_ins_are_suspected(measured: dict[str, Measured]) -> None:
    """All that were used enough to show; the others that are suspected are travellers, of whom there are few."""
    for sign in ("all signs", "three countries"):
        each = measured[f"shared log-ins: {sign}"]
        assert each.planted > 0
        assert each.recall == 1
        assert each.is_good
    assert measured["shared log-ins: impossible travel"].right > 0


@pytest.mark.parametrize("pattern", ["rapid skips", "loops", "round the clock"])
def test_fraudsters_are_found_and_nobody_else(measured: dict[str, Measured], pattern: str) -> None:
    """Every planted pattern goes beyond the thresholds, and no person does: of a person's play nobody may be robbed."""
    each = measured[f"fraudsters: {pattern}"]
    assert each.planted > 0
    assert each.precision == 1
    assert each.is_good


def test_what_is_too_little_is_told() -> None:
    """Of four found two are right, of three planted two were found; nothing found of nothing planted is well."""
    each = Measured("", 4, 3, 2, least_precision=0.5, least_recall=0.6)
    assert (each.precision, round(each.recall or 0, 2), each.is_good) == (0.5, 0.67, True)
    assert not Measured("", 4, 3, 2, least_precision=0.6, least_recall=0.6).is_good
    assert not Measured("", 4, 3, 2, least_precision=0.5, least_recall=0.7).is_good
    assert Measured("", 0, 0, 0).is_good


def test_a_lake_without_a_list_is_told(duckdb: Any, tmp_path: Path) -> None:
    with pytest.raises(SonicError, match="Nothing is planted"):
        list(measure(duckdb.database, Lake(tmp_path / "lake")))
