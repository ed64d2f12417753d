{#-
    The day on which something is posted: its own while its month is open, else the day on which it arrived, at the latest
    the last one of the booking month (which closes ten days after its end).
-#}
{% macro posting_date(service_date, booking_month, arrived_at) -%}
    case
        when {{ booking_month }} = {{ month_start(service_date) }} then {{ service_date }}
        else least({{ to_date(arrived_at) }}, {{ month_end(booking_month) }})
    end
{%- endmacro %}
