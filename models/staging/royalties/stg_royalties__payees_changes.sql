with base as (
    select * from {{ ref('base_royalties__payees_changes') }}
)

select
    payee_id,
    artist_id,
    label_id,
    user_id,
    tax_country_id,
    payee_type,
    name,
    currency_code,
    minimum_payment_minor,
    created_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
