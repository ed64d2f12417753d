with source as (
    select * from {{ source('raw', 'experiment_metrics') }}
),

renamed as (
    select
        -- ids
        experiment_metric_id,
        experiment_id,

        -- attributes
        metric_code,
        definition,
        statistic,
        direction,

        -- numbers
        minimum_effect_ppm,

        -- flags
        is_primary,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        experiment_metric_id,
        experiment_id,
        nullif({{ trimmed('metric_code') }}, '') as metric_code,
        nullif({{ trimmed('definition') }}, '') as definition,
        nullif(lower({{ trimmed('statistic') }}), '') as statistic,
        nullif(lower({{ trimmed('direction') }}), '') as direction,
        minimum_effect_ppm,
        is_primary,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
