with source as (
    select * from {{ source('raw', 'allocation_methods_changes') }}
),

renamed as (
    select
        -- ids
        allocation_method_id,
        country_id,

        -- attributes
        tier,
        source,
        right_type,
        method,

        -- times
        valid_from,
        valid_to,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        allocation_method_id,
        country_id,
        nullif(lower({{ trimmed('tier') }}), '') as tier,
        nullif(lower({{ trimmed('source') }}), '') as source,
        nullif(lower({{ trimmed('right_type') }}), '') as right_type,
        nullif(lower({{ trimmed('method') }}), '') as method,
        valid_from,
        valid_to,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
),

copies as (
    select
        cleaned.*,
        row_number() over (
            partition by allocation_method_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        allocation_method_id,
        country_id,
        tier,
        source,
        right_type,
        method,
        valid_from,
        valid_to,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'allocation_method_id', 'country_id', 'tier', 'source', 'right_type', 'method', 'valid_from',
                    'valid_to', 'changed_at', 'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
