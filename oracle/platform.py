"""How the platform ran: requests, checks, timings, incidents, deployments and jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

from oracle.amounts import ratio
from oracle.calendar import month_of
from oracle.dimensions import with_members
from oracle.lake import Row
from oracle.listening import country_geography
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, artists

_TARGETS = {
    "page_load": "page_load_target_ms",
    "app_start": "app_start_target_ms",
    "audio_start": "audio_start_target_ms",
    "video_start": "video_start_target_ms",
}


def hour_of(at: datetime) -> datetime:
    """Begin of the UTC hour."""
    return at.replace(minute=0, second=0, microsecond=0)


def milliseconds(begin: datetime, end: datetime) -> int:
    """Whole milliseconds from one instant to another."""
    return (end - begin) // timedelta(milliseconds=1)


def nearest_rank(values: list[int], percent: int) -> int:
    """The least of the values, which are sorted, up to which that percentage of them lie."""
    return values[-(-len(values) * percent // 100) - 1]


def grouped(rows: Iterable[Row], *names: str) -> dict[tuple[Hashable, ...], list[Row]]:
    """Rows by the values of some columns."""
    found: dict[tuple[Hashable, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in names)].append(row)
    return found


def dim_service(truth: Truth) -> list[Row]:
    """Services in their regions."""
    kept = (
        "service_id", "service_name", "region", "service_kind", "owner_team", "server_prefix", "server_count",
        "is_in_playback_path",
    )  # fmt: skip
    rows = [{name: row[name] for name in kept} for row in truth.lake.latest("services")]
    return with_members(rows, "service_name region service_kind owner_team server_prefix")


def api_hourly(truth: Truth) -> list[Row]:
    """Requests by service, route and hour: an error is 500 or above, and 429 is nobody's error."""
    requests = [row | {"hour_at": hour_of(row["requested_at"])} for row in truth.lake.events("api_requests")]
    found = []
    for (service_id, route, hour_at), group in grouped(requests, "service_id", "route", "hour_at").items():
        latencies = sorted(row["latency_ms"] for row in group)
        codes = [row["status_code"] for row in group]
        errors = sum(code >= 500 for code in codes)
        found.append(
            {
                "service_id": service_id,
                "route": route,
                "hour_at": hour_at,
                "hour_date": group[0]["requested_at"].date(),
                "requests": len(group),
                "errors": errors,
                "client_errors": sum(400 <= code < 500 and code != 429 for code in codes),
                "rate_limited": codes.count(429),
                "requests_in_time": sum(
                    latency < truth.of(rules).on("api_target_ms", group[0]["requested_at"].date())
                    for latency in latencies
                ),
                "error_rate": ratio(errors, len(group)),
                **{f"latency_p{percent}_ms": nearest_rank(latencies, percent) for percent in (50, 95, 99)},
            }
        )
    return found


def service_health_hourly(truth: Truth) -> list[Row]:
    """Checks by service and hour; what does not answer measures nothing."""
    checks = [row | {"hour_at": hour_of(row["checked_at"])} for row in truth.lake.events("server_health_checks")]
    found = []
    for (service_id, hour_at), group in grouped(checks, "service_id", "hour_at").items():
        up = [row for row in group if row["is_up"]]
        cpu, memory, latency = ([row[name] for row in up] for name in ("cpu_ppm", "memory_ppm", "latency_ms"))
        found.append(
            {
                "service_id": service_id,
                "hour_at": hour_at,
                "hour_date": group[0]["checked_at"].date(),
                "checks": len(group),
                "checks_up": len(up),
                "up_share": ratio(len(up), len(group)),
                "cpu_mean_share": ratio(sum(cpu), len(up) * 1_000_000),
                "cpu_max_share": ratio(max(cpu), 1_000_000) if up else None,
                "memory_mean_share": ratio(sum(memory), len(up) * 1_000_000),
                "memory_max_share": ratio(max(memory), 1_000_000) if up else None,
                "latency_mean_ms": ratio(sum(latency), len(up)),
                "latency_max_ms": max(latency, default=None),
            }
        )
    return found


def client_timings_hourly(truth: Truth) -> list[Row]:
    """Timings by kind, client and hour, with those that took less than the target of the day."""
    timings = [row | {"hour_at": hour_of(row["measured_at"])} for row in truth.lake.events("client_timings")]
    found = []
    for (kind, device_type, hour_at), group in grouped(timings, "timing_kind", "device_type", "hour_at").items():
        elapsed = sorted(row["elapsed_ms"] for row in group)
        day = group[0]["measured_at"].date()
        target = truth.of(rules).on(_TARGETS[str(kind)], day)
        within = sum(each < target for each in elapsed)
        found.append(
            {
                "timing_kind": kind,
                "device_type": device_type,
                "hour_at": hour_at,
                "hour_date": day,
                "samples": len(elapsed),
                "elapsed_p50_ms": nearest_rank(elapsed, 50),
                "elapsed_p95_ms": nearest_rank(elapsed, 95),
                "target_ms": target,
                "samples_within_target": within,
                "within_target_share": ratio(within, len(elapsed)),
            }
        )
    return found


def incidents(truth: Truth) -> list[Row]:
    """Incidents, each from its start until nobody notices it any more."""
    playback = {row["service_id"]: row["is_in_playback_path"] for row in truth.lake.latest("services")}
    kept = (
        "incident_id", "service_id", "severity", "status", "cause", "title", "started_at", "detected_at",
        "mitigated_at", "resolved_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.latest("incidents"):
        day = row["started_at"].date()
        lasted = milliseconds(row["started_at"], row["mitigated_at"] or truth.lake.clock)
        found.append(
            {
                **{name: row[name] for name in kept},
                "deployment_id": NOT_APPLICABLE if row["deployment_id"] is None else row["deployment_id"],
                "detection_ms": milliseconds(row["started_at"], row["detected_at"]),
                "outage_ms": lasted,
                "outage_minutes": ratio(lasted, 60_000),
                "is_open": row["mitigated_at"] is None,
                "is_in_playback_path": playback[row["service_id"]],
                "counts_against_uptime": playback[row["service_id"]]
                and row["severity"] <= truth.of(rules).on("uptime_severity", day),
                "started_date": day,
            }
        )
    return found


def deployments(truth: Truth) -> list[Row]:
    """Deployments; a roll-back takes from the shift of traffic until traffic is back."""
    kept = (
        "deployment_id", "service_id", "version", "strategy", "status", "deployed_by", "started_at", "shifted_at",
        "ended_at", "rolled_back_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.latest("deployments"):
        before, after, back = row["errors_before_ppm"], row["errors_after_ppm"], row["rolled_back_at"]
        took = None if back is None else milliseconds(row["shifted_at"], back)
        found.append(
            {
                **{name: row[name] for name in kept},
                "deployment_ms": milliseconds(row["started_at"], row["ended_at"] or truth.lake.clock),
                "roll_back_ms": took,
                "roll_back_minutes": None if took is None else ratio(took, 60_000),
                "error_rate_before": None if before is None else ratio(before, 1_000_000),
                "error_rate_after": None if after is None else ratio(after, 1_000_000),
                "error_rate_rise": None if before is None or after is None else ratio(after - before, 1_000_000),
                "is_running": row["ended_at"] is None,
                "is_rolled_back": back is not None,
                "started_date": row["started_at"].date(),
            }
        )
    return found


def batch_runs(truth: Truth) -> list[Row]:
    """Runs of jobs; one that goes on is measured to the data clock."""
    kept = (
        "batch_job_run_id", "job_name", "attempt_no", "status", "rows_read", "rows_written", "error", "summary",
        "scheduled_at", "started_at", "ended_at",
    )  # fmt: skip
    return [
        {
            **{name: row[name] for name in kept},
            "start_delay_ms": milliseconds(row["scheduled_at"], row["started_at"]),
            "run_ms": milliseconds(row["started_at"], row["ended_at"] or truth.lake.clock),
            "is_running": row["ended_at"] is None,
            "is_retry": row["attempt_no"] > 1,
            "scheduled_date": row["scheduled_at"].date(),
        }
        for row in truth.lake.latest("batch_job_runs")
    ]


def content_uploads(truth: Truth) -> list[Row]:
    """Assets on their way in; the queue ends where validation passed or refused them."""
    kept = (
        "content_upload_id", "artist_id", "asset_kind", "status", "size_bytes", "received_at", "queued_at",
        "validated_at", "published_at", "refused_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.latest("content_uploads"):
        received, queued, refused = row["received_at"], row["queued_at"], row["refused_at"]
        judged, done = row["validated_at"] or refused, row["published_at"] or refused
        found.append(
            {
                **{name: row[name] for name in kept},
                "artist_key": truth.of(artists).key_of_event(row["artist_id"], received),
                "content_id": NOT_APPLICABLE if row["content_id"] is None else row["content_id"],
                "refusal_reason": row["refusal_reason"] or "none",
                "queue_delay_ms": None if queued is None else milliseconds(queued, judged or truth.lake.clock),
                "processing_ms": None if done is None else milliseconds(received, done),
                "is_waiting": judged is None,
                "is_published": row["published_at"] is not None,
                "is_refused": refused is not None,
                "received_date": received.date(),
            }
        )
    return found


def auth_daily(truth: Truth) -> list[Row]:
    """Steps of signing up and logging in by kind, provider, country and day."""
    steps = [row | {"event_date": row["occurred_at"].date()} for row in truth.lake.events("auth_events")]
    found = []
    for key, group in grouped(steps, "event_type", "provider", "country_id", "event_date").items():
        reasons = [row["failure_reason"] for row in group]
        failures = sum(not row["is_success"] for row in group)
        found.append(
            {
                "event_type": key[0],
                "provider": key[1],
                "geography_id": country_geography(group[0]["country_id"]),
                "event_date": key[3],
                "attempts": len(group),
                "failures": failures,
                "wrong_passwords": reasons.count("wrong_password"),
                "wrong_codes": reasons.count("wrong_code"),
                "expired_codes": reasons.count("expired_code"),
                "mfa_attempts": sum(row["mfa_kind"] is not None for row in group),
                "accounts": len({row["user_id"] for row in group}),
                "failure_rate": ratio(failures, len(group)),
            }
        )
    return found


def metadata_quality(truth: Truth) -> list[Row]:
    """Audited values by attribute and month, with Wilson's interval for their accuracy."""
    audits = [
        row | {"month_start_date": month_of(row["checked_at"].date())} for row in truth.lake.events("metadata_audits")
    ]
    found = []
    for (attribute, month), group in grouped(audits, "attribute_name", "month_start_date").items():
        n, right = len(group), sum(row["is_correct"] for row in group)
        day = month_of(group[0]["checked_at"].date())
        z, share = truth.of(rules).on("confidence_z_micro", day) / 1_000_000, right / n
        centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        found.append(
            {
                "attribute_name": attribute,
                "month_start_date": month,
                "audited": n,
                "correct": right,
                "accuracy": ratio(right, n),
                "accuracy_from": six_places(centre - half),
                "accuracy_to": six_places(centre + half),
            }
        )
    return found


def six_places(value: float) -> Decimal:
    """A measured share as a decimal of six places."""
    return Decimal(value).quantize(Decimal("0.000001"), ROUND_HALF_UP)
