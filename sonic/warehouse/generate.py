"""Making days of data: what the generator needs to know, kept with the lake."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from generators import api
from sonic.errors import SonicError
from sonic.warehouse.lake import Lake, Manifest

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Recipe:
    """What generated data is a function of. Scale 1 is about a million streams in 90 days."""

    seed: int = 42
    scale: float = 0.1
    clean: bool = False
    first_day: date = api.FIRST_DAY
    effects: bool = True
    growth: float = 1.0

    @staticmethod
    def of(lake: Lake) -> "Recipe | None":
        """The recipe by which a lake was generated; None for an empty one.

        Raises `SonicError` for a lake that was imported rather than generated.
        """
        days = lake.dates()
        if not days:
            return None
        manifest = lake.manifest(days[0])
        if "seed" not in manifest.origin:
            raise SonicError(
                "This lake was imported: there is no next day to generate",
                str(lake.root),
                "Import a longer log, or work on the generated database.",
            )
        return Recipe(
            seed=int(str(manifest.origin["seed"])),
            scale=float(str(manifest.origin["scale"])),
            clean=manifest.clean,
            first_day=_first_day(lake, manifest, days),
            effects=manifest.origin.get("effects", True) is True,
            growth=float(str(manifest.origin.get("growth", 1))),
        )


def _first_day(lake: Lake, opening: Manifest, days: list[date]) -> date:
    later = [day for day in days if day > opening.arrival_date]
    return later[0] if later else api.FIRST_DAY


def generate(
    lake: Path, recipe: Recipe, days: int, progress: Progress = lambda *_: None, jobs: int | None = None
) -> list[date]:
    """Writes the opening and the first `days` days that the lake lacks; returns the days written.

    `jobs` processes make them; by default as many as there are cores.

    Raises `SonicError` for an argument out of range, a lake of other data, or one that cannot be written.
    """
    try:
        return api.generate(
            lake,
            seed=recipe.seed,
            scale=recipe.scale,
            days=days,
            clean=recipe.clean,
            effects=recipe.effects,
            growth=recipe.growth,
            first_day=recipe.first_day,
            progress=progress,
            jobs=jobs,
        )
    except api.GeneratorError as error:
        raise SonicError(error.what, error.where, error.remedy) from error
