{#-
    Days after a month's end at whose end it closes. A macro takes part in expressions where no row of rules is at
    hand; a test holds it and business_rules' month_close_days together.
-#}
{% macro month_close_days() -%}
    10
{%- endmacro %}

{#-
    The month in which an event is booked: its own while that is open, else the month that was open on its arrival.
    A month closes at the end of the tenth following day, by arrival; a closed month never changes.
-#}
{% macro booking_month(event_month, arrived_at, close_days=none) -%}
    {{ booked_in(event_month, open_month(arrived_at, close_days)) }}
{%- endmacro %}
{% macro booked_in(event_month, open_month) -%}
    greatest({{ event_month }}, {{ open_month }})
{%- endmacro %}

{#- The first month that is open to what arrives at an instant. -#}
{% macro open_month(arrived_at, close_days=none) -%}
    {{ month_start(add_days(to_date(arrived_at), "-" ~ (close_days or month_close_days()))) }}
{%- endmacro %}

{#- The instant at which a month closes: arrivals before it still count in the month. -#}
{% macro month_closes_at(month, close_days=none) -%}
    {{ date_instant(add_days(add_months(month, 1), close_days or month_close_days())) }}
{%- endmacro %}
