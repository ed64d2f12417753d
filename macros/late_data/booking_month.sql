{#-
    The month in which an event is booked: its own while that is open, else the month that was open on its arrival.
    A month closes at the end of the tenth following day, by arrival; a closed month never changes.
-#}
{% macro booking_month(event_month, arrived_at, close_days=10) -%}
    greatest(
        {{ event_month }},
        {{ month_start(add_days(to_date(arrived_at), "-" ~ close_days)) }}
    )
{%- endmacro %}

{#- The instant at which a month closes: arrivals before it still count in the month. -#}
{% macro month_closes_at(month, close_days=10) -%}
    {{ date_instant(add_days(add_months(month, 1), close_days)) }}
{%- endmacro %}
