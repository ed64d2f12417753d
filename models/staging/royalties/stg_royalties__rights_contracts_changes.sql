with base as (
    select * from {{ ref('base_royalties__rights_contracts_changes') }}
)

select
    contract_id,
    payee_id,
    territory_country_id,
    right_type,
    override_currency_code,
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
from base
where {{ is_accepted() }}
