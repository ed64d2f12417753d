"""Reference data as NumPy arrays; index i is the row with id i + 1."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np

from generators.core.random import Bools, Floats, Ints


def _rows(name: str) -> list[dict[str, str]]:
    text = files("generators.data").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@dataclass(frozen=True)
class Reference:
    """Places, languages, genres and moods. ``countries`` etc. are the rows of the committed files."""

    countries: list[dict[str, str]]
    regions: list[tuple[int, str]]
    """(country index, name)."""
    cities: list[dict[str, str]]
    languages: list[dict[str, str]]
    genres: list[dict[str, str]]
    moods: list[dict[str, str]]
    country_index: dict[str, int]
    language_index: dict[str, int]
    genre_index: dict[str, int]
    country_weight: Floats
    city_region: Ints
    city_country: Ints
    city_population: Floats
    city_latitude: Floats
    city_longitude: Floats
    zones: tuple[str, ...]
    city_zone: Ints
    """Index into ``zones``."""
    country_zone: Ints
    launch: Bools
    """Countries in which the platform is sold, shape (countries,)."""
    language_weight: Floats
    genre_weight: Floats

    @cached_property
    def country_codes(self) -> tuple[str, ...]:
        """Codes of the countries by index."""
        return tuple(row["code"] for row in self.countries)

    @cached_property
    def language_codes(self) -> tuple[str, ...]:
        """Codes of the languages by index."""
        return tuple(row["code"] for row in self.languages)

    def cities_of(self, country: int) -> Ints:
        """Indexes of a country's cities."""
        return np.flatnonzero(self.city_country == country)


@cache
def reference() -> Reference:
    """The reference data, read once."""
    countries, cities = _rows("countries.csv"), _rows("cities.csv")
    languages, genres, moods = _rows("languages.csv"), _rows("genres.csv"), _rows("moods.csv")
    country_index = {row["code"]: i for i, row in enumerate(countries)}
    regions = list(dict.fromkeys((country_index[row["country"]], row["region"]) for row in cities))
    region_index = {key: i for i, key in enumerate(regions)}
    city_region = np.array([region_index[country_index[r["country"]], r["region"]] for r in cities])
    zones = tuple(dict.fromkeys([*(r["time_zone"] for r in cities), *(r["time_zone"] for r in countries)]))
    return Reference(
        countries=countries,
        regions=regions,
        cities=cities,
        languages=languages,
        genres=genres,
        moods=moods,
        country_index=country_index,
        language_index={row["code"]: i for i, row in enumerate(languages)},
        genre_index={row["name"]: i for i, row in enumerate(genres)},
        country_weight=np.array([float(r["weight"]) for r in countries]),
        city_region=city_region,
        city_country=np.array([country_index[r["country"]] for r in cities]),
        city_population=np.array([float(r["population_thousands"]) for r in cities]),
        city_latitude=np.array([float(r["latitude"]) for r in cities]),
        city_longitude=np.array([float(r["longitude"]) for r in cities]),
        zones=zones,
        city_zone=np.array([zones.index(r["time_zone"]) for r in cities]),
        country_zone=np.array([zones.index(r["time_zone"]) for r in countries]),
        launch=np.array([bool(r["launch_date"]) for r in countries]),
        language_weight=np.array([float(r["song_weight"]) for r in languages]),
        genre_weight=np.array([float(r["weight"]) for r in genres]),
    )
