with source as (
    select * from {{ source('raw', 'access_grants_changes') }}
),

renamed as (
    select
        -- ids
        access_grant_id,

        -- attributes
        staff_account,
        role_name,
        scope,
        reason,
        granted_by,
        reviewed_by,
        review_outcome,

        -- times
        granted_at,
        expires_at,
        last_used_at,
        reviewed_at,
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
        access_grant_id,
        nullif({{ trimmed('staff_account') }}, '') as staff_account,
        nullif(lower({{ trimmed('role_name') }}), '') as role_name,
        nullif(lower({{ trimmed('scope') }}), '') as scope,
        nullif({{ trimmed('reason') }}, '') as reason,
        nullif({{ trimmed('granted_by') }}, '') as granted_by,
        nullif({{ trimmed('reviewed_by') }}, '') as reviewed_by,
        nullif(lower({{ trimmed('review_outcome') }}), '') as review_outcome,
        granted_at,
        expires_at,
        last_used_at,
        reviewed_at,
        revoked_at,
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
            partition by access_grant_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        access_grant_id,
        staff_account,
        role_name,
        scope,
        reason,
        granted_by,
        reviewed_by,
        review_outcome,
        granted_at,
        expires_at,
        last_used_at,
        reviewed_at,
        revoked_at,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'access_grant_id', 'staff_account', 'role_name', 'scope', 'reason', 'granted_by',
                    'granted_at', 'expires_at', 'last_used_at', 'reviewed_at', 'reviewed_by',
                    'review_outcome', 'revoked_at', 'changed_at', 'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
