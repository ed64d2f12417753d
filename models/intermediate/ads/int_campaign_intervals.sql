with
campaigns as (
    select
        campaign_id,
        created_at,
        row_number() over (partition by campaign_id order by valid_from) as version_no
    from {{ ref('int_campaign_versions') }}
),

status_events as (
    select
        campaign_status_event_id,
        campaign_id,
        event_type,
        occurred_at
    from {{ ref('int_campaign_status_events_accepted') }}
    where event_type <> 'budget_changed'
),

firsts as (
    select
        campaign_id,
        min(occurred_at) as first_at
    from status_events
    group by campaign_id
),

steps as (
    select
        campaigns.campaign_id,
        cast(0 as bigint) as campaign_status_event_id,
        'scheduled' as status,
        least(campaigns.created_at, coalesce(firsts.first_at, campaigns.created_at)) as valid_from
    from campaigns
    left join firsts on campaigns.campaign_id = firsts.campaign_id
    where campaigns.version_no = 1
    union all
    select
        campaign_id,
        campaign_status_event_id,
        case event_type
            when 'paused' then 'paused'
            when 'ended' then 'ended'
            else 'active'
        end as status,
        occurred_at as valid_from
    from status_events
),

-- Of several at one instant the last counts.
spans as (
    select
        steps.*,
        lead(valid_from, 1, {{ end_of_time() }}) over (
            partition by campaign_id order by valid_from, campaign_status_event_id
        ) as valid_to
    from steps
)

select
    campaign_id,
    cast(row_number() over (partition by campaign_id order by valid_from) as integer) as status_no,
    cast(status as text) as status,
    valid_from,
    valid_to
from spans
where valid_from < valid_to
