{#-
    The intervals [from, to) of each key are not empty and do not overlap; without `allow_gaps` they leave none;
    with `to_the_end` the last one of each key runs to the far future.
-#}
{% test half_open_intervals(
    model, key, from_column='valid_from', to_column='valid_to', allow_gaps=false, to_the_end=false
) %}
{%- set keys = [key] if key is string else key %}
with
spans as (
    select
        {{ keys | join(', ') }},
        {{ from_column }} as span_from,
        {{ to_column }} as span_to,
        lead({{ from_column }}) over (
            partition by {{ keys | join(', ') }} order by {{ from_column }}, {{ to_column }}
        ) as next_from
    from {{ model }}
)

select *
from spans
where
    span_from is null
    or span_to is null
    or span_from >= span_to
    or span_to > next_from
    {% if not allow_gaps %}or span_to < next_from{% endif %}
    {% if to_the_end %}or (next_from is null and span_to < {{ end_of_time() }}){% endif %}
{% endtest %}
