"""Schedules that are drawn, and the rough one on the whole graph: `make test-schedules`, hours for many."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.python.schedules.schedule import Schedule, schedules
from tests.python.schedules.test_rough_schedule import (
    SLICE,
    Ground,
    assert_late_events_are_corrections,
    assert_rough_is_harmless,
    check,
    laid,
)

WHOLE = ("fqn:*",)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """That of the whole graph."""
    with laid(tmp_path_factory.mktemp("schedules")) as made:
        yield made


def test_a_rough_schedule_on_the_whole_graph(ground: Ground, tmp_path: Path) -> None:
    assert_rough_is_harmless(ground, WHOLE, tmp_path)


@settings(
    max_examples=int(os.environ.get("SONIC_SCHEDULES", "1")),
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(schedule=schedules)
def test_any_schedule(ground: Ground, tmp_path_factory: pytest.TempPathFactory, schedule: Schedule) -> None:
    """Whatever is drawn, on what is incremental and all that it reads."""
    folder = tmp_path_factory.mktemp("schedule")
    assert_late_events_are_corrections(check(ground, schedule, SLICE, folder))
    shutil.rmtree(folder)
