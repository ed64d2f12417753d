"""Claims of artist profiles with the decisions on them, and how artists are paid, as change rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, HOUR, NEVER, midnight
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.identifiers import digits
from generators.core.random import Ints, exponential, hash_bits, hash_uniform, pick
from generators.core.staff import reviewers
from generators.core.tables import Coded, fixed_text, hex_text, make_table
from generators.core.world import World
from generators.domains.catalog import claims, decided_at

_PLATFORMS = ("soundchart", "chartmetric", "viberate", "manual")
_NOTES = ("documents do not match the profile", "profile is claimed by its label", "no answer to our questions")
_METHODS = ("bank_transfer", "upi", "pix", "paypal", "e_wallet")
_LOCAL = {"IN": 1, "BR": 2, "ID": 4}
"""Method beside the bank of each launch country; elsewhere PayPal."""


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day."""
    return _period(world, None, world.first_day)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Change rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    world.reach(until)
    end = midnight(until)
    return {
        "artist_verifications": int(np.searchsorted(_claimed(world).submitted, end)),
        "artist_payout_methods": int(np.searchsorted(_methods(world).at, end)),
    }


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until)
    return {
        "artist_verifications": _verifications_table(world, begin, until),
        "artist_payout_methods": _methods_table(world, begin, until),
    }


@dataclass(frozen=True)
class _Claims(Columns):
    submitted: Ints
    artist: Ints
    decided: Ints
    approved: Ints


def _claimed(world: World) -> _Claims:
    def make() -> _Claims:
        _, claimed, verified = claims(world)
        artist = np.flatnonzero(claimed < midnight(world.horizon))
        artist = artist[np.argsort(claimed[artist], kind="stable")]
        at = claimed[artist]
        return _Claims(at, artist, decided_at(world, artist, at), (verified[artist] < NEVER).astype(np.int64))

    return world.remember(("artist claims", world.horizon), make, keep=1)


def _verifications_table(world: World, begin: date | None, until: date) -> pa.Table:
    every, seed = _claimed(world), world.seed
    found = changes(world, "artist_verifications", lambda: [every.submitted, every.decided], begin, until)
    rows = every.take(found.row)
    decided = rows.decided <= found.at
    vouched = pick(hash_uniform(seed, "verifications.platform", rows.artist), np.array([2, 3, 1, 4.0]))
    number = (hash_uniform(seed, "verifications.there", rows.artist) * 9_000_000).astype(np.int64) + 1_000_000
    there = pa.array(number).cast(pa.string())
    reviewer = reviewers(world, "verifications", rows.artist, rows.decided)
    return make_table(
        "artist_verifications",
        {
            "artist_verification_id": found.row + 1,
            "artist_id": rows.artist + 1,
            "document_urls": Coded(np.where(decided, -1, 0), ('["https://vault.sonic.example/id.pdf"]',)),
            "third_party_platform": Coded(vouched, _PLATFORMS),
            "third_party_id": Coded(np.where(vouched < 3, np.arange(len(rows)), -1), there) if len(rows) else there,
            "status": Coded(np.where(decided, 2 - rows.approved, 0), ("pending", "approved", "rejected")),
            "reviewer_user_id": np.where(decided, reviewer, -1),
            "admin_notes": Coded(
                np.where(
                    decided & (rows.approved == 0),
                    (hash_uniform(seed, "verifications.notes", rows.artist) * len(_NOTES)).astype(np.int64),
                    -1,
                ),
                _NOTES,
            ),
            "submitted_at": rows.submitted,
            "decided_at": np.where(decided, rows.decided, NEVER),
            **found.metadata,
        },
    )


@dataclass(frozen=True)
class _Methods(Columns):
    at: Ints
    artist: Ints
    second: Ints
    """1 for a method that takes the place of an artist's first."""
    replaced: Ints
    """No default any more."""
    removed: Ints


def _methods(world: World) -> _Methods:
    return world.remember(("payout methods", world.horizon), lambda: _make_methods(world), keep=1)


def _make_methods(world: World) -> _Methods:
    """One for each verified artist, a second one later for some, which becomes the default."""
    _, _, verified = claims(world)
    seed, artist = world.seed, np.flatnonzero(verified < midnight(world.horizon))
    first = (
        verified[artist] + HOUR + exponential(hash_uniform(seed, "payout.first", artist), 6.0 * DAY).astype(np.int64)
    )
    wait = 20 * DAY + exponential(hash_uniform(seed, "payout.second", artist), 250.0 * DAY).astype(np.int64)
    second = np.where(hash_uniform(seed, "payout.changes", artist) < 0.3, first + wait, NEVER)
    leaves = (second < NEVER) & (hash_uniform(seed, "payout.removed", artist) < 0.6)
    removed = np.where(leaves, np.where(leaves, second, 0) + 30 * DAY, NEVER)
    none = np.full(len(artist), NEVER)
    made = _Methods(
        at=np.concatenate([first, second]),
        artist=np.concatenate([artist, artist]),
        second=np.repeat([0, 1], len(artist)),
        replaced=np.concatenate([second, none]),
        removed=np.concatenate([removed, none]),
    )
    kept = np.flatnonzero(made.at < midnight(world.horizon))
    return made.take(kept[np.lexsort((made.artist[kept], made.at[kept]))])


def _methods_table(world: World, begin: date | None, until: date) -> pa.Table:
    every, seed, ref = _methods(world), world.seed, world.ref
    found = changes(world, "artist_payout_methods", lambda: [every.at, every.replaced, every.removed], begin, until)
    rows, at = every.take(found.row), found.at
    country = world.artists(world.horizon).country[rows.artist]
    local = np.array([_LOCAL.get(code, 3) for code in ref.country_codes])[country]
    by_bank = hash_uniform(seed, "payout.bank", rows.artist, rows.second) < 0.45
    words = [hash_bits(seed, f"payout.token.{i}", rows.artist, rows.second) for i in range(3)]
    tail = (hash_uniform(seed, "payout.last4", rows.artist, rows.second) * 10_000).astype(np.int64)
    removed = rows.removed <= at
    return make_table(
        "artist_payout_methods",
        {
            "artist_payout_method_id": found.row + 1,
            "artist_id": rows.artist + 1,
            "method_type": Coded(np.where(by_bank, 0, local), _METHODS),
            "account_token": names.join("pt_", hex_text(np.stack(words, axis=1))),
            "account_last4": fixed_text((digits(tail, 4) + ord("0")).astype(np.uint8)),
            "currency_code": Coded(country, [row["currency"] for row in ref.countries]),
            "is_default": rows.replaced > at,
            "created_at": rows.at,
            "updated_at": at,
            "removed_at": np.where(removed, rows.removed, NEVER),
            **found.metadata,
        },
    )
