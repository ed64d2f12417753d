"""Logs of the public event generator eventsim: `log_data/**/*.json` and, if present, `song_data/**/*.json`.

Events of page NextSong are plays. The log does not report how long a play lasted: it is inferred from the next
event of the session, capped at the recording's length; the last play of a session stays unknown.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sonic.errors import SonicError
from sonic.importers.jsonstream import objects
from sonic.importers.log import UNKNOWN, Account, Basis, ImportedLog, Place, Play, Reading, Tier, Track
from sonic.importers.record import Record, fingerprint, found

_GENDERS = {"F": "female", "M": "male"}
_COMPLETED_SLACK_MS = 2_000
_MS = 1000


def read(path: Path, reading: Reading) -> ImportedLog:
    """Reads a folder of logs, or one log file.

    Raises:
        SonicError: no log there, or a line that is not whole, with file and line.
    """
    logs = found(path, ("log_data/**/*.json", "*.json"), "the folder that holds log_data, or one .json file")
    songs = sorted((path / "song_data").rglob("*.json"))
    accounts: dict[str, Account] = {}
    sessions: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for event in _events(logs):
        if event.fields.get("auth") != "Logged In" and not _is_play(event):
            continue
        account = _account(event)
        accounts.setdefault(account.key, account)
        sessions[account.key, str(event.require("sessionId", int))].append(event)
    plays = [play for (account, session), events in sessions.items() for play in _plays(account, session, events)]
    if not plays:
        raise SonicError("The log holds no play (page NextSong)", str(path), "Give the folder that holds log_data.")
    catalogue = [_track(record) for file in songs for record in objects(file)]
    return ImportedLog(
        "eventsim", reading.name_space("eventsim"), fingerprint((*logs, *songs), reading), accounts, plays, catalogue
    )


def _is_play(event: Record) -> bool:
    return event.fields.get("page") == "NextSong"


def _events(logs: list[Path]) -> Iterator[Record]:
    for path in logs:
        for event in objects(path):
            if "page" not in event.fields or "ts" not in event.fields:
                raise event.broken("is no event: it has no 'page' or no 'ts'")
            yield event


def _account(event: Record) -> Account:
    given_name, family_name = event.require("firstName", str), event.require("lastName", str)
    return Account(
        key=str(event.require("userId", str, int)),
        name=f"{given_name} {family_name}",
        given_name=given_name,
        family_name=family_name,
        gender=_GENDERS.get(event.require("gender", str), "undisclosed"),
        registered_at=_instant(event, "registration"),
    )


def _plays(account: str, session: str, events: list[Record]) -> Iterator[Play]:
    events.sort(key=lambda event: (event.require("ts", int), event.require("itemInSession", int)))
    for event, following in zip(events, [*events[1:], None], strict=True):
        if not _is_play(event):
            continue
        length_ms = round(event.require("length", float, int) * _MS)
        if length_ms <= 0:
            raise event.broken("has a 'length' that is not positive")
        gap_ms = None if following is None else following.require("ts", int) - event.require("ts", int)
        level = event.require("level", str)
        if level not in ("free", "paid"):
            raise event.broken(f"has an unknown 'level': {level!r}")
        is_skipped = gap_ms is not None and gap_ms < length_ms - _COMPLETED_SLACK_MS
        yield Play(
            account=account,
            session=session,
            started_at=_instant(event, "ts"),
            artist=event.require("artist", str),
            title=event.require("song", str),
            length_ms=length_ms,
            played_ms=None if gap_ms is None else min(gap_ms, length_ms),
            basis=Basis.UNKNOWN if gap_ms is None else Basis.INFERRED,
            is_completed=gap_ms is not None and gap_ms >= length_ms,
            skip_reason=UNKNOWN if is_skipped else None,
            tier=Tier(level),
            place=_place(event),
            agent=event.require("userAgent", str).strip('"'),
        )


def _instant(event: Record, name: str) -> datetime:
    event.require(name, int, float)
    return event.instant(name, unit=_MS)


def _place(event: Record) -> Place:
    # A metro area such as "New York-Newark-Jersey City, NY-NJ-PA": its first city lies in the first state.
    city, comma, states = event.require("location", str).rpartition(", ")
    if not comma:
        raise event.broken("has a 'location' that is not 'city, state'")
    return Place("US", city.split("-")[0], states.split("-")[0])


def _track(record: Record) -> Track:
    length_ms = round(record.require("duration", float, int) * _MS)
    return Track(record.require("artist_name", str), record.require("title", str), length_ms)
