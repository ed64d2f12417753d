with source as (
    select * from {{ source('raw', 'campaign_status_events') }}
),

renamed as (
    select
        -- ids
        campaign_status_event_id,
        campaign_id,

        -- attributes
        event_type,

        -- numbers
        budget_minor,

        -- times
        occurred_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        campaign_status_event_id,
        campaign_id,
        nullif(lower({{ trimmed('event_type') }}), '') as event_type,
        budget_minor,
        occurred_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                campaign_status_event_id is null
                or campaign_id is null
                or event_type is null
                or budget_minor is null
                or occurred_at is null
                then 'missing_value'
            when
                event_type not in ('launched', 'paused', 'resumed', 'ended', 'budget_changed')
                then 'unknown_code'
            when budget_minor <= 0 then 'amount_not_positive'
            when {{ after_arrival('occurred_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by campaign_status_event_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        campaign_status_event_id,
        campaign_id,
        event_type,
        budget_minor,
        occurred_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'campaign_status_event_id', 'campaign_id', 'event_type', 'budget_minor',
                    'occurred_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
