"""Plans, their prices, and the plan that an account has at an instant."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from oracle.calendar import BEGINNING, END, instant
from oracle.lake import Row
from oracle.truth import Truth
from oracle.versions import (
    NOT_APPLICABLE,
    UNKNOWN,
    History,
    Version,
    first_month,
    history,
    known_from,
    subscriptions,
    users,
)

_RANK = {"free": 0, "prime": 1, "pro": 2}
_ACCESS = {"trial", "active", "grace", "cancelled"}
"""States that give access; cancelled until the end of the period."""


@dataclass(frozen=True)
class PlanInForce:
    """What an account has at an instant: from which subscription, whose money, in which household."""

    plan_id: int
    plan_key: int
    tier: str
    subscription_id: int = NOT_APPLICABLE
    payer_user_id: int = NOT_APPLICABLE
    household_id: int = NOT_APPLICABLE
    plan_price_id: int = NOT_APPLICABLE


NO_PLAN = PlanInForce(UNKNOWN, UNKNOWN, "unknown", UNKNOWN, UNKNOWN, NOT_APPLICABLE, UNKNOWN)
"""Before an account exists."""


def terms(truth: Truth) -> History:
    """Terms of the plans; those first known hold for all time before."""
    return history(truth, "plans", "plan_id", lambda row: BEGINNING)


def prices(truth: Truth) -> History:
    """Prices, from the first day on which each is sold."""
    return history(truth, "plan_prices", "plan_price_id", lambda row: instant(row["valid_from"]))


def price_version_key(price: Version, plan: Version) -> int:
    """Key of a version of price and terms: the price's, with a hundred more for each change of the terms."""
    return price.key + 100 * plan.change_no


@dataclass(frozen=True)
class _Membership:
    owner_user_id: int
    household_id: int
    begin: datetime
    end: datetime


def memberships(truth: Truth) -> dict[int, list[_Membership]]:
    """Households of an account that another one pays for."""
    households = {row["household_id"]: row for row in truth.lake.latest("households")}
    members = history(truth, "household_members", "household_member_id", lambda row: row["joined_at"])
    found: dict[int, list[_Membership]] = defaultdict(list)
    for version in (version for versions in members.versions.values() for version in versions):
        member = version.row
        household = households.get(member["household_id"])
        if household is None or household["owner_user_id"] == member["user_id"]:
            continue
        closed_at = END
        if household["closed_at"] is not None:
            closed_at = known_from(household["closed_at"], household["arrived_at"], first_month(truth))
        begin = max(version.valid_from, member["joined_at"])
        end = min(version.valid_to, member["left_at"] or END, closed_at)
        found[member["user_id"]].append(_Membership(household["owner_user_id"], member["household_id"], begin, end))
    return found


def subscriptions_of(truth: Truth) -> dict[int, list[int]]:
    """Ids of the subscriptions of each account that ever paid."""
    found: dict[int, set[int]] = defaultdict(set)
    for change in truth.lake.changes("subscriptions"):
        found[change["user_id"]].add(change["subscription_id"])
    return {user: sorted(ids) for user, ids in found.items()}


def subscriptions_of_household(truth: Truth) -> dict[int, list[int]]:
    """Ids of the subscriptions that were ever a household's."""
    found: dict[int, set[int]] = defaultdict(set)
    for change in truth.lake.changes("subscriptions"):
        if change["household_id"] is not None:
            found[change["household_id"]].add(change["subscription_id"])
    return {household: sorted(ids) for household, ids in found.items()}


def gives_access(version: Row, at: datetime) -> bool:
    """Trial, active and grace give access, cancelled until the end of the period; the others do not."""
    return version["state"] in _ACCESS and (version["state"] != "cancelled" or at < version["current_period_end_at"])


def free_plan(truth: Truth) -> int | None:
    """The plan that needs no subscription."""
    return min((row["plan_id"] for row in truth.lake.latest("plans") if row["tier"] == "free"), default=None)


def plan_in_force(truth: Truth, user_id: int, at: datetime) -> PlanInForce:
    """The plan of an account at an instant: the best of its own subscriptions and of those of its households.

    Of several the highest tier, then the lower subscription id; Free without any. Unknown before the account exists.
    """
    if truth.of(users).at(user_id, at) is None:
        return NO_PLAN
    grants: list[tuple[int, int, PlanInForce]] = []
    for subscription_id in truth.of(subscriptions_of).get(user_id, ()):
        version = truth.of(subscriptions).at(subscription_id, at)
        if version is not None and version.row["user_id"] == user_id:
            _grant(truth, version, at, grants)
    for membership in truth.of(memberships).get(user_id, ()):
        if membership.begin <= at < membership.end:
            for subscription_id in truth.of(subscriptions_of_household).get(membership.household_id, ()):
                version = truth.of(subscriptions).at(subscription_id, at)
                if version is not None and version.row["household_id"] == membership.household_id:
                    _grant(truth, version, at, grants)
    if grants:
        return min(grants, key=lambda grant: (-grant[0], grant[1]))[2]
    plan_id = truth.of(free_plan)
    plan = None if plan_id is None else truth.of(terms).at(plan_id, at)
    if plan is None:
        return PlanInForce(UNKNOWN, UNKNOWN, "free")
    return PlanInForce(plan.entity_id, -plan.key, "free")


def _grant(truth: Truth, version: Version, at: datetime, grants: list[tuple[int, int, PlanInForce]]) -> None:
    row = version.row
    price = truth.of(prices).at(row["plan_price_id"], at)
    if price is None or not gives_access(row, at):
        return
    plan = truth.of(terms).at(price.row["plan_id"], at)
    if plan is None:
        return
    household_id = NOT_APPLICABLE if row["household_id"] is None else row["household_id"]
    granted = PlanInForce(
        plan.entity_id,
        price_version_key(price, plan),
        plan.row["tier"],
        version.entity_id,
        row["user_id"],
        household_id,
        row["plan_price_id"],
    )
    grants.append((_RANK[granted.tier], granted.subscription_id, granted))


def payment_country(truth: Truth, user_id: int, at: datetime) -> int:
    """Country whose prices apply to an account at an instant; -1 before it exists."""
    version = truth.of(users).at(user_id, at)
    if version is None or version.row["payment_country_id"] is None:
        return UNKNOWN
    return int(version.row["payment_country_id"])


def household_members(truth: Truth) -> list[Row]:
    """Memberships in households, the owner's own among them: until the leaving, or the end of the household."""
    households = {row["household_id"]: row for row in truth.lake.latest("households")}
    found = []
    for row in truth.lake.latest("household_members"):
        household = households[row["household_id"]]
        until = min(row["left_at"] or END, household["closed_at"] or END)
        found.append(
            {
                **{name: row[name] for name in ("household_member_id", "household_id", "user_id", "role")},
                "owner_user_id": household["owner_user_id"],
                "household_type": household["household_type"],
                "is_owner": row["role"] == "owner",
                "joined_date": row["joined_at"].date(),
                "valid_from": row["joined_at"],
                "valid_to": until,
                "is_current": until == END,
            }
        )
    return found
