with
versions as (
    select
        campaign_id,
        budget_minor,
        currency_code,
        is_current,
        load_id,
        row_number() over (partition by campaign_id order by valid_from) as version_no
    from {{ ref('int_campaign_versions') }}
),

status_events as (
    select
        campaign_status_event_id,
        campaign_id,
        budget_minor,
        occurred_at,
        arrived_at,
        load_id
    from {{ ref('int_campaign_status_events_accepted') }}
),

clock as (
    select {{ month_start('history_start') }} as first_month
    from {{ ref('int_clock') }}
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('currencies') }}
),

-- What was booked at first counts until the first event tells the budget.
settings as (
    select
        campaign_id,
        cast(0 as bigint) as campaign_status_event_id,
        budget_minor,
        cast('0001-01-01 00:00:00+00' as timestamptz) as occurred_at,
        cast('0001-01-01 00:00:00+00' as timestamptz) as valid_from,
        load_id
    from versions
    where version_no = 1
    union all
    select
        status_events.campaign_id,
        status_events.campaign_status_event_id,
        status_events.budget_minor,
        status_events.occurred_at,
        {{ holds_from('status_events.occurred_at', 'status_events.arrived_at', 'clock.first_month') }} as valid_from,
        status_events.load_id
    from status_events
    cross join clock
),

-- Of several at one instant the last counts.
spans as (
    select
        settings.*,
        lead(valid_from, 1, {{ end_of_time() }}) over (
            partition by campaign_id order by valid_from, occurred_at, campaign_status_event_id
        ) as valid_to
    from settings
),

numbered as (
    select
        spans.*,
        row_number() over (partition by campaign_id order by valid_from) as budget_no
    from spans
    where valid_from < valid_to
),

final as (
    select
        numbered.campaign_id,
        cast(numbered.budget_no as integer) as budget_no,
        {{ micro_from_minor('numbered.budget_minor', 'currencies.minor_units') }} as budget_micro,
        numbered.valid_from,
        numbered.valid_to,
        numbered.load_id
    from numbered
    left join versions
        on
            numbered.campaign_id = versions.campaign_id
            and versions.is_current
    left join currencies on versions.currency_code = currencies.currency_code
)

select * from final
