with source as (
    select * from {{ source('raw', 'user_roles') }}
),

renamed as (
    select
        -- ids
        user_role_id,
        user_id,
        granted_by_user_id,

        -- attributes
        role_name,
        permissions,

        -- times
        granted_at,
        expires_at,
        revoked_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        user_role_id,
        user_id,
        granted_by_user_id,
        nullif(lower({{ trimmed('role_name') }}), '') as role_name,
        nullif({{ trimmed('permissions') }}, '') as permissions,
        granted_at,
        expires_at,
        revoked_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
