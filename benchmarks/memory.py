"""The most memory that generation takes, in a process of its own for each scale: the opening and two days."""

import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figure

SCALES = (1, 10, 30)
MOST_MEBIBYTES = 2_048
_CHILD = """
import resource, sys
from pathlib import Path
from generators.api import generate
generate(sys.argv[1], scale=float(sys.argv[2]), days=2, jobs=1)
# Linux lets a program begin with its parent's ru_maxrss; what the process itself took stands in its status.
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
own = [line.split()[1] for line in lines if line.startswith("VmHWM")]
print(own[0] if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure(folder: Path) -> list[Figure]:
    """Mebibytes at each scale, against what is allowed."""
    return [_measure(folder / f"memory_{scale}", scale) for scale in SCALES]


def _measure(lake: Path, scale: int) -> Figure:
    done = subprocess.run([sys.executable, "-c", _CHILD, str(lake), str(scale)], check=True, capture_output=True)
    # kibibytes on Linux, bytes on macOS
    taken = int(done.stdout) / (2**10 if sys.platform != "darwin" else 2**20)
    return Figure(
        f"memory of generation at scale {scale}, MiB: the opening and two days",
        f"{taken:,.0f}",
        f"{MOST_MEBIBYTES:,}",
        MOST_MEBIBYTES / taken,
        1.0,
    )
