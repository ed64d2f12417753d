{#-
    The key of dim_listening_context by arithmetic: one decimal digit a code, so that facts need no look-up.
    A digit's meaning is its place in the list; new codes go to the end of a list. 0 is a code that is not known.
-#}
{% macro listening_context_codes() -%}
    {{ return({
        'context_type': ['unknown', 'playlist', 'album', 'artist', 'radio', 'search', 'recommendation', 'library', 'voice'],
        'skip_reason': ['unknown', 'none', 'next_button', 'back_button', 'new_selection', 'voice', 'app_closed'],
        'quality': ['unknown', 'low', 'normal', 'high', 'lossless'],
    }) }}
{%- endmacro %}

{#- The digit of a code; 0 for null and for codes that are not in the list. -#}
{% macro listening_context_digit(kind, code) -%}
    case {{ code }}
        {%- for known in listening_context_codes()[kind][1:] %}
        when '{{ known }}' then {{ loop.index }}
        {%- endfor %}
        else 0
    end
{%- endmacro %}

{#- The key from the columns of a play; a skip reason of null means that it was not skipped. -#}
{% macro listening_context_id(context_type, skip_reason, quality, is_shuffle, is_offline) -%}
    cast(
        {{ listening_context_digit('context_type', context_type) }} * 10000
        + {{ listening_context_digit('skip_reason', "coalesce(" ~ skip_reason ~ ", 'none')") }} * 1000
        + {{ listening_context_digit('quality', quality) }} * 100
        + case when {{ is_shuffle }} then 10 else 0 end
        + case when {{ is_offline }} then 1 else 0 end
        as bigint
    )
{%- endmacro %}
