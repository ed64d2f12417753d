{#-
    Money in 128-bit integers. Every result is a bigint (overflow is an error, never a wrap-around), null where a part
    is null or the divisor is 0. Both roundings are the same for an amount and its opposite:
    'down' cuts toward zero, 'half_up' rounds halves away from zero, 'half_up_unsigned' does so where no part is negative.
-#}

{#- The wide integer. Why: PostgreSQL has no 128-bit integer, its numeric is exact instead. -#}
{% macro wide(expression) -%}
    {{ return(adapter.dispatch('wide', 'sonic_warehouse')(expression)) }}
{%- endmacro %}
{% macro default__wide(expression) -%}
    cast({{ expression }} as numeric(38, 0))
{%- endmacro %}
{% macro postgres__wide(expression) -%}
    cast({{ expression }} as numeric)
{%- endmacro %}
{% macro duckdb__wide(expression) -%}
    cast({{ expression }} as hugeint)
{%- endmacro %}

{#- Quotient of two wide integers, toward zero, still wide. Why: `/` is a decimal or a double on wide integers. -#}
{% macro wide_quotient(dividend, divisor) -%}
    {{ return(adapter.dispatch('wide_quotient', 'sonic_warehouse')(dividend, divisor)) }}
{%- endmacro %}
{% macro default__wide_quotient(dividend, divisor) -%}
    div({{ dividend }}, nullif({{ divisor }}, 0))
{%- endmacro %}
{% macro duckdb__wide_quotient(dividend, divisor) -%}
    (({{ dividend }}) // nullif({{ divisor }}, 0))
{%- endmacro %}

{#- a / b, cut toward zero. -#}
{% macro integer_divide(a, b) -%}
    cast({{ wide_quotient(wide(a), wide(b)) }} as bigint)
{%- endmacro %}

{#- a * b / c: the product is exact before it is divided. -#}
{% macro multiply_divide(a, b, c, rounding='half_up') -%}
    cast({{ wide_multiply_divide(wide(a), wide(b), wide(c), rounding) }} as bigint)
{%- endmacro %}

{#- The same on wide integers, with a wide result; |a * b| * 2 must stay below 1.7e38. -#}
{% macro wide_multiply_divide(a, b, c, rounding='half_up') -%}
    {%- if rounding == 'down' -%}
        {{ wide_quotient(a ~ " * " ~ b, c) }}
    {%- elif rounding == 'half_up' -%}
        {#- (|2ab| + |c|) / |2c| with the sign of the exact quotient -#}
        (
            sign({{ a }}) * sign({{ b }}) * sign({{ c }})
            * {{ wide_quotient(
                "abs(" ~ a ~ " * " ~ b ~ ") * 2 + abs(" ~ c ~ ")", "(abs(" ~ c ~ ") * 2)"
            ) }}
        )
    {%- elif rounding == 'half_up_unsigned' -%}
        {#- a third of the operations, which are what millions of rows take the time for -#}
        {{ wide_quotient(a ~ " * " ~ b ~ " * 2 + " ~ c, "(" ~ c ~ " * 2)") }}
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "multiply_divide: rounding is 'half_up', 'half_up_unsigned' or 'down', not '" ~ rounding ~ "'"
        ) }}
    {%- endif -%}
{%- endmacro %}

{#- Minor units of a currency (`minor_units_col`: its decimals) to micro-units, 1,000,000 to the major unit. -#}
{% macro micro_from_minor(amount, minor_units_col) -%}
    (cast({{ amount }} as bigint) * case {{ minor_units_col }}
        when 0 then 1000000 when 1 then 100000 when 2 then 10000 when 3 then 1000 when 4 then 100
    end)
{%- endmacro %}

{#- Micro-units to minor units, half up: the one rounding of a statement or an invoice. -#}
{% macro minor_from_micro(amount, minor_units_col, rounding='half_up') -%}
    {{ multiply_divide(
        amount, 1,
        "case " ~ minor_units_col ~ " when 0 then 1000000 when 1 then 100000 when 2 then 10000 when 3 then 1000 "
        ~ "when 4 then 100 end",
        rounding
    ) }}
{%- endmacro %}
