{#-
    Where a monthly sum is made anew: of a relation the rows from the first day of the earliest month for which a newer
    load brought something. All rows in a full run.

    day     column with the UTC day
    nearby  indexed column with a day that differs from it by one at most, so that what is older costs nothing
    at      instead, indexed column with an instant of that day
-#}
{% macro since_touched_month(relation, day, nearby=none, at=none) -%}
    {%- if is_incremental() -%}
        {#- Grouped first: the least of a column PostgreSQL seeks in its index, past all rows that are not new. -#}
        {%- set first -%}
            (
                select coalesce({{ month_start('min(days.day_date)') }}, {{ not_applicable_date() }})
                from (
                    select newer.{{ day }} as day_date
                    from {{ relation }} as newer
                    where newer.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
                    group by newer.{{ day }}
                ) as days
            )
        {%- endset -%}
        where
            {{ day }} >= {{ first }}
            {% if nearby -%}
            and {{ nearby }} >= {{ add_days(first, -1) }}
            {%- endif -%}
            {% if at -%}
            and {{ at }} >= {{ date_instant(first) }}
            and {{ at }} <= (select max(latest.{{ at }}) from {{ relation }} as latest)
            {%- endif -%}
    {%- endif -%}
{%- endmacro %}
