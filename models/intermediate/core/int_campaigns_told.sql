with
versions as (
    select
        campaign_id,
        advertiser_id,
        load_id
    from {{ ref('int_campaign_versions') }}
),

advertisers as (
    select
        advertiser_id,
        load_id
    from {{ ref('stg_ads__advertisers') }}
)

select
    versions.campaign_id,
    max(greatest(versions.load_id, advertisers.load_id)) as load_id
from versions
left join advertisers on versions.advertiser_id = advertisers.advertiser_id
group by versions.campaign_id
