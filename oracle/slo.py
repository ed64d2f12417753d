"""What the service is to achieve each month, and how far it does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction

from oracle.amounts import half_up, millionths
from oracle.calendar import instant, month_of, next_month
from oracle.campaigns import ad_requests_hourly
from oracle.compliance import data_subject_requests
from oracle.lake import Row
from oracle.listening import streams
from oracle.platform import (
    api_hourly,
    client_timings_hourly,
    content_uploads,
    deployments,
    incidents,
    metadata_quality,
)
from oracle.revenue import data_day, history_start
from oracle.risk import checks
from oracle.sessions import listening_sessions, searches
from oracle.truth import Truth

Sample = tuple[date, int, int]
"""Day, how much was measured, and how much of it is bad."""
_HOUR_MS = 3_600_000


def slo_monthly(truth: Truth) -> list[Row]:
    """Objectives by month: what may be bad, what is, and what is left of the budget."""
    found = []
    for objective in truth.seeds.rows("service_objectives"):
        months: dict[date, list[Sample]] = defaultdict(list)
        for sample in _samples(truth, objective):
            months[month_of(sample[0])].append(sample)
        found += [_measured(objective, month, taken) for month, taken in months.items()]
    return found


def _measured(objective: dict[str, str], month: date, taken: list[Sample]) -> Row:
    samples, bad = sum(sample[1] for sample in taken), sum(sample[2] for sample in taken)
    target, is_share = int(objective["target_ppm"]), objective["kind"] == "share"
    if is_share:
        allowed, measured = Fraction(samples * (1_000_000 - target), 1_000_000), Fraction(samples - bad, samples)
    else:
        # Whole millionths are allowed.
        allowed, measured = Fraction(samples * target // _HOUR_MS, 1_000_000), Fraction(bad * _HOUR_MS, samples)
    return {
        **{name: objective[name] for name in ("objective", "requirement_id", "title", "kind", "threshold_unit")},
        "month_start_date": month,
        "threshold": int(objective["threshold"]) if objective["threshold"] else None,
        "target_value": millionths(target),
        "measured": _six_places(measured),
        "samples": samples,
        "bad": bad,
        "allowed": _six_places(allowed),
        "is_met": bad <= allowed,
        "error_budget_left": None if allowed == 0 else _six_places((allowed - bad) / allowed),
    }


def _six_places(value: Fraction) -> object:
    return millionths(half_up(value.numerator * 1_000_000, value.denominator))


def _samples(truth: Truth, objective: dict[str, str]) -> Iterator[Sample]:
    measure = objective["measure"]
    if objective["threshold"]:
        for day, size in _sizes(truth, measure):
            yield day, 1, int(size > int(objective["threshold"]))
    elif measure in _COUNTED:
        yield from _COUNTED[measure](truth)
    else:
        for row in truth.of(client_timings_hourly):
            if row["timing_kind"] == measure:
                yield row["hour_date"], row["samples"], row["samples"] - row["samples_within_target"]
        for check in truth.of(checks):
            if check.rule == measure:
                yield check.day, 1, int(check.is_breach)


def _sizes(truth: Truth, measure: str) -> Iterator[tuple[date, int]]:
    """What is measured by its size, with its day."""
    if measure == "search":
        yield from ((row["searched_date"], row["latency_ms"]) for row in truth.of(searches))
    elif measure == "playback_start":
        rows = (row for row in truth.of(streams) if row["startup_ms"] is not None)
        yield from ((row["started_date"], row["startup_ms"]) for row in rows)
    elif measure == "upload_queue":
        rows = (row for row in truth.of(content_uploads) if row["queue_delay_ms"] is not None)
        yield from ((row["received_date"], row["queue_delay_ms"]) for row in rows)
    elif measure == "deployment_errors":
        rows = (row for row in truth.of(deployments) if not row["is_running"])
        yield from ((row["started_date"], int(row["error_rate_rise"] * 1_000_000)) for row in rows)
    elif measure == "roll_back":
        rows = (row for row in truth.of(deployments) if row["is_rolled_back"])
        yield from ((row["started_date"], row["roll_back_ms"]) for row in rows)


def _requests(truth: Truth) -> Iterator[Sample]:
    for row in truth.of(api_hourly):
        yield row["hour_date"], row["requests"], row["requests"] - row["requests_in_time"]


def _ad_decisions(truth: Truth) -> Iterator[Sample]:
    for row in truth.of(ad_requests_hourly):
        yield row["hour_date"], row["requests"], row["requests"] - row["within_target"]


def _traces(truth: Truth) -> Iterator[Sample]:
    logged = {row["session_id"] for row in truth.lake.events("listening_sessions")}
    for row in truth.of(listening_sessions):
        if row["session_id"] in logged:
            yield row["started_date"], 1, int(not row["has_complete_trace"])


def _interruptions(truth: Truth) -> Iterator[Sample]:
    for row in truth.of(listening_sessions):
        if row["is_sampled"]:
            yield row["started_date"], row["active_ms"], row["rebuffers"]


def _values(truth: Truth) -> Iterator[Sample]:
    for row in truth.of(metadata_quality):
        yield row["month_start_date"], row["audited"], row["audited"] - row["correct"]


def _data_requests(truth: Truth) -> Iterator[Sample]:
    """Those that were answered, and those that should have been."""
    for row in truth.of(data_subject_requests):
        if row["is_overdue"] or not row["is_open"]:
            yield row["received_date"], 1, int(row["is_overdue"])


def _uptime(truth: Truth) -> Iterator[Sample]:
    """Milliseconds of each month, and of it those in which an incident stops playback, however many there are."""
    spans = sorted(
        (row["started_at"], row["mitigated_at"] or truth.lake.clock)
        for row in truth.of(incidents)
        if row["counts_against_uptime"]
    )
    merged: list[tuple[datetime, datetime]] = []
    for begin, end in spans:
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    first = history_start(truth)
    end_of_data = instant(data_day(truth) + timedelta(days=1))
    month = month_of(first)
    while instant(month) < end_of_data:
        begin, end = max(instant(month), instant(first)), min(instant(next_month(month)), end_of_data)
        down = sum(
            (min(end, stop) - max(begin, start)) // timedelta(milliseconds=1)
            for start, stop in merged
            if start < end and stop > begin
        )
        yield month, (end - begin) // timedelta(milliseconds=1), down
        month = next_month(month)


_COUNTED: dict[str, Callable[[Truth], Iterator[Sample]]] = {
    "uptime": _uptime,
    "api": _requests,
    "ad_decision": _ad_decisions,
    "trace": _traces,
    "rebuffering": _interruptions,
    "metadata": _values,
    "data_request": _data_requests,
}
"""What the source itself calls good or bad; timings and rules go by their own names."""
