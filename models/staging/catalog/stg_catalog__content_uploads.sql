with source as (
    select * from {{ source('raw', 'content_uploads') }}
),

renamed as (
    select
        -- ids
        content_upload_id,
        artist_id,
        content_id,

        -- attributes
        asset_kind,
        object_key,
        checksum,
        status,
        refusal_reason,

        -- numbers
        size_bytes,

        -- times
        received_at,
        queued_at,
        validated_at,
        published_at,
        refused_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        content_upload_id,
        artist_id,
        content_id,
        nullif(lower({{ trimmed('asset_kind') }}), '') as asset_kind,
        nullif({{ trimmed('object_key') }}, '') as object_key,
        nullif(lower({{ trimmed('checksum') }}), '') as checksum,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif(lower({{ trimmed('refusal_reason') }}), '') as refusal_reason,
        size_bytes,
        received_at,
        queued_at,
        validated_at,
        published_at,
        refused_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
