-- Read-outs of experiments: each metric of each variant against its control.
select
    variants.experiment_code,
    variants.experiment_name,
    variants.hypothesis,
    variants.status,
    variants.variant_code,
    variants.planned_ppm,
    results.metric_code,
    results.statistic,
    results.direction,
    results.accounts,
    results.observations,
    results.control_observations,
    results.average,
    results.control_average,
    results.difference,
    results.difference_low,
    results.difference_high,
    results.p_value_holm,
    results.verdict,
    results.is_primary,
    results.is_control,
    results.is_split_as_planned,
    results.is_final
from marts.fct_experiment_results as results
inner join marts.dim_experiment_variant as variants
    on results.experiment_variant_id = variants.experiment_variant_id
order by variants.experiment_code, results.metric_code, variants.variant_code
