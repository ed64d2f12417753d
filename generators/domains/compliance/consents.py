"""Texts, who agreed to which and when, and how long data may be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.bookings import happening
from generators.core.calendar import DAY, HOUR, NEVER, SECOND, midnight
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.order import in_order
from generators.core.people import HISTORY_DAYS
from generators.core.random import Bools, Ints, exponential, hash_bits, hash_uniform, pick
from generators.core.tables import Coded, hex_text, make_table
from generators.core.texts import LANGUAGES, written_language
from generators.core.world import World
from generators.domains.identity import allows_email, allows_profiling, settings_changed

PURPOSES = ("terms", "privacy", "profiling", "marketing_email")
TERMS, PRIVACY, PROFILING, EMAIL = range(4)
LAWS = ("gdpr", "ccpa", "dpdp", "lgpd", "pdp")
_LAW_OF = {"IN": 2, "BR": 3, "ID": 4, "US": 1, "CA": 1}
"""Index of the law of each country; the first holds for all others."""
_TITLES = {
    "en": ("Terms of use", "Privacy notice", "Personal recommendations", "News by e-mail"),
    "hi": ("उपयोग की शर्तें", "निजता सूचना", "निजी सुझाव", "ई-मेल से समाचार"),
    "ta": ("பயன்பாட்டு விதிமுறைகள்", "தனியுரிமை அறிவிப்பு", "தனிப்பட்ட பரிந்துரைகள்", "மின்னஞ்சல் செய்திகள்"),
    "pt": ("Termos de uso", "Aviso de privacidade", "Recomendações pessoais", "Novidades por e-mail"),
    "id": ("Ketentuan penggunaan", "Pemberitahuan privasi", "Rekomendasi pribadi", "Kabar lewat surel"),
}
_VERSIONS = 2
_SECOND_DAYS_BEFORE = 184
"""Days before the first day at which the second versions came into force."""
CATEGORIES = ("listening_history", "search_texts", "voice_recordings", "ip_addresses")
_KEEPS = 0.03
"""Share of accounts with a preference, for each category."""


def law_of(world: World, country: Ints) -> Ints:
    """Index into LAWS for residents of countries (indexes)."""
    return np.array([_LAW_OF.get(code, 0) for code in world.ref.country_codes])[country]


def _second_from(world: World) -> int:
    return midnight(world.first_day) - _SECOND_DAYS_BEFORE * DAY


def documents_table(world: World) -> pa.Table:
    """All texts; they arrive with the opening."""
    shape = (len(PURPOSES), len(LAWS), len(LANGUAGES), _VERSIONS)
    row = np.arange(np.prod(shape))
    purpose, law, language, version = np.unravel_index(row, shape)
    codes = np.array([world.ref.language_index[code] for code in LANGUAGES])
    titles = [title for code in LANGUAGES for title in _TITLES[code]]
    words = np.stack([hash_bits(world.seed, f"consent_documents.text.{i}", row) for i in range(4)], axis=1)
    first, second = midnight(world.first_day) - (HISTORY_DAYS + 400) * DAY, _second_from(world)
    return make_table(
        "consent_documents",
        {
            "consent_document_id": row + 1,
            "purpose": Coded(purpose, PURPOSES),
            "jurisdiction": Coded(law, LAWS),
            "language_id": codes[language] + 1,
            "version_no": version + 1,
            "title": Coded(language * len(PURPOSES) + purpose, titles),
            "text_hash": hex_text(words),
            "effective_from": np.where(version == 0, first, second),
            "effective_to": np.where(version == 0, second, NEVER),
            "arrived_at": midnight(world.first_day) - HOUR,
        },
    )


def _document_ids(world: World, user: Ints, purpose: Ints, at: Ints) -> Ints:
    """Text shown to accounts at instants: by the law of their home, in their language, the version in force."""
    users = world.users(world.horizon)
    law = law_of(world, world.ref.city_country[users.city_at(user, at)])
    language = np.where(users.language_changed_at[user] <= at, users.new_language[user], users.language[user])
    version = (at >= _second_from(world)).astype(np.int64)
    of_language = (purpose * len(LAWS) + law) * len(LANGUAGES) + written_language(world.ref.language_codes)[language]
    return np.asarray(of_language * _VERSIONS + version + 1, dtype=np.int64)


@dataclass(frozen=True)
class _Steps(Columns):
    at: Ints
    user: Ints
    purpose: Ints
    granted: Bools
    channel: Ints
    """0 sign-up, 1 settings, 2 prompt."""


def _steps(world: World) -> _Steps:
    return world.remember(("consents", world.horizon), lambda: _make_steps(world), keep=1)


def _make_steps(world: World) -> _Steps:
    """What the settings of accounts say, from the sign-up on; and the new terms, agreed to at a prompt."""
    users = world.users(world.horizon)
    row = np.arange(len(users))
    no = np.zeros(len(users), dtype=bool)
    changed = settings_changed(world)
    parts: list[tuple[Ints, Ints, Bools, int, int]] = []
    for purpose in (TERMS, PRIVACY):
        parts.append((users.signup_at + (3 + purpose) * SECOND, row, ~no, purpose, 0))
    for purpose, allows in ((PROFILING, allows_profiling), (EMAIL, allows_email)):
        was, now = allows(world, row, users.signup_at), allows(world, row, changed)
        began = np.flatnonzero(was)
        parts.append((users.signup_at[began] + (3 + purpose) * SECOND, began, was[began], purpose, 0))
        turned = np.flatnonzero((was != now) & (changed < NEVER))
        parts.append((changed[turned], turned, now[turned], purpose, 1))
    second = _second_from(world)
    wait = exponential(hash_uniform(world.seed, "consents.prompt", row), 20.0 * DAY).astype(np.int64)
    asked = np.flatnonzero((users.signup_at < second) & (second + wait < np.minimum(users.deleted_at, users.lapsed_at)))
    parts.append((second + wait[asked], asked, np.ones(len(asked), dtype=bool), TERMS, 2))
    steps = _Steps(
        at=np.concatenate([part[0] for part in parts]),
        user=np.concatenate([part[1] for part in parts]),
        purpose=np.concatenate([np.full(len(part[0]), part[3]) for part in parts]),
        granted=np.concatenate([part[2] for part in parts]),
        channel=np.concatenate([np.full(len(part[0]), part[4]) for part in parts]),
    )
    kept = np.flatnonzero(steps.at < midnight(world.horizon))
    return steps.take(kept[in_order(steps.purpose[kept], steps.user[kept], steps.at[kept])])


def consents_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Agreements and withdrawals of a period."""
    world.reach(until)
    every = _steps(world)
    found = happening(world, "user_consents", every.at, begin, until)
    rows = every.take(found.row)
    return make_table(
        "user_consents",
        {
            "user_consent_id": found.ids(),
            "user_id": rows.user + 1,
            "consent_document_id": _document_ids(world, rows.user, rows.purpose, rows.at),
            "action": Coded((~rows.granted).astype(np.int64), ("granted", "withdrawn")),
            "channel": Coded(rows.channel, ("sign_up", "settings", "prompt")),
            "occurred_at": rows.at,
            "arrived_at": found.arrived_at,
        },
    )


@dataclass(frozen=True)
class Preferences(Columns):
    """Preferences of retention in order of their setting; row i has the id i + 1."""

    at: Ints
    user: Ints
    category: Ints
    """Index into CATEGORIES."""
    changed_at: Ints


def preferences(world: World) -> Preferences:
    """Preferences of the world's horizon."""
    return world.remember(("retention", world.horizon), lambda: _make_preferences(world), keep=1)


def _make_preferences(world: World) -> Preferences:
    users, seed = world.users(world.horizon), world.seed
    user, category = np.arange(len(users))[:, None], np.arange(len(CATEGORIES))[None, :]
    wait = exponential(hash_uniform(seed, "retention.wait", user, category), 160.0 * DAY).astype(np.int64)
    at = users.signup_at[:, None] + HOUR + wait
    has = hash_uniform(seed, "retention.has", user, category) < _KEEPS
    has &= (at < np.minimum(users.deleted_at[:, None], midnight(world.horizon))) & (users.suspended_at[:, None] > at)
    rows, kinds = np.nonzero(has)
    when = at[rows, kinds]
    order = in_order(kinds, rows, when)
    rows, kinds, when = rows[order], kinds[order], when[order]
    later = when + DAY + exponential(hash_uniform(seed, "retention.again", rows, kinds), 400.0 * DAY).astype(np.int64)
    return Preferences(when, rows, kinds, np.where(later < users.deleted_at[rows], later, NEVER))


def preferences_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Preferences: set, changed."""
    world.reach(until)
    every = preferences(world)
    found = changes(world, "retention_preferences", lambda: [every.at, every.changed_at], begin, until)
    rows = every.take(found.row)
    draw = hash_uniform(world.seed, "retention.months", found.row, found.number)
    return make_table(
        "retention_preferences",
        {
            "retention_preference_id": found.row + 1,
            "user_id": rows.user + 1,
            "data_category": Coded(rows.category, CATEGORIES),
            "retention_months": np.array([1, 3, 6, 12, 24])[pick(draw, np.array([1, 3, 3, 2, 1.0]))],
            "set_at": rows.at,
            "updated_at": found.at,
            **found.metadata,
        },
    )
