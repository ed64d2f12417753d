with source as (
    select * from {{ source('raw', 'content_versions') }}
),

renamed as (
    select
        -- ids
        content_version_id,
        content_id,
        changed_by_user_id,

        -- attributes
        attribute_name,
        value_before,
        value_after,
        change_reason,

        -- numbers
        version_no,

        -- times
        changed_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        content_version_id,
        content_id,
        changed_by_user_id,
        nullif(lower({{ trimmed('attribute_name') }}), '') as attribute_name,
        nullif({{ trimmed('value_before') }}, '') as value_before,
        nullif({{ trimmed('value_after') }}, '') as value_after,
        nullif(lower({{ trimmed('change_reason') }}), '') as change_reason,
        version_no,
        changed_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                content_version_id is null
                or content_id is null
                or version_no is null
                or changed_at is null
                or attribute_name is null
                or value_before is null
                or value_after is null
                or change_reason is null
                then 'missing_value'
            when
                attribute_name not in ('title', 'upload_status')
                or change_reason not in ('correction', 'rebranding', 'expiry')
                then 'unknown_code'
            when version_no <= 0 then 'out_of_range'
            when not (value_before <> value_after) then 'contradiction'
            when {{ after_arrival('changed_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by content_version_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        content_version_id,
        content_id,
        changed_by_user_id,
        attribute_name,
        value_before,
        value_after,
        change_reason,
        version_no,
        changed_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'content_version_id', 'content_id', 'version_no', 'changed_at',
                    'attribute_name', 'value_before', 'value_after', 'change_reason',
                    'changed_by_user_id', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
