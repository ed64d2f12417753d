with checked as (
    select * from {{ ref('int_tips_checked') }}
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
from checked
where {{ is_accepted() }}
