{%- set columns = {
    'support_agent_id': 'bigint', 'agent_code': 'text', 'display_name': 'text', 'team': 'text',
    'language_id': 'bigint', 'shift': 'text', 'hired_at': 'timestamptz', 'left_at': 'timestamptz',
    'is_inferred': 'boolean'
} -%}

with
support_agents as (
    select * from {{ ref('stg_support__support_agents') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'support_agents'
),

described as (
    select
        support_agent_id,
        agent_code,
        display_name,
        team,
        language_id,
        shift,
        hired_at,
        left_at,
        false as is_inferred
    from support_agents
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'support_agent_id') }}
    union all
    {{ special_members(columns) }}
)

select * from final
