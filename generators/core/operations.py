"""The platform's services, and when they fail: deployments that go wrong and incidents, day by day."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, event_base, midnight
from generators.core.lives import REACH, Life
from generators.core.random import Floats, Ints, exponential, hash_uniform, pick
from generators.core.world import World

REGIONS = ("ap-south-1", "sa-east-1", "ap-southeast-3")
CAUSES = ("deployment", "capacity", "network", "dependency", "hardware", "configuration")
DEPLOYMENT = 0
_NEAR = {"BR": 1, "AR": 1, "MX": 1, "US": 1, "CA": 1} | {
    code: 2 for code in ("ID", "SG", "MY", "TH", "VN", "PH", "AU", "JP", "KR")
}
"""Region that serves each country; the first one serves all others."""
_DEPLOYMENTS_PER_DAY = 0.14
"""Of each service in each region on a working day."""
BAD_SHARE = 0.06
"""Deployments that are rolled back, as they raise errors."""
BASE_ERRORS = 0.0012
"""Share of requests that fail when nothing is wrong."""
_INCIDENTS_PER_DAY = 0.25


@dataclass(frozen=True)
class Service:
    """One service, of which there is one row in each region."""

    name: str
    kind: str
    team: str
    servers: int
    playback: bool


@cache
def services() -> tuple[Service, ...]:
    """All services; the one in region r is row ``index * len(REGIONS) + r``."""
    text = files("generators.data").joinpath("services.csv").read_text(encoding="utf-8")
    return tuple(
        Service(row["name"], row["kind"], row["team"], int(row["servers"]), row["playback"] == "1")
        for row in csv.DictReader(text.splitlines())
    )


def service_rows() -> int:
    """Services times regions."""
    return len(services()) * len(REGIONS)


def service_row(name: str, region: Ints) -> Ints:
    """Row of a service in each of some regions."""
    return [service.name for service in services()].index(name) * len(REGIONS) + region


def region_of(world: World, country: Ints) -> Ints:
    """Region that serves each country (index)."""
    return np.array([_NEAR.get(code, 0) for code in world.ref.country_codes])[country]


@dataclass(frozen=True)
class Deployments(Life):
    """Deployments of one day, in order of their start."""

    service: Ints
    at: Ints
    shifted_at: Ints
    ended_at: Ints
    rolled_back_at: Ints
    """``NEVER`` where it went well."""

    @property
    def instants(self) -> list[Ints]:
        return [self.at, self.shifted_at, self.ended_at]


def deployments_of(world: World, day: date) -> Deployments:
    """Deployments that start on a UTC day: on working days, in office hours."""
    return world.remember(("deployments on", day), lambda: _deployments(world, day), keep=REACH + 4)


def _deployments(world: World, day: date) -> Deployments:
    seed, service = world.seed, np.arange(service_rows())
    ordinal = np.full(len(service), day.toordinal())
    rate = _DEPLOYMENTS_PER_DAY if day.weekday() < 5 else 0.01
    service = service[hash_uniform(seed, "deployments", service, ordinal) < rate]
    ordinal = ordinal[: len(service)]

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"deployments.{what}", service, ordinal)

    at = midnight(day) + 4 * HOUR + (draw("at") * 12 * HOUR).astype(np.int64)
    order = np.argsort(at, kind="stable")
    at, service, ordinal = at[order], service[order], ordinal[order]
    shifted = at + 3 * MINUTE + (draw("shift") * 5 * MINUTE).astype(np.int64)
    bad = draw("bad") < BAD_SHARE
    # Rolling back takes under five minutes but once in ten times.
    slow = np.where(draw("slow") < 0.1, 5 * MINUTE, 0)
    back = shifted + 90 * SECOND + slow + (draw("back") * 180 * SECOND).astype(np.int64)
    well = shifted + 6 * MINUTE + (draw("end") * 15 * MINUTE).astype(np.int64)
    return Deployments(
        key=event_base(day) + np.arange(len(at)),
        service=service,
        at=at,
        shifted_at=shifted,
        ended_at=np.where(bad, back + 30 * SECOND, well),
        rolled_back_at=np.where(bad, back, NEVER),
    )


@dataclass(frozen=True)
class Incidents(Life):
    """Incidents of one day, in order of their start."""

    service: Ints
    severity: Ints
    """1 to 4."""
    cause: Ints
    """Index into CAUSES."""
    deployment: Ints
    """Id of the deployment to blame; -1 if none is."""
    at: Ints
    detected_at: Ints
    mitigated_at: Ints
    resolved_at: Ints

    @property
    def instants(self) -> list[Ints]:
        return [self.detected_at, self.mitigated_at, self.resolved_at]


def incidents_of(world: World, day: date) -> Incidents:
    """Incidents that start on a UTC day: of some bad deployments, and others at any hour."""
    return world.remember(("incidents on", day), lambda: _incidents(world, day), keep=REACH + 4)


def _incidents(world: World, day: date) -> Incidents:
    seed, deployed = world.seed, deployments_of(world, day)
    blamed = deployed.take((deployed.rolled_back_at < NEVER) & (hash_uniform(seed, "incidents.of", deployed.key) < 0.5))
    rng = world.rng("incidents", day)
    count = int(rng.poisson(_INCIDENTS_PER_DAY))
    service = np.concatenate([blamed.service, (rng.random(count) * service_rows()).astype(np.int64)])
    at = np.concatenate(
        [blamed.shifted_at + 20 * SECOND, midnight(day) + HOUR + (rng.random(count) * 21 * HOUR).astype(np.int64)]
    )
    others = 1 + pick(rng.random(count), np.array([3, 2, 2, 1, 2.0]))
    cause = np.concatenate([np.full(len(blamed), DEPLOYMENT), others])
    deployment = np.concatenate([blamed.key, np.full(count, -1)])
    end = np.concatenate([blamed.rolled_back_at, np.full(count, NEVER)])
    order = np.argsort(at, kind="stable")
    at, service, cause, deployment, end = (column[order] for column in (at, service, cause, deployment, end))
    key = event_base(day) + np.arange(len(at))
    severity = 1 + pick(hash_uniform(seed, "incidents.severity", key), np.array([0.04, 0.16, 0.4, 0.4]))
    detected = at + 15 * SECOND + (hash_uniform(seed, "incidents.detected", key) * 40 * SECOND).astype(np.int64)
    minutes = np.array([6.0, 14.0, 35.0, 60.0])[severity - 1]
    lasts = MINUTE + (exponential(hash_uniform(seed, "incidents.lasts", key), minutes) * MINUTE).astype(np.int64)
    mitigated = np.where(end < NEVER, np.maximum(end, detected + SECOND), detected + np.minimum(lasts, 2 * DAY))
    closes = 20 * MINUTE + (hash_uniform(seed, "incidents.closed", key) * 2 * DAY).astype(np.int64)
    return Incidents(
        key=key,
        service=service,
        severity=severity,
        cause=cause,
        deployment=deployment,
        at=at,
        detected_at=detected,
        mitigated_at=mitigated,
        resolved_at=mitigated + closes,
    )


def error_share(world: World, service: Ints, at: Ints) -> Floats:
    """Share of requests that fail at instants because of what is known to be wrong with services (rows) then."""
    share = np.zeros(len(at))
    if not len(at):
        return share
    after_bad = world.effect("bad_deployments")
    by_severity = np.array([*(world.effect(f"incidents.{severity}") for severity in (1, 2, 3)), 0.0])
    day, last = _day(int(at.min())) - timedelta(days=2), _day(int(at.max()))
    while day <= last:
        deployed, failed = deployments_of(world, day), incidents_of(world, day)
        bad = deployed.take(deployed.rolled_back_at < NEVER)
        windows = [
            *zip(bad.service, bad.shifted_at, bad.rolled_back_at, np.full(len(bad), after_bad), strict=True),
            *zip(
                failed.service,
                failed.at,
                failed.mitigated_at,
                by_severity[failed.severity - 1],
                strict=True,
            ),
        ]
        # A handful a day.
        for row, begin, end, errors in windows:
            inside = (service == row) & (at >= begin) & (at < end)
            share = np.where(inside, np.maximum(share, errors), share)
        day += timedelta(days=1)
    return share


def _day(instant: int) -> date:
    return date(1970, 1, 1) + timedelta(days=instant // DAY)
