with source as (
    select * from {{ source('raw', 'works') }}
),

renamed as (
    select
        -- ids
        work_id,
        language_id,

        -- attributes
        iswc,
        title,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        work_id,
        language_id,
        nullif(upper({{ trimmed('iswc') }}), '') as iswc,
        nullif({{ trimmed('title') }}, '') as title,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
