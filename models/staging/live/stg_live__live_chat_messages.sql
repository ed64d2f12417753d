with base as (
    select * from {{ ref('base_live__live_chat_messages') }}
)

select
    live_chat_message_id,
    live_event_id,
    user_id,
    tip_id,
    message_type,
    message,
    tip_currency_code,
    tip_amount_minor,
    sent_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
