with
content_reports as (
    select * from {{ ref('stg_moderation__content_reports') }}
),

decisions as (
    select
        content_report_id,
        moderation_action_id,
        action,
        acted_at,
        row_number() over (
            partition by content_report_id order by acted_at desc, moderation_action_id desc
        ) as decision_no_from_last
    from {{ ref('stg_moderation__moderation_actions') }}
    where content_report_id is not null
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to
    from {{ ref('int_user_versions') }}
),

clock as (
    select data_clock from {{ ref('int_clock') }}
),

decided as (
    select
        content_report_id,
        count(*) as decisions,
        max(case when decision_no_from_last = 1 then action end) as last_decision,
        max(acted_at) as last_decided_at
    from decisions
    group by content_report_id
),

reports as (
    select
        content_reports.*,
        coalesce(content_reports.reporter_user_id, {{ unknown_key() }}) as reporting_user_id,
        {{ datediff_ms('content_reports.created_at', 'content_reports.reviewed_at') }} as review_ms,
        {{ datediff_ms('content_reports.created_at', 'content_reports.closed_at') }} as closing_ms,
        {{ datediff_ms(
            'content_reports.created_at', 'coalesce(content_reports.closed_at, clock.data_clock)'
        ) }} as open_ms
    from content_reports
    cross join clock
)

select
    reports.content_report_id,
    reports.reporting_user_id as reporter_user_id,
    {{ fact_version_key('users.user_key', 'reports.reporting_user_id') }} as reporter_user_key,
    reports.target_type,
    reports.target_id,
    coalesce(reports.reported_content_id, {{ not_applicable_key() }}) as content_id,
    coalesce(reports.reported_user_id, {{ not_applicable_key() }}) as reported_user_id,
    coalesce(reports.reviewed_by_user_id, {{ not_applicable_key() }}) as reviewer_user_id,
    reports.reason,
    reports.status,
    coalesce(reports.action_taken, 'none') as action_taken,
    cast(coalesce(decided.decisions, 0) as bigint) as decisions,
    coalesce(decided.last_decision, 'none') as last_decision,
    reports.review_ms,
    reports.closing_ms,
    reports.open_ms,
    reports.closed_at is not null as is_closed,
    {{ to_date('reports.created_at') }} as created_date,
    reports.created_at,
    reports.reviewed_at,
    reports.closed_at,
    decided.last_decided_at
from reports
left join decided on reports.content_report_id = decided.content_report_id
{{ join_version('reports', 'users', 'reports.reporting_user_id', 'created_at', version_id='user_id') }}
