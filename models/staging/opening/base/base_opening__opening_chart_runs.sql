with source as (
    select * from {{ source('raw', 'opening_chart_runs') }}
),

renamed as (
    select
        -- ids
        chart_id,
        song_id,
        artist_id,

        -- numbers
        run_no,
        weeks_on_chart,
        peak_rank,
        last_rank,

        -- times
        last_week_start,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        chart_id,
        song_id,
        artist_id,
        run_no,
        weeks_on_chart,
        peak_rank,
        last_rank,
        last_week_start,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                chart_id is null
                or run_no is null
                or weeks_on_chart is null
                or peak_rank is null
                or last_rank is null
                or last_week_start is null
                then 'missing_value'
            when weeks_on_chart <= 0 then 'out_of_range'
            when
                (song_id is null) = (artist_id is null)
                or not (peak_rank between 1 and last_rank)
                or not (extract(isodow from last_week_start) = 5)
                then 'contradiction'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by chart_id, run_no, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        chart_id,
        song_id,
        artist_id,
        run_no,
        weeks_on_chart,
        peak_rank,
        last_rank,
        last_week_start,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'chart_id', 'run_no', 'song_id', 'artist_id', 'weeks_on_chart', 'peak_rank',
                    'last_rank', 'last_week_start', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
