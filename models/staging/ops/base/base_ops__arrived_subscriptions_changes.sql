select
    subscription_id as record_id,
    load_id
from {{ source('raw', 'subscriptions_changes') }}
