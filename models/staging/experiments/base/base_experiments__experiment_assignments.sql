with source as (
    select * from {{ source('raw', 'experiment_assignments') }}
),

renamed as (
    select
        -- ids
        experiment_assignment_id,
        experiment_id,
        experiment_variant_id,
        user_id,

        -- times
        first_exposed_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        experiment_assignment_id,
        experiment_id,
        experiment_variant_id,
        user_id,
        first_exposed_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                experiment_assignment_id is null
                or experiment_id is null
                or experiment_variant_id is null
                or user_id is null
                or first_exposed_at is null
                then 'missing_value'
            when {{ after_arrival('first_exposed_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by experiment_assignment_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        experiment_assignment_id,
        experiment_id,
        experiment_variant_id,
        user_id,
        first_exposed_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'experiment_assignment_id', 'experiment_id', 'experiment_variant_id', 'user_id',
                    'first_exposed_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
