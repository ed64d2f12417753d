"""What a run has found so far, kept on disk so that a run that was stopped can go on."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from pathlib import Path

from mutants.direct import Outcome
from sonic.errors import SonicError

OUTCOMES = "outcomes.pickle"


@dataclass
class Known:
    """The outcome of each mutant, and which mutants are through a stage, by its name."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    through: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Known:
        """What the run before has left. Raises `SonicError` if there was none."""
        path = folder / OUTCOMES
        if not path.is_file():
            raise SonicError("There is no run to go on with", str(path), "Run `make mutants` without options first.")
        known: Known = pickle.loads(path.read_bytes())
        return known

    def write(self, folder: Path) -> None:
        """Keeps it; a run that dies while it writes leaves what was kept before."""
        path = folder / OUTCOMES
        path.with_suffix(".new").write_bytes(pickle.dumps(self))
        path.with_suffix(".new").replace(path)
