with source as (
    select * from {{ source('raw', 'revenue_splits_changes') }}
),

renamed as (
    select
        -- ids
        revenue_split_id,
        song_id,
        work_id,
        payee_id,

        -- attributes
        right_type,
        role,

        -- numbers
        share_ppm,

        -- times
        valid_from,
        valid_to,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        revenue_split_id,
        song_id,
        work_id,
        payee_id,
        nullif(lower({{ trimmed('right_type') }}), '') as right_type,
        nullif(lower({{ trimmed('role') }}), '') as role,
        share_ppm,
        valid_from,
        valid_to,
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
            partition by revenue_split_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        revenue_split_id,
        song_id,
        work_id,
        payee_id,
        right_type,
        role,
        share_ppm,
        valid_from,
        valid_to,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'revenue_split_id', 'song_id', 'work_id', 'payee_id', 'right_type', 'role',
                    'share_ppm', 'valid_from', 'valid_to', 'changed_at', 'change_no', 'arrived_at',
                    'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
