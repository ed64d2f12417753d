-- What experiments showed.
select
    variants.experiment_name,
    variants.variant_code,
    results.metric_code,
    results.difference,
    results.difference_low,
    results.difference_high,
    results.p_value_holm,
    results.verdict
from marts.fct_experiment_results as results
inner join marts.dim_experiment_variant as variants
    on results.experiment_variant_id = variants.experiment_variant_id
order by variants.experiment_name, results.metric_code, variants.variant_code
