{%- set columns = {
    'experiment_variant_id': 'bigint', 'experiment_id': 'bigint', 'experiment_code': 'text', 'experiment_name': 'text',
    'hypothesis': 'text', 'surface': 'text', 'status': 'text', 'variant_code': 'text', 'description': 'text',
    'is_control': 'boolean', 'planned_ppm': 'bigint', 'population_ppm': 'bigint', 'starts_at': 'timestamptz',
    'ends_at': 'timestamptz'
} -%}

with
variants as (
    select * from {{ ref('stg_experiments__experiment_variants') }}
),

experiments as (
    select * from {{ ref('stg_experiments__experiments') }}
),

described as (
    select
        variants.experiment_variant_id,
        variants.experiment_id,
        coalesce(experiments.experiment_code, 'unknown') as experiment_code,
        coalesce(experiments.name, 'unknown') as experiment_name,
        coalesce(experiments.hypothesis, 'unknown') as hypothesis,
        coalesce(experiments.surface, 'unknown') as surface,
        coalesce(experiments.status, 'unknown') as status,
        variants.variant_code,
        variants.description,
        variants.is_control,
        variants.planned_ppm,
        experiments.population_ppm,
        experiments.starts_at,
        experiments.ends_at
    from variants
    left join experiments on variants.experiment_id = experiments.experiment_id
),

final as (
    select * from described
    union all
    {{ special_members(columns) }}
)

select * from final
