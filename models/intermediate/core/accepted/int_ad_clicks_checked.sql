with
ad_clicks as (
    select * from {{ ref('stg_ads__ad_clicks') }}
),

issued as (
    select max(case when entity = 'ad_impressions' then last_id end) as ad_impressions
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        ad_clicks.*,
        case
            when {{ never_issued('ad_clicks.ad_impression_id', 'issued.ad_impressions') }}
                then 'orphan_ad_impression'
        end as reject_rule
    from ad_clicks
    cross join issued
),

final as (
    select
        ad_click_id,
        ad_impression_id,
        clicked_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'ad_click_id', 'ad_impression_id', 'clicked_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
