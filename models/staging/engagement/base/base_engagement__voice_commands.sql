{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='voice_command_id',
        indexes=server_indexes([
            {'columns': ['voice_command_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'voice_commands') }}
    {{ rows_of_touched_ids(source('raw', 'voice_commands'), 'voice_command_id') }}
),

renamed as (
    select
        -- ids
        voice_command_id,
        user_id,
        device_id,
        language_id,
        city_id,
        resolved_content_id,

        -- attributes
        utterance,
        intent,

        -- numbers
        cast(confidence as numeric(18, 6)) as confidence,

        -- times
        spoken_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        voice_command_id,
        user_id,
        device_id,
        language_id,
        city_id,
        resolved_content_id,
        nullif({{ trimmed('utterance') }}, '') as utterance,
        nullif({{ trimmed('intent') }}, '') as intent,
        confidence,
        spoken_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                voice_command_id is null
                or user_id is null
                or device_id is null
                or spoken_at is null
                or utterance is null
                or intent is null
                or language_id is null
                or confidence is null
                then 'missing_value'
            when confidence < 0 or confidence > 1 then 'out_of_range'
            when {{ after_arrival('spoken_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by voice_command_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        voice_command_id,
        user_id,
        device_id,
        language_id,
        city_id,
        resolved_content_id,
        utterance,
        intent,
        confidence,
        spoken_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'voice_command_id', 'user_id', 'device_id', 'spoken_at', 'utterance', 'intent',
                    'language_id', 'confidence', 'city_id', 'resolved_content_id', 'arrived_at',
                    'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
