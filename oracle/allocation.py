"""How a pool is shared out by a method: weights of its claimants, and the part that is tied to none of them.

What each method weighs by says `definitions.md`; here are the sums. Money that a weight stands for is in thousandths of
a micro-unit of the pool's currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from oracle.amounts import allocate, half_up

METHODS = ("pro_rata", "user_centric_count", "user_centric_time", "artist_centric", "impression_share")
PER_MICRO = 1000
"""Thousandths in which money weighs."""
REST = "rest"
"""Names in ties what no claimant's listening or impression is tied to."""

PartT = TypeVar("PartT", bound=Hashable)
ClaimantT = TypeVar("ClaimantT", bound=Hashable)
PayerT = TypeVar("PayerT", bound=Hashable)


@dataclass
class Told(Generic[ClaimantT]):
    """Weights of the claimants by one method, and of what is tied to none of them."""

    weights: dict[ClaimantT, int] = field(default_factory=dict)
    rest: int = 0


@dataclass(frozen=True)
class OpenPart(Generic[ClaimantT]):
    """What of a recording, in one country and on one day, is not paid for off the top: who holds it, in ppm."""

    weight_ppm: int
    """The artist's weight in the listening country."""
    shares: dict[ClaimantT, int]

    @property
    def open_ppm(self) -> int:
        """The shares together."""
        return sum(self.shares.values())

    @property
    def unit(self) -> int:
        """What one stream of it weighs."""
        return self.weight_ppm * self.open_ppm


Parts = Mapping[PartT, OpenPart[ClaimantT]]


def by_households(
    revenue: Mapping[PayerT, int], heard: Mapping[PayerT, Mapping[PartT, int]], parts: Parts[PartT, ClaimantT]
) -> Told[ClaimantT]:
    """User-centric: what each payer brought (micro-units), over what the payer's household heard of each part.

    `heard` is in streams or in milliseconds. What a payer brought who heard none of the parts is the rest.
    """
    money: dict[PartT, int] = defaultdict(int)
    told: Told[ClaimantT] = Told()
    for payer, micro in revenue.items():
        weighed = {part: amount * parts[part].unit for part, amount in heard.get(payer, {}).items() if part in parts}
        listened = sum(weighed.values())
        if listened == 0:
            told.rest += PER_MICRO * micro
            continue
        for part, weight in weighed.items():
            money[part] += half_up(PER_MICRO * micro * weight, listened)
    told.weights = _held(money, parts)
    return told


def by_impressions(prices: Mapping[PartT | None, int], parts: Parts[PartT, ClaimantT]) -> Told[ClaimantT]:
    """Impression share: what was paid for impressions (micro-units) tied to streams of each part; the rest to none."""
    tied = {part: PER_MICRO * micro for part, micro in prices.items() if part is not None and part in parts}
    return Told(_held(tied, parts), PER_MICRO * sum(prices.values()) - sum(tied.values()))


def by_boosts(boosted_ppm: Mapping[PartT, int], parts: Parts[PartT, ClaimantT]) -> Told[ClaimantT]:
    """Artist-centric: streams that count, each with its boosts in ppm, times the artist's weight in the country."""
    found: dict[ClaimantT, int] = defaultdict(int)
    for part, ppm in boosted_ppm.items():
        if part in parts:
            for claimant, share in parts[part].shares.items():
                found[claimant] += ppm * parts[part].weight_ppm * share
    return Told({claimant: half_up(weight, 1_000_000) for claimant, weight in found.items()})


def _held(money: Mapping[PartT, int], parts: Parts[PartT, ClaimantT]) -> dict[ClaimantT, int]:
    found: dict[ClaimantT, int] = defaultdict(int)
    for part, amount in money.items():
        for claimant, share in parts[part].shares.items():
            found[claimant] += half_up(amount * share, parts[part].open_ppm)
    return dict(found)


@dataclass
class Shared(Generic[ClaimantT]):
    """A pool shared out: by the method, of the rest, and what nobody claims."""

    by_method: dict[ClaimantT, int]
    of_rest: dict[ClaimantT, int]
    unclaimed: int


def share(
    amount: int, pool: str, pro_rata: Mapping[ClaimantT, int], told: Told[ClaimantT], names: Mapping[ClaimantT, str]
) -> Shared[ClaimantT]:
    """Shares an amount out whole: by the method, and what is tied to nobody pro rata.

    A method that nothing is known for shares as pro rata does. `names` of the claimants decide ties, with the pool's.
    """
    pro_rata = {one: weight for one, weight in pro_rata.items() if weight > 0}
    weights = {one: weight for one, weight in told.weights.items() if weight > 0}
    rest = told.rest
    if not weights and not rest:
        weights = pro_rata
    claimants = {names[one]: one for one in weights | pro_rata}
    entrants = {name: weights.get(one, 0) for name, one in claimants.items()}
    if rest:
        entrants[REST] = rest
    parts = allocate(amount, entrants, pool)
    to_share = parts.pop(REST, 0)
    by_rest: dict[str, int] = {}
    if to_share:
        common = {name: pro_rata[one] for name, one in claimants.items() if one in pro_rata}
        by_rest = allocate(to_share, common, pool)
    return Shared(
        by_method={claimants[name]: micro for name, micro in parts.items()},
        of_rest={claimants[name]: micro for name, micro in by_rest.items()},
        unclaimed=amount - sum(parts.values()) - sum(by_rest.values()),
    )
