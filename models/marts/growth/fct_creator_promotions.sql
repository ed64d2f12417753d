with
promotions as (
    select * from {{ ref('int_creator_promotions') }}
),

windows as (
    select * from {{ ref('int_promotion_windows') }}
),

impressions as (
    select
        campaign_id,
        sum(impressions) as impressions,
        sum(valid_impressions) as valid_impressions,
        sum(spend_micro) as delivered_micro
    from {{ ref('fct_campaign_daily') }}
    group by campaign_id
),

artists as (
    select
        artist_id,
        artist_key,
        valid_to,
        {{ first_from_the_beginning('artist_key') }} as valid_from
    from {{ ref('dim_artist') }}
    where artist_id > 0
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('dim_currency') }}
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
),

rules as (
    select
        date_day,
        confidence_z_micro
    from {{ ref('int_rules_by_date') }}
),

-- Of what is not promoted, by its streams before: how many there are, and what they gained.
strata as (
    select * from windows
    where not is_promoted
),

measured as (
    select
        promotions.*,
        windows.streams_before,
        windows.streams_during,
        rules.confidence_z_micro
    from promotions
    inner join rules on promotions.starts_date = rules.date_day
    left join windows
        on
            promotions.item_type = windows.item_type
            and promotions.starts_date = windows.starts_date
            and promotions.window_days = windows.window_days
            and promotions.item_id = windows.item_id
            and windows.is_promoted
            and windows.items = 1
),

-- Matched is what had as many streams before, a quarter more or less.
matched as (
    select
        measured.promotion_kind,
        measured.source_id,
        sum(strata.items) as controls,
        sum(strata.items * strata.streams_before) as control_streams_before,
        sum(strata.streams_during) as control_streams_during,
        sum(strata.gained) as gained,
        sum(strata.gained_squares) as gained_squares
    from measured
    inner join strata
        on
            measured.item_type = strata.item_type
            and measured.starts_date = strata.starts_date
            and measured.window_days = strata.window_days
            and abs(measured.streams_before - strata.streams_before) * 4 <= measured.streams_before
    group by measured.promotion_kind, measured.source_id
    having sum(strata.items) > 1
),

-- Difference in differences, and the square of z standard errors: the variance of one gain and of the controls' mean.
differences as (
    select
        measured.*,
        matched.controls,
        matched.control_streams_before,
        matched.control_streams_during,
        {{ multiply_divide(
            '((measured.streams_during - measured.streams_before) * matched.controls - matched.gained)', '1000000',
            'matched.controls'
        ) }} as incremental_micro,
        {{ wide_quotient(
            wide('measured.confidence_z_micro') ~ ' * ' ~ wide('measured.confidence_z_micro') ~ ' * ('
            ~ wide('matched.controls') ~ ' * ' ~ wide('matched.gained_squares') ~ ' - '
            ~ wide('matched.gained') ~ ' * ' ~ wide('matched.gained') ~ ') * ' ~ wide('(matched.controls + 1)'),
            '(' ~ wide('matched.controls') ~ ' * ' ~ wide('matched.controls') ~ ' * '
            ~ wide('(matched.controls - 1)') ~ ')'
        ) }} as half_width_square
    from measured
    left join matched
        on
            measured.promotion_kind = matched.promotion_kind
            and measured.source_id = matched.source_id
),

guessed as (
    select
        differences.*,
        {{ integer_root_guess('half_width_square') }} as half_width_guess
    from differences
),

bounded as (
    select
        guessed.*,
        {{ integer_root('half_width_square', 'half_width_guess') }} as half_width_micro
    from guessed
)

select
    cast(bounded.promotion_kind as text) as promotion_kind,
    bounded.source_id,
    bounded.artist_id,
    {{ fact_version_key('artists.artist_key', 'bounded.artist_id') }} as artist_key,
    cast(bounded.item_type as text) as item_type,
    bounded.item_id,
    cast(bounded.content_id as bigint) as content_id,
    bounded.campaign_id,
    cast(coalesce(bounded.transaction_id, {{ not_applicable_key() }}) as bigint) as transaction_id,
    cast(bounded.state as text) as state,
    bounded.currency_code,
    cast(bounded.spend_minor as bigint) as spend_minor,
    {{ reporting_micro(
        micro_from_minor('bounded.spend_minor', 'currencies.minor_units'), 'exchange_rates.rate_micro'
    ) }} as spend_reporting_micro,
    cast(case when bounded.campaign_id > 0 then coalesce(impressions.impressions, 0) end as bigint)
        as impressions,
    cast(case when bounded.campaign_id > 0 then coalesce(impressions.valid_impressions, 0) end as bigint)
        as valid_impressions,
    cast(case when bounded.campaign_id > 0 then coalesce(impressions.delivered_micro, 0) end as bigint)
        as delivered_micro,
    cast(bounded.window_days as integer) as window_days,
    bounded.streams_before,
    bounded.streams_during,
    cast(coalesce(bounded.controls, 0) as bigint) as controls,
    cast(bounded.control_streams_before as bigint) as control_streams_before,
    cast(bounded.control_streams_during as bigint) as control_streams_during,
    {{ micro_decimal('bounded.incremental_micro') }} as incremental_streams,
    {{ micro_decimal('(bounded.incremental_micro - bounded.half_width_micro)') }} as incremental_streams_from,
    {{ micro_decimal('(bounded.incremental_micro + bounded.half_width_micro)') }} as incremental_streams_to,
    bounded.starts_date,
    bounded.ends_date,
    bounded.booked_at,
    bounded.starts_at,
    bounded.ends_at
from bounded
left join impressions on bounded.campaign_id = impressions.campaign_id
left join currencies on bounded.currency_code = currencies.currency_code
left join exchange_rates
    on
        {{ to_date('bounded.booked_at') }} = exchange_rates.date_day
        and bounded.currency_code = exchange_rates.currency_code
{{ join_version('bounded', 'artists', 'artist_id', 'booked_at') }}
