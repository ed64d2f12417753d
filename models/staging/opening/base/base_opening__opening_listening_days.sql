with source as (
    select * from {{ source('raw', 'opening_listening_days') }}
),

renamed as (
    select
        -- ids
        user_id,

        -- numbers
        played_ms,

        -- times
        local_date,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        user_id,
        played_ms,
        local_date,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when user_id is null or local_date is null or played_ms is null
                then 'missing_value'
            when played_ms <= 0 then 'amount_not_positive'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by user_id, local_date, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        user_id,
        played_ms,
        local_date,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'user_id', 'local_date', 'played_ms', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
