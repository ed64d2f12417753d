with source as (
    select * from {{ source('raw', 'issued_keys') }}
),

renamed as (
    select
        -- ids
        last_id,

        -- attributes
        entity,

        -- times
        issued_date,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        last_id,
        nullif({{ trimmed('entity') }}, '') as entity,
        issued_date,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when entity is null or issued_date is null or last_id is null
                then 'missing_value'
            when last_id < 0 then 'out_of_range'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by entity, issued_date, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        last_id,
        entity,
        issued_date,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'entity', 'issued_date', 'last_id', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
