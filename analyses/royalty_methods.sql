with
shared as (
    select * from {{ ref('mart_royalty_methods') }}
),

artists as (
    select * from {{ ref('dim_artist') }}
),

summed as (
    select
        service_month,
        method,
        artist_id,
        sum(amount_eur_micro) as amount_eur_micro,
        sum(booked_eur_micro) as booked_eur_micro
    from shared
    where
        not is_booked
        and artist_id > 0
    group by
        service_month,
        method,
        artist_id
),

compared as (
    select
        summed.*,
        amount_eur_micro - booked_eur_micro as difference_eur_micro,
        sum(abs(amount_eur_micro - booked_eur_micro)) over (partition by service_month, method) as moved_eur_micro,
        sum(booked_eur_micro) over (partition by service_month, method) as all_booked_eur_micro,
        row_number() over (
            partition by service_month, method
            order by amount_eur_micro - booked_eur_micro desc, artist_id asc
        ) as gain_rank,
        row_number() over (
            partition by service_month, method
            order by amount_eur_micro - booked_eur_micro asc, artist_id asc
        ) as loss_rank
    from summed
)

select
    compared.service_month,
    compared.method,
    artists.name as artist_name,
    {{ ratio('compared.booked_eur_micro', 1000000) }} as booked_eur,
    {{ ratio('compared.amount_eur_micro', 1000000) }} as scenario_eur,
    {{ ratio('compared.difference_eur_micro', 1000000) }} as difference_eur,
    {{ ratio('100 * compared.difference_eur_micro', 'compared.booked_eur_micro') }} as difference_percent,
    {{ ratio('50 * compared.moved_eur_micro', 'compared.all_booked_eur_micro') }} as moved_percent
from compared
inner join artists
    on
        compared.artist_id = artists.artist_id
        and artists.is_current
where
    compared.gain_rank <= 3
    or compared.loss_rank <= 3
order by
    compared.service_month desc,
    compared.method asc,
    difference_eur desc,
    artist_name asc
