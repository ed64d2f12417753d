with source as (
    select * from {{ source('raw', 'user_identities') }}
),

renamed as (
    select
        -- ids
        user_identity_id,
        user_id,

        -- attributes
        provider,
        subject_hash,
        mfa_kind,

        -- flags
        is_login,

        -- times
        linked_at,
        unlinked_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        user_identity_id,
        user_id,
        nullif(lower({{ trimmed('provider') }}), '') as provider,
        nullif(lower({{ trimmed('subject_hash') }}), '') as subject_hash,
        nullif(lower({{ trimmed('mfa_kind') }}), '') as mfa_kind,
        is_login,
        linked_at,
        unlinked_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
