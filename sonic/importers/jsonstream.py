"""JSON objects that follow one another, with or without a newline between them, or stand in one array."""

import json
from collections.abc import Iterator
from pathlib import Path

from sonic.importers.record import Record, broken, read_text

_DECODER = json.JSONDecoder()


def objects(path: Path) -> Iterator[Record]:
    """Yields the objects of one file with their lines.

    Raises:
        SonicError: the file is not readable, is not UTF-8, ends inside an object, or holds anything but objects.
    """
    text = read_text(path)
    position, line = _skip_space(text, 0, 1)
    in_array = text[position : position + 1] == "["
    if in_array:
        position, line = _skip_space(text, position + 1, line)
        if text[position : position + 1] == "]":
            return
    while position < len(text):
        try:
            value, end = _DECODER.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise broken(path, text.count("\n", 0, error.pos) + 1, f"is not whole JSON ({error.msg})") from error
        if not isinstance(value, dict):
            raise broken(path, line, "is not a JSON object")
        yield Record(path, line, value)
        position, line = _skip_space(text, end, line + text.count("\n", position, end))
        if in_array:
            mark = text[position : position + 1]
            if mark not in (",", "]"):
                raise broken(path, line, "is not whole JSON (an array goes on with ',' or ends with ']')")
            position, line = _skip_space(text, position + 1, line)
            if mark == "]":
                if position < len(text):
                    raise broken(path, line, "stands behind the end of the array")
                return
    if in_array:
        raise broken(path, line, "is not whole JSON (the array does not end)")


def _skip_space(text: str, position: int, line: int) -> tuple[int, int]:
    while position < len(text) and text[position].isspace():
        line += text[position] == "\n"
        position += 1
    return position, line
