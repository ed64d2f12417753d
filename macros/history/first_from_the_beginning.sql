{#-
    Start of a version for facts that may lie before their entity's creation (clocks run apart): the first version,
    whose key ends in 0000, begins at the beginning of time.
-#}
{% macro first_from_the_beginning(key, valid_from='valid_from') -%}
    case
        when mod({{ key }}, 10000) = 0 then cast('0001-01-01 00:00:00+00' as timestamptz)
        else {{ valid_from }}
    end
{%- endmacro %}
