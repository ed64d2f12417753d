"""Nonsense is refused before anything is written, and what fails leaves nothing half-done."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from generators.api import generate, make_day, make_opening
from generators.core import lake as lake_module
from generators.core.errors import GeneratorError
from generators.core.lake import existing_days
from generators.core.listening import main_batch
from generators.core.world import World

_SCALE = 0.02


@pytest.mark.parametrize(
    "arguments",
    [
        {"seed": -1},
        {"seed": 2**63},
        {"seed": "42"},
        {"seed": True},
        {"scale": 0},
        {"scale": -0.5},
        {"scale": float("nan")},
        {"scale": 1e9},
        {"scale": "much"},
        {"days": -1},
        {"days": 2.5},
        {"days": 10_000},
        {"jobs": 0},
        {"jobs": "all"},
        {"growth": -0.1},
        {"growth": float("nan")},
        {"growth": "fast"},
    ],
)
def test_nonsense_is_refused(arguments: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(GeneratorError) as refused:
        generate(tmp_path / "lake", **{"scale": _SCALE, "days": 1, **arguments})
    assert refused.value.remedy
    assert not (tmp_path / "lake").exists()


@pytest.fixture(scope="module")
def small_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = tmp_path_factory.mktemp("arguments") / "lake"
    assert len(generate(lake, scale=_SCALE, days=1, clean=True)) == 2
    return lake


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 43},
        {"scale": 0.03},
        {"clean": False},
        {"effects": False},
        {"growth": 0.3},
        {"first_day": date(2026, 1, 2)},
    ],
    ids=str,
)
def test_a_lake_of_other_data_is_refused(other: dict[str, Any], small_lake: Path) -> None:
    before = sorted(small_lake.rglob("*"))
    with pytest.raises(GeneratorError, match="lake"):
        generate(small_lake, **{"scale": _SCALE, "days": 3, "clean": True, **other})
    assert sorted(small_lake.rglob("*")) == before


def test_a_lake_of_other_tables_is_refused(tmp_path: Path) -> None:
    """As one would go on with a table that the days before lack."""
    generate(tmp_path, scale=_SCALE, days=1, clean=True, jobs=1)
    manifest = tmp_path / "_manifests" / "2026-01-01.json"
    made = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(made | {"tables": "0" * 12}), encoding="utf-8")
    with pytest.raises(GeneratorError, match=r"other tables or columns .* another version made it"):
        generate(tmp_path, scale=_SCALE, days=2, clean=True, jobs=1)
    assert not (tmp_path / "_manifests" / "2026-01-02.json").exists()


def test_what_is_there_is_not_written_again(small_lake: Path) -> None:
    assert generate(small_lake, scale=_SCALE, days=1, clean=True) == []


def test_a_day_before_the_first_is_refused() -> None:
    with pytest.raises(GeneratorError, match="before the first day"):
        make_day(World(scale=_SCALE), date(2025, 12, 31))


def test_a_broken_manifest_is_named(small_lake: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    (lake / "_manifests").mkdir(parents=True)
    (lake / "_manifests" / "2026-01-01.json").write_text("{", encoding="utf-8")
    with pytest.raises(GeneratorError, match="2026-01-01"):
        generate(lake, scale=_SCALE, days=1, clean=True)


def test_a_lake_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("", encoding="utf-8")
    with pytest.raises(GeneratorError, match="cannot be written"):
        generate(tmp_path / "lake", scale=_SCALE, days=1)


def test_too_little_space_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1000})()
    monkeypatch.setattr(lake_module.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(GeneratorError, match="MiB are needed"):
        generate(tmp_path / "lake", scale=_SCALE, days=1)


def test_a_full_disk_stops_and_the_same_command_finishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = tmp_path / "lake"
    of_first_day: list[bool] = []
    real = lake_module._write

    def fails_later(path: Path, content: Any) -> None:
        of_first_day.append(path.parent.name == "arrival_date=2026-01-01")
        if sum(of_first_day) == 10:
            raise OSError(28, "No space left on device", str(path))
        real(path, content)

    monkeypatch.setattr(lake_module, "_write", fails_later)
    with pytest.raises(GeneratorError, match="No space left on device"):
        generate(lake, scale=_SCALE, days=2, clean=True)
    monkeypatch.undo()
    finished = set(existing_days(lake))
    assert finished == {date(2025, 12, 31)}
    assert len(generate(lake, scale=_SCALE, days=2, clean=True)) == 2
    assert not list(lake.rglob("*.tmp"))
    manifest = json.loads((lake / "_manifests" / "2026-01-02.json").read_text(encoding="utf-8"))
    assert manifest["kind"] == "day"
    assert (manifest["seed"], manifest["scale"], manifest["clean"]) == (42, _SCALE, True)


def test_a_day_on_which_no_one_begins_to_listen_is_a_day_too() -> None:
    world = World(seed=42, scale=0.01)
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(12)]
    made = {day: make_day(world, day) for day in days}
    silent = [day for day in days if not len(main_batch(world, day)[0])]
    assert silent and all(made[day]["issued_keys"].num_rows for day in silent)


def test_a_null_that_a_declaration_does_not_allow_is_not_written(tmp_path: Path) -> None:
    moods = make_opening(World(seed=42, scale=0.01))["moods"]
    place = moods.schema.get_field_index("name")
    nameless = moods.set_column(place, "name", pa.nulls(moods.num_rows, pa.string()))
    with pytest.raises(GeneratorError, match="moods cannot be written: Column 'name'"):
        lake_module.write_files(tmp_path, date(2025, 12, 31), {"moods": nameless})
    assert not list(tmp_path.rglob("*.parquet"))
