{#- The key of dim_voice_intent by arithmetic: the intent's number (seed voice_intents) and the language's id. -#}
{% macro voice_intent_id(voice_intent_no, language_id) -%}
    coalesce(cast({{ voice_intent_no }} as bigint) * 10000 + {{ language_id }}, {{ unknown_key() }})
{%- endmacro %}
