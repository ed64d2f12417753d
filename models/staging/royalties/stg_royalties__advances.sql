with base as (
    select * from {{ ref('base_royalties__advances') }}
)

select
    advance_id,
    contract_id,
    payee_id,
    advance_type,
    currency_code,
    amount_minor,
    paid_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
