with source as (
    select * from {{ source('raw', 'opening_song_streams') }}
),

renamed as (
    select
        -- ids
        song_id,

        -- numbers
        qualified_streams,

        -- times
        month_start,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        song_id,
        qualified_streams,
        month_start,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when song_id is null or month_start is null or qualified_streams is null
                then 'missing_value'
            when qualified_streams <= 0 then 'amount_not_positive'
            when extract(day from month_start) <> 1 then 'contradiction'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by song_id, month_start, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        song_id,
        qualified_streams,
        month_start,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'song_id', 'month_start', 'qualified_streams', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
