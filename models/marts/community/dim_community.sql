{%- set columns = {
    'community_id': 'bigint', 'artist_id': 'bigint', 'manager_user_id': 'bigint', 'name': 'text',
    'subscription_fee_minor': 'bigint', 'currency_code': 'text', 'subscription_interval': 'text',
    'created_at': 'timestamptz', 'is_inferred': 'boolean'
} -%}

with
communities as (
    select * from {{ ref('stg_community__communities') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'communities'
),

described as (
    select
        community_id,
        artist_id,
        coalesce(manager_user_id, {{ unknown_key() }}) as manager_user_id,
        name,
        subscription_fee_minor,
        currency_code,
        subscription_interval,
        created_at,
        false as is_inferred
    from communities
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'community_id', values={'currency_code': "'XXX'"}) }}
    union all
    {{ special_members(columns, {'currency_code': "'XXX'"}) }}
)

select * from final
