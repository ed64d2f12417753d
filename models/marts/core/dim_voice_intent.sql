{%- set columns = {
    'voice_intent_id': 'bigint', 'intent': 'text', 'intent_name': 'text', 'plays_content': 'boolean',
    'language_id': 'bigint', 'language_code': 'text', 'language': 'text'
} -%}

with
intents as (
    select * from {{ ref('voice_intents') }}
),

languages as (
    select * from {{ ref('stg_reference__languages') }}
),

described as (
    select
        {{ voice_intent_id('intents.voice_intent_no', 'languages.language_id') }} as voice_intent_id,
        intents.intent,
        intents.name as intent_name,
        intents.plays_content,
        languages.language_id,
        languages.language_code,
        languages.name as language
    from intents
    cross join languages
),

final as (
    select * from described
    union all
    {{ special_members(columns) }}
)

select * from final
