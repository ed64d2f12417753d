with source as (
    select * from {{ source('raw', 'rights_contracts') }}
),

renamed as (
    select
        -- ids
        contract_id,
        payee_id,
        territory_country_id,

        -- attributes
        right_type,
        override_currency_code,

        -- numbers
        per_stream_override_micro,
        deductions_ppm,
        advance_minor,
        minimum_guarantee_minor,
        recoupment_ppm,
        payment_threshold_minor,
        withholding_ppm,

        -- flags
        is_cross_collateralised,

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
        contract_id,
        payee_id,
        territory_country_id,
        nullif(lower({{ trimmed('right_type') }}), '') as right_type,
        nullif(upper({{ trimmed('override_currency_code') }}), '') as override_currency_code,
        per_stream_override_micro,
        deductions_ppm,
        advance_minor,
        minimum_guarantee_minor,
        recoupment_ppm,
        payment_threshold_minor,
        withholding_ppm,
        is_cross_collateralised,
        valid_from,
        valid_to,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
