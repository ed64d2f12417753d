with
user_consents as (
    select * from {{ ref('int_user_consents_accepted') }}
),

documents as (
    select
        consent_document_id,
        purpose,
        jurisdiction,
        language_id,
        version_no
    from {{ ref('stg_compliance__consent_documents') }}
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to
    from {{ ref('int_user_versions') }}
),

steps as (
    select
        user_consents.user_consent_id,
        user_consents.user_id,
        user_consents.consent_document_id,
        documents.purpose,
        documents.jurisdiction,
        documents.language_id,
        documents.version_no,
        user_consents.channel,
        user_consents.action = 'granted' as is_granted,
        user_consents.occurred_at
    from user_consents
    inner join documents on user_consents.consent_document_id = documents.consent_document_id
),

spans as (
    select
        steps.*,
        lead(occurred_at) over (
            partition by user_id, purpose order by occurred_at, user_consent_id
        ) as next_occurred_at
    from steps
)

select
    spans.user_consent_id,
    spans.user_id,
    {{ fact_version_key('users.user_key', 'spans.user_id') }} as user_key,
    spans.consent_document_id,
    spans.purpose,
    spans.jurisdiction,
    spans.language_id,
    spans.version_no,
    spans.channel,
    spans.is_granted,
    spans.next_occurred_at is null as is_current,
    spans.is_granted and spans.next_occurred_at is null as is_effective,
    {{ to_date('spans.occurred_at') }} as valid_from_date,
    spans.occurred_at as valid_from,
    coalesce(spans.next_occurred_at, {{ end_of_time() }}) as valid_to
from spans
{{ join_version('spans', 'users', 'user_id', 'occurred_at') }}
-- Of several steps at one instant the last one holds, and the others never did.
where spans.next_occurred_at is null or spans.next_occurred_at > spans.occurred_at
