"""Tickets: from failed and wrong payments, from sessions that stutter, and from what else people ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, event_base, event_ids, midnight
from generators.core.changes import Changes, arrival_of
from generators.core.choice import song_choice
from generators.core.columns import concatenate
from generators.core.lives import REACH, Life, acts, changing
from generators.core.operations import REGIONS, incidents_of, region_of, services
from generators.core.order import last_not_above
from generators.core.random import Bools, Ints, exponential, hash_uniform, normal, pick
from generators.core.sessions import Heads, heads_of
from generators.core.tables import Coded, make_table
from generators.core.texts import phrase, written_in, written_language
from generators.core.world import World
from generators.domains.billing import ledger as log
from generators.domains.billing.documents import book
from generators.domains.billing.payments import rank_in_day
from generators.domains.billing.timeline import timeline
from generators.domains.support.agents import desk, seat_of, speed

CATEGORIES = (
    "buffering", "payment_failed", "incorrect_billing", "content_removal", "account", "app_bug", "ads", "other",
)  # fmt: skip
BUFFERING, FAILED, WRONG, REMOVAL, ACCOUNT, APP, ADS, OTHER = range(8)
_TEAM = np.array([1, 0, 0, 2, 3, 1, 3, 3])
"""Team by category."""
PRIORITIES = ("low", "normal", "high", "urgent")
CHANNELS = ("in_app", "email", "chat", "phone", "social")
STEPS = (
    "opened", "assigned", "replied", "waiting", "customer_replied", "escalated", "resolved", "reopened", "resolved",
    "rated",
)  # fmt: skip
_ACTORS = ("customer", "agent", "system")
_ACTOR = np.array([0, 2, 1, 1, 0, 1, 1, 0, 1, 0])
"""Who takes each step."""
WRONG_SHARE = 0.02
"""Share of the captured payments that the customer takes for wrong."""
STUTTER_SHARE = 0.012
"""Share of the sessions after which the customer complains of buffering."""
_OTHERS_PER_SESSION = 0.015
_REPLY_HOURS = np.array([3.0, 2.0, 3.0, 9.0, 5.0, 7.0, 9.0, 8.0])
_WORK_HOURS = np.array([7.0, 4.0, 8.0, 30.0, 10.0, 26.0, 12.0, 12.0])
_USUAL_WAIT = 2.0
"""Logarithm of an hour more than is usually waited."""
NOTICED = 3
"""Severity of an incident up to which customers notice it."""
_SEQUENCES = 10_000_000


@dataclass(frozen=True)
class Tickets(Life):
    """Tickets with their steps; ``NEVER`` for those that are not taken."""

    user: Ints
    category: Ints
    subscription: Ints
    """Row, -1 if none."""
    transaction: Ints
    """Id, -1 if none."""
    song: Ints
    device: Ints
    incident: Ints
    """Id, -1 if none."""
    agent: Ints
    """Row of the agent."""
    rating: Ints
    opened_at: Ints
    assigned_at: Ints
    replied_at: Ints
    waiting_at: Ints
    back_at: Ints
    escalated_at: Ints
    resolved_at: Ints
    reopened_at: Ints
    again_at: Ints
    rated_at: Ints

    @property
    def instants(self) -> list[Ints]:
        return [
            self.opened_at, self.assigned_at, self.replied_at, self.waiting_at, self.back_at, self.escalated_at,
            self.resolved_at, self.reopened_at, self.again_at, self.rated_at,
        ]  # fmt: skip


def tickets_of(world: World, day: date) -> Tickets:
    """Tickets opened on a UTC day, with all that becomes of them."""
    made = [_of_sessions(world, day), _of_questions(world, day)]
    if day >= world.first_day:
        made.append(_of_payments(world, day))
    every = concatenate(made)
    users = world.users(world.horizon)
    there = every.opened_at < np.minimum(users.deleted_at, users.suspended_at)[every.user]
    every = every.take(there & (every.opened_at < midnight(day) + DAY))
    return every.take(np.lexsort((every.key, every.opened_at)))


def _of_payments(world: World, day: date) -> Tickets:
    """Attempts that failed, and captured ones that the customer takes for wrong."""
    of = book(world, day)
    tries = of.line.attempts
    row = np.arange(*np.searchsorted(tries["at"], [midnight(day), midnight(day) + DAY]))
    failed = tries["ok"][row] == 0
    ids = of.transaction_id[row]
    share = np.where(failed, world.effect("failed_payments.tickets"), WRONG_SHARE)
    asks = hash_uniform(world.seed, "support.payments", ids) < share
    row, failed, ids = row[asks], failed[asks], ids[asks]
    wait = MINUTE + exponential(hash_uniform(world.seed, "support.payment_wait", ids), 2.0 * HOUR).astype(np.int64)
    return _tickets(
        world,
        event_base(day) + np.arange(len(row)),
        tries["user"][row],
        np.where(failed, FAILED, WRONG),
        tries["at"][row] + wait,
        subscription=of.line.invoices["subscription"][tries["invoice"][row]],
        transaction=ids,
    )


def _of_sessions(world: World, day: date) -> Tickets:
    """Sessions that stutter; the ticket follows within the hour and names the device."""
    heads = heads_of(world, day)
    incident = incident_of(world, day, heads)
    share = np.where(incident >= 0, world.effect("incidents.tickets"), STUTTER_SHARE)
    chosen = hash_uniform(world.seed, "support.stutter", heads.user, heads.start) < share
    rows = np.flatnonzero(chosen & (heads.bot == 0) & (heads.lateness == 0))
    heads, incident = heads.take(rows), incident[rows]
    wait = 5 * MINUTE + (hash_uniform(world.seed, "support.stutter_wait", heads.user, heads.start) * HOUR * 0.9)
    key = event_base(day) + _SEQUENCES + np.arange(len(heads))
    kind, opened = np.full(len(heads), BUFFERING), heads.start + wait.astype(np.int64)
    return _tickets(world, key, heads.user, kind, opened, device=heads.device, incident=incident)


def incident_of(world: World, day: date, heads: Heads) -> Ints:
    """Id of the incident of playback in the region of each session as it begins, -1 if there is none."""
    first = world.first_day - timedelta(days=REACH)
    known = [incidents_of(world, each) for each in (day - timedelta(days=1), day) if each >= first]
    found = concatenate(known)
    playback = np.array([service.playback for service in services()])[found.service // len(REGIONS)]
    found = found.take(playback & (found.severity <= NOTICED))
    region = region_of(world, world.ref.city_country[heads.city])
    incident = np.full(len(heads), -1)
    for key, service, begin, end in zip(found.key, found.service, found.detected_at, found.mitigated_at, strict=True):
        incident[(region == service % len(REGIONS)) & (begin <= heads.start) & (heads.start < end)] = key
    return incident


def _of_questions(world: World, day: date) -> Tickets:
    """What else people ask."""
    done = acts(world, "support.questions", day, _OTHERS_PER_SESSION)
    draw = hash_uniform(world.seed, "support.category", done.key)
    kind = np.array([REMOVAL, ACCOUNT, APP, ADS, OTHER])[pick(draw, np.array([12, 35, 25, 10, 18.0]))]
    before = world.first_day - timedelta(days=REACH + 1)
    song = song_choice(world, before).choose(
        hash_uniform(world.seed, "support.song", done.key),
        world.users(day).taste_language[done.user],
        np.ones(len(done), dtype=bool),
    )
    key = done.key + 2 * _SEQUENCES
    return _tickets(world, key, done.user, kind, done.at, song=np.where(kind == REMOVAL, song, -1))


def subscription_at(world: World, user: Ints, instants: Ints) -> Ints:
    """Subscription row of accounts that gives them access at instants, -1 if none does."""
    line = timeline(world, world.horizon - timedelta(days=2))

    def make() -> tuple[Ints, Ints, Ints, Bools]:
        c = line.changes
        order = np.lexsort((c["at"], c["user"]))
        granted = np.isin(c["state"], (log.TRIAL, log.ACTIVE, log.GRACE, log.CANCELLED))
        return c["user"][order], c["at"][order], c["subscription"][order], granted[order]

    owner, at, subscription, granted = world.remember(("support.subscriptions", line.horizon), make, keep=1)
    low = np.searchsorted(owner, user)
    found = last_not_above(at, low, np.searchsorted(owner, user, side="right"), instants)
    has = (found >= low) & granted[np.maximum(found, 0)]
    return np.where(has, subscription[np.maximum(found, 0)], -1)


def _tickets(world: World, key: Ints, user: Ints, category: Ints, opened: Ints, **about: Ints) -> Tickets:
    """Tickets and the steps that they take until the weeks within which they change are over."""
    seed, users, none = world.seed, world.users(world.horizon), np.full(len(key), -1)
    last = opened // DAY * DAY + REACH * DAY

    def wait(what: str, mean: float | np.ndarray[tuple[int], np.dtype[np.float64]], least: int) -> Ints:
        return least + exponential(hash_uniform(seed, f"support.{what}", key), mean).astype(np.int64)

    def has(what: str, share: float) -> Bools:
        return np.asarray(hash_uniform(seed, f"support.has_{what}", key) < share)

    def after(start: Ints, waiting: Ints) -> Ints:
        """The instant so long after another; ``NEVER`` after the weeks, and after what never is."""
        at = np.where(start < NEVER, np.minimum(start, last) + waiting, NEVER)
        return np.where(at < last, at, NEVER)

    language = written_language(world.ref.language_codes)[users.language[user]]
    assigned = after(opened, wait("assigned", 15.0 * MINUTE, SECOND))
    seat = seat_of(world, key, language, _TEAM[category])
    agent = desk(world).agent(seat, np.minimum(assigned, last))
    pace = speed(world, agent)
    replied = after(assigned, wait("reply", _REPLY_HOURS[category] * pace * HOUR, MINUTE))
    asks = has("question", 0.4)
    waiting = np.where(asks, after(replied, wait("waits", 20.0 * MINUTE, SECOND)), NEVER)
    back = after(waiting, wait("back", 12.0 * HOUR, MINUTE))
    answered = np.where(asks, back, replied)
    escalated = np.where(has("escalation", 0.09), after(answered, wait("escalates", 2.0 * HOUR, SECOND)), NEVER)
    worked_from = np.where(escalated < NEVER, escalated, answered)
    slow = np.where(escalated < NEVER, 3.0, 1.0)
    resolved = after(worked_from, wait("work", _WORK_HOURS[category] * pace * slow * HOUR, MINUTE))
    reopened = np.where(has("return", 0.07), after(resolved, wait("returns", 20.0 * HOUR, HOUR)), NEVER)
    again = after(reopened, wait("again", _WORK_HOURS[category] * pace * HOUR, MINUTE))
    done = np.where(reopened < NEVER, again, resolved)
    rated = np.where(has("rating", 0.5), after(done, wait("rates", 6.0 * HOUR, MINUTE)), NEVER)
    hours = np.where(done < NEVER, done - opened, 0) / HOUR
    noise = normal(hash_uniform(seed, "support.mood", key)) * 0.8
    slower = world.effect("waiting.ratings") * (np.log1p(hours) - _USUAL_WAIT)
    rating = np.rint(4.0 - slower - world.effect("reopening.ratings") * (reopened < NEVER) + noise)
    return Tickets(
        key=key,
        user=user,
        category=category,
        subscription=about.get("subscription", subscription_at(world, user, opened)),
        transaction=about.get("transaction", none),
        song=about.get("song", none),
        device=about.get("device", none),
        incident=about.get("incident", none),
        agent=agent,
        rating=np.clip(rating, 1, 5).astype(np.int64),
        opened_at=opened,
        assigned_at=assigned,
        replied_at=replied,
        waiting_at=waiting,
        back_at=back,
        escalated_at=escalated,
        resolved_at=resolved,
        reopened_at=reopened,
        again_at=again,
        rated_at=rated,
    )


def _changed(world: World, begin: date | None, until: date) -> tuple[Tickets, Changes]:
    return changing(world, "support_tickets", tickets_of, begin, until)


def tickets_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Tickets, with a change row for each step."""
    rows, found = _changed(world, begin, until)
    seed, codes, at = world.seed, world.ref.language_codes, found.at
    language = world.users(world.horizon).language[rows.user]
    steps = np.stack(rows.instants)
    _, assigned, replied, waiting, back, escalated, resolved, reopened, again, rated = steps <= at
    closed = np.where(reopened, again, resolved)
    status = np.where(assigned, 1, 0)
    status = np.where(waiting & ~back, 2, status)
    status = np.where(escalated, 3, status)
    status = np.where(closed, 4, np.where(reopened, 1, status))
    raised = np.array([1, 2, 2, 1, 1, 0, 0, 0])[rows.category] + (hash_uniform(seed, "support.raised", rows.key) < 0.15)
    channel = pick(hash_uniform(seed, "support.channel", rows.key), np.array([42, 25, 20, 7, 6.0]))
    return make_table(
        "support_tickets",
        {
            "support_ticket_id": rows.key,
            "user_id": rows.user + 1,
            "subscription_id": np.where(rows.subscription < 0, -1, rows.subscription + 1),
            "transaction_id": rows.transaction,
            "content_id": np.where(rows.song < 0, -1, rows.song + 1),
            "device_id": np.where(rows.device < 0, -1, rows.device + 1),
            "incident_id": rows.incident,
            "support_agent_id": np.where(assigned, rows.agent + 1, -1),
            "category": Coded(rows.category, CATEGORIES),
            "priority": Coded(raised, PRIORITIES),
            "channel": Coded(channel, CHANNELS),
            "language_id": written_in(language, codes) + 1,
            "subject": phrase("ticket", language, codes, hash_uniform(seed, "support.subject", rows.key)),
            "status": Coded(status, ("open", "assigned", "waiting", "escalated", "resolved")),
            "is_escalated": escalated,
            "reopened_count": reopened.astype(np.int64),
            "satisfaction": np.where(rated, rows.rating, -1),
            "opened_at": rows.opened_at,
            "first_reply_at": np.where(replied, rows.replied_at, NEVER),
            "resolved_at": np.where(closed, np.where(reopened, rows.again_at, rows.resolved_at), NEVER),
            "updated_at": at,
            **found.metadata,
        },
    )


def ticket_events_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Steps of tickets, one for one with their changes."""
    rows, found = _changed(world, begin, until)
    order = np.lexsort((rows.key, found.at))
    rows, at = rows.take(order), found.at[order]
    step = (np.stack(rows.instants) == at).argmax(axis=0)
    ids = event_ids(at, rank_in_day(at))
    by_customer = _ACTOR[step] == 0
    return make_table(
        "support_ticket_events",
        {
            "support_ticket_event_id": ids,
            "occurred_at": at,
            "support_ticket_id": rows.key,
            "event_type": Coded(step, STEPS),
            "actor": Coded(_ACTOR[step], _ACTORS),
            "support_agent_id": np.where(by_customer, -1, rows.agent + 1),
            "arrived_at": arrival_of(world, "support_ticket_events", at, begin, until, ids),
        },
    )
