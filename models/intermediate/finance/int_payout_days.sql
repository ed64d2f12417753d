with
changes as (
    select * from {{ ref('stg_royalties__payouts_changes') }}
)

select
    payout_id,
    change_no,
    {{ to_date('processed_at') }} as processed_date
from changes
where processed_at is not null
