with
day_parts as (
    select
        day_part,
        name,
        from_minute,
        to_minute
    from {{ ref('day_parts') }}
),

minutes as (
    {{ integer_series(0, 1439, 'minute_of_day') }}
)

select
    minutes.minute_of_day,
    cast({{ integer_divide('minutes.minute_of_day', 60) }} as integer) as hour_of_day,
    cast(mod(minutes.minute_of_day, 60) as integer) as minute_of_hour,
    {{ clock_text('minutes.minute_of_day') }} as clock_time,
    minutes.minute_of_day < 720 as is_morning_half,
    day_parts.day_part,
    day_parts.name as day_part_name
from minutes
inner join day_parts
    on
        minutes.minute_of_day >= day_parts.from_minute
        and minutes.minute_of_day < day_parts.to_minute
