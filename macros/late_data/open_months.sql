{#-
    Facts whose unit is the booking month: months stored as closed stay as they are, open ones are written anew.
    Such a fact has `is_closed`, the pre-hook `drop_open_months()` and, last, `where {{ is_open_month(column) }}`; strategy append.
-#}
{% macro drop_open_months() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where not is_closed
    {%- endif -%}
{%- endmacro %}

{#-
    Whether the month of `day` is later than the last one stored as closed.

    of   the relation that is read, which has an index of `day`. PostgreSQL takes a third of it for what lies behind a
         month that it does not know, and would read all: between two such months it goes to the index.
-#}
{% macro is_open_month(day, of=none) -%}
    {%- if is_incremental() -%}
        {{ day }} > (
            select coalesce(max(built.booking_month), cast('1900-01-01' as date))
            from {{ this }} as built
            where built.is_closed
        )
        {%- if of %}
        and {{ day }} <= (select max(latest.{{ day }}) from {{ of }} as latest)
        {%- endif %}
    {%- else -%}
        {{ day }} is not null
    {%- endif -%}
{%- endmacro %}

{#-
    In an incremental run: whether a document may be booked in an open month, as it serves a day of one or arrived after
    the last one stored as closed had closed. Where it may, the filter by `is_open_month` is still the rule.

    day, arrived_at   columns with the last day served, or a later one, and the arrival
    of                the relation that has an index of each: as in `is_open_month`
-#}
{% macro may_be_booked_open(day, arrived_at, of) -%}
    {%- if is_incremental() -%}
        {%- set closed -%}
            (
                select coalesce(max(built.booking_month), cast('1900-01-01' as date))
                from {{ this }} as built
                where built.is_closed
            )
        {%- endset -%}
        (
            (
                {{ day }} >= {{ add_months(closed, 1) }}
                and {{ day }} <= (select max(latest.{{ day }}) from {{ of }} as latest)
            )
            or (
                {{ arrived_at }} >= {{ month_closes_at(closed) }}
                and {{ arrived_at }} <= (select max(latest.{{ arrived_at }}) from {{ of }} as latest)
            )
        )
    {%- else -%}
        {{ arrived_at }} is not null
    {%- endif -%}
{%- endmacro %}
