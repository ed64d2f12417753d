"""Every change of status of accounts, orders, support and disputes, told once more in one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.bookings import happening
from generators.core.calendar import NEVER, midnight
from generators.core.columns import Columns, concatenate
from generators.core.random import Ints
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.documents import book
from generators.domains.commerce import disputes, fans
from generators.domains.commerce.orders import STATUS as ORDER_STATUS
from generators.domains.commerce.orders import shop

ENTITIES = ("user", "order", "fan_subscription", "dispute")
_ACCOUNT = ("active", "suspended", "deleted")
_WORDS = (*_ACCOUNT, *ORDER_STATUS, *fans.STATES, *disputes.STATUS)
"""Status of all entities, one vocabulary after the other."""
_OF_ORDER = len(_ACCOUNT)
_OF_SUPPORT = _OF_ORDER + len(ORDER_STATUS)
_OF_DISPUTE = _OF_SUPPORT + len(fans.STATES)


@dataclass(frozen=True)
class _Steps(Columns):
    """Changes of status: ``old`` and ``new`` are indexes into _WORDS, -1 is none; ``by`` is an account row or -1."""

    at: Ints
    entity: Ints
    row: Ints
    old: Ints
    new: Ints
    by: Ints


def _steps_of(entity: int, life: list[tuple[Ints, int]], by: Ints, own: set[int]) -> _Steps:
    """Steps of entities of one kind.

    Args:
        life: instants of each status, in the order in which an entity passes through them; ``NEVER`` if it does not.
        by: account of each entity. own: status that the account itself causes; the others the platform does.
    """
    at = np.stack([instants for instants, _ in life], axis=1)
    code = np.array([status for _, status in life])
    reached = at < NEVER
    row, step = np.nonzero(reached)
    # The status before is that of the last step that was reached.
    first = np.append(True, row[1:] != row[:-1]) if len(row) else np.zeros(0, dtype=bool)
    new = code[step]
    old = np.where(first, -1, np.append(-1, new[:-1])) if len(row) else new
    return _Steps(
        at=at[row, step],
        entity=np.full(len(row), entity),
        row=row,
        old=old,
        new=new,
        by=np.where(np.isin(new, list(own)), by[row], -1),
    )


def _make(world: World) -> _Steps:
    users, (orders, _) = world.users(world.horizon), shop(world)
    support, disputed = fans.support(world), disputes.disputes(world)
    tries = book(world, world.first_day).line.attempts
    n = np.arange(len(users))
    # A suspension after the deletion tells nothing any more.
    suspended = np.where(users.suspended_at < users.deleted_at, users.suspended_at, NEVER)
    parts = [
        _steps_of(0, [(users.signup_at, 0), (suspended, 1), (users.deleted_at, 2)], n, {0, 2}),
        _steps_of(
            1,
            [
                (instants, _OF_ORDER + status)
                for status, instants in enumerate(
                    [orders.at, orders.paid_at, orders.shipped_at, orders.delivered_at, orders.cancelled_at]
                )
            ],
            orders.user,
            {_OF_ORDER, _OF_ORDER + 1},
        ),
        _steps_of(
            2,
            [(support.at, _OF_SUPPORT), (support.cancelled_at, _OF_SUPPORT + 1), (support.ends_at, _OF_SUPPORT + 2)],
            support.user,
            {_OF_SUPPORT, _OF_SUPPORT + 1},
        ),
        _steps_of(
            3,
            [(disputed.opened_at, _OF_DISPUTE)]
            + [
                (np.where(disputed.outcome == outcome, disputed.closed_at, NEVER), _OF_DISPUTE + outcome)
                for outcome in (1, 2, 3)
            ],
            tries["user"][disputed.attempt],
            {_OF_DISPUTE, _OF_DISPUTE + 3},
        ),
    ]
    steps = concatenate(parts)
    order = np.lexsort((steps.row, steps.entity, steps.at))
    return steps.take(order[steps.at[order] < midnight(world.horizon)])


def history_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Changes of status of a period."""
    steps = world.remember(("status_history", world.horizon), lambda: _make(world), keep=1)
    found = happening(world, "status_history", steps.at, begin, until)
    s = steps.take(found.row)
    return make_table(
        "status_history",
        {
            "status_history_id": found.ids(),
            "entity_type": Coded(s.entity, ENTITIES),
            "entity_id": s.row + 1,
            "old_status": Coded(s.old, _WORDS),
            "new_status": Coded(s.new, _WORDS),
            "changed_by_user_id": np.where(s.by >= 0, s.by + 1, -1),
            "changed_at": s.at,
            "arrived_at": found.arrived_at,
        },
    )
