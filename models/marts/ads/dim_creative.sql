{%- set columns = {
    'creative_id': 'bigint', 'campaign_id': 'bigint', 'title': 'text', 'format': 'text', 'duration_ms': 'bigint',
    'active_from': 'timestamptz', 'active_to': 'timestamptz', 'is_inferred': 'boolean'
} -%}

with
creatives as (
    select * from {{ ref('stg_ads__creatives') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'creatives'
),

described as (
    select
        creative_id,
        campaign_id,
        title,
        format,
        duration_ms,
        active_from,
        active_to,
        false as is_inferred
    from creatives
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'creative_id') }}
    union all
    {{ special_members(columns) }}
)

select * from final
