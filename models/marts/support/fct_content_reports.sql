{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='content_report_id',
        indexes=server_indexes([
            {'columns': ['content_report_id'], 'unique': true},
            {'columns': ['reporter_user_id', 'created_at']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set decided_on -%}
    select decided_on.content_report_id
    from {{ ref('stg_moderation__moderation_actions') }} as decided_on
    where
        decided_on.load_id > (select since.load_id from since)
        and decided_on.content_report_id is not null
{%- endset -%}
{%- set touched = touched_events(
    ref('stg_moderation__content_reports'), 'content_report_id', 'created_at',
    versions=[(ref('int_user_versions'), 'user_id', 'reporter_user_id')],
    others=[decided_on],
    open='is_closed is false',
) %}

with
content_reports as (
    select * from {{ ref('stg_moderation__content_reports') }}
    {{ where_one_of('content_report_id', touched) }}
),

decisions as (
    select
        content_report_id,
        moderation_action_id,
        action,
        acted_at,
        load_id,
        row_number() over (
            partition by content_report_id order by acted_at desc, moderation_action_id desc
        ) as decision_no_from_last
    from {{ ref('stg_moderation__moderation_actions') }}
    {{ where_one_of('content_report_id', touched) }}
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_versions') }}
),

clock as (
    select
        data_clock,
        last_load_id
    from {{ ref('int_clock') }}
),

decided as (
    select
        content_report_id,
        count(*) as decisions,
        max(case when decision_no_from_last = 1 then action end) as last_decision,
        max(acted_at) as last_decided_at,
        max(load_id) as load_id
    from decisions
    where content_report_id is not null
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
        ) }} as open_ms,
        case when content_reports.closed_at is null then clock.last_load_id end as clock_load_id
    from content_reports
    cross join clock
),

resolved as (
    select
        reports.*,
        users.user_key,
        decided.decisions,
        decided.last_decision,
        decided.last_decided_at,
        greatest(reports.load_id, decided.load_id, users.load_id, reports.clock_load_id) as inputs_load_id
    from reports
    left join decided on reports.content_report_id = decided.content_report_id
    {{ join_version('reports', 'users', 'reporting_user_id', 'created_at', version_id='user_id') }}
)

select
    content_report_id,
    reporting_user_id as reporter_user_id,
    {{ fact_version_key('user_key', 'reporting_user_id') }} as reporter_user_key,
    target_type,
    target_id,
    coalesce(reported_content_id, {{ not_applicable_key() }}) as content_id,
    coalesce(reported_user_id, {{ not_applicable_key() }}) as reported_user_id,
    coalesce(reviewed_by_user_id, {{ not_applicable_key() }}) as reviewer_user_id,
    reason,
    status,
    coalesce(action_taken, 'none') as action_taken,
    cast(coalesce(decisions, 0) as bigint) as decisions,
    coalesce(last_decision, 'none') as last_decision,
    review_ms,
    closing_ms,
    open_ms,
    closed_at is not null as is_closed,
    {{ to_date('created_at') }} as created_date,
    created_at,
    reviewed_at,
    closed_at,
    last_decided_at,
    inputs_load_id as load_id
from resolved
where {{ is_newer_load('inputs_load_id') }}
