"""A dbt that is killed, as a program: `python killed.py HOME DATABASE NODE ARGUMENT...` dies when it comes to a node.

The process ends as one whose machine stops: no handler runs, no transaction ends, no file is closed.
"""

import os
import signal
import sys
from pathlib import Path

from sonic.paths import Home
from sonic.project.dbt import Dbt

if __name__ == "__main__":
    home, database, last, *arguments = sys.argv[1:]

    def progress(_: str, number: int, __: int) -> None:
        """Ends the process at the node of that number, while other threads are at work."""
        if number == int(last):
            os.kill(os.getpid(), signal.SIGKILL)

    Dbt(Home(Path(home)), "duckdb", database).run(arguments, progress)
