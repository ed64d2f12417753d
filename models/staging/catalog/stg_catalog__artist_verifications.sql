with source as (
    select * from {{ source('raw', 'artist_verifications') }}
),

renamed as (
    select
        -- ids
        artist_verification_id,
        artist_id,
        third_party_id,
        reviewer_user_id,

        -- attributes
        document_urls,
        third_party_platform,
        status,
        admin_notes,

        -- times
        submitted_at,
        decided_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        artist_verification_id,
        artist_id,
        nullif({{ trimmed('third_party_id') }}, '') as third_party_id,
        reviewer_user_id,
        nullif({{ trimmed('document_urls') }}, '') as document_urls,
        nullif(lower({{ trimmed('third_party_platform') }}), '') as third_party_platform,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif({{ trimmed('admin_notes') }}, '') as admin_notes,
        submitted_at,
        decided_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
