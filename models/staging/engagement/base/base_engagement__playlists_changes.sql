with source as (
    select * from {{ source('raw', 'playlists_changes') }}
),

renamed as (
    select
        -- ids
        playlist_id,
        owner_user_id,

        -- attributes
        name,
        playlist_type,

        -- numbers
        version_no,

        -- flags
        is_public,
        is_collaborative,

        -- times
        created_at,
        deleted_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        playlist_id,
        owner_user_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('playlist_type') }}), '') as playlist_type,
        version_no,
        is_public,
        is_collaborative,
        created_at,
        deleted_at,
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
            partition by playlist_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        playlist_id,
        owner_user_id,
        name,
        playlist_type,
        version_no,
        is_public,
        is_collaborative,
        created_at,
        deleted_at,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'playlist_id', 'owner_user_id', 'name', 'playlist_type', 'is_public',
                    'is_collaborative', 'version_no', 'created_at', 'deleted_at', 'changed_at',
                    'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
