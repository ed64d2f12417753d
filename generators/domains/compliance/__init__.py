"""What people agreed to and asked for, claims on content, and the log of what must be accounted for."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import midnight
from generators.core.world import World
from generators.domains.compliance.audit import audit_table
from generators.domains.compliance.consents import consents_table, documents_table, preferences, preferences_table
from generators.domains.compliance.requests import anonymized_table, claims_table, requests, requests_table

__all__ = ["day", "issued", "opening"]

_MAKERS = {
    "user_consents": consents_table,
    "retention_preferences": preferences_table,
    "data_subject_requests": requests_table,
    "anonymization_events": anonymized_table,
    "copyright_claims": claims_table,
}


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day; the log of actions begins with it."""
    return {"consent_documents": documents_table(world), **_period(world, None, world.first_day)}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """What happens on a UTC day; it arrives within seconds."""
    until = arrival_day + timedelta(days=1)
    return {**_period(world, arrival_day, until), "audit_log": audit_table(world, arrival_day)}


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    return {name: make(world, begin, until) for name, make in _MAKERS.items()}


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    world.reach(until)
    end = midnight(until)
    return {
        "retention_preferences": int(np.searchsorted(preferences(world).at, end)),
        "data_subject_requests": int(np.searchsorted(requests(world).at, end)),
    }
