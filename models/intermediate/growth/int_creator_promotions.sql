with
promotions as (
    select * from {{ ref('stg_marketing__creator_promotions') }}
),

ledger as (
    select
        creator_promotion_id,
        sum(amount_minor) as charged_minor
    from {{ ref('stg_marketing__promotion_ledger') }}
    group by creator_promotion_id
),

placements as (
    select * from {{ ref('stg_community__featured_items') }}
),

contents as (
    select
        content_id,
        song_id
    from {{ ref('dim_content') }}
),

songs as (
    select
        song_id,
        content_id
    from {{ ref('dim_song') }}
    where is_current
),

ended as (
    select
        campaign_id,
        min(valid_from) as ended_at
    from {{ ref('fct_campaign_status') }}
    where status = 'ended'
    group by campaign_id
),

rules as (
    select
        date_day,
        effect_window_days
    from {{ ref('int_rules_by_date') }}
),

clock as (
    select
        data_clock,
        data_date,
        history_start
    from {{ ref('int_clock') }}
),

sold as (
    select
        'promotion' as promotion_kind,
        promotions.creator_promotion_id as source_id,
        promotions.artist_id,
        case when contents.song_id > 0 then 'song' else 'other' end as item_type,
        cast(case when contents.song_id > 0 then contents.song_id else promotions.content_id end as bigint) as item_id,
        promotions.content_id,
        promotions.campaign_id,
        promotions.transaction_id,
        promotions.state,
        promotions.currency_code,
        cast(coalesce(ledger.charged_minor, 0) as bigint) as spend_minor,
        promotions.created_at as booked_at,
        promotions.scheduled_from as starts_at,
        least(promotions.scheduled_to, coalesce(ended.ended_at, promotions.scheduled_to)) as ends_at
    from promotions
    left join ledger on promotions.creator_promotion_id = ledger.creator_promotion_id
    left join contents on promotions.content_id = contents.content_id
    left join ended on promotions.campaign_id = ended.campaign_id
    union all
    select
        'placement' as promotion_kind,
        placements.featured_item_id as source_id,
        placements.artist_id,
        placements.item_type,
        placements.item_id,
        cast(coalesce(songs.content_id, {{ not_applicable_key() }}) as bigint) as content_id,
        cast({{ not_applicable_key() }} as bigint) as campaign_id,
        placements.transaction_id,
        case
            when placements.starts_at >= clock.data_clock then 'scheduled'
            when placements.ends_at >= clock.data_clock then 'active'
            else 'ended'
        end as state,
        placements.currency_code,
        placements.price_minor as spend_minor,
        placements.created_at as booked_at,
        placements.starts_at,
        placements.ends_at
    from placements
    cross join clock
    left join songs
        on
            placements.item_type = 'song'
            and placements.item_id = songs.song_id
),

dated as (
    select
        sold.*,
        {{ to_date('sold.starts_at') }} as starts_date,
        {{ add_days(to_date(add_ms('sold.ends_at', -1)), 1) }} as ends_date
    from sold
)

-- As many days before as during, as far as they are known.
select
    dated.*,
    cast(greatest(
        least(
            {{ days_between('dated.starts_date', 'least(dated.ends_date, ' ~ add_days('clock.data_date', 1) ~ ')') }},
            {{ days_between('clock.history_start', 'dated.starts_date') }},
            cast(rules.effect_window_days as integer)
        ),
        0
    ) as integer) as window_days
from dated
cross join clock
inner join rules on dated.starts_date = rules.date_day
