"""`make mutants`: changes the models' SQL on purpose and reports which changes no test notices."""

from __future__ import annotations

import os
import shutil
import time
from typing import Annotated

import typer

from mutants import by_dbt, by_suite, direct, report
from mutants.direct import Outcome
from mutants.ground import Ground, prepare
from mutants.known import Known
from mutants.mutant import chosen
from mutants.trials import Begin, Judge, trials
from sonic.cli.shell import console
from sonic.errors import SonicError
from sonic.paths import Home

AIM = 0.95
EVERY = 20
"""After so many mutants what is known is written, for a run that is stopped."""


def main(
    elsewhere: Annotated[int, typer.Option(help="How many mutants of other models to draw.")] = 150,
    seed: Annotated[int, typer.Option(help="Seed of what is drawn.")] = 1,
    only: Annotated[list[str] | None, typer.Option(help="A model: all its mutants, and no others.")] = None,
    sample: Annotated[float, typer.Option(min=0, max=1, help="Share of the mutants to try.")] = 1.0,
    same_ground: Annotated[bool, typer.Option(help="Use the warehouse that stands, of a run before.")] = False,
    living: Annotated[bool, typer.Option(help="Only those that lived in the run before, on its ground.")] = False,
    resume: Annotated[bool, typer.Option(help="Go on with a run that was stopped, on its ground.")] = False,
    schedules: Annotated[bool, typer.Option(help="Try those that live by the suite's schedules: minutes each.")] = True,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
) -> None:
    """Tries mutants of the four facts, MRR and active users, and some of all other models.

    Exit status 1 if tests kill fewer than 95 in 100.
    """
    start = time.monotonic()
    folder = Home.locate().root / "mutants"
    judged = report.equivalents()
    if not (same_ground or living or resume):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with console.status("Building what mutants are tried on") as status:
            prepare(folder, lambda stage: status.update(f"{stage} ..."))
    ground = Ground(folder)
    os.environ["SONIC_HOME"] = str(ground.home.root)
    with console.status("Thinking of mutants"):
        mutants = chosen(ground, elsewhere, seed, only or (), sample, jobs)
    known = Known.of(folder) if living or resume else Known()
    if living:
        mutants = [mutant for mutant in mutants if mutant.id in known.outcomes and not known.outcomes[mutant.id].by]
        known = Known()
    outcomes = {mutant.id: known.outcomes.get(mutant.id, Outcome(mutant)) for mutant in mutants}
    known.outcomes = outcomes

    def take(stage: str, begin: Begin, judge: Judge, tried: list[Outcome]) -> None:
        through = known.through.setdefault(stage, set())
        left = [outcome for outcome in tried if outcome.mutant.id not in through]
        for number, outcome in enumerate(trials(stage, begin, judge, folder, left, jobs), 1):
            outcomes[outcome.mutant.id] = outcome
            through.add(outcome.mutant.id)
            if number % EVERY == 0:
                known.write(folder)
        known.write(folder)
        report.write(folder / "report.md", list(outcomes.values()), judged)

    take("The oracle, data and unit tests", direct.begin, direct.judge, list(outcomes.values()))
    lived = [outcome for outcome in outcomes.values() if not outcome.by]
    take("Increments", by_dbt.begin, by_dbt.judge, lived)
    if schedules:
        by_increments = [o for o in outcomes.values() if not o.by and (o.changed or o.mutant.is_of_increments)]
        take("Schedules", by_suite.begin, by_suite.judge, by_increments)
    told = report.score(list(outcomes.values()), judged)
    console.print(f"{told} ({time.monotonic() - start:.0f} s). The list: {folder / 'report.md'}")
    if told.share < AIM:
        console.print(f"[bold red]Fewer than {AIM:.0%} are killed.[/bold red] Improve the tests.")
        raise typer.Exit(1)


if __name__ == "__main__":
    try:
        typer.run(main)
    except SonicError as error:
        console.print(str(error))
        raise SystemExit(1) from error
