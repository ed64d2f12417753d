"""Payment methods, attempts to pay, their trail and refunds, derived from a timeline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from generators.core.calendar import DAY, HOUR, NEVER, SECOND
from generators.core.order import in_order, last_not_above
from generators.core.random import Bools, Ints, exponential, hash_uniform
from generators.core.world import World
from generators.domains.billing.prices import MILLION, offers, rates
from generators.domains.billing.timeline import Timeline

SPILL = 400_000_000
"""Offset of sequences of trail events that lie on the day before their transaction."""
_LEAD = 5 * SECOND


def arrival(seed: int, user: Ints, at: Ints) -> Ints:
    """Arrival of an account's billing rows: within seconds and on the day of the event, in order."""
    delay = SECOND + (hash_uniform(seed, "billing.arrival", user) * 12 * SECOND).astype(np.int64)
    return np.asarray(np.minimum(at + delay, at // DAY * DAY + DAY - 1), dtype=np.int64)


def rank_in_day(at: Ints) -> Ints:
    """Number of each row within its UTC day; rows sorted by instant."""
    day = at // DAY
    return np.arange(len(at)) - np.searchsorted(day, day)


@dataclass(frozen=True)
class Methods:
    """Payment methods in order of creation; id is row + 1."""

    user: Ints
    slot: Ints
    offer: Ints
    created_at: Ints
    replaced_at: Ints
    """Creation of the account's next method, which becomes the default."""
    by_key: Ints
    """Rows sorted by (user, slot)."""

    def find(self, user: Ints, slot: Ints) -> Ints:
        """Row of each (user, slot)."""
        return self.by_key[np.searchsorted(self._keys, _key(user, slot))]

    @cached_property
    def _by_birth(self) -> tuple[Ints, Ints, Ints]:
        """Rows by (user, creation), with both."""
        order = in_order(self.created_at, self.user)
        return order, self.user[order], self.created_at[order]

    @cached_property
    def _keys(self) -> Ints:
        """Keys of the rows in the order of ``by_key``."""
        return _key(self.user[self.by_key], self.slot[self.by_key])

    def latest(self, user: Ints, at: Ints) -> Ints:
        """Row of the newest method of each account at instants, -1 where it has none."""
        order, owner, born = self._by_birth
        low = np.searchsorted(owner, user)
        found = last_not_above(born, low, np.searchsorted(owner, user, side="right"), at - HOUR)
        return np.where(found >= low, order[found], -1)


def _key(user: Ints, slot: Ints) -> Ints:
    return user * 100_000 + slot


def make_methods(line: Timeline) -> Methods:
    """Every method that a subscription or an attempt uses, created just before its first use."""
    user = np.concatenate([line.changes["user"], line.attempts["user"]])
    slot = np.concatenate([line.changes["slot"], line.attempts["slot"]])
    offer = np.concatenate([line.changes["offer"], line.attempts["offer"]])
    at = np.concatenate([line.changes["at"], line.attempts["at"]])
    order = in_order(at, slot, user)
    user, slot, offer, at = user[order], slot[order], offer[order], at[order]
    first = np.r_[True, (np.diff(user) != 0) | (np.diff(slot) != 0)]
    user, slot, offer, at = user[first], slot[first], offer[first], at[first] - _LEAD
    order = in_order(slot, user, at)
    user, slot, offer, at = user[order], slot[order], offer[order], at[order]
    replaced = np.full(len(user), NEVER)
    same = in_order(at, user)
    follows = np.diff(user[same]) == 0
    replaced[same[:-1][follows]] = at[same[1:][follows]]
    return Methods(
        user=user, slot=slot, offer=offer, created_at=at, replaced_at=replaced, by_key=np.argsort(_key(user, slot))
    )


def fee(offer: Ints, amount: Ints, succeeded: Bools) -> Ints:
    """Fee of the processor, minor units: a rate and a fixed part, never above the amount; 0 when it failed."""
    terms = offers()
    charged = (amount * terms.fee_ppm[offer] + MILLION // 2) // MILLION + terms.fee_fixed[offer]
    return np.where(succeeded, np.minimum(charged, amount), 0)


@dataclass(frozen=True)
class Refunds:
    """Refunds of subscription charges, by instant; ``attempt`` points into the timeline's attempts."""

    attempt: Ints
    at: Ints
    amount: Ints
    is_full: Bools
    reason: Ints
    """Index into REFUND_REASONS."""


REFUND_REASONS = ("accidental_purchase", "service_problem", "duplicate_charge", "goodwill", "fraud")


def make_refunds(world: World, line: Timeline, amount: Ints) -> Refunds:
    """Refunds of captured charges before the horizon; ``amount`` is the total of each attempt."""
    rate = rates()
    user, at = line.attempts["user"], line.attempts["at"]
    draw = hash_uniform(world.seed, "refunds.is", user, at)
    full = draw < rate["refund_full"]
    part = (draw >= rate["refund_full"]) & (draw < rate["refund_full"] + rate["refund_partial"])
    wait = exponential(hash_uniform(world.seed, "refunds.wait", user, at), rate["refund_days"] * DAY)
    when = at + 2 * HOUR + np.minimum(wait, 60 * DAY).astype(np.int64)
    chosen = np.flatnonzero((line.attempts["ok"] > 0) & (full | part) & (amount > 20) & (when < line.horizon))
    chosen = chosen[in_order(user[chosen], when[chosen])]
    share = 0.15 + 0.5 * hash_uniform(world.seed, "refunds.share", user[chosen], at[chosen])
    reason = hash_uniform(world.seed, "refunds.reason", user[chosen], at[chosen])
    return Refunds(
        attempt=chosen,
        at=when[chosen],
        amount=np.where(full[chosen], amount[chosen], (amount[chosen] * share).astype(np.int64)),
        is_full=full[chosen],
        reason=np.searchsorted(np.array([0.35, 0.7, 0.8, 0.97]), reason).astype(np.int64),
    )
