with checked as (
    select * from {{ ref('int_user_consents_checked') }}
)

select
    user_consent_id,
    user_id,
    consent_document_id,
    action,
    channel,
    occurred_at,
    arrived_at,
    load_id
from checked
where {{ is_accepted() }}
