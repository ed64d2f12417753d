"""Countries by their ISO code: English name and time zone, from the IANA data of the package tzdata."""

import csv
from functools import cache
from importlib.resources import files

from sonic.errors import SonicError
from sonic.importers.log import UNKNOWN, UNKNOWN_COUNTRY
from sonic.paths import PROJECT

_SEED = PROJECT / "seeds" / "places" / "time_zone_offsets.csv"
_UTC = "UTC"


def name(code: str) -> str:
    """The country's name.

    Raises:
        SonicError: there is no such country.
    """
    if code == UNKNOWN_COUNTRY:
        return UNKNOWN
    if code not in _names():
        raise SonicError(
            f"There is no country {code!r}", "the log's countries", "Use codes of ISO 3166-1 alpha-2, such as IN or GB."
        )
    return _names()[code]


def time_zone(code: str) -> str:
    """The first zone of the country by the IANA data that the models know; UTC where they know none."""
    return next((zone for zone in _zones().get(code, ()) if zone in _known_zones()), _UTC)


@cache
def _names() -> dict[str, str]:
    return {code: told for code, told in _table("iso3166.tab")}


@cache
def _zones() -> dict[str, list[str]]:
    zones: dict[str, list[str]] = {}
    for codes, _, zone, *_ in _table("zone1970.tab"):
        for code in codes.split(","):
            zones.setdefault(code, []).append(zone)
    return zones


@cache
def _known_zones() -> frozenset[str]:
    with _SEED.open(encoding="utf-8", newline="") as file:
        return frozenset(row["time_zone"] for row in csv.DictReader(file))


def _table(name: str) -> list[list[str]]:
    """Rows of a table of the IANA data, without its comments."""
    text = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
