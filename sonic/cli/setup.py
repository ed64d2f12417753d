"""`sonic setup`: what dbt needs before its first run."""

from sonic import profiles
from sonic.cli.shell import console
from sonic.paths import Home
from sonic.project import packages


def setup() -> None:
    """Fetch dbt's packages and write profiles.yml."""
    origin = packages.ensure()
    if origin is packages.Origin.STAND_INS:
        console.print("dbt's hub cannot be reached: its packages are replaced by the stand-ins in offline_packages/.")
    home = Home.locate()
    home.create()
    home.duckdb().parent.mkdir(exist_ok=True)
    path = profiles.ensure(home)
    console.print(f"Ready: dbt packages from {origin}, profile in {path}.")
