"""What people read instead of a column's name, and what the name says of its meaning by the house's conventions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sonic.project.marts import Column, Mart

ABBREVIATIONS = {
    "api",
    "arpu",
    "bpm",
    "cpm",
    "cpu",
    "dau",
    "eur",
    "gmv",
    "id",
    "ip",
    "iso",
    "isrc",
    "kbps",
    "mau",
    "ml",
    "mrr",
    "os",
    "roi",
    "slo",
    "ui",
    "upc",
    "utc",
    "wau",
}
"""Words that are written in capitals."""
UNITS = {"ms": "ms", "minor": "minor units", "micro": "micro-units", "ppm": "ppm", "at": "UTC"}
"""Last words of names that say the unit."""
_NOT_ADDED = re.compile(
    r"(^|_)(rank|no|position|score|number|severity|version|year|month|week|day|hour|stars|satisfaction|priority|limit"
    r"|threshold|capacity|level|age_days|p\d+_ms|max_ms|dau|wau|mau|users|listeners|customers|accounts|senders"
    r"|recipients|viewers|devices|countries|customer_days|trial_days|window_days|days_since_play|months_since)$"
    r"|_(p\d+|max|mean|average)_|^(max|least|greatest|average|minimum|threshold)_"
)
"""Names of numbers of which a sum means nothing: places, levels, percentiles, and counts of different people."""
_ADDED_FRACTIONS = re.compile(r"(^|_)(minutes|streams)$")
"""Names of fractions that add up: all others are ratios or levels."""
_SHARES = re.compile(r"(^|_)(share|rate|ratio|stickiness|fill_rate|pacing|accuracy|confidence|investment)$")


class Kind(StrEnum):
    """What a column is to who analyses."""

    KEY = "key"
    TECHNICAL = "technical"
    TIME = "time"
    FLAG = "flag"
    ATTRIBUTE = "attribute"
    COUNT = "count"
    """A number that adds up."""
    LEVEL = "level"
    """A number that does not."""
    SHARE = "share"
    """A ratio, 1 being all of it."""
    MONEY = "money"
    """An integer of minor or micro-units."""

    @property
    def is_measure(self) -> bool:
        """Whether it is aggregated, not grouped by."""
        return self in (Kind.COUNT, Kind.LEVEL, Kind.SHARE, Kind.MONEY)


class Currency(StrEnum):
    """Which currency an amount is in."""

    EUR = "EUR"
    ROW = "the row's"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Field:
    """A column with what it is and how people call it."""

    column: Column
    caption: str
    kind: Kind
    currency: Currency | None = None
    """Of amounts alone."""

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def is_hidden(self) -> bool:
        """Whether people need it not: keys and watermarks, and integers that have an amount beside them."""
        has_amount = self.currency in (Currency.EUR, Currency.ROW)
        return self.kind in (Kind.KEY, Kind.TECHNICAL) or has_amount

    @property
    def amount(self) -> str:
        """Caption of the amount in units of the currency."""
        words = self.name.rpartition("_")[0]
        if words.endswith("_reporting"):
            words = words.removesuffix("reporting") + "eur"
        return title(words)


def title(name: str) -> str:
    """`played_ms_28` as a title: Played Ms 28."""
    return " ".join(word.upper() if word in ABBREVIATIONS else word.capitalize() for word in name.split("_"))


def caption(name: str) -> str:
    """A column's name as people read it, with its unit in brackets."""
    words, _, last = name.rpartition("_")
    return f"{title(words)} ({UNITS[last]})" if words and last in UNITS else title(name)


def mart_caption(mart: Mart) -> str:
    """A mart's name as people read it: `fct_listening_daily` is Listening Daily."""
    return title(mart.name.partition("_")[2])


def fields(mart: Mart) -> list[Field]:
    """The columns of a mart in their order."""
    references = {reference.column for reference in mart.references}
    return [_field(mart, column, column.name in references) for column in mart.columns]


def _field(mart: Mart, column: Column, is_reference: bool) -> Field:
    kind = _kind(mart, column, is_reference)
    money = _currency(mart, column.name) if kind is Kind.MONEY else None
    return Field(column, caption(column.name), kind, money)


def _kind(mart: Mart, column: Column, is_reference: bool) -> Kind:
    name = column.name
    if name in ("load_id", "told_load_id"):
        return Kind.TECHNICAL
    if column.type in ("date", "timestamptz"):
        return Kind.TIME
    if column.type == "boolean":
        return Kind.FLAG
    if name.endswith(("_id", "_key")) or (is_reference and column.type != "text"):
        return Kind.KEY
    if column.type == "text":
        return Kind.ATTRIBUTE
    if name.endswith(("_minor", "_micro")):
        return Kind.MONEY
    if column.type.startswith("numeric"):
        if _ADDED_FRACTIONS.search(name):
            return Kind.COUNT
        return Kind.SHARE if _SHARES.search(name) else Kind.LEVEL
    if mart.name.startswith(("dim_", "bridge_")):
        return Kind.ATTRIBUTE
    return Kind.LEVEL if _NOT_ADDED.search(name) or name.endswith("_ppm") else Kind.COUNT


def _currency(mart: Mart, name: str) -> Currency:
    if name.endswith(("_eur_micro", "_reporting_micro")):
        return Currency.EUR
    has_own = any(reference.column == "currency_code" for reference in mart.references)
    return Currency.ROW if has_own and not name.startswith("micro_per") else Currency.UNKNOWN
