with source as (
    select * from {{ source('raw', 'consent_documents') }}
),

renamed as (
    select
        -- ids
        consent_document_id,
        language_id,

        -- attributes
        purpose,
        jurisdiction,
        title,
        text_hash,

        -- numbers
        version_no,

        -- times
        effective_from,
        effective_to,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        consent_document_id,
        language_id,
        nullif(lower({{ trimmed('purpose') }}), '') as purpose,
        nullif(lower({{ trimmed('jurisdiction') }}), '') as jurisdiction,
        nullif({{ trimmed('title') }}, '') as title,
        nullif(lower({{ trimmed('text_hash') }}), '') as text_hash,
        version_no,
        effective_from,
        effective_to,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
