"""What became of the mutants, for the screen and as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from mutants.direct import Outcome
from sonic.errors import SonicError

EQUIVALENT = Path(__file__).with_name("equivalent.yml")


def equivalents() -> dict[str, str]:
    """The reason why each mutant that is judged equivalent is so, by the mutant's name.

    Raises `SonicError` for a judgement without a reason, and for two about one mutant.
    """
    found: dict[str, str] = {}
    for entry in yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []:
        reason = " ".join(str(entry.get("because", "")).split())
        for mutant in entry["mutants"]:
            if not reason or mutant in found:
                what = f"Mutant {mutant} is judged twice, or for no reason"
                raise SonicError(what, str(EQUIVALENT), "Mend the entry.")
            found[mutant] = reason
    return found


@dataclass(frozen=True)
class Score:
    """How many mutants there were: killed, living, judged equivalent, or statements that mean nothing."""

    killed: int
    living: int
    equivalent: int
    void: int

    @property
    def share(self) -> float:
        """Share killed of those that a test could kill."""
        return self.killed / max(self.killed + self.living, 1)

    def __str__(self) -> str:
        return (
            f"{self.killed} of {self.killed + self.living} mutants killed ({self.share:.1%}), {self.living} live;"
            f" {self.equivalent} are equivalent, {self.void} mean nothing"
        )


def score(outcomes: Sequence[Outcome], judged: dict[str, str]) -> Score:
    """Counts outcomes; one that was killed counts so, whatever was judged."""
    told = Counter(_fate(outcome, judged) for outcome in outcomes)
    return Score(told["killed"], told["living"], told["equivalent"], told["void"])


def _fate(outcome: Outcome, judged: dict[str, str]) -> str:
    if outcome.is_void:
        return "void"
    if outcome.by:
        return "killed"
    return "equivalent" if outcome.mutant.id in judged else "living"


def write(path: Path, outcomes: Sequence[Outcome], judged: dict[str, str]) -> None:
    """The report: by model, by killer, then the living and the equivalent ones."""
    by_model: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_model.setdefault(outcome.mutant.model, []).append(outcome)
    killers = Counter(o.by.split(":")[0] for o in outcomes if _fate(o, judged) == "killed")
    lines = ["# Mutants", "", f"{score(outcomes, judged)}.", ""]
    lines += ["| killed by | mutants |", "|---|---|", *(f"| {by} | {n} |" for by, n in killers.most_common()), ""]
    lines += ["| model | killed | living | equivalent | void |", "|---|---|---|---|---|"]
    for model, there in sorted(by_model.items()):
        told = score(there, judged)
        lines.append(f"| {model} | {told.killed} | {told.living} | {told.equivalent} | {told.void} |")
    for title, fate in (("Living", "living"), ("Equivalent", "equivalent")):
        lines += ["", f"## {title}", ""]
        for outcome in sorted((o for o in outcomes if _fate(o, judged) == fate), key=lambda o: str(o.mutant.model)):
            reason = f": {judged[outcome.mutant.id]}" if fate == "equivalent" else ""
            note = "" if outcome.changed else " (changed no row)"
            lines.append(f"- {outcome.mutant}{note}{reason}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
