"""JSON objects that follow one another, with or without a newline between them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sonic.errors import SonicError

_DECODER = json.JSONDecoder()


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields `(line, object)` of one file; lines count from 1.

    Raises:
        SonicError: the file is not readable, is not UTF-8, ends inside an object, or holds anything but objects.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise broken(path, line, "is not UTF-8") from error
    except OSError as error:
        raise SonicError(
            f"The log cannot be read: {error.strerror}", str(path), "Check the path and its permissions."
        ) from error
    position, line = _skip_space(text, 0, 1)
    while position < len(text):
        try:
            value, end = _DECODER.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise broken(path, text.count("\n", 0, error.pos) + 1, f"is not whole JSON ({error.msg})") from error
        if not isinstance(value, dict):
            raise broken(path, line, "is not a JSON object")
        yield line, value
        position, line = _skip_space(text, end, line + text.count("\n", position, end))


def broken(path: Path, line: int, what: str) -> SonicError:
    """The error of a line that cannot be used."""
    return SonicError(
        f"Line {line} {what}; nothing was imported",
        f"{path}:{line}",
        "Mend or remove that line, or fetch the file again if it was cut off, then run the same command.",
    )


def _skip_space(text: str, position: int, line: int) -> tuple[int, int]:
    while position < len(text) and text[position].isspace():
        line += text[position] == "\n"
        position += 1
    return position, line
