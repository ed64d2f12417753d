with base as (
    select * from {{ ref('base_royalties__royalty_rates_changes') }}
)

select
    royalty_rate_id,
    artist_id,
    country_id,
    right_type,
    rate_type,
    currency_code,
    weight_ppm,
    rate_micro,
    valid_from,
    valid_to,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
