{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['objective', 'month_start_date'],
        indexes=server_indexes([
            {'columns': ['objective', 'month_start_date'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Of big facts the months are counted for which something came; what is small is counted anew each time. -#}
with
objectives as (
    select * from {{ ref('service_objectives') }}
),

clock as (
    select
        data_date,
        data_clock,
        history_start
    from {{ ref('int_clock') }}
),

months as (
    select
        dates.month_start_date,
        {{ date_instant('min(dates.date_day)') }} as starts_at,
        {{ date_instant(add_days('max(dates.date_day)', 1)) }} as ends_at
    from {{ ref('dim_date') }} as dates
    inner join clock
        on
            dates.date_day >= clock.history_start
            and dates.date_day <= clock.data_date
    group by dates.month_start_date
),

incidents as (
    select
        incidents.started_at,
        coalesce(incidents.mitigated_at, clock.data_clock) as ended_at,
        max(coalesce(incidents.mitigated_at, clock.data_clock)) over (
            order by incidents.started_at, incidents.incident_id rows between unbounded preceding and 1 preceding
        ) as ended_before_at
    from {{ ref('fct_incidents') }} as incidents
    cross join clock
    where incidents.counts_against_uptime
),

-- Of incidents at one time each minute counts once: it is what each adds to those before it.
outages as (
    select
        greatest(started_at, coalesce(ended_before_at, started_at)) as started_at,
        ended_at
    from incidents
    where ended_at > coalesce(ended_before_at, started_at)
),

searches as (
    select * from {{ ref('fct_searches') }}
    {{ since_touched_month(ref('fct_searches'), 'searched_date', 'local_date') }}
),

streams as (
    select * from {{ ref('fct_streams') }}
    {{ since_touched_month(ref('fct_streams'), 'started_date', 'started_date') }}
),

starts as (
    select * from streams
    where startup_ms is not null
),

received as (
    select * from {{ ref('fct_content_uploads') }}
    {{ since_touched_month(ref('fct_content_uploads'), 'received_date', 'received_date') }}
),

uploads as (
    select * from received
    where queue_delay_ms is not null
),

begun as (
    select * from {{ ref('fct_deployments') }}
    {{ since_touched_month(ref('fct_deployments'), 'started_date', 'started_date') }}
),

deployments as (
    select
        begun.*,
        begun.error_rate_rise * 1000000 as error_rise_ppm
    from begun
    where not begun.is_running
),

roll_backs as (
    select * from deployments
    where is_rolled_back
),

sessions as (
    select * from {{ ref('fct_listening_sessions') }}
    {{ since_touched_month(ref('fct_listening_sessions'), 'started_date', 'local_date') }}
),

timings as (
    select * from {{ ref('fct_client_timings_hourly') }}
    {{ since_touched_month(ref('fct_client_timings_hourly'), 'hour_date', at='hour_at') }}
),

api_hours as (
    select * from {{ ref('fct_api_hourly') }}
    {{ since_touched_month(ref('fct_api_hourly'), 'hour_date', at='hour_at') }}
),

ad_hours as (
    select * from {{ ref('fct_ad_requests_hourly') }}
    {{ since_touched_month(ref('fct_ad_requests_hourly'), 'hour_date', at='hour_at') }}
),

-- What the source itself calls good or bad, counted.
counted as (
    select
        timing_kind as measure,
        {{ month_start('hour_date') }} as month_start_date,
        sum(samples) as samples,
        sum(samples - samples_within_target) as bad,
        max(load_id) as load_id
    from timings
    group by
        timing_kind,
        {{ month_start('hour_date') }}
    union all
    select
        'api' as measure,
        {{ month_start('hour_date') }} as month_start_date,
        sum(requests) as samples,
        sum(requests - requests_in_time) as bad,
        max(load_id) as load_id
    from api_hours
    group by {{ month_start('hour_date') }}
    union all
    select
        'ad_decision' as measure,
        {{ month_start('hour_date') }} as month_start_date,
        sum(requests) as samples,
        sum(requests - within_target) as bad,
        max(load_id) as load_id
    from ad_hours
    group by {{ month_start('hour_date') }}
    union all
    select
        'trace' as measure,
        {{ month_start('started_date') }} as month_start_date,
        count(*) as samples,
        count(case when not has_complete_trace then 1 end) as bad,
        max(load_id) as load_id
    from sessions
    where is_logged
    group by {{ month_start('started_date') }}
    union all
    select
        'rebuffering' as measure,
        {{ month_start('started_date') }} as month_start_date,
        sum(active_ms) as samples,
        sum(rebuffers) as bad,
        max(load_id) as load_id
    from sessions
    where is_sampled
    group by {{ month_start('started_date') }}
    union all
    select
        'metadata' as measure,
        month_start_date,
        sum(audited) as samples,
        sum(audited - correct) as bad,
        0 as load_id
    from {{ ref('mart_metadata_quality') }}
    group by month_start_date
    union all
    select
        'data_request' as measure,
        {{ month_start('received_date') }} as month_start_date,
        count(*) as samples,
        count(case when is_overdue then 1 end) as bad,
        0 as load_id
    from {{ ref('fct_data_subject_requests') }}
    where
        is_overdue
        or not is_open
    group by {{ month_start('received_date') }}
    union all
    select
        rule as measure,
        {{ month_start('day_date') }} as month_start_date,
        sum(checked_rows) as samples,
        sum(breaches) as bad,
        0 as load_id
    from {{ ref('mart_rule_breaches') }}
    group by
        rule,
        {{ month_start('day_date') }}
    union all
    select
        'uptime' as measure,
        months.month_start_date,
        max({{ datediff_ms('months.starts_at', 'months.ends_at') }}) as samples,
        coalesce(
            sum(
                case
                    when outages.started_at is not null
                        then
                            {{ datediff_ms(
                                'greatest(months.starts_at, outages.started_at)',
                                'least(months.ends_at, outages.ended_at)'
                            ) }}
                end
            ), 0
        ) as bad,
        0 as load_id
    from months
    left join outages
        on
            months.ends_at > outages.started_at
            and months.starts_at < outages.ended_at
    group by months.month_start_date
),

-- What is measured by its size: bad is what is above the objective's threshold.
measured as (
    {% for measure, relation, size, day in [
        ('search', 'searches', 'latency_ms', 'searched_date'),
        ('playback_start', 'starts', 'startup_ms', 'started_date'),
        ('upload_queue', 'uploads', 'queue_delay_ms', 'received_date'),
        ('deployment_errors', 'deployments', 'error_rise_ppm', 'started_date'),
        ('roll_back', 'roll_backs', 'roll_back_ms', 'started_date'),
    ] -%}
    select
        objectives.objective,
        {{ month_start('sized.' ~ day) }} as month_start_date,
        count(*) as samples,
        count(case when sized.{{ size }} > objectives.threshold then 1 end) as bad,
        max(sized.load_id) as load_id
    from {{ relation }} as sized
    inner join objectives on objectives.measure = '{{ measure }}'
    group by
        objectives.objective,
        {{ month_start('sized.' ~ day) }}
    union all
    {% endfor -%}
    select
        objectives.objective,
        counted.month_start_date,
        counted.samples,
        counted.bad,
        counted.load_id
    from counted
    inner join objectives on counted.measure = objectives.measure
),

-- Allowed in millionths: of a share what is not asked to be good, of a rate so much an hour of what was sampled.
budgeted as (
    select
        objectives.*,
        measured.month_start_date,
        cast(measured.samples as bigint) as samples,
        cast(measured.bad as bigint) as bad,
        cast(coalesce(measured.load_id, 0) as bigint) as load_id,
        case objectives.kind
            when 'share' then {{ wide('measured.samples') }} * (1000000 - objectives.target_ppm)
            else {{ wide_quotient(wide('measured.samples') ~ ' * objectives.target_ppm', '3600000') }}
        end as allowed_micro
    from measured
    inner join objectives on measured.objective = objectives.objective
)

select
    objective,
    month_start_date,
    requirement_id,
    title,
    kind,
    threshold,
    threshold_unit,
    {{ ratio('target_ppm', '1000000') }} as target_value,
    case kind
        when 'share' then {{ ratio('samples - bad', 'samples') }}
        else {{ ratio(wide('bad') ~ ' * 3600000', 'samples') }}
    end as measured,
    samples,
    bad,
    {{ ratio('allowed_micro', '1000000') }} as allowed,
    {{ wide('bad') }} * 1000000 <= allowed_micro as is_met,
    {{ ratio('allowed_micro - ' ~ wide('bad') ~ ' * 1000000', 'allowed_micro') }} as error_budget_left,
    load_id
from budgeted
