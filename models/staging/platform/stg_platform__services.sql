with source as (
    select * from {{ source('raw', 'services') }}
),

renamed as (
    select
        -- ids
        service_id,

        -- attributes
        service_name,
        region,
        service_kind,
        owner_team,
        server_prefix,

        -- numbers
        server_count,

        -- flags
        is_in_playback_path,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        service_id,
        nullif({{ trimmed('service_name') }}, '') as service_name,
        nullif({{ trimmed('region') }}, '') as region,
        nullif(lower({{ trimmed('service_kind') }}), '') as service_kind,
        nullif({{ trimmed('owner_team') }}, '') as owner_team,
        nullif({{ trimmed('server_prefix') }}, '') as server_prefix,
        server_count,
        is_in_playback_path,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
