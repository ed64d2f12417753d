"""Which mutants there are, and which are tried."""

from __future__ import annotations

import hashlib
import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

from mutants.ground import Ground, Model
from mutants.operators import Mutation, mutations
from sonic.errors import UsageError

EXHAUSTIVE = (
    *("fct_streams", "int_streams", "int_streams_localized", "int_user_days"),
    *("fct_transactions", "int_transaction_movements"),
    *("fct_royalties", "int_royalty_*"),
    *("fct_impressions", "int_impressions_*", "int_campaign_budgets"),
    *("fct_subscription_monthly", "fct_subscription_movements", "int_subscription_m*", "int_subscription_rates"),
    *("mart_active_users", "int_active_days"),
)
"""The four facts, MRR and active users, with the intermediate models that are theirs alone: every mutant is tried."""

WIDENING = frozenset({"boundary", "predicate", "join", "distinct", "number", "window"})
"""What only an increment has says which rows are worked out again; with these it takes in more, for the same result."""


@dataclass(frozen=True)
class Mutant:
    """A model changed at one place: what a full refresh selects, and what an increment does."""

    id: str
    model: str
    mutation: Mutation
    full: str
    incremental: str

    @property
    def is_of_increments(self) -> bool:
        """Whether a full refresh does not run the place."""
        return self.mutation.sql != self.full

    def __str__(self) -> str:
        change = self.mutation
        after = _short(change.after) or "nothing"
        return f"{self.id} {self.model}, {change.where}, {change.kind}: {_short(change.before)} -> {after}"


def chosen(
    ground: Ground, elsewhere: int, seed: int, only: Sequence[str] = (), share: float = 1.0, jobs: int = 1
) -> list[Mutant]:
    """All mutants of the models of `EXHAUSTIVE`, and `elsewhere` of the others, drawn with that seed.

    With `only`, all mutants of these models instead; a `share` of either. Raises `UsageError` for an unknown model.
    """
    for name in only:
        if name not in ground.models:
            raise UsageError(f"There is no model {name!r}", "--only", "Name a model of the project.")
    draw = random.Random(seed)
    names = only or EXHAUSTIVE
    wanted = [model for model in ground.models.values() if any(fnmatch(model.name, name) for name in names)]
    others = [model for model in ground.models.values() if model not in wanted]
    # a model first, then one of its mutants: long models would have it all otherwise
    drawn = Counter(draw.choice(others).name for _ in range(0 if only else elsewhere))
    tried = [*wanted, *(model for model in others if drawn[model.name])]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        found = dict(zip((model.name for model in tried), pool.map(of_model, tried, chunksize=1), strict=True))
    for name, number in drawn.items():
        found[name] = draw.sample(found[name], min(number, len(found[name])))
    mutants = [mutant for there in found.values() for mutant in there]
    kept = sorted(draw.sample(range(len(mutants)), round(share * len(mutants))))
    return [mutants[place] for place in kept]


def of_model(model: Model) -> list[Mutant]:
    """All mutants of a model, each with a name that stays while its place in the model does."""
    return list(_of_model(model))


def _of_model(model: Model) -> Iterator[Mutant]:
    full = _placed(model, model.full)
    increment = _placed(model, model.incremental) if model.incremental != model.full else {}
    for place, mutation in full.items():
        there = increment.get(place)
        beside = there.sql if there else model.incremental
        yield Mutant(_named(model, place), model.name, mutation, mutation.sql, beside)
    for place, mutation in increment.items():
        if place not in full and mutation.kind not in WIDENING:
            yield Mutant(_named(model, place), model.name, mutation, model.full, mutation.sql)


Place = tuple[str, str, str, str, int]


def _placed(model: Model, sql: str) -> dict[Place, Mutation]:
    """Mutations of a statement by what identifies them; the number tells apart those that read alike."""
    met: Counter[tuple[str, str, str, str]] = Counter()
    found: dict[Place, Mutation] = {}
    for mutation in mutations(sql, model.columns):
        told = (mutation.kind, mutation.where, mutation.before, mutation.after)
        met[told] += 1
        found[(*told, met[told])] = mutation
    return found


def _named(model: Model, place: Place) -> str:
    return hashlib.sha256("|".join((model.name, *map(str, place))).encode()).hexdigest()[:8]


def _short(sql: str, most: int = 90) -> str:
    return sql if len(sql) <= most else f"{sql[: most // 2]} ... {sql[-most // 2 :]}"
