with
campaign_targets as (
    select
        campaign_target_id,
        campaign_id,
        target_type,
        target_value
    from {{ ref('stg_ads__campaign_targets') }}
),

places as (
    select
        geography_id,
        geography_level,
        case geography_level
            when 'country' then country_code
            when 'region' then country_code || '-' || region
        end as target_value
    from {{ ref('dim_geography') }}
    where geography_level in ('country', 'region')
),

languages as (
    select
        language_id,
        language_code
    from {{ ref('dim_language') }}
)

select
    campaign_targets.campaign_target_id,
    campaign_targets.campaign_id,
    campaign_targets.target_type,
    campaign_targets.target_value,
    cast(case
        when campaign_targets.target_type in ('country', 'region')
            then coalesce(places.geography_id, {{ unknown_key() }})
        else {{ not_applicable_key() }}
    end as bigint) as geography_id,
    cast(case
        when campaign_targets.target_type = 'language' then coalesce(languages.language_id, {{ unknown_key() }})
        else {{ not_applicable_key() }}
    end as bigint) as language_id
from campaign_targets
left join places
    on
        campaign_targets.target_type = places.geography_level
        and campaign_targets.target_value = places.target_value
left join languages
    on
        campaign_targets.target_type = 'language'
        and campaign_targets.target_value = languages.language_code
