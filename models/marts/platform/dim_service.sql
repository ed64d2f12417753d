{%- set columns = {
    'service_id': 'bigint', 'service_name': 'text', 'region': 'text', 'service_kind': 'text', 'owner_team': 'text',
    'server_prefix': 'text', 'server_count': 'integer', 'is_in_playback_path': 'boolean'
} -%}

with
services as (
    select * from {{ ref('stg_platform__services') }}
),

final as (
    select
        service_id,
        service_name,
        region,
        service_kind,
        owner_team,
        server_prefix,
        server_count,
        is_in_playback_path
    from services
    union all
    {{ special_members(columns) }}
)

select * from final
