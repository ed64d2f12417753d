"""Generate a lake: the opening and so many days of service, each a function of (seed, scale, day)."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa

from generators.core.calendar import HOUR, days_since_epoch, midnight
from generators.core.errors import GeneratorError
from generators.core.lake import Beside, Origin, check_room, existing_days, write_files, write_manifest
from generators.core.left import CARRIED
from generators.core.listening import carried_over
from generators.core.made import forget_made, made_on
from generators.core.tables import InParts, make_table, one_after_another
from generators.core.world import World
from generators.ddl import TABLES
from generators.planted import LISTED_OF_OPENING, write_planted
from generators.workers import cores, in_order

FIRST_DAY = date(2026, 1, 1)
MAX_SCALE = 1_000.0
MAX_DAYS = 3_650
MAX_GROWTH = 10.0
MAX_JOBS = 256
_DOMAINS = (
    "reference", "identity", "catalog", "engagement", "billing", "royalties", "ads",
    "commerce", "marketing", "experiments", "charts",
    "community", "live", "sales", "notices", "moderation", "support",
    "feedback", "discovery", "playlist_log", "playback",
    "media", "artist_papers", "assets", "access", "platform", "compliance",
)  # fmt: skip
_ORDER = {name: number for number, name in enumerate(TABLES)}
"""Place of each table's file in a manifest."""
TALLIES = "_tallies"
"""Folder of a lake in which its days leave what the close of their month adds up."""
_BYTES_PER_DAY_AT_SCALE_1 = 1_500_000

Progress = Callable[[str, int, int], None]


@cache
def domains() -> tuple[ModuleType, ...]:
    """The domain modules in the order of the declarations."""
    return tuple(_domains())


def _domains() -> Iterator[ModuleType]:
    for name in _DOMAINS:
        if importlib.util.find_spec(f"generators.domains.{name}") is not None:
            module = import_module(f"generators.domains.{name}")
            if hasattr(module, "opening") and hasattr(module, "day"):
                yield module


def make_opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day, by table; clean."""
    return {
        name: table.whole() if isinstance(table, InParts) else table
        for part in _opening(world)
        for name, table in part.items()
    }


def _opening(world: World) -> Iterator[dict[str, pa.Table | InParts]]:
    """Everything before the first day, a domain at a time: together it takes more memory than any day."""
    for module in domains():
        yield module.opening(world)
    yield {"issued_keys": issued_keys(world, world.opening_day)}


def make_day(
    world: World, day: date, clean: bool = True, made: Callable[[dict[str, pa.Table]], None] | None = None
) -> dict[str, pa.Table]:
    """What arrives on one UTC day, by table.

    Args:
        clean: without the defects that are otherwise injected.
        made: called with clean tables as soon as they are made; again with one to which another domain adds rows.

    Raises:
        GeneratorError: the day lies before the world's first.
    """
    if day < world.first_day:
        raise GeneratorError(f"{day} lies before the first day", str(world.first_day), "Ask for a later day.")
    tables: dict[str, pa.Table] = {}
    for module in domains():
        of_domain = made_on(world, module, day)
        for name, rows in of_domain.items():
            # What is sold adds payments to those of subscriptions.
            tables[name] = one_after_another(tables[name], rows) if name in tables else rows
        if made:
            made({name: tables[name] for name in of_domain})
    forget_made(world)
    tables["issued_keys"] = issued_keys(world, day)
    return tables if clean else _with_defects(tables, world, day, None)


def _with_defects(tables: dict[str, pa.Table], world: World, day: date, out: Path | None) -> dict[str, pa.Table]:
    if importlib.util.find_spec("generators.defects") is None:
        return tables
    # Not at the head: defects are made of what the domains make, as this module is.
    defects = import_module("generators.defects")
    dirty: dict[str, pa.Table] = defects.misstate(defects.apply(tables, world, day, out), world, day, out)
    return dirty


def issued_keys(world: World, day: date) -> pa.Table:
    """Highest id issued per entity table with one integer key, at the end of an arrival day."""
    until = day + timedelta(days=1)
    last = {
        "users": len(world.users(until)),
        "households": len(world.households(until)),
        "household_members": len(world.members(until)),
        "devices": len(world.devices(until)),
        "labels": len(world.labels),
        "artists": len(world.artists(until)),
        "albums": len(world.albums(until)),
        "content": len(world.songs(until)),
        "songs": len(world.songs(until)),
    }
    for module in domains():
        if hasattr(module, "issued"):
            last.update(module.issued(world, until))
    arrived = midnight(until) - (HOUR if day < world.first_day else 1)
    return make_table(
        "issued_keys",
        {
            "entity": list(last),
            "issued_date": [days_since_epoch(day)] * len(last),
            "last_id": list(last.values()),
            "arrived_at": arrived,
        },
    )


def generate(
    lake: Path,
    *,
    seed: int = 42,
    scale: float = 0.1,
    days: int = 90,
    clean: bool = False,
    effects: bool = True,
    growth: float = 1.0,
    first_day: date = FIRST_DAY,
    progress: Progress | None = None,
    jobs: int | None = None,
) -> list[date]:
    """Write the file sets that the lake lacks: the opening and ``days`` days from ``first_day``.

    Args:
        lake: folder of the lake; made if it is not there.
        seed: any integer from 0 to 2**63 - 1.
        scale: 1 is about a million streams in 90 days.
        days: days of service from ``first_day``.
        clean: leave out the defects that are injected otherwise.
        effects: plant the effects of ``effects.csv``; what is planted by row is listed beside the lake (``planted``).
        growth: sign-ups a day, of those of a young service; with about 0.3 as many come as go.
        progress: called with (what, days done, days in all).
        jobs: processes that make days; by default as many as there are cores. The bytes are the same for any number.

    Returns:
        The arrival days written, in order; empty when nothing lacked.

    Raises:
        GeneratorError: an argument makes no sense, the lake holds other data, or it cannot be written.
    """
    jobs = cores() if jobs is None else jobs
    _check(seed, scale, days, jobs, growth)
    lake = Path(lake)
    world = World(seed, scale, first_day, effects, growth)
    origin = Origin(seed, scale, clean, effects, growth)
    have = existing_days(lake)
    _check_same(lake, have, origin, world)
    wanted = [world.opening_day, *(first_day + timedelta(days=i) for i in range(days))]
    missing = [day for day in wanted if day not in have]
    if missing:
        check_room(lake, int(_BYTES_PER_DAY_AT_SCALE_1 * (scale + 0.05) * len(missing)))
    write_days(world, lake, origin, missing, jobs, progress)
    return missing


def write_days(
    world: World, lake: Path, origin: Origin, days: Sequence[date], jobs: int, progress: Progress | None = None
) -> None:
    """Write the file sets of some days, the opening's among them; each comes into being after those before it.

    Raises:
        GeneratorError: the lake cannot be written, or a worker process ended early.
    """
    world.tallies = lake / TALLIES
    # What an interrupted run left may be of another world.
    shutil.rmtree(world.tallies / CARRIED, ignore_errors=True)
    make = partial(_write_files, world, lake, origin, shared=jobs > 1)
    with closing(in_order(make, days, jobs, world.has_begun)) as written:
        for number, day in enumerate(days):
            if progress:
                progress(day.isoformat(), number, len(days))
            kind = "opening" if day == world.opening_day else "day"
            write_manifest(lake, day, kind, origin, next(written))
    shutil.rmtree(world.tallies / CARRIED, ignore_errors=True)
    if progress and days:
        progress("done", len(days), len(days))


def _write_files(
    world: World, lake: Path, origin: Origin, day: date, last: date, shared: bool = False
) -> list[dict[str, Any]]:
    """Make the tables of a day and write their files, and the list of what is planted in them.

    Of the last day of a run a thread writes them, if work is ``shared`` among processors: another one is free then, or
    is soon.

    First of all is left what the last day of the run carries over: the process that makes the day after that begins
    with it at this time, and would make the plays of that last day as well.
    """
    if day == world.opening_day:
        files: list[dict[str, Any]] = []
        listed: dict[str, pa.Table] = {}
        for part in _opening(world):
            files += write_files(lake, day, part)
            listed.update({name: part[name] for name in LISTED_OF_OPENING if name in part})
        write_planted(world, day, listed, lake)
        return sorted(files, key=lambda file: _ORDER[file["table"]])
    if last != day:
        carried_over(world, last)
    if shared and last == day:
        with Beside(lake, day) as beside:
            tables = make_day(world, day, made=beside.begin if origin.clean else None)
            write_planted(world, day, tables, lake)
            return beside.files(tables if origin.clean else _with_defects(tables, world, day, lake))
    tables = make_day(world, day)
    write_planted(world, day, tables, lake)
    return write_files(lake, day, tables if origin.clean else _with_defects(tables, world, day, lake))


def _check(seed: int, scale: float, days: int, jobs: int, growth: float) -> None:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise GeneratorError(f"Seed {seed!r} is no number from 0 to 2^63 - 1", "seed", "Give an integer such as 42.")
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 < scale <= MAX_SCALE:
        raise GeneratorError(
            f"Scale {scale!r} is not above 0 and at most {MAX_SCALE:g}", "scale", "Give a number such as 0.1."
        )
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= MAX_DAYS:
        raise GeneratorError(f"{days!r} days are not 0 to {MAX_DAYS}", "days", "Give a whole number such as 90.")
    if isinstance(jobs, bool) or not isinstance(jobs, int) or not 1 <= jobs <= MAX_JOBS:
        raise GeneratorError(f"{jobs!r} jobs are not 1 to {MAX_JOBS}", "jobs", f"Give a number such as {cores()}.")
    if isinstance(growth, bool) or not isinstance(growth, int | float) or not 0 <= growth <= MAX_GROWTH:
        raise GeneratorError(f"Growth {growth!r} is not 0 to {MAX_GROWTH:g}", "growth", "Give a number such as 1.")


def _check_same(lake: Path, have: dict[date, dict[str, Any]], origin: Origin, world: World) -> None:
    for day, manifest in have.items():
        held = Origin(
            manifest.get("seed", -1),
            manifest.get("scale", -1.0),
            manifest.get("clean", False),
            manifest.get("effects", True),
            manifest.get("growth", 1.0),
            manifest.get("tables", ""),
        )
        if held.tables != origin.tables:
            raise GeneratorError(
                f"The lake holds other tables or columns than there are now (day {day}), as another version made it",
                str(lake),
                "Name another folder, or begin anew: `make clean`, then `make build`.",
            )
        if held != origin:
            raise GeneratorError(
                f"The lake holds data of {held}, not of {origin} (day {day})",
                str(lake),
                "Use the same seed, scale, cleanliness, effects and growth, or another folder.",
            )
        if (manifest.get("kind") == "opening") != (day == world.opening_day):
            raise GeneratorError(
                f"The lake's first day is not {world.first_day}", str(lake), "Use its first day, or another folder."
            )


__all__ = ["FIRST_DAY", "GeneratorError", "generate", "make_day", "make_opening"]
