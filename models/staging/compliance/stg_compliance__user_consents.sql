with base as (
    select * from {{ ref('base_compliance__user_consents') }}
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
from base
where {{ is_accepted() }}
