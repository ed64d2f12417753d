-- The key that a play computes leads to the row that says what the play said.
{%- set plays = [
    ("'playlist'", "'next_button'", "'high'", 'true', 'false', 12310, 'playlist', 'next_button', 'high'),
    ("'voice'", 'null', "'lossless'", 'false', 'true', 81401, 'voice', 'none', 'lossless'),
    ("'hologram'", "'earthquake'", 'null', 'null', 'null', 0, 'unknown', 'unknown', 'unknown'),
] %}

with
contexts as (
    select * from {{ ref('dim_listening_context') }}
),

plays as (
    {% for context_type, skip_reason, quality, is_shuffle, is_offline, id, context, skip, grade in plays -%}
    select
        {{ listening_context_id(
            context_type, skip_reason, quality, "cast(" ~ is_shuffle ~ " as boolean)", "cast(" ~ is_offline ~ " as boolean)"
        ) }} as listening_context_id,
        {{ id }} as expected_id,
        '{{ context }}' as context_type,
        '{{ skip }}' as skip_reason,
        '{{ grade }}' as quality
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select plays.*
from plays
left join contexts
    on
        plays.listening_context_id = contexts.listening_context_id
        and plays.context_type = contexts.context_type
        and plays.skip_reason = contexts.skip_reason
        and plays.quality = contexts.quality
where
    contexts.listening_context_id is null
    or plays.listening_context_id <> plays.expected_id
