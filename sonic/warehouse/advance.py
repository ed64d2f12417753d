"""One data day further: generate it if the lake lacks it, load it, build."""

from datetime import date, timedelta

from sonic.errors import SonicError
from sonic.paths import Home
from sonic.project.dbt import Progress
from sonic.warehouse import generate
from sonic.warehouse.build import Built, build_locked
from sonic.warehouse.database import Database
from sonic.warehouse.generate import Recipe
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import Check, load_locked


def advance(
    home: Home,
    database: Database,
    lake: Lake,
    *,
    check: Check = lambda _: None,
    progress: Progress = lambda *_: None,
) -> Built:
    """Brings the day after the last loaded one and builds, with other loads and builds kept out."""
    with database.writer():
        database.prepare()
        last = database.value("select max(arrival_date) from ops.loads")
        if last is None:
            raise SonicError("Nothing is loaded yet", database.where, "Run `sonic load` first, or `sonic demo`.")
        following: date = last + timedelta(days=1)
        if following not in lake.dates():
            recipe = Recipe.of(lake)
            if recipe is None:
                raise SonicError("The lake holds no data", str(lake.root), "Run `sonic generate` first.")
            days = (following - recipe.first_day).days + 1
            generate.generate(lake.root, recipe, days, progress)
        load_locked(database, lake, until=following, check=check, progress=progress)
        return build_locked(home, database, progress=progress)
