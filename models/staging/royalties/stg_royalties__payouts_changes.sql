with base as (
    select * from {{ ref('base_royalties__payouts_changes') }}
)

select
    payout_id,
    payee_id,
    currency_code,
    status,
    qualified_streams_milli,
    rate_micro,
    opening_balance_minor,
    gross_minor,
    recouped_minor,
    withheld_minor,
    net_minor,
    carried_forward_minor,
    unrecouped_minor,
    statement_month,
    issued_at,
    processed_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
