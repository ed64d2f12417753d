with
campaign_status_events as (
    select * from {{ ref('stg_ads__campaign_status_events') }}
),

issued as (
    select max(case when entity = 'campaigns' then last_id end) as campaigns
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        campaign_status_events.*,
        case
            when {{ never_issued('campaign_status_events.campaign_id', 'issued.campaigns') }}
                then 'orphan_campaign'
        end as reject_rule
    from campaign_status_events
    cross join issued
),

final as (
    select
        campaign_status_event_id,
        campaign_id,
        event_type,
        budget_minor,
        occurred_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'campaign_status_event_id', 'campaign_id', 'event_type', 'budget_minor',
                    'occurred_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
