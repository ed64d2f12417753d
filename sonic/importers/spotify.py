"""Personal histories of Spotify, as its privacy page gives them out.

The extended streaming history (`Streaming_History_Audio_*.json`, formerly `endsong_*.json`) tells the instant at which
a play ended, how long it lasted, why it began and ended, the country and the platform. The account data
(`StreamingHistory*.json`) tell the minute of the end, artist, title and time alone; they cover the last year of what
the extended history tells whole, so that they are read only where it is not there.
"""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from sonic.errors import UsageError
from sonic.importers.jsonstream import objects
from sonic.importers.log import UNKNOWN, Account, Basis, ImportedLog, Place, Play, Reading
from sonic.importers.record import Record, fingerprint, found

_EXTENDED = ("Streaming_History_Audio*.json", "endsong*.json")
_ACCOUNT = ("StreamingHistory_music*.json", "StreamingHistory*.json")
_ABOUT = "Userdata.json"
_WHAT = f"the unpacked folder with {_EXTENDED[0]} or {_ACCOUNT[1]}, or one of these files"
_SKIPPED = {
    "fwdbtn": "next_button",
    "backbtn": "back_button",
    "clickrow": "new_selection",
    "playbtn": "new_selection",
    "remote": "new_selection",
    "uriopen": "new_selection",
}
"""Reasons for the end by which the listener moved on, as skip reasons of ours."""


def read(path: Path, reading: Reading) -> ImportedLog:
    """Reads a folder, or one file of either kind.

    Raises:
        SonicError: no history there, or a record that is not whole, with file and line.
        UsageError: the history does not say whose it is, and the user did not either.
    """
    files = found(path, (*_EXTENDED, *_ACCOUNT), _WHAT)
    about = sorted(path.rglob(_ABOUT))[:1]
    owner = next((record.optional("username", str) for file in about for record in objects(file)), None)
    left_out: Counter[str] = Counter()
    accounts: dict[str, Account] = {}
    plays: list[Play] = []
    for file in files:
        for record in objects(file):
            play = _extended(record, left_out) if "ts" in record.fields else _brief(record)
            if play is None:
                continue
            name = reading.user or record.optional("username", str) or owner
            if name is None:
                raise UsageError(
                    "The history does not say whose it is", str(file), "Name its listener: sonic import ... --user NAME"
                )
            accounts.setdefault(name, Account(name, name))
            plays.append(Play(account=name, **play))
    return ImportedLog(
        "spotify",
        reading.name_space("spotify"),
        fingerprint((*files, *about), reading),
        accounts,
        plays,
        left_out={**left_out},
    )


def _extended(record: Record, left_out: Counter[str]) -> dict[str, Any] | None:
    """The fields of a play; None for what is no music, which is counted."""
    ended_at, played_ms = record.instant("ts"), record.milliseconds("ms_played")
    title = record.optional("master_metadata_track_name", str)
    artist = record.optional("master_metadata_album_artist_name", str)
    if title is None or artist is None:
        spoken = next((name for name in ("episode_name", "audiobook_title") if record.optional(name, str)), None)
        left_out[
            {"episode_name": "podcast episodes", "audiobook_title": "audiobooks"}.get(spoken or "", "untitled")
        ] += 1
        return None
    reason = record.optional("reason_end", str)
    is_completed = reason == "trackdone"
    is_skipped = not is_completed and (record.optional("skipped", bool) or reason in _SKIPPED)
    country = record.optional("conn_country", str)
    return {
        "started_at": ended_at - timedelta(milliseconds=played_ms),
        "artist": artist,
        "title": title,
        "played_ms": played_ms,
        "basis": Basis.REPORTED,
        "is_completed": is_completed,
        "skip_reason": _SKIPPED.get(reason or "", UNKNOWN) if is_skipped else None,
        "is_shuffle": bool(record.optional("shuffle", bool)),
        "is_offline": bool(record.optional("offline", bool)),
        "place": Place(country.upper()) if country else Place(),
        "agent": record.optional("platform", str) or UNKNOWN,
    }


def _brief(record: Record) -> dict[str, Any]:
    """The fields of a play of the account data."""
    played_ms = record.milliseconds("msPlayed")
    return {
        "started_at": record.instant("endTime") - timedelta(milliseconds=played_ms),
        "artist": record.require("artistName", str),
        "title": record.require("trackName", str),
        "played_ms": played_ms,
        "basis": Basis.REPORTED,
    }
