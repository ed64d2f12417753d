"""`make bench`: measures generation, load and build against their yardsticks and prints ratios.

`python -m benchmarks generate` measures generation and load alone.
"""

import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import facts, generation, jaffles, loading, memory
from benchmarks.figures import Figure
from sonic.paths import Home
from sonic.server import Server


def main() -> None:
    """Runs the benchmarks in a folder of their own, with a server of their own."""
    with_build = sys.argv[1:] != ["generate"]
    console = Console()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="sonic-bench-") as name:
        folder = Path(name)
        home = Home(folder / "home")
        os.environ["SONIC_HOME"] = str(home.root)
        try:
            with console.status("Generating, and dsdgen in turn"):
                figures += generation.measure(folder)
            with console.status("Generating, and jafgen in turn"):
                figures += jaffles.measure(folder)
            with console.status("Generating at several scales"):
                figures += memory.measure(folder)
            with console.status("Loading, and plain COPY"):
                figures += loading.measure(folder, home)
            if with_build:
                with console.status("Building the four facts, and by hand"):
                    figures += facts.measure(folder, home)
        finally:
            Server(home).remove()
    table = Table("what", "ours", "yardstick", "ratio", "aim", title="Speed, as ratios within this run")
    for figure in figures:
        met = "" if figure.is_met else "  missed"
        table.add_row(figure.name, figure.ours, figure.yardstick, f"{figure.ratio:.2f}", f"{figure.aim:.2f}{met}")
    console.print(table)


if __name__ == "__main__":
    main()
