{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='support_ticket_id',
        indexes=server_indexes([
            {'columns': ['support_ticket_id'], 'unique': true},
            {'columns': ['user_id', 'opened_at']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set newer_steps -%}
    select stepped.support_ticket_id
    from {{ ref('stg_support__support_ticket_events') }} as stepped
    where stepped.load_id > (select since.load_id from since)
{%- endset -%}
{%- set touched = touched_events(
    ref('stg_support__support_tickets'), 'support_ticket_id', 'opened_at',
    versions=[(ref('int_user_versions'), 'user_id', 'user_id')],
    others=[newer_steps],
    open='is_resolved is false',
) %}

with
support_tickets as (
    select * from {{ ref('stg_support__support_tickets') }}
    {{ where_one_of('support_ticket_id', touched) }}
),

waits as (
    select
        support_ticket_id,
        waiting_from,
        waiting_to
    from {{ ref('int_support_ticket_waits') }}
    {{ where_one_of('support_ticket_id', touched) }}
),

steps as (
    select
        support_ticket_id,
        max(load_id) as load_id
    from {{ ref('stg_support__support_ticket_events') }}
    {{ where_one_of('support_ticket_id', touched) }}
    group by support_ticket_id
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

tickets as (
    select
        support_tickets.*,
        coalesce(support_tickets.user_id, {{ unknown_key() }}) as asking_user_id,
        coalesce(support_tickets.resolved_at, clock.data_clock) as measured_to,
        case when support_tickets.resolved_at is null then clock.last_load_id end as clock_load_id
    from support_tickets
    cross join clock
),

-- What a ticket waits for after it was resolved is not waiting on the customer.
waited as (
    select
        tickets.support_ticket_id,
        sum(
            {{ datediff_ms(
                'waits.waiting_from',
                'case when waits.waiting_to < tickets.measured_to then waits.waiting_to else tickets.measured_to end'
            ) }}
        ) as waiting_ms
    from tickets
    inner join waits
        on
            tickets.support_ticket_id = waits.support_ticket_id
            and tickets.measured_to > waits.waiting_from
    group by tickets.support_ticket_id
),

measured as (
    select
        tickets.*,
        cast(coalesce(waited.waiting_ms, 0) as bigint) as waiting_ms,
        {{ datediff_ms('tickets.opened_at', 'tickets.first_reply_at') }} as first_reply_ms,
        {{ datediff_ms('tickets.opened_at', 'tickets.measured_to') }} as elapsed_ms
    from tickets
    left join waited on tickets.support_ticket_id = waited.support_ticket_id
),

resolved as (
    select
        measured.*,
        users.user_key,
        greatest(measured.load_id, steps.load_id, users.load_id, measured.clock_load_id) as inputs_load_id
    from measured
    left join steps on measured.support_ticket_id = steps.support_ticket_id
    {{ join_version('measured', 'users', 'asking_user_id', 'opened_at', version_id='user_id') }}
)

select
    support_ticket_id,
    asking_user_id as user_id,
    {{ fact_version_key('user_key', 'asking_user_id') }} as user_key,
    coalesce(subscription_id, {{ not_applicable_key() }}) as subscription_id,
    coalesce(transaction_id, {{ not_applicable_key() }}) as transaction_id,
    coalesce(content_id, {{ not_applicable_key() }}) as content_id,
    coalesce(device_id, {{ not_applicable_key() }}) as device_id,
    coalesce(incident_id, {{ not_applicable_key() }}) as incident_id,
    coalesce(support_agent_id, {{ not_applicable_key() }}) as support_agent_id,
    language_id,
    category,
    priority,
    channel,
    status,
    first_reply_ms,
    waiting_ms,
    elapsed_ms - waiting_ms as handling_ms,
    case when resolved_at is not null then elapsed_ms - waiting_ms end as resolution_ms,
    reopened_count,
    satisfaction,
    is_escalated,
    reopened_count > 0 as is_reopened,
    resolved_at is not null as is_resolved,
    {{ to_date('opened_at') }} as opened_date,
    opened_at,
    first_reply_at,
    resolved_at,
    inputs_load_id as load_id
from resolved
where {{ is_newer_load('inputs_load_id') }}
