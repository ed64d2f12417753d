with base as (
    select * from {{ ref('base_billing__tips') }}
)

select
    tip_id,
    user_id,
    artist_id,
    currency_code,
    message,
    amount_minor,
    commission_ppm,
    tipped_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
