"""What loads, builds and questions need of a database, whatever its engine."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

from sonic.errors import SonicError

Rows = list[tuple[Any, ...]]

SCHEMAS = ("marts", "quarantine", "snapshots", "intermediate", "staging", "raw", "ops")
"""The warehouse's schemas; each reads those that stand after it."""


class Database(ABC):
    """One database of one target of the profile."""

    target: str
    """Name of the profile's output."""

    errors: ClassVar[type[Exception]]
    """What the engine raises for a query that fails."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Name of the database."""

    @property
    @abstractmethod
    def where(self) -> str:
        """Its place, as an error message names it."""

    def held(self) -> AbstractContextManager[None]:
        """Spares many queries that follow each other the opening of the database, where that takes long."""
        return nullcontext()

    @abstractmethod
    def query(self, sql: str) -> tuple[list[str], Rows]:
        """Names of the columns, and the rows."""

    @abstractmethod
    def batches(self, sql: str, size: int) -> Iterator[Rows]:
        """The rows of a query as of one moment, `size` at a time, so that they need not fit into memory."""

    @abstractmethod
    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Runs one statement in a transaction of its own; parameters are written `%s`."""

    @abstractmethod
    def writer(self) -> AbstractContextManager[None]:
        """Keeps other loads and builds out while it is entered; the lock goes when its process does."""

    @abstractmethod
    def prepare(self) -> None:
        """Makes the schema `ops` if it is absent."""

    @abstractmethod
    def clear(self) -> None:
        """Removes all that the warehouse holds, but not who may read it."""

    def value(self, sql: str) -> Any:
        """The single value that a query gives."""
        return self.query(sql)[1][0][0]


def busy(where: str) -> SonicError:
    """The error of `Database.writer` when another load or build holds the lock."""
    return SonicError(
        "Another load or build is at work on this database",
        where,
        "Wait for it to finish, then run the command again. If its program died, its lock is already free.",
    )
