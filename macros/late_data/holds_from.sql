{#-
    The instant from which a change counts: its own, or, where it came too late for its month, the start of the month
    that was open when it arrived. So a closed month never learns of it, in a full refresh neither.

    first_month   first month of the history: what had arrived before it closed was late for none
-#}
{% macro holds_from(changed_at, arrived_at, first_month) -%}
    case
        when {{ is_too_late(changed_at, arrived_at, first_month) }}
            then {{ date_instant(booking_month(month_start(to_date(changed_at)), arrived_at)) }}
        else {{ changed_at }}
    end
{%- endmacro %}

{#-
    Whether what happened at an instant arrived after its month had closed; no where the arrival is not known, nor where
    nothing has happened yet: `greatest` passes nulls over.
-#}
{% macro is_too_late(changed_at, arrived_at, first_month) -%}
    coalesce(
        {{ month_start(add_days(to_date(arrived_at), "-" ~ month_close_days())) }}
        > greatest({{ month_start(to_date(changed_at)) }}, {{ first_month }})
        and {{ changed_at }} is not null,
        false
    )
{%- endmacro %}
