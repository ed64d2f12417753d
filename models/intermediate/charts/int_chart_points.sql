{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([
            {'columns': ['week_start_date', 'song_id']},
            {'columns': ['song_id']},
            {'columns': ['published_at']},
        ]),
    )
}}

{#-
    A published week is never written again, and rests on what had arrived by its close alone, so that a full refresh
    finds the same. So its plays are judged anew: fct_streams says what is known of them today, and its verdicts are as
    of a month's close. Of versions the highest one counts that was told by the close and had happened when the play
    began.
-#}
{%- set told -%}
    changes.arrived_at < plays.closes_at
            and (changes.changed_at <= plays.started_at or changes.change_no = 0)
{%- endset -%}

with
streams as (
    select
        stream_id,
        user_id,
        content_id,
        geography_id,
        local_date,
        played_ms,
        started_at,
        arrived_at
    from {{ ref('fct_streams') }}
),

geographies as (
    select
        geography_id,
        country_geography_id
    from {{ ref('dim_geography') }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

clock as (
    select
        history_start,
        data_clock
    from {{ ref('int_clock') }}
),

content_changes as (
    {{ change_rows('catalog', 'content', 'content_id', ['content_type']) }}
),

song_changes as (
    {{ change_rows('catalog', 'songs', 'song_id', ['content_id', 'duration_ms']) }}
),

user_changes as (
    {{ change_rows('identity', 'users', 'user_id', ['status']) }}
),

subscription_changes as (
    {{ change_rows('billing', 'subscriptions', 'subscription_id', [
        'user_id', 'household_id', 'state', 'started_at', 'current_period_end_at'
    ]) }}
),

member_changes as (
    {{ change_rows('identity', 'household_members', 'household_member_id', [
        'household_id', 'user_id', 'joined_at', 'left_at'
    ]) }}
),

households as (
    select
        household_id,
        owner_user_id,
        closed_at,
        arrived_at
    from {{ ref('stg_identity__households') }}
),

-- The first week is the first that begins with the data; what lies before is told by opening rows.
weeks as (
    select
        rules.date_day as week_start_date,
        rules.chart_paid_weight_ppm,
        rules.chart_free_weight_ppm,
        {{ date_instant(add_days('rules.date_day', '7 + rules.chart_close_days')) }} as closes_at
    from rules
    inner join clock
        on
            {{ iso_day_of_week('rules.date_day') }} = 5
            and rules.date_day >= clock.history_start
            and {{ date_instant(add_days('rules.date_day', '7 + rules.chart_close_days')) }} <= clock.data_clock
    {% if is_incremental() -%}
    where rules.date_day > (select coalesce(max(built.week_start_date), {{ unknown_date() }}) from {{ this }} as built)
    {%- endif %}
),

plays as (
    select
        streams.*,
        weeks.week_start_date,
        weeks.closes_at,
        weeks.chart_paid_weight_ppm,
        weeks.chart_free_weight_ppm,
        rules.qualified_stream_ms,
        rules.completed_slack_ms
    from streams
    inner join weeks
        on
            streams.local_date >= weeks.week_start_date
            and streams.local_date < {{ add_days('weeks.week_start_date', 7) }}
            and streams.arrived_at < weeks.closes_at
    inner join rules on streams.local_date = rules.date_day
),

-- The fraud rules, on the plays that had arrived by the close.
artificial_hits as (
    {{ artificial_days('plays', 'rules', ['user_id', 'local_date']) }}
),

artificial_days as (
    select distinct
        user_id,
        local_date
    from artificial_hits
),

contents as (
    select
        content_id,
        min(arrived_at) as known_at
    from content_changes
    where content_type = 'song'
    group by content_id
),

recordings as (
    select
        plays.stream_id,
        changes.song_id,
        changes.duration_ms,
        row_number() over (partition by plays.stream_id order by changes.change_no desc) as place
    from plays
    inner join contents
        on
            plays.content_id = contents.content_id
            and plays.closes_at > contents.known_at
    inner join song_changes as changes
        on
            plays.content_id = changes.content_id
            and {{ told }}
    where plays.played_ms is not null
),

accounts as (
    select
        plays.stream_id,
        changes.status,
        row_number() over (partition by plays.stream_id order by changes.change_no desc) as place
    from plays
    inner join user_changes as changes
        on
            plays.user_id = changes.user_id
            and {{ told }}
),

qualified as (
    select
        plays.*,
        recordings.song_id
    from plays
    inner join recordings
        on
            plays.stream_id = recordings.stream_id
            and recordings.place = 1
    left join accounts
        on
            plays.stream_id = accounts.stream_id
            and accounts.place = 1
    left join artificial_days
        on
            plays.user_id = artificial_days.user_id
            and plays.local_date = artificial_days.local_date
    where
        artificial_days.user_id is null
        and coalesce(accounts.status, 'active') = 'active'
        and (
            plays.played_ms >= plays.qualified_stream_ms
            or (
                recordings.duration_ms < plays.qualified_stream_ms
                and plays.played_ms > 0
                and plays.played_ms >= recordings.duration_ms - plays.completed_slack_ms
            )
        )
),

-- A play is paid for by a subscription of the account, or of a household that it is in and does not own.
memberships as (
    select
        plays.stream_id,
        changes.household_id,
        changes.joined_at,
        changes.left_at,
        row_number() over (
            partition by plays.stream_id, changes.household_member_id order by changes.change_no desc
        ) as place
    from qualified as plays
    inner join member_changes as changes
        on
            plays.user_id = changes.user_id
            and {{ told }}
),

housed as (
    select
        plays.stream_id,
        plays.started_at,
        plays.closes_at,
        memberships.household_id
    from qualified as plays
    inner join memberships
        on
            plays.stream_id = memberships.stream_id
            and memberships.place = 1
            and plays.started_at >= memberships.joined_at
            and plays.started_at < coalesce(memberships.left_at, {{ end_of_time() }})
    inner join households
        on
            memberships.household_id = households.household_id
            and plays.user_id <> households.owner_user_id
    where
        households.closed_at is null
        or plays.started_at < households.closed_at
        or plays.closes_at <= households.arrived_at
),

candidates as (
    select distinct
        plays.stream_id,
        plays.started_at,
        plays.closes_at,
        plays.user_id,
        cast(null as bigint) as household_id,
        changes.subscription_id
    from qualified as plays
    inner join subscription_changes as changes on plays.user_id = changes.user_id
    union all
    select distinct
        plays.stream_id,
        plays.started_at,
        plays.closes_at,
        cast(null as bigint) as user_id,
        plays.household_id,
        changes.subscription_id
    from housed as plays
    inner join subscription_changes as changes on plays.household_id = changes.household_id
),

subscriptions as (
    select
        plays.stream_id,
        plays.started_at,
        changes.state,
        changes.current_period_end_at,
        changes.user_id = plays.user_id or changes.household_id = plays.household_id as is_theirs,
        row_number() over (
            partition by plays.stream_id, plays.household_id, changes.subscription_id order by changes.change_no desc
        ) as place
    from candidates as plays
    inner join subscription_changes as changes
        on
            plays.subscription_id = changes.subscription_id
            and {{ told }}
            and plays.started_at >= changes.started_at
),

paid as (
    select distinct stream_id
    from subscriptions
    where
        place = 1
        and is_theirs
        and (
            state in ('trial', 'active', 'grace')
            or (state = 'cancelled' and started_at < current_period_end_at)
        )
)

select
    qualified.week_start_date,
    coalesce(geographies.country_geography_id, {{ unknown_key() }}) as country_geography_id,
    qualified.song_id,
    count(*) as streams,
    cast(
        sum(
            case
                when paid.stream_id is null then qualified.chart_free_weight_ppm
                else qualified.chart_paid_weight_ppm
            end
        ) as bigint
    ) as weighted_streams_ppm,
    min(qualified.closes_at) as published_at
from qualified
left join geographies on qualified.geography_id = geographies.geography_id
left join paid on qualified.stream_id = paid.stream_id
group by qualified.week_start_date, coalesce(geographies.country_geography_id, {{ unknown_key() }}), qualified.song_id
