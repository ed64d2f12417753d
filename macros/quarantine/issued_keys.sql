{#-
    A key that no parent ever had: below the first id, or above the last one issued. A parent that was issued and has
    not arrived yet is no fault: the reference waits for it. Null breaks nothing, nor does an entity with no known ids.
-#}
{% macro never_issued(key, last_id) -%}
    ({{ key }} < 1 or {{ key }} > {{ last_id }})
{%- endmacro %}

{#- Of accounts, ids below the members -1 and -2 stand for erased persons: issued, with nothing behind them. -#}
{% macro never_issued_user(key, last_id) -%}
    ({{ key }} between -2 and 0 or {{ key }} > {{ last_id }})
{%- endmacro %}

{#- Ids of events rise with time: days since 2000-01-01 times 1,000,000,000, plus a sequence. The last id of a day. -#}
{% macro last_event_id_of(day) -%}
    (cast({{ days_between("cast('2000-01-01' as date)", day) }} as bigint) + 1) * 1000000000 - 1
{%- endmacro %}
