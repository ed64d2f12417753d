"""The command `sonic`."""

import os
import signal
from importlib import import_module
from types import FrameType

INTERRUPTED = 130


def main() -> None:
    """Entry point of the script."""
    # Loading what commands need and reading their options takes a second or more, in which nothing has begun. Libraries
    # in C that are interrupted amid being loaded would tell of a broken import instead.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    import_module("sonic.cli.app").main()


def begin() -> None:
    """From here on an interrupt is for the command that runs."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(_: int, __: FrameType | None) -> None:
    os.write(2, b"\nInterrupted. Nothing had begun.\n")
    os._exit(INTERRUPTED)
