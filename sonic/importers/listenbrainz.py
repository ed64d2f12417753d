"""Listens of ListenBrainz: the export (`listens/<year>/<month>.jsonl` beside `user.json`), or one file of JSON.

A listen tells when it began, not how long it lasted: where the recording's length is told, it is inferred from the
next listen, capped at the length, as long as that follows within a session; else it stays unknown.
"""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sonic.errors import UsageError
from sonic.importers.jsonstream import objects
from sonic.importers.log import SESSION_GAP, UNKNOWN, Account, Basis, ImportedLog, Play, Reading
from sonic.importers.record import Record, fingerprint, found

_WHAT = "the unpacked export with its folder listens, or one .json or .jsonl file"
_COMPLETED_SLACK_MS = 2_000


def read(path: Path, reading: Reading) -> ImportedLog:
    """Reads an export, or one file of listens: an array, or one object a line.

    Raises:
        SonicError: no listens there, or one that is not whole, with file and line.
        UsageError: the listens do not say whose they are, and the user did not either.
    """
    files = found(path, ("listens/**/*.jsonl", "*.jsonl", "*listens*.json", "*.json"), _WHAT)
    about = sorted(path.rglob("user.json"))[:1]
    owner = next((_name(record) for file in about for record in objects(file)), None)
    left_out: Counter[str] = Counter()
    plays: list[Play] = []
    for file in files:
        for record in objects(file):
            if record.fields.get("playing_now") is True:
                left_out["listens under way"] += 1
                continue
            name = reading.user or _name(record) or owner
            if name is None:
                raise UsageError(
                    "The listens do not say whose they are",
                    str(file),
                    "Name the listener: sonic import ... --user NAME",
                )
            plays.append(_play(record, name))
    accounts = {play.account: Account(play.account, play.account) for play in plays}
    return ImportedLog(
        "listenbrainz",
        reading.name_space("listenbrainz"),
        fingerprint((*files, *about), reading),
        accounts,
        _inferred(plays),
        left_out={**left_out},
    )


def _name(record: Record) -> Any:
    return record.optional("user_name", str) or record.optional("username", str)


def _play(record: Record, account: str) -> Play:
    record.require("listened_at", int)
    track = Record(record.path, record.line, record.require("track_metadata", dict))
    # What clients add is theirs to form: a length of another form is none.
    more = track.optional("additional_info", dict) or {}
    lengths = [_number(more.get("duration_ms")), _number(more.get("duration")) * 1000]
    players = [more.get(name) for name in ("media_player", "music_service_name", "submission_client")]
    return Play(
        account=account,
        started_at=record.instant("listened_at"),
        artist=track.require("artist_name", str),
        title=track.require("track_name", str),
        played_ms=None,
        basis=Basis.UNKNOWN,
        length_ms=next((round(length) for length in lengths if length >= 1), None),
        agent=next((player for player in players if isinstance(player, str) and player.strip()), UNKNOWN),
    )


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _inferred(plays: list[Play]) -> list[Play]:
    """The plays in order of time, with the time that each was played as far as the next one tells it."""
    by_account: dict[str, list[Play]] = defaultdict(list)
    for play in sorted(plays, key=lambda play: (play.started_at, play.artist, play.title)):
        by_account[play.account].append(play)
    told: list[Play] = []
    for own in by_account.values():
        for play, following in pairwise(own):
            gap = following.started_at - play.started_at
            length = play.length_ms
            if length is None or not gap or gap > timedelta(milliseconds=length) + SESSION_GAP:
                told.append(play)
                continue
            gap_ms = gap // timedelta(milliseconds=1)
            is_skipped = gap_ms < length - _COMPLETED_SLACK_MS
            told.append(
                replace(
                    play,
                    played_ms=min(gap_ms, length),
                    basis=Basis.INFERRED,
                    is_completed=gap_ms >= length,
                    skip_reason=UNKNOWN if is_skipped else None,
                )
            )
        told.append(own[-1])
    return told
