{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='live_ticket_id',
        indexes=server_indexes([
            {'columns': ['live_ticket_id'], 'unique': true},
            {'columns': ['live_ticket_type_id']},
            {'columns': ['buyer_user_id', 'purchased_at']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set newer_types -%}
    select told.live_ticket_type_id
    from {{ ref('stg_live__live_ticket_types') }} as told
    where told.load_id > (select since.load_id from since)
{%- endset -%}
{%- set of_newer_types -%}
    select named.live_ticket_id
    from {{ this }} as named
    where {{ is_one_of('named.live_ticket_type_id', newer_types) }}
{%- endset %}

with
live_tickets as (
    select * from {{ ref('stg_live__live_tickets') }}
    {{ where_one_of('live_ticket_id', touched_events(
        ref('stg_live__live_tickets'), 'live_ticket_id', 'purchased_at',
        versions=[(ref('int_user_versions'), 'user_id', 'buyer_user_id')],
        others=[of_newer_types],
    )) }}
),

ticket_types as (
    select
        live_ticket_type_id,
        name,
        load_id
    from {{ ref('stg_live__live_ticket_types') }}
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

resolved as (
    select
        live_tickets.*,
        ticket_types.name as ticket_type,
        users.user_key,
        greatest(live_tickets.load_id, ticket_types.load_id, users.load_id) as inputs_load_id
    from live_tickets
    left join ticket_types on live_tickets.live_ticket_type_id = ticket_types.live_ticket_type_id
    {{ join_version('live_tickets', 'users', 'buyer_user_id', 'purchased_at', version_id='user_id') }}
)

select
    live_ticket_id,
    live_event_id,
    live_ticket_type_id,
    buyer_user_id,
    {{ fact_version_key('user_key', 'buyer_user_id') }} as buyer_user_key,
    coalesce(transaction_id, {{ not_applicable_key() }}) as transaction_id,
    coalesce(ticket_type, 'unknown') as ticket_type,
    access_type,
    status,
    currency_code,
    price_minor,
    commission_ppm,
    scanned_at is not null as is_scanned,
    refunded_at is not null as is_refunded,
    {{ to_date('purchased_at') }} as purchased_date,
    purchased_at,
    scanned_at,
    refunded_at,
    inputs_load_id as load_id
from resolved
where {{ is_newer_load('inputs_load_id') }}
