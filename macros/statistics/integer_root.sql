{#-
    The whole number whose square is just not above a wide integer. Exact on every engine: a floating root is a guess
    (`integer_root_guess`, a column of a CTE), which whole numbers put right by one where it is off.
-#}
{% macro integer_root_guess(square) -%}
    {{ wide("floor(sqrt(cast(" ~ square ~ " as double precision)))") }}
{%- endmacro %}

{% macro integer_root(square, guess) -%}
    case
        when {{ guess }} * {{ guess }} > {{ square }} then {{ guess }} - 1
        when ({{ guess }} + 1) * ({{ guess }} + 1) <= {{ square }} then {{ guess }} + 1
        else {{ guess }}
    end
{%- endmacro %}
