with
dashboard as (
    select * from {{ ref('mart_label_dashboard') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

ranked as (
    select
        dashboard.*,
        row_number() over (
            partition by dashboard.month_start_date
            order by dashboard.roster_eur_micro desc, dashboard.label_id asc
        ) as label_rank
    from dashboard
    inner join clock
        on
            {{ month_closes_at('dashboard.month_start_date') }} <= clock.data_clock
            and dashboard.month_start_date >= {{ month_start('clock.history_start') }}
)

select
    month_start_date,
    label_rank,
    label_name,
    {{ ratio('roster_eur_micro', 1000000) }} as roster_eur,
    {{ ratio('own_eur_micro', 1000000) }} as own_eur,
    {{ ratio('pending_eur_micro', 1000000) }} as pending_eur,
    qualified_streams,
    listeners,
    {{ ratio('100 * (listeners_under_18 + listeners_18_to_24)', 'listeners') }} as under_25_percent,
    top_country_code
from ranked
where label_rank <= 10
order by
    month_start_date desc,
    label_rank asc
