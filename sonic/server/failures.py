"""What the server's log means for the person in front of it."""

from pathlib import Path

from sonic.errors import SonicError

KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        "No space left on device",
        "the disk is full",
        "Free some space, or set SONIC_HOME to a folder on another disk, then run the command again.",
    ),
    (
        "Read-only file system",
        "the disk is read-only",
        "Mount it for writing, or set SONIC_HOME to a folder that can be written.",
    ),
    (
        "Permission denied",
        "its files may not be read or written",
        "Work as the user who made this state folder, or set SONIC_HOME to one of your own.",
    ),
    (
        "could not bind",
        "its port is taken by another program",
        "Stop that program, or set SONIC_PG_PORT to a free port.",
    ),
    (
        "shared memory",
        "this machine lacks shared memory",
        "Close other programs, or let the container have more memory.",
    ),
)


def explain(action: str, said: str, where: Path) -> SonicError:
    """The error for a server that could not be `action` (made, started, ...), read from what it `said`."""
    for sign, reason, todo in KNOWN:
        if sign.lower() in said.lower():
            return SonicError(f"The embedded server could not be {action}: {reason}", str(where), todo)
    lines = [line for line in said.splitlines() if line.strip()]
    return SonicError(
        f"The embedded server could not be {action}",
        str(where),
        "It says: " + (" / ".join(lines[-5:]) or "nothing"),
    )
