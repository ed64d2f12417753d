"""Tokens, roles, linked accounts and what accounts prefer, as change rows; and the steps of logging in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, event_ids, midnight
from generators.core.changes import arrival_of, changes
from generators.core.columns import Columns, concatenate
from generators.core.keepsakes import first_artists
from generators.core.listening import Sessions, arriving
from generators.core.order import in_order
from generators.core.people import BOT_NONE, DEVICE_TYPES
from generators.core.plays import LATE_SEQUENCE, dense_sequence
from generators.core.random import Bools, Ints, exponential, hash_bits, hash_uniform, pick
from generators.core.staff import reviewers
from generators.core.tables import Coded, hex_text, make_table, one_after_another
from generators.core.world import World
from generators.ddl import DAY_ID_SPAN

_TOKENS = ("email", "password_reset", "age")
_VALID = np.array([48 * HOUR, HOUR, 30 * MINUTE])
"""How long each kind of token holds."""
_ROLES = ("creator", "producer", "label_manager", "moderator", "admin", "beta_tester")
_PERMISSIONS = (
    '["upload", "dashboard"]', '["upload"]', '["dashboard", "payouts"]', '["moderate", "suspend"]',
    '["moderate", "suspend", "grant", "export"]', '["preview"]',
)  # fmt: skip
PROVIDERS = ("password", "google", "amazon", "sso", "spotify")
_PROVIDER_SHARE = (1.0, 0.34, 0.26, 0.01, 0.08)
_MFA = ("none", "totp", "sms", "passkey")
_STEPS = (
    "sign_up", "log_in", "log_in_failed", "mfa_challenged", "mfa_passed", "mfa_failed", "reset_requested", "reset_done",
)  # fmt: skip
_SIGN_UP, _LOG_IN, _FAILED, _CHALLENGED, _PASSED, _MFA_FAILED, _RESET, _RESET_DONE = range(8)
_SESSIONS_PER_LOG_IN = 12
FAILED_SHARE = 0.06
"""Log-ins that a wrong password came before."""
_OF_ACCOUNTS = 600_000_000
"""First sequence of steps that are not of a session; below it each session has eight."""


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day; the log of steps begins with it."""
    return _period(world, None, world.first_day)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Change rows of one UTC day and the steps that arrive on it."""
    until = arrival_day + timedelta(days=1)
    return {**_period(world, arrival_day, until), "auth_events": _steps(world, arrival_day)}


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    world.reach(until)
    end = midnight(until)
    return {
        "user_verifications": int(np.searchsorted(_tokens(world).at, end)),
        "user_roles": int(np.searchsorted(_roles(world).at, end)),
        "user_identities": int(np.searchsorted(_identities(world).at, end)),
    }


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until)
    return {
        "user_verifications": _tokens_table(world, begin, until),
        "user_roles": _roles_table(world, begin, until),
        "user_preferred_languages": _languages_table(world, begin, until),
        "user_favourite_artists": _favourites_table(world, begin, until),
        "user_identities": _identities_table(world, begin, until),
    }


@dataclass(frozen=True)
class _Spans(Columns):
    """What an account has of a kind, from an instant to another, in order of the first."""

    at: Ints
    end: Ints
    user: Ints
    kind: Ints


def _sorted(world: World, parts: list[_Spans]) -> _Spans:
    """Spans that begin within the horizon, in order of (instant, account, kind)."""
    spans = concatenate(parts)
    kept = np.flatnonzero(spans.at < midnight(world.horizon))
    return spans.take(kept[in_order(spans.kind[kept], spans.user[kept], spans.at[kept])])


def _spans(user: Ints, kind: int, at: Ints, end: Ints) -> _Spans:
    return _Spans(at=at, end=end, user=user, kind=np.full(len(user), kind))


def _tokens(world: World) -> _Spans:
    """Tokens with their use: the address is confirmed at the instant that the account says."""

    def make() -> _Spans:
        users, seed = world.users(world.horizon), world.seed
        n = np.arange(len(users))
        parts = [_spans(n, 0, users.signup_at + SECOND, users.verified_at)]
        reset = users.signup_at + DAY + exponential(hash_uniform(seed, "tokens.reset", n), 420.0 * DAY).astype(np.int64)
        asked = np.flatnonzero(reset < np.minimum(users.deleted_at, users.suspended_at))
        used = reset + MINUTE + (hash_uniform(seed, "tokens.wait", n) * 40 * MINUTE).astype(np.int64)
        done = hash_uniform(seed, "tokens.done", n) < 0.82
        parts.append(_spans(asked, 1, reset[asked], np.where(done, used, NEVER)[asked]))
        aged = np.flatnonzero((users.birth_day != NEVER) & (hash_uniform(seed, "tokens.age", n) < 0.12))
        proved = users.signup_at[aged] + 2 * HOUR
        passed = (users.signup_at[aged] // DAY - users.birth_day[aged] >= 18 * 366) & (proved < users.deleted_at[aged])
        parts.append(_spans(aged, 2, proved, np.where(passed, proved + 4 * MINUTE, NEVER)))
        return _sorted(world, parts)

    return world.remember(("tokens", world.horizon), make, keep=1)


def _tokens_table(world: World, begin: date | None, until: date) -> pa.Table:
    every, seed = _tokens(world), world.seed
    found = changes(world, "user_verifications", lambda: [every.at, every.end], begin, until)
    rows = every.take(found.row)
    used = rows.end <= found.at
    words = [hash_bits(seed, f"tokens.hash.{i}", rows.user, rows.kind) for i in range(4)]
    return make_table(
        "user_verifications",
        {
            "user_verification_id": found.row + 1,
            "user_id": rows.user + 1,
            "verification_type": Coded(rows.kind, _TOKENS),
            "token_hash": hex_text(np.stack(words, axis=1)),
            "created_at": rows.at,
            "expires_at": rows.at + _VALID[rows.kind],
            "used_at": np.where(used, rows.end, NEVER),
            "is_used": used,
            **found.metadata,
        },
    )


def _roles(world: World) -> _Spans:
    """What the kind of account gives from its beginning, and previews for a few others."""

    def make() -> _Spans:
        users = world.users(world.horizon)
        special = np.flatnonzero(users.user_type > 0)
        at = users.signup_at[special] + 2 * MINUTE
        parts = [_Spans(at=at, end=users.deleted_at[special], user=special, kind=users.user_type[special] - 1)]
        testers = np.flatnonzero(hash_uniform(world.seed, "roles.tester", np.arange(len(users))) < 0.012)
        at = users.signup_at[testers] + 60 * DAY
        there = at < np.minimum(users.deleted_at, users.suspended_at)[testers]
        testers, at = testers[there], at[there]
        parts.append(_spans(testers, 5, at, np.minimum(at + 180 * DAY, users.deleted_at[testers])))
        return _sorted(world, parts)

    return world.remember(("roles", world.horizon), make, keep=1)


def _roles_table(world: World, begin: date | None, until: date) -> pa.Table:
    every = _roles(world)
    found = changes(world, "user_roles", lambda: [every.at, every.end], begin, until)
    rows = every.take(found.row)
    tester = rows.kind == 5
    granted_by = reviewers(world, "roles", rows.user, rows.at)
    return make_table(
        "user_roles",
        {
            "user_role_id": found.row + 1,
            "user_id": rows.user + 1,
            "role_name": Coded(rows.kind, _ROLES),
            "permissions": Coded(rows.kind, _PERMISSIONS),
            "granted_by_user_id": np.where(tester, granted_by, -1),
            "granted_at": rows.at,
            "expires_at": np.where(tester, rows.at + 180 * DAY, NEVER),
            "revoked_at": np.where(rows.end <= found.at, rows.end, NEVER),
            **found.metadata,
        },
    )


def _languages_table(world: World, begin: date | None, until: date) -> pa.Table:
    """What an account listens to most, then its interface's language, then English."""

    def make() -> _Spans:
        users, english = world.users(world.horizon), world.ref.language_index["en"]
        n = np.arange(len(users))
        taste, own = users.taste_language, users.language
        third = (hash_uniform(world.seed, "languages.third", n) < 0.3) & (taste != english) & (own != english)
        has = np.stack([np.ones(len(n), dtype=bool), own != taste, third], axis=1)
        user, place = np.nonzero(has)
        language = np.stack([taste, own, np.full(len(n), english)], axis=1)[user, place]
        rank = has.cumsum(axis=1)[user, place]
        at = users.signup_at[user] + (20 + rank) * SECOND
        return _Spans(at=at, end=rank, user=user, kind=language)

    every = world.remember(("preferred languages", world.horizon), make, keep=1)
    found = changes(world, "user_preferred_languages", lambda: [every.at], begin, until)
    rows = every.take(found.row)
    return make_table(
        "user_preferred_languages",
        {
            "user_id": rows.user + 1,
            "language_id": rows.kind + 1,
            "preference_rank": rows.end,
            **found.metadata,
        },
    )


def _favourites_table(world: World, begin: date | None, until: date) -> pa.Table:
    at, user, artist, rank = first_artists(world)
    found = changes(world, "user_favourite_artists", lambda: [at], begin, until)
    row = found.row
    return make_table(
        "user_favourite_artists",
        {
            "user_id": user[row] + 1,
            "artist_id": artist[row] + 1,
            "preference_rank": rank[row],
            **found.metadata,
        },
    )


def _mfa(world: World, user: Ints) -> tuple[Ints, Ints]:
    """When accounts secure their password with a second factor (``NEVER`` if not), and its kind."""
    seed, signup = world.seed, world.users(world.horizon).signup_at[user]
    wait = HOUR + exponential(hash_uniform(seed, "mfa.wait", user), 220.0 * DAY).astype(np.int64)
    gone = world.users(world.horizon).deleted_at[user]
    secured = (hash_uniform(seed, "mfa.has", user) < 0.16) & (signup + wait < gone)
    kind = 1 + pick(hash_uniform(seed, "mfa.kind", user), np.array([0.4, 0.45, 0.15]))
    return np.where(secured, signup + wait, NEVER), kind


def _identities(world: World) -> _Spans:
    def make() -> _Spans:
        users, seed = world.users(world.horizon), world.seed
        n = np.arange(len(users))
        parts = []
        for kind, share in enumerate(_PROVIDER_SHARE):
            key = np.full(len(n), kind)
            row = np.flatnonzero(hash_uniform(seed, "identities.has", n, key) < share)
            late = exponential(hash_uniform(seed, "identities.late", row, key[: len(row)]), 150.0 * DAY)
            at = users.signup_at[row] + SECOND + (late * (0 if kind == 0 else 1)).astype(np.int64)
            wait = DAY + exponential(hash_uniform(seed, "identities.unlinked", row, key[: len(row)]), 3_000.0 * DAY)
            gone = np.where(wait < 14_600 * DAY, at + wait.astype(np.int64), NEVER)
            gone = np.where((kind > 0) & (gone < users.deleted_at[row]), gone, NEVER)
            there = at < users.deleted_at[row]
            parts.append(_spans(row[there], kind, at[there], gone[there]))
        return _sorted(world, parts)

    return world.remember(("identities", world.horizon), make, keep=1)


def _identities_table(world: World, begin: date | None, until: date) -> pa.Table:
    every, seed = _identities(world), world.seed

    def secured(user: Ints, kind: Ints) -> Ints:
        return np.where(kind == 0, _mfa(world, user)[0], NEVER)

    def instants() -> list[Ints]:
        return [every.at, secured(every.user, every.kind), every.end]

    found = changes(world, "user_identities", instants, begin, until)
    rows = every.take(found.row)
    has = secured(rows.user, rows.kind) <= found.at
    words = [hash_bits(seed, f"identities.subject.{i}", rows.user, rows.kind) for i in range(4)]
    secret = hex_text(np.stack([hash_bits(seed, f"mfa.secret.{i}", rows.user) for i in range(4)], axis=1))
    return make_table(
        "user_identities",
        {
            "user_identity_id": found.row + 1,
            "user_id": rows.user + 1,
            "provider": Coded(rows.kind, PROVIDERS),
            "subject_hash": hex_text(np.stack(words, axis=1)),
            "is_login": rows.kind < PROVIDERS.index("spotify"),
            "mfa_kind": Coded(np.where(has, _mfa(world, rows.user)[1], 0), _MFA),
            "mfa_secret_hash": Coded(np.where(has, np.arange(len(rows)), -1), secret) if len(rows) else secret,
            "linked_at": rows.at,
            "unlinked_at": np.where(rows.end <= found.at, rows.end, NEVER),
            **found.metadata,
        },
    )


def _steps(world: World, arrival_day: date) -> pa.Table:
    """Sign-ups and resets of the day, and the log-ins before sessions that arrive on it."""
    sessions, _ = arriving(world, arrival_day)
    return one_after_another(_steps_of_accounts(world, arrival_day), _log_ins(world, sessions))


def _steps_of_accounts(world: World, arrival_day: date) -> pa.Table:
    users, tokens = world.users(world.horizon), _tokens(world)
    begin, end = midnight(arrival_day), midnight(arrival_day) + DAY
    low, high = np.searchsorted(users.signup_at, [begin, end])
    new = np.arange(low, high)
    first, last = np.searchsorted(tokens.at, [begin, end])
    asked = tokens.take(first + np.flatnonzero(tokens.kind[first:last] == 1))
    done = tokens.take((tokens.end >= begin) & (tokens.end < end) & (tokens.kind == 1))
    user = np.concatenate([new, asked.user, done.user])
    at = np.concatenate([users.signup_at[new], asked.at, done.end])
    step = np.repeat([_SIGN_UP, _RESET, _RESET_DONE], [len(new), len(asked), len(done)])
    order = in_order(user, at)
    user, at, step = user[order], at[order], step[order]
    on_web = hash_uniform(world.seed, "auth.channel", user) < 0.3
    return make_table(
        "auth_events",
        {
            "auth_event_id": event_ids(at, _OF_ACCOUNTS + np.arange(len(at))),
            "user_id": user + 1,
            "occurred_at": at,
            "event_type": Coded(step, _STEPS),
            "provider": Coded(np.zeros(len(at), dtype=np.int64), PROVIDERS),
            "mfa_kind": Coded(np.full(len(at), -1), _MFA),
            "channel": Coded(on_web.astype(np.int64), ("app", "web", "device")),
            "device_id": np.full(len(at), -1),
            "country_id": world.ref.city_country[users.city_at(user, at)] + 1,
            "is_success": np.ones(len(at), dtype=bool),
            "failure_reason": Coded(np.full(len(at), -1), ("wrong_password",)),
            "arrived_at": arrival_of(world, "auth_events", at, arrival_day, arrival_day, user, step),
        },
    )


def _log_ins(world: World, sessions: Sessions) -> pa.Table:
    """Steps of a log-in within the minute before its session; a session has eight ids for them."""
    seed = world.seed
    due = hash_uniform(seed, "auth.due", sessions.session_id) < 1 / _SESSIONS_PER_LOG_IN
    due &= (sessions.bot == BOT_NONE) & (sessions.session_id % DAY_ID_SPAN < LATE_SEQUENCE)
    # The steps must lie on the session's day, as its id tells the day.
    due &= sessions.start % DAY > MINUTE
    sessions = sessions.some(due)
    key, n = sessions.session_id, len(sessions)
    provider = pick(hash_uniform(seed, "auth.provider", key), np.array([0.55, 0.25, 0.18, 0.02]))
    secured, factor = _mfa(world, sessions.user)
    asked = (provider == 0) & (secured < sessions.start - MINUTE)
    mistyped = (provider == 0) & (hash_uniform(seed, "auth.failed", key) < FAILED_SHARE)
    wrong_code = asked & (hash_uniform(seed, "auth.wrong_code", key) < 0.05)
    every = np.ones(n, dtype=bool)
    # In their order: mistyped, challenged, wrong code, passed, in.
    has: list[Bools] = [mistyped, asked, wrong_code, asked, every]
    step_of = np.array([_FAILED, _CHALLENGED, _MFA_FAILED, _PASSED, _LOG_IN])
    row, place = np.nonzero(np.stack(has, axis=1))
    step = step_of[place]
    at = sessions.start[row] - np.array([50, 35, 24, 14, 6])[place] * SECOND
    of_factor = (step == _CHALLENGED) | (step == _MFA_FAILED) | (step == _PASSED)
    expired = hash_uniform(seed, "auth.expired", key[row]) < 0.3
    reason = np.where(step == _FAILED, 0, np.where(step == _MFA_FAILED, 1 + expired, -1))
    kind = sessions.device_kind[row]
    channel = np.where(kind == DEVICE_TYPES.index("web"), 1, np.where(kind >= DEVICE_TYPES.index("tv"), 2, 0))
    return make_table(
        "auth_events",
        {
            "auth_event_id": key[row] // DAY_ID_SPAN * DAY_ID_SPAN + dense_sequence(key[row]) * 8 + place,
            "user_id": sessions.user[row] + 1,
            "occurred_at": at,
            "event_type": Coded(step, _STEPS),
            "provider": Coded(provider[row], PROVIDERS),
            "mfa_kind": Coded(np.where(of_factor, factor[row], -1), _MFA),
            "channel": Coded(channel, ("app", "web", "device")),
            "device_id": sessions.device[row] + 1,
            "country_id": world.ref.city_country[sessions.city[row]] + 1,
            "is_success": (step != _FAILED) & (step != _MFA_FAILED),
            "failure_reason": Coded(reason, ("wrong_password", "wrong_code", "expired_code")),
            "arrived_at": sessions.arrived_at[row],
        },
    )
