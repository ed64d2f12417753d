with source as (
    select * from {{ source('raw', 'copyright_claims') }}
),

renamed as (
    select
        -- ids
        copyright_claim_id,
        content_id,
        claimant_label_id,

        -- attributes
        claimant_name,
        claim_type,
        policy,
        status,

        -- numbers
        confidence_ppm,
        match_start_ms,
        match_end_ms,

        -- flags
        is_automated,

        -- times
        opened_at,
        disputed_at,
        resolved_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        copyright_claim_id,
        content_id,
        claimant_label_id,
        nullif({{ trimmed('claimant_name') }}, '') as claimant_name,
        nullif(lower({{ trimmed('claim_type') }}), '') as claim_type,
        nullif(lower({{ trimmed('policy') }}), '') as policy,
        nullif(lower({{ trimmed('status') }}), '') as status,
        confidence_ppm,
        match_start_ms,
        match_end_ms,
        is_automated,
        opened_at,
        disputed_at,
        resolved_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
