{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['row_kind', 'day_date'],
        indexes=server_indexes([
            {'columns': ['day_date', 'rule', 'country_geography_id'], 'unique': true},
            {'columns': ['not_judged']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    UTC days around those for which something came. A child's day may begin on the UTC day before, so that one play more
    counts on the next as well. Plays on a device whose row has not arrived are looked at again each time.
-#}
{%- set since = "(select coalesce(max(built.load_id), 0) from " ~ this ~ " as built)" -%}
{%- set newer_plays -%}
    with changed as (
        select
            user_id,
            change_no,
            changed_at
        from {{ ref('stg_identity__user_settings_changes') }}
        where load_id > {{ since }}
    )

    select played.started_date as day_date
    from {{ ref('fct_streams') }} as played
    where played.load_id > {{ since }}
    union
    select played.started_date as day_date
    from {{ ref('fct_streams') }} as played
    inner join changed
        on
            played.user_id = changed.user_id
            and (played.started_at >= changed.changed_at or changed.change_no = 0)
    {{ where_one_of('played.user_id', 'select changed.user_id from changed') }}
    union
    select built.day_date
    from {{ this }} as built
    where built.not_judged > 0
{%- endset -%}
{%- set newer_impressions -%}
    select shown.rendered_date
    from {{ ref('fct_impressions') }} as shown
    where shown.load_id > {{ since }}
{%- endset -%}
{%- set newer_downloads -%}
    with newer as (
        select
            user_id,
            valid_from,
            valid_to
        from {{ ref('int_user_plan_periods') }}
        where load_id > {{ since }}
    )

    select kept.given_date
    from {{ ref('fct_feedback') }} as kept
    where
        kept.feedback_type = 'download'
        and kept.load_id > {{ since }}
    union
    select kept.given_date
    from {{ ref('fct_feedback') }} as kept
    inner join newer
        on
            kept.user_id = newer.user_id
            and kept.given_at >= newer.valid_from
            and kept.given_at < newer.valid_to
    where
        kept.feedback_type = 'download'
        and {{ is_one_of('kept.user_id', 'select newer.user_id from newer') }}
{%- endset %}

with
plays as (
    select * from {{ ref('int_plays_allowed') }}
    {{ where_one_of('started_date', days_around(newer_plays, -1, 1)) }}
),

impressions as (
    select * from {{ ref('fct_impressions') }}
    {{ where_one_of('rendered_date', newer_impressions) }}
),

feedback as (
    select * from {{ ref('fct_feedback') }}
    {{ where_one_of('given_date', newer_downloads) }}
),

plans as (
    select
        plan_key,
        has_ads,
        can_download
    from {{ ref('dim_plan') }}
    where plan_id > 0
),

plan_periods as (
    select * from {{ ref('int_user_plan_periods') }}
),

campaigns as (
    select
        campaign_key,
        status
    from {{ ref('dim_campaign') }}
),

geographies as (
    select
        geography_id,
        country_geography_id
    from {{ ref('dim_geography') }}
),

users as (
    select
        user_key,
        residence_geography_id
    from {{ ref('dim_user') }}
),

skips as (
    select
        plays.*,
        row_number() over (partition by user_id, hour_at order by started_at, stream_id) > skips_per_hour as is_breach
    from plays
    where skips_per_hour is not null
),

limited as (
    select
        plays.*,
        sum(coalesce(played_ms, 0)) over (
            partition by user_id, limit_date order by started_at, stream_id
            rows between unbounded preceding and current row
        ) > daily_limit_minutes * 60000 as is_breach
    from plays
    where daily_limit_minutes is not null
),

-- A row for each rule that a play, an impression or a download is held against.
play_checks as (
    {% for rule, relation, applies, breach in [
        ('shuffle', 'plays', 'is_to_shuffle or is_of_unknown_device', 'breaks_shuffle'),
        ('quality', 'plays', 'has_plan', 'breaks_quality'),
        ('offline', 'plays', 'is_offline', 'breaks_offline'),
        ('explicit', 'plays', 'blocks_explicit', 'breaks_explicit'),
        ('skips', 'skips', 'skips_per_hour is not null', 'is_breach'),
        ('limit', 'limited', 'daily_limit_minutes is not null', 'is_breach'),
    ] -%}
    select
        '{{ rule }}' as rule,
        'plays' as row_kind,
        country_geography_id,
        started_date as day_date,
        {{ breach }} as is_breach,
        {{ 'is_of_unknown_device' if rule == 'shuffle' else 'false' }} as is_not_judged,
        load_id
    from {{ relation }}
    where {{ applies }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}
),

-- Of the day before the first for which something came only the children's days matter: its rows stand as they are.
checks as (
    select * from play_checks
    {{ where_one_of('day_date', days_around(newer_plays, 0, 1)) }}
    union all
    select
        'ads' as rule,
        'impressions' as row_kind,
        geographies.country_geography_id,
        impressions.rendered_date as day_date,
        not plans.has_ads as is_breach,
        false as is_not_judged,
        impressions.load_id
    from impressions
    inner join plans on impressions.plan_key = plans.plan_key
    left join geographies on impressions.geography_id = geographies.geography_id
    union all
    select
        'paused' as rule,
        'impressions' as row_kind,
        geographies.country_geography_id,
        impressions.rendered_date as day_date,
        campaigns.status = 'paused' as is_breach,
        false as is_not_judged,
        impressions.load_id
    from impressions
    inner join campaigns on impressions.campaign_key = campaigns.campaign_key
    left join geographies on impressions.geography_id = geographies.geography_id
    union all
    select
        'downloads' as rule,
        'downloads' as row_kind,
        users.residence_geography_id as country_geography_id,
        feedback.given_date as day_date,
        not plans.can_download as is_breach,
        false as is_not_judged,
        greatest(feedback.load_id, plan_periods.load_id) as load_id
    from feedback
    {{ join_version('feedback', 'plan_periods', 'user_id', 'given_at', kind='inner') }}
    inner join plans on plan_periods.plan_key = plans.plan_key
    left join users on feedback.user_key = users.user_key
    where feedback.feedback_type = 'download'
),

counted as (
    select
        rule,
        row_kind,
        coalesce(country_geography_id, {{ unknown_key() }}) as country_geography_id,
        day_date,
        count(case when not is_not_judged then 1 end) as checked_rows,
        count(case when is_breach then 1 end) as breaches,
        count(case when is_not_judged then 1 end) as not_judged,
        max(load_id) as load_id
    from checks
    group by
        rule,
        row_kind,
        coalesce(country_geography_id, {{ unknown_key() }}),
        day_date
)

select
    rule,
    country_geography_id,
    day_date,
    row_kind,
    checked_rows,
    breaches,
    not_judged,
    {{ ratio('breaches', 'checked_rows') }} as breach_share,
    cast(load_id as bigint) as load_id
from counted
