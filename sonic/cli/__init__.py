"""The command `sonic`."""

import os
import signal
from importlib import import_module
from types import FrameType

INTERRUPTED = 130


def main() -> None:
    """Entry point of the script."""
    # Loading what commands need takes a second or more, in which nothing has begun. Libraries in C that are interrupted
    # amid being loaded would tell of a broken import instead.
    heeds = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeds:
        signal.signal(signal.SIGINT, _leave)
    run = import_module("sonic.cli.app").main
    if heeds:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


def _leave(_: int, __: FrameType | None) -> None:
    os.write(2, b"\nInterrupted. Nothing had begun.\n")
    os._exit(INTERRUPTED)
