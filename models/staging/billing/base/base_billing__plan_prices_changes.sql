with source as (
    select * from {{ source('raw', 'plan_prices_changes') }}
),

renamed as (
    select
        -- ids
        plan_price_id,
        plan_id,
        country_id,

        -- attributes
        currency_code,
        billing_cycle,

        -- numbers
        price_minor,
        tax_rate_ppm,

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
        plan_price_id,
        plan_id,
        country_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('billing_cycle') }}), '') as billing_cycle,
        price_minor,
        tax_rate_ppm,
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
            partition by plan_price_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        plan_price_id,
        plan_id,
        country_id,
        currency_code,
        billing_cycle,
        price_minor,
        tax_rate_ppm,
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
                    'plan_price_id', 'plan_id', 'country_id', 'currency_code', 'billing_cycle',
                    'price_minor', 'tax_rate_ppm', 'valid_from', 'valid_to', 'changed_at',
                    'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
