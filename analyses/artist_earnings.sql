with
earnings as (
    select * from {{ ref('mart_artist_earnings') }}
),

artists as (
    select * from {{ ref('dim_artist') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

summed as (
    select
        earnings.earning_month,
        earnings.artist_id,
        sum(
            case
                when earnings.source in ('royalty_recording', 'royalty_publishing') then earnings.net_eur_micro
                else 0
            end
        ) as royalty_eur_micro,
        sum(case when earnings.source = 'tip' then earnings.net_eur_micro else 0 end) as tip_eur_micro,
        sum(
            case
                when earnings.source in ('ticket', 'merchandise', 'fan_subscription', 'community')
                    then earnings.net_eur_micro
                else 0
            end
        ) as sale_eur_micro,
        sum(earnings.net_eur_micro) as net_eur_micro
    from earnings
    inner join clock on {{ month_closes_at('earnings.earning_month') }} <= clock.data_clock
    where earnings.artist_id > 0
    group by
        earnings.earning_month,
        earnings.artist_id
),

ranked as (
    select
        summed.*,
        row_number() over (
            partition by summed.earning_month
            order by summed.net_eur_micro desc, summed.artist_id asc
        ) as artist_rank
    from summed
)

select
    ranked.earning_month,
    ranked.artist_rank,
    artists.name as artist_name,
    {{ ratio('ranked.royalty_eur_micro', 1000000) }} as royalties_eur,
    {{ ratio('ranked.tip_eur_micro', 1000000) }} as tips_eur,
    {{ ratio('ranked.sale_eur_micro', 1000000) }} as sales_eur,
    {{ ratio('ranked.net_eur_micro', 1000000) }} as net_eur
from ranked
inner join artists
    on
        ranked.artist_id = artists.artist_id
        and artists.is_current
where ranked.artist_rank <= 10
order by ranked.earning_month desc, ranked.artist_rank asc
