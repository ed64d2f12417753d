with
support_tickets as (
    select * from {{ ref('stg_support__support_tickets') }}
),

waits as (
    select
        support_ticket_id,
        waiting_from,
        waiting_to
    from {{ ref('int_support_ticket_waits') }}
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

tickets as (
    select
        support_tickets.*,
        coalesce(support_tickets.user_id, {{ unknown_key() }}) as asking_user_id,
        coalesce(support_tickets.resolved_at, clock.data_clock) as measured_to
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
)

select
    measured.support_ticket_id,
    measured.asking_user_id as user_id,
    {{ fact_version_key('users.user_key', 'measured.asking_user_id') }} as user_key,
    coalesce(measured.subscription_id, {{ not_applicable_key() }}) as subscription_id,
    coalesce(measured.transaction_id, {{ not_applicable_key() }}) as transaction_id,
    coalesce(measured.content_id, {{ not_applicable_key() }}) as content_id,
    coalesce(measured.device_id, {{ not_applicable_key() }}) as device_id,
    coalesce(measured.incident_id, {{ not_applicable_key() }}) as incident_id,
    coalesce(measured.support_agent_id, {{ not_applicable_key() }}) as support_agent_id,
    measured.language_id,
    measured.category,
    measured.priority,
    measured.channel,
    measured.status,
    measured.first_reply_ms,
    measured.waiting_ms,
    measured.elapsed_ms - measured.waiting_ms as handling_ms,
    case when measured.resolved_at is not null then measured.elapsed_ms - measured.waiting_ms end as resolution_ms,
    measured.reopened_count,
    measured.satisfaction,
    measured.is_escalated,
    measured.reopened_count > 0 as is_reopened,
    measured.resolved_at is not null as is_resolved,
    {{ to_date('measured.opened_at') }} as opened_date,
    measured.opened_at,
    measured.first_reply_at,
    measured.resolved_at
from measured
{{ join_version('measured', 'users', 'measured.asking_user_id', 'opened_at', version_id='user_id') }}
