with source as (
    select * from {{ source('raw', 'support_agents') }}
),

renamed as (
    select
        -- ids
        support_agent_id,
        language_id,

        -- attributes
        agent_code,
        display_name,
        team,
        shift,

        -- times
        hired_at,
        left_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        support_agent_id,
        language_id,
        nullif({{ trimmed('agent_code') }}, '') as agent_code,
        nullif({{ trimmed('display_name') }}, '') as display_name,
        nullif(lower({{ trimmed('team') }}), '') as team,
        nullif(lower({{ trimmed('shift') }}), '') as shift,
        hired_at,
        left_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
