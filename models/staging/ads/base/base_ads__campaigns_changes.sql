with source as (
    select * from {{ source('raw', 'campaigns_changes') }}
),

renamed as (
    select
        -- ids
        campaign_id,
        advertiser_id,
        creator_artist_id,
        promoted_content_id,

        -- attributes
        campaign_type,
        name,
        currency_code,
        pricing_model,
        pacing,
        status,

        -- numbers
        budget_minor,
        price_minor,
        goal_impressions,

        -- times
        starts_at,
        ends_at,
        created_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        campaign_id,
        advertiser_id,
        creator_artist_id,
        promoted_content_id,
        nullif(lower({{ trimmed('campaign_type') }}), '') as campaign_type,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('pricing_model') }}), '') as pricing_model,
        nullif(lower({{ trimmed('pacing') }}), '') as pacing,
        nullif(lower({{ trimmed('status') }}), '') as status,
        budget_minor,
        price_minor,
        goal_impressions,
        starts_at,
        ends_at,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
),

copies as (
    select
        cleaned.*,
        row_number() over (
            partition by campaign_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        campaign_id,
        advertiser_id,
        creator_artist_id,
        promoted_content_id,
        campaign_type,
        name,
        currency_code,
        pricing_model,
        pacing,
        status,
        budget_minor,
        price_minor,
        goal_impressions,
        starts_at,
        ends_at,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'campaign_id', 'advertiser_id', 'creator_artist_id', 'campaign_type',
                    'promoted_content_id', 'name', 'budget_minor', 'currency_code',
                    'pricing_model', 'price_minor', 'goal_impressions', 'pacing', 'status',
                    'starts_at', 'ends_at', 'created_at', 'changed_at', 'change_no', 'arrived_at',
                    'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
