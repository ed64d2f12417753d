with source as (
    select * from {{ source('raw', 'household_members_changes') }}
),

renamed as (
    select
        -- ids
        household_member_id,
        household_id,
        user_id,

        -- attributes
        role,

        -- times
        joined_at,
        left_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        household_member_id,
        household_id,
        user_id,
        nullif(lower({{ trimmed('role') }}), '') as role,
        joined_at,
        left_at,
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
            partition by household_member_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        household_member_id,
        household_id,
        user_id,
        role,
        joined_at,
        left_at,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'household_member_id', 'household_id', 'user_id', 'role', 'joined_at',
                    'left_at', 'changed_at', 'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
