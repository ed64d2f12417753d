"""Logs of the public event generator eventsim: `log_data/**/*.json` and, if present, `song_data/**/*.json`.

Events of page NextSong are plays. The log does not report how long a play lasted: it is inferred from the next
event of the session, capped at the recording's length; the last play of a session stays unknown.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sonic.errors import SonicError
from sonic.importers.jsonstream import broken, objects
from sonic.importers.log import Account, Basis, ImportedLog, Place, Play, Tier, Track

_GENDERS = {"F": "female", "M": "male"}
_COMPLETED_SLACK_MS = 2_000


@dataclass(frozen=True)
class _Event:
    """One event of a logged-in account with the place it was read from."""

    path: Path
    line: int
    fields: dict[str, Any]

    def require(self, name: str, *kinds: type) -> Any:
        """The value of a field, which must be there and of one of the types."""
        value = self.fields.get(name)
        if not isinstance(value, kinds) or isinstance(value, bool) or value == "":
            expected = " or ".join(kind.__name__ for kind in kinds)
            raise broken(self.path, self.line, f"has no usable {name!r}: expected {expected}, found {value!r}")
        return value

    @property
    def is_play(self) -> bool:
        return self.fields.get("page") == "NextSong"


def read(path: Path) -> ImportedLog:
    """Reads a folder of logs, or one log file.

    Raises:
        SonicError: no log there, or a line that is not whole, with file and line.
    """
    logs, songs = _find(path)
    digest = hashlib.sha256()
    for file in (*logs, *songs):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    accounts: dict[str, Account] = {}
    sessions: dict[tuple[str, str], list[_Event]] = defaultdict(list)
    for event in _events(logs):
        if event.fields.get("auth") != "Logged In" and not event.is_play:
            continue
        account = _account(event)
        accounts.setdefault(account.key, account)
        sessions[account.key, str(event.require("sessionId", int))].append(event)
    plays = [play for (account, session), events in sessions.items() for play in _plays(account, session, events)]
    if not plays:
        raise SonicError("The log holds no play (page NextSong)", str(path), "Give the folder that holds log_data.")
    plays.sort(key=lambda play: (play.started_at, play.account, play.session, play.artist, play.title))
    catalogue = [_track(file, line, fields) for file in songs for line, fields in objects(file)]
    return ImportedLog("eventsim", digest.hexdigest(), accounts, plays, catalogue)


def _find(path: Path) -> tuple[list[Path], list[Path]]:
    if not path.exists():
        raise SonicError("There is no such file or folder", str(path), "Give the folder that holds log_data.")
    if path.is_file():
        return [path], []
    logs = sorted((path / "log_data").rglob("*.json")) or sorted(path.glob("*.json"))
    if not logs:
        raise SonicError("There is no log here", str(path), "Give the folder that holds log_data, or one .json file.")
    return logs, sorted((path / "song_data").rglob("*.json"))


def _events(logs: list[Path]) -> Iterator[_Event]:
    for path in logs:
        for line, fields in objects(path):
            if "page" not in fields or "ts" not in fields:
                raise broken(path, line, "is no event: it has no 'page' or no 'ts'")
            yield _Event(path, line, fields)


def _account(event: _Event) -> Account:
    return Account(
        key=str(event.require("userId", str, int)),
        given_name=event.require("firstName", str),
        family_name=event.require("lastName", str),
        gender=_GENDERS.get(event.require("gender", str), "undisclosed"),
        registered_at=_instant(event, "registration"),
    )


def _plays(account: str, session: str, events: list[_Event]) -> Iterator[Play]:
    events.sort(key=lambda event: (event.require("ts", int), event.require("itemInSession", int)))
    for event, following in zip(events, [*events[1:], None], strict=True):
        if not event.is_play:
            continue
        length_ms = round(event.require("length", float, int) * 1000)
        if length_ms <= 0:
            raise broken(event.path, event.line, "has a 'length' that is not positive")
        gap_ms = None if following is None else following.require("ts", int) - event.require("ts", int)
        level = event.require("level", str)
        if level not in ("free", "paid"):
            raise broken(event.path, event.line, f"has an unknown 'level': {level!r}")
        yield Play(
            account=account,
            session=session,
            started_at=_instant(event, "ts"),
            artist=event.require("artist", str),
            title=event.require("song", str),
            length_ms=length_ms,
            played_ms=None if gap_ms is None else min(gap_ms, length_ms),
            basis=Basis.UNKNOWN if gap_ms is None else Basis.INFERRED,
            is_skipped=gap_ms is not None and gap_ms < length_ms - _COMPLETED_SLACK_MS,
            tier=Tier(level),
            place=_place(event),
            agent=event.require("userAgent", str).strip('"'),
        )


def _instant(event: _Event, name: str) -> datetime:
    value = event.require(name, int, float)
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise broken(event.path, event.line, f"has a {name!r} that is no instant in milliseconds: {value!r}") from error


def _place(event: _Event) -> Place:
    # A metro area such as "New York-Newark-Jersey City, NY-NJ-PA": its first city lies in the first state.
    city, comma, states = event.require("location", str).rpartition(", ")
    if not comma:
        raise broken(event.path, event.line, "has a 'location' that is not 'city, state'")
    return Place(city=city.split("-")[0], state=states.split("-")[0])


def _track(path: Path, line: int, fields: dict[str, Any]) -> Track:
    record = _Event(path, line, fields)
    length_ms = round(record.require("duration", float, int) * 1000)
    return Track(record.require("artist_name", str), record.require("title", str), length_ms)
