-- Instants, local time and calendar arithmetic, whatever the session's time zone: each row names a check that fails.
{%- set checks = [
    ('datediff_ms', datediff_ms('start_at', 'end_at') ~ " = 1801000"),
    ('datediff_ms backwards', datediff_ms('end_at', 'start_at') ~ " = -1801000"),
    (
        'datediff_ms cuts toward zero',
        datediff_ms(add_ms('start_at', '0'), "cast('2026-01-31 23:30:00.001999+00' as timestamptz)") ~ " = 1",
    ),
    ('datediff_seconds', datediff_seconds('start_at', 'end_at') ~ " = 1801"),
    ('add_ms', add_ms('start_at', '1801000') ~ " = end_at"),
    ('add_ms over 64 days', datediff_ms('start_at', add_ms('start_at', '5529600123')) ~ " = 5529600123"),
    ('to_date', to_date('start_at') ~ " = start_date"),
    ('date_instant', date_instant('start_date') ~ " = " ~ instant('2026-01-31 00:00:00')),
    ('minute_of_day', minute_of_day('start_at') ~ " = 1410"),
    ('local_date east', local_date('start_at', '330') ~ " = cast('2026-02-01' as date)"),
    ('local_date west', local_date('end_at', '-180') ~ " = start_date"),
    ('local_minute_of_day', local_minute_of_day('start_at', '330') ~ " = 300"),
    ('instant_text', instant_text('start_at') ~ " = '2026-01-31T23:30:00.000000Z'"),
    ('month_start', month_start('end_date') ~ " = cast('2026-03-01' as date)"),
    ('month_end', month_end("cast('2028-02-03' as date)") ~ " = cast('2028-02-29' as date)"),
    ('days_in_month', days_in_month('start_date') ~ " = 31"),
    ('quarter_start and year_start', quarter_start('end_date') ~ " = " ~ year_start('end_date')),
    ('add_days', add_days('start_date', '30') ~ " = end_date"),
    ('add_months ends in a shorter month', add_months('start_date', '1') ~ " = cast('2026-02-28' as date)"),
    ('days_between', days_between('start_date', 'end_date') ~ " = 30"),
    ('iso_day_of_week', iso_day_of_week('start_date') ~ " = 6"),
    (
        'chart_week_start of a Thursday',
        chart_week_start("cast('2026-01-08' as date)") ~ " = cast('2026-01-02' as date)",
    ),
    (
        'chart_week_start of a Friday',
        chart_week_start("cast('2026-01-09' as date)") ~ " = cast('2026-01-09' as date)",
    ),
    (
        'booking_month in time: the tenth following day',
        booking_month("cast('2026-01-01' as date)", instant('2026-02-10 23:59:59'))
        ~ " = cast('2026-01-01' as date)",
    ),
    (
        'booking_month late: the day after',
        booking_month("cast('2026-01-01' as date)", instant('2026-02-11 00:00:00'))
        ~ " = cast('2026-02-01' as date)",
    ),
    ('month_closes_at', month_closes_at("cast('2026-01-01' as date)") ~ " = " ~ instant('2026-02-11 00:00:00')),
] %}
with
instants as (
    select
        {{ instant('2026-01-31 23:30:00') }} as start_at,
        {{ instant('2026-02-01 00:00:01') }} as end_at,
        cast('2026-01-31' as date) as start_date,
        cast('2026-03-02' as date) as end_date
),

checks as (
    {% for name, condition in checks -%}
    select
        '{{ name }}' as check_name,
        {{ condition }} as holds
    from instants
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select check_name
from checks
where holds is not true
