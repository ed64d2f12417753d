{%- set columns = {
    'device_id': 'bigint', 'user_id': 'bigint', 'device_type': 'text', 'is_alexa': 'boolean', 'alexa_model': 'text',
    'os': 'text', 'os_version': 'text', 'first_app_version': 'text', 'first_seen_at': 'timestamptz',
    'is_inferred': 'boolean'
} -%}

with
devices as (
    select * from {{ ref('stg_identity__devices') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'devices'
),

described as (
    select
        device_id,
        user_id,
        device_type,
        device_type = 'alexa' as is_alexa,
        coalesce(alexa_model, 'not applicable') as alexa_model,
        os,
        os_version,
        app_version as first_app_version,
        first_seen_at,
        false as is_inferred
    from devices
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'device_id') }}
    union all
    {{ special_members(columns) }}
)

select * from final
