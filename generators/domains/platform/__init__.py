"""What runs the platform: services with their deployments and incidents, what was measured of them, jobs, access."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from generators.core.world import World
from generators.domains.platform.measured import checks_table, requests_table, timings_table
from generators.domains.platform.operated import (
    deployments_table,
    grants_issued,
    grants_table,
    incidents_table,
    jobs_table,
    services_table,
)

__all__ = ["day", "issued", "opening"]

_LASTING = {
    "deployments": deployments_table,
    "incidents": incidents_table,
    "batch_job_runs": jobs_table,
    "access_grants": grants_table,
}
_MEASURED = {
    "server_health_checks": checks_table,
    "api_requests": requests_table,
    "client_timings": timings_table,
}


def opening(world: World) -> dict[str, pa.Table]:
    """Services and grants, and four weeks of deployments, incidents and jobs; measurements begin with the first day."""
    lasting = {name: make(world, None, world.first_day) for name, make in _LASTING.items()}
    return {"services": services_table(world), **lasting}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """What happens or is measured on a UTC day."""
    until = arrival_day + timedelta(days=1)
    lasting = {name: make(world, arrival_day, until) for name, make in _LASTING.items()}
    return {**lasting, **{name: make(world, arrival_day) for name, make in _MEASURED.items()}}


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    return {"access_grants": grants_issued(world, until)}
