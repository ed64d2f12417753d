with
exposures as (
    select * from {{ ref('fct_experiment_exposures') }}
),

metrics as (
    select * from {{ ref('stg_experiments__experiment_metrics') }}
),

variants as (
    select * from {{ ref('dim_experiment_variant') }}
    where experiment_id > 0
),

measures as (
    select * from {{ ref('experiment_measures') }}
),

normal_tails as (
    select * from {{ ref('normal_tails') }}
),

chi_square_limits as (
    select * from {{ ref('chi_square_limits') }}
),

rules as (
    select
        date_day,
        sample_ratio_p_ppm,
        experiment_tail_ppm,
        experiment_observations,
        cast(confidence_z_micro as double precision) / 1000000 as z
    from {{ ref('int_rules_by_date') }}
),

clock as (
    select data_clock from {{ ref('int_clock') }}
),

accounts as (
    select
        experiment_variant_id,
        count(*) as accounts
    from exposures
    group by experiment_variant_id
),

-- Sample ratio: chi-square of the accounts against the planned shares, each variant's part in millionths.
split as (
    select
        variants.experiment_id,
        variants.experiment_variant_id,
        variants.planned_ppm,
        coalesce(accounts.accounts, 0) as accounts,
        sum(coalesce(accounts.accounts, 0)) over (partition by variants.experiment_id) as all_accounts
    from variants
    left join accounts on variants.experiment_variant_id = accounts.experiment_variant_id
),

ratios as (
    select
        experiment_id,
        count(*) - 1 as degrees_of_freedom,
        sum({{ multiply_divide(
            'accounts * 1000000 - all_accounts * planned_ppm',
            'accounts * 1000000 - all_accounts * planned_ppm',
            'all_accounts * planned_ppm'
        ) }}) as chi_square_micro
    from split
    where all_accounts > 0
    group by experiment_id
),

metric_variants as (
    select
        metrics.*,
        variants.experiment_variant_id,
        variants.is_control,
        variants.ends_at <= clock.data_clock as is_final,
        measures.measure,
        split.accounts,
        ratios.degrees_of_freedom,
        ratios.chi_square_micro,
        ratios.chi_square_micro <= chi_square_limits.limit_micro as is_split_as_planned,
        rules.experiment_tail_ppm,
        rules.experiment_observations,
        rules.z
    from metrics
    cross join clock
    inner join variants on metrics.experiment_id = variants.experiment_id
    inner join split on variants.experiment_variant_id = split.experiment_variant_id
    inner join ratios on metrics.experiment_id = ratios.experiment_id
    left join measures
        on
            variants.experiment_code = measures.experiment_code
            and metrics.metric_code = measures.metric_code
    left join rules on {{ to_date('variants.starts_at') }} = rules.date_day
    left join chi_square_limits
        on
            ratios.degrees_of_freedom = chi_square_limits.degrees_of_freedom
            and rules.sample_ratio_p_ppm = chi_square_limits.tail_ppm
),

-- What each account tells of a metric, in millionths; of a share of orders, each order tells 0 or 1.
observed as (
    select
        metric_variants.experiment_metric_id,
        metric_variants.experiment_variant_id,
        metric_variants.statistic,
        case
            when metric_variants.measure = 'unpaid_orders' then exposures.paid_orders + exposures.cancelled_orders
            when metric_variants.measure = 'skip_rate' and exposures.plays = 0 then 0
            when
                metric_variants.measure in ('active_minutes_a_day', 'sessions_a_day')
                and exposures.observed_ms < 86400000
                then 0
            else 1
        end as observations,
        case metric_variants.measure
            when 'unpaid_orders' then exposures.cancelled_orders * 1000000
            when 'orders' then exposures.orders * 1000000
            when 'paid_orders' then exposures.paid_orders * 1000000
            when 'order_value' then exposures.order_value_micro
            when 'tips' then exposures.tips * 1000000
            when 'supporters' then case when exposures.supports > 0 then 1000000 else 0 end
            when 'skip_rate' then {{ multiply_divide('exposures.skips', '1000000', 'exposures.plays') }}
            when 'active_minutes_a_day'
                then {{ multiply_divide('exposures.active_ms', '1440000000', 'exposures.observed_ms') }}
            when 'sessions_a_day'
                then {{ multiply_divide('exposures.sessions', '86400000000000', 'exposures.observed_ms') }}
        end as value_micro
    from metric_variants
    inner join exposures on metric_variants.experiment_variant_id = exposures.experiment_variant_id
),

summed as (
    select
        experiment_metric_id,
        experiment_variant_id,
        {{ wide('sum(observations)') }} as n,
        {{ wide('sum(value_micro)') }} as total,
        {{ wide(
            "sum(" ~ wide('value_micro') ~ " * case when statistic = 'proportion' then 1000000 else value_micro end)"
        ) }} as squares
    from observed
    where observations > 0
    group by experiment_metric_id, experiment_variant_id
),

-- The square of each average's standard error: of a share by n, of a mean by n - 1.
estimated as (
    select
        metric_variants.*,
        coalesce(summed.n, 0) as n,
        summed.total,
        cast(summed.n * summed.squares - summed.total * summed.total as double precision)
        / cast(summed.n as double precision)
        / cast(summed.n as double precision)
        / cast(
            nullif(summed.n - case when metric_variants.statistic = 'proportion' then 0 else 1 end, 0)
            as double precision
        ) as squared_error
    from metric_variants
    left join summed
        on
            metric_variants.experiment_metric_id = summed.experiment_metric_id
            and metric_variants.experiment_variant_id = summed.experiment_variant_id
),

controls as (
    select * from estimated
    where is_control
),

compared as (
    select
        estimated.*,
        controls.n as control_n,
        controls.total as control_total,
        {{ wide_multiply_divide(
            '(estimated.total * controls.n - controls.total * estimated.n)', '1', '(estimated.n * controls.n)'
        ) }} as difference_micro,
        cast(estimated.total * controls.n - controls.total * estimated.n as double precision)
        / cast(estimated.n * controls.n as double precision) as difference,
        nullif(sqrt(estimated.squared_error + controls.squared_error), 0) as standard_error,
        coalesce(
            not estimated.is_control
            and estimated.is_split_as_planned
            and estimated.n >= estimated.experiment_observations
            and controls.n >= estimated.experiment_observations
            and estimated.squared_error + controls.squared_error > 0,
            false
        ) as is_told
    from estimated
    inner join controls on estimated.experiment_metric_id = controls.experiment_metric_id
),

scored as (
    select
        compared.*,
        {{ rounded('difference - z * standard_error') }} as low_micro,
        {{ rounded('difference + z * standard_error') }} as high_micro,
        {{ rounded('abs(difference) / standard_error * 1000') }} as z_milli
    from compared
),

-- Farther out than the table a tail is nothing.
likely as (
    select
        scored.*,
        case when scored.is_told then coalesce(normal_tails.two_sided_ppm, 0) end as p_ppm
    from scored
    left join normal_tails on scored.z_milli = normal_tails.z_milli
),

-- Holm: the least likely of an experiment's m comparisons counts m times, the next one m - 1 times, never less.
held as (
    select
        experiment_metric_id,
        experiment_variant_id,
        experiment_id,
        p_ppm,
        p_ppm * (
            count(*) over (partition by experiment_id) + 1 - row_number() over (
                partition by experiment_id
                order by p_ppm, experiment_metric_id, experiment_variant_id
            )
        ) as times_ppm
    from likely
    where is_told
),

holm as (
    select
        experiment_metric_id,
        experiment_variant_id,
        least(1000000, max(times_ppm) over (
            partition by experiment_id
            order by p_ppm, experiment_metric_id, experiment_variant_id
            rows between unbounded preceding and current row
        )) as holm_ppm
    from held
)

select
    likely.experiment_metric_id,
    likely.experiment_variant_id,
    likely.experiment_id,
    likely.metric_code,
    likely.measure,
    likely.statistic,
    likely.direction,
    likely.minimum_effect_ppm,
    cast(likely.accounts as bigint) as accounts,
    cast(likely.n as bigint) as observations,
    cast(likely.control_n as bigint) as control_observations,
    cast(likely.degrees_of_freedom as bigint) as degrees_of_freedom,
    {{ micro_decimal('likely.chi_square_micro') }} as chi_square,
    {{ micro_decimal(wide_multiply_divide('likely.total', '1', 'likely.n')) }} as average,
    {{ micro_decimal(wide_multiply_divide('likely.control_total', '1', 'likely.control_n')) }} as control_average,
    {{ micro_decimal('case when likely.is_told then likely.difference_micro end') }} as difference,
    {{ micro_decimal('case when likely.is_told then likely.low_micro end') }} as difference_low,
    {{ micro_decimal('case when likely.is_told then likely.high_micro end') }} as difference_high,
    {{ micro_decimal('case when likely.is_told then likely.z_milli * 1000 end') }} as z_score,
    {{ micro_decimal('likely.p_ppm') }} as p_value,
    {{ micro_decimal('holm.holm_ppm') }} as p_value_holm,
    case
        when likely.is_control then 'control'
        when not likely.is_split_as_planned then 'blocked'
        when not likely.is_told then 'too few'
        when holm.holm_ppm >= likely.experiment_tail_ppm then 'no difference'
        when (likely.difference_micro > 0) = (likely.direction = 'increase') then 'better'
        else 'worse'
    end as verdict,
    likely.is_primary,
    likely.is_control,
    likely.is_split_as_planned,
    likely.is_final
from likely
left join holm
    on
        likely.experiment_metric_id = holm.experiment_metric_id
        and likely.experiment_variant_id = holm.experiment_variant_id
