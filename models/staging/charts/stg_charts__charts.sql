with source as (
    select * from {{ source('raw', 'charts') }}
),

renamed as (
    select
        -- ids
        chart_id,
        country_id,
        genre_id,

        -- attributes
        chart_code,
        name,
        subject,
        scope,
        cadence,
        method_version,

        -- numbers
        positions,
        max_songs_per_artist,

        -- times
        created_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        chart_id,
        country_id,
        genre_id,
        nullif({{ trimmed('chart_code') }}, '') as chart_code,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('subject') }}), '') as subject,
        nullif(lower({{ trimmed('scope') }}), '') as scope,
        nullif(lower({{ trimmed('cadence') }}), '') as cadence,
        nullif({{ trimmed('method_version') }}, '') as method_version,
        positions,
        max_songs_per_artist,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
