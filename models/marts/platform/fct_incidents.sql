with
incidents as (
    select * from {{ ref('stg_platform__incidents') }}
),

services as (
    select
        service_id,
        is_in_playback_path
    from {{ ref('dim_service') }}
),

rules as (
    select
        date_day,
        uptime_severity
    from {{ ref('int_rules_by_date') }}
),

clock as (
    select data_clock from {{ ref('int_clock') }}
),

measured as (
    select
        incidents.*,
        {{ to_date('incidents.started_at') }} as started_date,
        {{ datediff_ms('incidents.started_at', 'incidents.detected_at') }} as detection_ms,
        {{ datediff_ms(
            'incidents.started_at', 'coalesce(incidents.mitigated_at, clock.data_clock)'
        ) }} as outage_ms,
        coalesce(services.is_in_playback_path, false) as is_in_playback_path
    from incidents
    cross join clock
    left join services on incidents.service_id = services.service_id
)

select
    measured.incident_id,
    measured.service_id,
    coalesce(measured.deployment_id, {{ not_applicable_key() }}) as deployment_id,
    measured.severity,
    measured.status,
    measured.cause,
    measured.title,
    measured.detection_ms,
    measured.outage_ms,
    {{ ratio('measured.outage_ms', '60000') }} as outage_minutes,
    measured.mitigated_at is null as is_open,
    measured.is_in_playback_path,
    measured.is_in_playback_path and measured.severity <= rules.uptime_severity as counts_against_uptime,
    measured.started_date,
    measured.started_at,
    measured.detected_at,
    measured.mitigated_at,
    measured.resolved_at
from measured
inner join rules on measured.started_date = rules.date_day
