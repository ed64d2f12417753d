"""What an importer hands over: plays by accounts at places, in the source's own identifiers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

UNKNOWN_COUNTRY = "ZZ"
"""ISO's code for a place that is not known."""
UNKNOWN = "unknown"
SESSION_GAP = timedelta(minutes=30)
"""Silence that ends a session, where the log tells of none."""


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
    """Where a play was: a country by its ISO code; of the United States a city and its state, where told."""

    country: str = UNKNOWN_COUNTRY
    city: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class Account:
    """One account; `key` is the source's identifier. Instants are aware and in UTC; null where the log tells none."""

    key: str
    name: str
    given_name: str = UNKNOWN
    family_name: str = UNKNOWN
    gender: str = "undisclosed"
    registered_at: datetime | None = None


@dataclass(frozen=True)
class Play:
    """One play. `played_ms` is null exactly when `basis` is unknown; `agent` is what the log calls the client.

    `session` is null where the log knows no sessions: they then end where an account is silent for `SESSION_GAP`.
    `length_ms` is that of the recording, null where the log does not tell it. `skip_reason` is null unless skipped.
    """

    account: str
    started_at: datetime
    artist: str
    title: str
    played_ms: int | None
    basis: Basis
    length_ms: int | None = None
    session: str | None = None
    is_completed: bool = False
    skip_reason: str | None = None
    is_shuffle: bool = False
    is_offline: bool = False
    tier: Tier = Tier.FREE
    place: Place = Place()
    agent: str = UNKNOWN


@dataclass(frozen=True)
class Track:
    """One recording of the source's catalogue, played or not."""

    artist: str
    title: str
    length_ms: int


@dataclass(frozen=True)
class Reading:
    """What the user says about a log that the log does not.

    `user` names whose history it is; `columns` gives the columns of a CSV file by our names for them.
    """

    user: str | None = None
    columns: dict[str, str] = field(default_factory=dict)

    def name_space(self, source: str) -> str:
        """Where names of accounts are one person's: all over, if the user gave the name, else within the source."""
        return "person" if self.user else source


@dataclass(frozen=True)
class ImportedLog:
    """A whole log. `fingerprint` is a SHA-256 of the bytes it was read from and of what the user said about it.

    `name_space` is that of the accounts' keys: the same key in the same space is the same person. `left_out` counts
    by kind what the log holds and the marts cannot.
    """

    source: str
    name_space: str
    fingerprint: str
    accounts: dict[str, Account]
    plays: list[Play]
    catalogue: list[Track] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
