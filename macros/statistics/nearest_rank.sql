{#-
    A percentile by nearest rank: the least value up to which that share of all values lie. Exact on every engine, as
    it is one of the values and whole numbers alone are compared; of a histogram it is that of the values behind it.
    An aggregate over rows that hold a `value`, how many values are no greater (`up_to`) and how many there are in all.

    percent     whole number, 1 to 100
-#}
{% macro nearest_rank(percent, value, up_to, total) -%}
    min(case when {{ up_to }} * 100 >= {{ total }} * {{ percent }} then {{ value }} end)
{%- endmacro %}
