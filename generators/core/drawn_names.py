"""Draws names of people and companies by Faker, in the right locales: ``python -m generators.core.drawn_names``.

It writes ``names.csv``, from which all else reads them: Faker takes longer to start than a small lake takes to be made,
and another version of it may give other names, which would change every lake.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from faker import Faker

import generators.data

_LOCALES = {"IN": "en_IN", "BR": "pt_BR", "ID": "id_ID", "US": "en_US"}
_OF_PEOPLE, _OF_COMPANIES = 400, 600


def drawn() -> str:
    """The text of the file: kind, country and name of each."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(["kind", "country", "name"])
    rows.writerows(_rows())
    return written.getvalue()


def _rows() -> Iterator[tuple[str, str, str]]:
    for country, locale in _LOCALES.items():
        faker = _seeded(locale, 7_001)
        kinds = {"female": faker.first_name_female, "male": faker.first_name_male, "family": faker.last_name}
        for kind, draw in kinds.items():
            yield from ((kind, country, name) for name in _distinct(draw, _OF_PEOPLE))
    yield from (("company", "", name) for name in _distinct(_seeded("en_US", 7_002).company, _OF_COMPANIES))


def _seeded(locale: str, seed: int) -> Faker:
    faker = Faker(locale)
    faker.seed_instance(seed)
    return faker


def _distinct(draw: Callable[[], object], times: int) -> list[str]:
    return list(dict.fromkeys(str(draw()) for _ in range(times)))


if __name__ == "__main__":
    Path(generators.data.__path__[0], "names.csv").write_text(drawn(), encoding="utf-8")
