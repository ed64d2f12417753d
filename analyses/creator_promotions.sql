with
promotions as (
    select * from {{ ref('fct_creator_promotions') }}
),

artists as (
    select
        artist_id,
        name
    from {{ ref('dim_artist') }}
    where is_current
)

select
    promotions.promotion_kind,
    promotions.source_id,
    artists.name as artist,
    promotions.item_type,
    promotions.item_id,
    promotions.state,
    promotions.starts_date,
    promotions.ends_date,
    {{ ratio('promotions.spend_reporting_micro', '1000000') }} as spend_eur,
    promotions.valid_impressions,
    promotions.window_days,
    promotions.streams_before,
    promotions.streams_during,
    promotions.controls,
    promotions.incremental_streams,
    promotions.incremental_streams_from,
    promotions.incremental_streams_to
from promotions
inner join artists on promotions.artist_id = artists.artist_id
order by promotions.starts_date desc, promotions.promotion_kind desc, promotions.source_id asc
limit 1000
