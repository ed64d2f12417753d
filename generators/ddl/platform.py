"""What runs the platform and how it ran: services, deployments, incidents, checks, requests, jobs and staff access."""

from functools import partial

from generators.ddl.table import table

_reference = partial(table, kind="reference", domain="platform")
_event = partial(table, kind="event", domain="platform")
_entity = partial(table, kind="entity", domain="platform")
_summary = partial(table, kind="summary", domain="platform")

TABLES = (
    _reference(
        name="services",
        about="One service in one region, with the servers that run it.",
        key="service_id",
        unique=("service_name region",),
        columns="""
        service_id          bigint  | Durable id of the service in its region.
        service_name        text    | Name, such as playback.
        region              text    | Region of the cloud, such as ap-south-1.
        service_kind        text    | gateway, api, worker or store.
        owner_team          text    | Team that answers for it.
        server_prefix       text    | Names of its servers begin so.
        server_count        integer | Servers that run it.
        is_in_playback_path boolean | Nothing plays while it is down.
        """,
        checks={
            "service_kind_known": "service_kind in ('gateway', 'api', 'worker', 'store')",
            "server_count_positive": "server_count > 0",
        },
    ),
    _entity(
        name="deployments",
        about="One version brought to one service, blue beside green; rolled back where errors rose.",
        key="deployment_id",
        columns="""
        deployment_id  bigint       | Durable id of the deployment, rising with time.
        service_id     bigint -> services | Service.
        version        text         | Version deployed.
        strategy       text         | blue_green or canary.
        status         text         | running, succeeded or rolled_back.
        deployed_by    text         | Staff account or pipeline.
        started_at     timestamptz  | Start (UTC).
        shifted_at     timestamptz? | Traffic goes to the new version since (UTC).
        ended_at       timestamptz? | End (UTC).
        rolled_back_at timestamptz? | Traffic is back on the old version since (UTC).
        errors_before_ppm integer?  | Requests that failed in the hour before, in millionths, as its monitor counts all.
        errors_after_ppm  integer?  | Requests that failed on the new version, in millionths.
        """,
        checks={
            "strategy_known": "strategy in ('blue_green', 'canary')",
            "status_known": "status in ('running', 'succeeded', 'rolled_back')",
            "end_has_instant": "(status = 'running') = (ended_at is null)",
            "roll_back_has_instant": "(status = 'rolled_back') = (rolled_back_at is not null)",
            "in_order": "shifted_at > started_at and ended_at > shifted_at and rolled_back_at > shifted_at",
            "errors_range": "errors_before_ppm between 0 and 1000000 and errors_after_ppm between 0 and 1000000",
            "measured_at_the_end": (
                "(errors_before_ppm is null) = (ended_at is null) and (errors_after_ppm is null) = (ended_at is null)"
            ),
        },
        indexes=("service_id, started_at",),
    ),
    _entity(
        name="incidents",
        about="One incident of one service.",
        key="incident_id",
        columns="""
        incident_id   bigint       | Durable id of the incident, rising with time.
        service_id    bigint -> services | Service.
        severity      integer      | 1 (nothing works) to 4 (hardly noticed).
        status        text         | open, mitigated or resolved.
        cause         text         | deployment, capacity, network, dependency, hardware or configuration.
        deployment_id bigint? -> deployments set null | Deployment that caused it.
        title         text         | What is seen of it.
        started_at    timestamptz  | Start (UTC).
        detected_at   timestamptz  | Alarm (UTC).
        mitigated_at  timestamptz? | Nobody notices any more since (UTC).
        resolved_at   timestamptz? | Closed (UTC).
        """,
        checks={
            "severity_range": "severity between 1 and 4",
            "status_known": "status in ('open', 'mitigated', 'resolved')",
            "cause_known": (
                "cause in ('deployment', 'capacity', 'network', 'dependency', 'hardware', 'configuration')"
            ),
            "cause_is_named": "cause = 'deployment' or deployment_id is null",
            "status_has_instants": (
                "(status = 'open') = (mitigated_at is null) and (status = 'resolved') = (resolved_at is not null)"
            ),
            "in_order": "detected_at > started_at and mitigated_at > detected_at and resolved_at > mitigated_at",
        },
        indexes=("service_id, started_at", "severity, started_at where resolved_at is null"),
    ),
    _event(
        name="server_health_checks",
        about="One look at one server. SAMPLED: one server of each service an hour; each is looked at every 10 "
        "seconds. Kept for 30 days, then summed up by the hour.",
        key="server_health_check_id",
        partitioned=True,
        summary="server_health_checks_hourly",
        columns="""
        server_health_check_id bigint      | Id of the check, rising with time.
        service_id             bigint -> services | Service.
        server_no              integer     | Number of the server, from 1.
        checked_at             timestamptz | Instant (UTC).
        is_up                  boolean     | It answered in time.
        cpu_ppm                integer?    | Processor in use, in millionths; null when it is down.
        memory_ppm             integer?    | Memory in use, in millionths; null when it is down.
        latency_ms             integer?    | Time of the answer in milliseconds; null when it is down.
        """,
        checks={
            "server_no_positive": "server_no > 0",
            "cpu_range": "cpu_ppm between 0 and 1000000",
            "memory_range": "memory_ppm between 0 and 1000000",
            "down_measures_nothing": "is_up = (latency_ms is not null) and is_up = (cpu_ppm is not null)",
        },
        indexes=("service_id, checked_at",),
    ),
    _event(
        name="api_requests",
        about="One request to a public interface. SAMPLED: about one in thirty of those that plays and sessions cause. "
        "Kept for 30 days, then summed up by the hour.",
        key="api_request_id",
        partitioned=True,
        summary="api_requests_hourly",
        columns="""
        api_request_id  bigint      | Id of the request, rising with time.
        service_id      bigint -> services | Service that answered.
        requested_at    timestamptz | Instant (UTC).
        method          text        | GET or POST.
        route           text        | Route, without the ids in it.
        status_code     integer     | HTTP status of the answer.
        latency_ms      integer     | From the request to the answer, in milliseconds.
        is_rate_limited boolean     | Refused as one of too many.
        user_id         bigint? -> users | Account; null where none is logged in.
        device_id       bigint? -> devices | Device.
        country_id      bigint -> countries | Country of the IP address.
        trace_id        text?       | Trace that it belongs to, that of its session.
        """,
        checks={
            "method_known": "method in ('GET', 'POST')",
            "status_code_range": "status_code between 200 and 599",
            "latency_positive": "latency_ms > 0",
            "rate_limited_is_429": "is_rate_limited = (status_code = 429)",
            "trace_form": "trace_id ~ '^[0-9a-f]{32}$'",
        },
        indexes=("service_id, requested_at", "trace_id", "requested_at where status_code >= 500"),
    ),
    _event(
        name="client_timings",
        about="How long one thing took on a client, as its user felt it. SAMPLED: app starts of one session in five, "
        "page loads of one web session in two, starts of sound of one play in forty, of video of one session in thirty. "
        "Kept for 30 days, then summed up by the hour.",
        key="client_timing_id",
        partitioned=True,
        summary="client_timings_hourly",
        columns="""
        client_timing_id bigint      | Id of the timing, rising with time.
        timing_kind      text        | page_load, app_start, audio_start or video_start.
        measured_at      timestamptz | Instant (UTC).
        elapsed_ms       integer     | Time felt, in milliseconds.
        device_id        bigint -> devices | Client.
        device_type      text        | Kind of client, as of devices.
        app_version      text        | Version of the app of the moment.
        country_id       bigint -> countries | Country of the IP address.
        """,
        checks={
            "timing_kind_known": "timing_kind in ('page_load', 'app_start', 'audio_start', 'video_start')",
            "elapsed_positive": "elapsed_ms > 0",
        },
        indexes=("timing_kind, measured_at",),
    ),
    _summary(
        name="server_health_checks_hourly",
        about="Checks of one service in one hour that were purged.",
        key="service_id hour_at",
        columns="""
        service_id     bigint -> services | Service.
        hour_at        timestamptz | Begin of the hour (UTC).
        checks         bigint      | Checks.
        checks_up      bigint      | Checks that a server answered in time.
        cpu_ppm_sum    bigint      | Sum of the processor in use over those checks, in millionths.
        cpu_ppm_max    integer?    | Most of it; null where no server answered.
        memory_ppm_sum bigint      | Sum of the memory in use over those checks, in millionths.
        memory_ppm_max integer?    | Most of it; null where no server answered.
        latency_ms_sum bigint      | Sum of the times of their answers, in milliseconds.
        latency_ms_max integer?    | Longest of them, in milliseconds; null where no server answered.
        """,
        checks={"checks_positive": "checks > 0", "checks_up_range": "checks_up between 0 and checks"},
    ),
    _summary(
        name="api_requests_hourly",
        about="Requests of one hour that were purged and were alike in service, method, route, status and whole "
        "millisecond of the answer: the exact histogram of their latency.",
        key="service_id hour_at method route status_code latency_ms",
        columns="""
        service_id  bigint -> services | Service that answered.
        hour_at     timestamptz | Begin of the hour (UTC).
        method      text        | GET or POST.
        route       text        | Route, without the ids in it.
        status_code integer     | HTTP status of the answer; 429 is refused as one of too many.
        latency_ms  integer     | From the request to the answer, in milliseconds.
        requests    bigint      | Requests.
        """,
        checks={"method_known": "method in ('GET', 'POST')", "requests_positive": "requests > 0"},
    ),
    _summary(
        name="client_timings_hourly",
        about="Timings of one hour that were purged and were alike in kind, client and whole millisecond: the exact "
        "histogram of the time felt.",
        key="timing_kind hour_at device_type app_version elapsed_ms",
        columns="""
        timing_kind text        | page_load, app_start, audio_start or video_start.
        hour_at     timestamptz | Begin of the hour (UTC).
        device_type text        | Kind of client, as of devices.
        app_version text        | Version of the app of the moment.
        elapsed_ms  integer     | Time felt, in milliseconds.
        timings     bigint      | Timings.
        """,
        checks={
            "timing_kind_known": "timing_kind in ('page_load', 'app_start', 'audio_start', 'video_start')",
            "timings_positive": "timings > 0",
        },
    ),
    _entity(
        name="batch_job_runs",
        about="One run of a batch job. A run that failed is followed by another attempt.",
        key="batch_job_run_id",
        columns="""
        batch_job_run_id bigint       | Durable id of the run, rising with time.
        job_name         text         | recommendation_lists, search_reindex, back_up, royalty_run, metadata_audit, chart_week or log_purge.
        attempt_no       integer      | Attempt at this date's run, from 1.
        status           text         | running, succeeded or failed.
        scheduled_at     timestamptz  | When it was to start (UTC).
        started_at       timestamptz  | Start (UTC).
        ended_at         timestamptz? | End (UTC).
        rows_read        bigint?      | Rows read.
        rows_written     bigint?      | Rows written; of a purge, the hourly summaries.
        error            text?        | Why it failed.
        summary          text?        | What it did, a JSON object; of a purge, rows purged per log.
        """,
        checks={
            "job_name_known": (
                "job_name in ('recommendation_lists', 'search_reindex', 'back_up', 'royalty_run', 'metadata_audit',"
                " 'chart_week', 'log_purge')"
            ),
            "attempt_positive": "attempt_no > 0",
            "status_known": "status in ('running', 'succeeded', 'failed')",
            "end_has_instant": "(status = 'running') = (ended_at is null)",
            "failure_has_error": "(status = 'failed') = (error is not null)",
            "rows_not_negative": "rows_read >= 0 and rows_written >= 0",
            "in_order": "started_at >= scheduled_at and ended_at > started_at",
        },
        indexes=("job_name, started_at",),
    ),
    _entity(
        name="access_grants",
        about="One role in the database or on the dashboards that a staff account holds, with its last review.",
        key="access_grant_id",
        columns="""
        access_grant_id bigint       | Durable id of the grant, rising with time.
        staff_account   text         | Account of a member of staff or of a service.
        role_name       text         | Role: reader, analyst, finance_reader, support_agent, engineer, compliance_officer or owner.
        scope           text         | database or dashboards.
        reason          text         | What it is for.
        granted_by      text         | Staff account that granted it.
        granted_at      timestamptz  | Since (UTC).
        expires_at      timestamptz? | Until (UTC), if it ends by itself.
        last_used_at    timestamptz? | Last use known when the row changed (UTC).
        reviewed_at     timestamptz? | Last quarterly review (UTC).
        reviewed_by     text?        | Who reviewed it.
        review_outcome  text?        | kept or revoked.
        revoked_at      timestamptz? | Taken away (UTC).
        """,
        checks={
            "role_name_known": (
                "role_name in ('reader', 'analyst', 'finance_reader', 'support_agent', 'engineer',"
                " 'compliance_officer', 'owner')"
            ),
            "scope_known": "scope in ('database', 'dashboards')",
            "nobody_grants_to_oneself": "granted_by <> staff_account",
            "nobody_reviews_oneself": "reviewed_by <> staff_account",
            "review_is_whole": (
                "(reviewed_at is null) = (reviewed_by is null) and (reviewed_at is null) = (review_outcome is null)"
            ),
            "outcome_known": "review_outcome in ('kept', 'revoked')",
            "revoked_means_gone": "review_outcome is null or (review_outcome = 'revoked') = (revoked_at is not null)",
            "in_order": "expires_at > granted_at and reviewed_at > granted_at and revoked_at >= reviewed_at",
        },
        indexes=("staff_account", "reviewed_at where revoked_at is null"),
    ),
)
