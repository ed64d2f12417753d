with
results as (
    select * from {{ ref('fct_experiment_results') }}
    where not is_control
),

variants as (
    select * from {{ ref('dim_experiment_variant') }}
)

select
    variants.experiment_code,
    variants.variant_code,
    results.metric_code,
    results.is_primary,
    results.observations,
    results.control_average,
    results.average,
    {{ ratio('results.difference', 'results.control_average') }} as relative_difference,
    {{ ratio('results.difference_low', 'results.control_average') }} as relative_low,
    {{ ratio('results.difference_high', 'results.control_average') }} as relative_high,
    results.p_value_holm,
    results.verdict,
    results.is_final
from results
inner join variants on results.experiment_variant_id = variants.experiment_variant_id
order by
    results.experiment_id desc,
    results.is_primary desc,
    results.experiment_metric_id asc,
    results.experiment_variant_id asc
limit 1000
