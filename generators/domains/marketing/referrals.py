"""Invitations of people by accounts, and what comes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.bookings import KEPT_SHARE, bookings, is_there, someone
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, midnight
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.people import BOT_NONE, HISTORY_DAYS
from generators.core.random import Ints, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing import ledger as log
from generators.domains.billing.timeline import timeline
from generators.domains.commerce.products import round_price, unit_price
from generators.domains.marketing.campaigns import first_campaign_day, marketing_rates

_STATES = ("invited", "signed_up", "qualified", "rewarded", "expired")
_LONGEST_DAYS = 20
"""From the invitation to the sign-up."""
_QUALIFYING_DAYS = 60
_ANSWER_DAYS = 30
_MAX_REWARDS = 10
_SHARES = np.array([[0.5, 0.25], [0.7, 0.5]])
"""Rewards of who invites and who is invited in monthly individual prices, in the first and the second programme."""


@dataclass(frozen=True)
class Referrals(Columns):
    """Referrals in order of invitation; id is row + 1. ``NEVER`` where something does not happen."""

    invited_at: Ints
    referrer: Ints
    referee: Ints
    """Row of the account that signs up, -1 where nobody does."""
    subscription: Ints
    country: Ints
    signed_up_at: Ints
    qualified_at: Ints
    rewarded_at: Ints
    expired_at: Ints


def _periods(world: World) -> tuple[Ints, Ints]:
    """First instants of the two programmes, and where they end."""
    start, begin = midnight(world.first_day) - (HISTORY_DAYS + 15) * DAY, midnight(world.first_day)
    return np.array([start, begin - 60 * DAY]), np.array([begin - 60 * DAY, NEVER])


def referrals(world: World) -> Referrals:
    """Referrals of the world's horizon."""
    return world.remember(("referrals", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Referrals:
    rate, seed, users = marketing_rates(), world.seed, world.users(world.horizon)
    n = np.arange(len(users))
    referee = np.flatnonzero((hash_uniform(seed, "referrals.is", n) < rate["referred"]) & (users.bot == BOT_NONE))
    referrer = (hash_uniform(seed, "referrals.by", referee) * referee).astype(np.int64)
    wait = 10 * MINUTE + (hash_uniform(seed, "referrals.wait", referee) ** 2 * _LONGEST_DAYS * DAY).astype(np.int64)
    invited = users.signup_at[referee] - wait
    knows = is_there(world, referrer, invited) & (users.signup_at[referrer] + HOUR < invited)
    knows &= users.payment_country[referrer] == users.payment_country[referee]
    referee, referrer, invited = referee[knows], referrer[knows], invited[knows]
    per_day = rate["unanswered_a_day"] * world.scale / KEPT_SHARE
    alone_at = bookings(world, "referrals", per_day, first_campaign_day(world), world.horizon)
    alone, kept = someone(world, "referrals", alone_at)
    alone_at, alone = alone_at[kept], alone[kept]
    at = np.concatenate([invited, alone_at])
    who = np.concatenate([referrer, alone])
    whom = np.concatenate([referee, np.full(len(alone), -1)])
    order = np.lexsort((whom, who, at))
    at, who, whom = at[order], who[order], whom[order]
    joined = np.where(whom >= 0, users.signup_at[whom], NEVER)
    paid_at, subscription = _first_payment(world, len(users))
    limit = np.where(whom >= 0, users.signup_at[whom] + _QUALIFYING_DAYS * DAY, NEVER)
    pays = (whom >= 0) & (paid_at[whom] < limit)
    qualified = np.where(pays, paid_at[whom], NEVER)
    # Who has brought enough people gets no more.
    by_payment = np.lexsort((qualified, who))
    by_payment = by_payment[pays[by_payment]]
    rank = np.arange(len(by_payment)) - np.searchsorted(who[by_payment], who[by_payment])
    earned = np.zeros(len(at), dtype=bool)
    earned[by_payment[rank < _MAX_REWARDS]] = True
    credited = (
        np.where(pays, paid_at[whom], 0) + DAY + (hash_uniform(seed, "referrals.pay", whom) * DAY).astype(np.int64)
    )
    return Referrals(
        invited_at=at,
        referrer=who,
        referee=whom,
        subscription=np.where(pays, subscription[whom], -1),
        country=users.payment_country[who],
        signed_up_at=joined,
        qualified_at=qualified,
        rewarded_at=np.where(earned, credited, NEVER),
        expired_at=np.where(pays, NEVER, np.where(whom >= 0, limit, at + _ANSWER_DAYS * DAY)),
    )


def _first_payment(world: World, users: int) -> tuple[Ints, Ints]:
    """Instant of each account's first paid invoice (``NEVER`` if none) and the subscription it was for."""
    line = timeline(world, world.first_day)
    paid = np.flatnonzero(line.closings["status"] == log.PAID)
    paid = paid[np.argsort(line.closings["at"][paid], kind="stable")]
    invoice = line.closings["invoice"][paid]
    payer, first = np.unique(line.invoices["user"][invoice], return_index=True)
    at, subscription = np.full(users, NEVER), np.full(users, -1)
    at[payer] = line.closings["at"][paid[first]]
    subscription[payer] = line.invoices["subscription"][invoice[first]]
    return at, subscription


def _rewards(world: World, country: Ints, version: Ints, side: int) -> Ints:
    return round_price(unit_price(country) * _SHARES[version, side])


def programs_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Programmes of the launch markets: one that ended, one that holds."""
    launch = np.flatnonzero(world.ref.launch)
    since, to = (np.repeat(instants, len(launch)) for instants in _periods(world))
    found = changes(world, "referral_programs", lambda: [since, to], begin, until)
    row = found.row
    country, version = launch[row % len(launch)], row // len(launch)
    codes = pa.array(world.ref.country_codes).take(pa.array(country))
    return make_table(
        "referral_programs",
        {
            "referral_program_id": row + 1,
            "name": names.join("Bring a friend ", codes, " ", pa.array(version + 1).cast(pa.string())),
            "promo_campaign_id": None,
            "country_id": country + 1,
            "referrer_reward_minor": _rewards(world, country, version, 0),
            "referee_reward_minor": _rewards(world, country, version, 1),
            "currency_code": Coded(country, [c["currency"] for c in world.ref.countries]),
            "max_rewards_per_user": _MAX_REWARDS,
            "qualifying_days": _QUALIFYING_DAYS,
            "valid_from": since[row] // DAY,
            "valid_to": np.where(to[row] <= found.at, to[row] // DAY, NEVER),
            **found.metadata,
        },
    )


def referrals_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Referrals with their steps."""
    r = referrals(world)
    instants = [r.invited_at, r.signed_up_at, r.qualified_at, r.rewarded_at, r.expired_at]
    found = changes(world, "referrals", lambda: instants, begin, until)
    row, at = found.row, found.at
    state = np.zeros(len(row), dtype=np.int64)
    for code, instant in enumerate(instants):
        state = np.where(instant[row] <= at, code, state)
    joined, qualified, rewarded = (i[row] <= at for i in (r.signed_up_at, r.qualified_at, r.rewarded_at))
    version = (r.invited_at[row] >= _periods(world)[0][1]).astype(np.int64)
    launch = np.flatnonzero(world.ref.launch)
    country = r.country[row]
    return make_table(
        "referrals",
        {
            "referral_id": row + 1,
            "referral_program_id": version * len(launch) + np.searchsorted(launch, country) + 1,
            "referrer_user_id": r.referrer[row] + 1,
            "referee_user_id": np.where(joined, r.referee[row] + 1, -1),
            "subscription_id": np.where(qualified, r.subscription[row] + 1, -1),
            "state": Coded(state, _STATES),
            "reward_minor": np.where(rewarded, _rewards(world, country, version, 0), -1),
            "currency_code": Coded(country, [c["currency"] for c in world.ref.countries]),
            **{
                name: np.where(instant[row] <= at, instant[row], NEVER)
                for name, instant in zip(
                    ("invited_at", "signed_up_at", "qualified_at", "rewarded_at", "expired_at"), instants, strict=True
                )
            },
            **found.metadata,
        },
    )


def issued_referrals(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    return {
        "referral_programs": 2 * int(world.ref.launch.sum()),
        "referrals": int(np.searchsorted(referrals(world).invited_at, midnight(until))),
    }
