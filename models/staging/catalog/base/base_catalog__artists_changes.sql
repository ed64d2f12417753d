with source as (
    select * from {{ source('raw', 'artists_changes') }}
),

renamed as (
    select
        -- ids
        artist_id,
        cast(artist_uuid as text) as artist_uuid,
        user_id,
        label_id,
        country_id,

        -- attributes
        name,
        verification_status,

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
        artist_id,
        lower(artist_uuid) as artist_uuid,
        user_id,
        label_id,
        country_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('verification_status') }}), '') as verification_status,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
),

copies as (
    select
        cleaned.*,
        row_number() over (
            partition by artist_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        artist_id,
        artist_uuid,
        user_id,
        label_id,
        country_id,
        name,
        verification_status,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'artist_id', 'artist_uuid', 'name', 'user_id', 'label_id', 'country_id',
                    'verification_status', 'created_at', 'changed_at', 'change_no', 'arrived_at',
                    'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
