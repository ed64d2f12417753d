"""One record of a log with the place it was read from, and the errors that name that place."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sonic.errors import SonicError
from sonic.importers.log import Reading

_YEAR_MS = 366 * 24 * 3_600_000
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def broken(path: Path, line: int, what: str) -> SonicError:
    """The error of a line that cannot be used."""
    return SonicError(
        f"Line {line} {what}; nothing was imported",
        f"{path}:{line}",
        "Mend or remove that line, or fetch the file again if it was cut off, then run the same command.",
    )


@dataclass(frozen=True)
class Record:
    """The fields of one record; `line` counts from 1 and is that on which the record begins."""

    path: Path
    line: int
    fields: dict[str, Any]

    def require(self, name: str, *kinds: type) -> Any:
        """The value of a field, which must be there and of one of the types; a text must not be blank."""
        value = self.fields.get(name)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds) or _is_blank(value):
            expected = " or ".join(kind.__name__ for kind in kinds)
            raise self.broken(f"has no usable {name!r}: expected {expected}, found {value!r}")
        return value

    def optional(self, name: str, *kinds: type) -> Any:
        """As `require`, but None where the field is absent, null or blank."""
        value = self.fields.get(name)
        return None if value is None or _is_blank(value) else self.require(name, *kinds)

    def milliseconds(self, name: str) -> int:
        """A time of playing that must be there: a whole number, not negative, no more than a year."""
        value = int(self.require(name, int))
        if not 0 <= value < _YEAR_MS:
            raise self.broken(f"has a {name!r} that is no time of playing in milliseconds: {value}")
        return value

    def instant(self, name: str, *, unit: float = 1) -> datetime:
        """An instant: seconds since 1970 divided by `unit`, or ISO 8601 text, in UTC where it names no offset."""
        value = self.require(name, int, float, str)
        try:
            if isinstance(value, str):
                at = datetime.fromisoformat(value)
                at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
            else:
                at = datetime.fromtimestamp(value / unit, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise self.broken(f"has a {name!r} that is no instant: {value!r}") from error
        if not _EARLIEST <= at < _LATEST:
            raise self.broken(f"has a {name!r} that no play can have: {at:%Y-%m-%d %H:%M}")
        return at

    def broken(self, what: str) -> SonicError:
        """The error that this record cannot be used."""
        return broken(self.path, self.line, what)


def fingerprint(files: Iterable[Path], reading: Reading) -> str:
    """SHA-256 of the files' contents and of what the user said about them.

    Raises:
        SonicError: a file cannot be read.
    """
    digest = hashlib.sha256(repr((reading.user, sorted(reading.columns.items()))).encode())
    for file in files:
        try:
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        except OSError as error:
            raise unreadable(file, error) from error
    return digest.hexdigest()


def found(path: Path, patterns: Iterable[str], what: str) -> list[Path]:
    """`path` itself if it is a file, else the files below it that match the first pattern that any does, in order.

    Raises:
        SonicError: there is no such path, or nothing matches.
    """
    if not path.exists():
        raise SonicError("There is no such file or folder", str(path), f"Give {what}.")
    if path.is_file():
        return [path]
    for pattern in patterns:
        if files := sorted(file for file in path.rglob(pattern) if file.is_file()):
            return files
    raise SonicError("There is no log here", str(path), f"Give {what}.")


def unreadable(path: Path, error: OSError) -> SonicError:
    """The error of a file that cannot be opened."""
    return SonicError(f"The log cannot be read: {error.strerror}", str(path), "Check the path and its permissions.")


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, without a mark of byte order.

    Raises:
        SonicError: it cannot be read, or is not UTF-8; then with the line.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise broken(path, line, "is not UTF-8") from error
    except OSError as error:
        raise unreadable(path, error) from error


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()
