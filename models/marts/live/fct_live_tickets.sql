with
live_tickets as (
    select * from {{ ref('stg_live__live_tickets') }}
),

ticket_types as (
    select
        live_ticket_type_id,
        name
    from {{ ref('stg_live__live_ticket_types') }}
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to
    from {{ ref('int_user_versions') }}
)

select
    live_tickets.live_ticket_id,
    live_tickets.live_event_id,
    live_tickets.live_ticket_type_id,
    live_tickets.buyer_user_id,
    {{ fact_version_key('users.user_key', 'live_tickets.buyer_user_id') }} as buyer_user_key,
    coalesce(live_tickets.transaction_id, {{ not_applicable_key() }}) as transaction_id,
    coalesce(ticket_types.name, 'unknown') as ticket_type,
    live_tickets.access_type,
    live_tickets.status,
    live_tickets.currency_code,
    live_tickets.price_minor,
    live_tickets.commission_ppm,
    live_tickets.scanned_at is not null as is_scanned,
    live_tickets.refunded_at is not null as is_refunded,
    {{ to_date('live_tickets.purchased_at') }} as purchased_date,
    live_tickets.purchased_at,
    live_tickets.scanned_at,
    live_tickets.refunded_at
from live_tickets
left join ticket_types on live_tickets.live_ticket_type_id = ticket_types.live_ticket_type_id
{{ join_version('live_tickets', 'users', 'live_tickets.buyer_user_id', 'purchased_at', version_id='user_id') }}
