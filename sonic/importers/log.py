"""What an importer hands over: plays by accounts at places, in the source's own identifiers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Tier(StrEnum):
    """Tier at the time of a play, as far as logs tell it."""

    FREE = "free"
    PAID = "paid"


class Basis(StrEnum):
    """How the played time is known."""

    REPORTED = "reported"
    INFERRED = "inferred"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Place:
    """A city of the United States, by its name and the state's two-letter code."""

    city: str
    state: str


@dataclass(frozen=True)
class Account:
    """One account; `key` is the source's identifier. Instants are aware and in UTC."""

    key: str
    given_name: str
    family_name: str
    gender: str
    registered_at: datetime


@dataclass(frozen=True)
class Play:
    """One play. `played_ms` is null exactly when `basis` is unknown; `agent` is the client's user agent."""

    account: str
    session: str
    started_at: datetime
    artist: str
    title: str
    length_ms: int
    played_ms: int | None
    basis: Basis
    is_skipped: bool
    tier: Tier
    place: Place
    agent: str


@dataclass(frozen=True)
class Track:
    """One recording of the source's catalogue, played or not."""

    artist: str
    title: str
    length_ms: int


@dataclass(frozen=True)
class ImportedLog:
    """A whole log, in order of time. `fingerprint` is a SHA-256 of the bytes it was read from."""

    source: str
    fingerprint: str
    accounts: dict[str, Account]
    plays: list[Play]
    catalogue: list[Track] = field(default_factory=list)
