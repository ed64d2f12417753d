with source as (
    select * from {{ source('raw', 'metadata_audits') }}
),

renamed as (
    select
        -- ids
        metadata_audit_id,
        song_id,

        -- attributes
        attribute_name,
        value_held,
        value_true,
        auditor,

        -- flags
        is_correct,

        -- times
        checked_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        metadata_audit_id,
        song_id,
        nullif(lower({{ trimmed('attribute_name') }}), '') as attribute_name,
        nullif({{ trimmed('value_held') }}, '') as value_held,
        nullif({{ trimmed('value_true') }}, '') as value_true,
        nullif({{ trimmed('auditor') }}, '') as auditor,
        is_correct,
        checked_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                metadata_audit_id is null
                or song_id is null
                or checked_at is null
                or attribute_name is null
                or value_held is null
                or value_true is null
                or is_correct is null
                or auditor is null
                then 'missing_value'
            when
                attribute_name not in (
                    'title', 'duration_ms', 'track_number', 'language', 'is_explicit'
                )
                then 'unknown_code'
            when is_correct <> (value_held = value_true) then 'contradiction'
            when {{ after_arrival('checked_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by metadata_audit_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        metadata_audit_id,
        song_id,
        attribute_name,
        value_held,
        value_true,
        auditor,
        is_correct,
        checked_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'metadata_audit_id', 'song_id', 'checked_at', 'attribute_name', 'value_held',
                    'value_true', 'is_correct', 'auditor', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
