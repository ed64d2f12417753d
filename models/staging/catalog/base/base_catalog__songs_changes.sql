with source as (
    select * from {{ source('raw', 'songs_changes') }}
),

renamed as (
    select
        -- ids
        song_id,
        content_id,
        album_id,
        original_language_id,
        cover_of_song_id,

        -- attributes
        isrc,
        title,

        -- numbers
        track_number,
        duration_ms,

        -- flags
        is_functional_noise,

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
        song_id,
        content_id,
        album_id,
        original_language_id,
        cover_of_song_id,
        nullif(upper({{ trimmed('isrc') }}), '') as isrc,
        nullif({{ trimmed('title') }}, '') as title,
        track_number,
        duration_ms,
        is_functional_noise,
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
            partition by song_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        song_id,
        content_id,
        album_id,
        original_language_id,
        cover_of_song_id,
        isrc,
        title,
        track_number,
        duration_ms,
        is_functional_noise,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'song_id', 'content_id', 'isrc', 'album_id', 'track_number', 'title',
                    'duration_ms', 'original_language_id', 'cover_of_song_id',
                    'is_functional_noise', 'created_at', 'changed_at', 'change_no', 'arrived_at',
                    'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
