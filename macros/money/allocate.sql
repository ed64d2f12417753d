{#-
    Shares an amount out by weight, exactly: largest remainder, ties by the smaller md5 of `pool_key|recipient_key`.

    relation       name of a relation or CTE with one row per (pool_key, recipient_key)
    pool_key       column that names the pool
    recipient_key  column that names who takes part
    amount         the pool's amount, a whole number, the same on every row of the pool; may be negative
    weight         whole number, not negative

    A select of pool_key, recipient_key, allocated (bigint). The parts of a pool add up to its amount; a negative
    amount gives the opposite of what its opposite gives; a weight of 0 gets 0. A pool whose weights are all 0 (or null) has
    nobody to share it: each row gets 0, and the caller keeps the amount as a row with a name of its own.
-#}
{% macro allocate(relation, pool_key, recipient_key, amount, weight) -%}
select
    ranked.{{ pool_key }},
    ranked.{{ recipient_key }},
    cast(
        ranked.amount_sign * (
            ranked.whole_part + case when ranked.remainder_rank <= ranked.units_left then 1 else 0 end
        ) as bigint
    ) as allocated
from (
    select
        shares.{{ pool_key }},
        shares.{{ recipient_key }},
        shares.amount_sign,
        shares.whole_part,
        case
            when shares.total_weight > 0
                then shares.amount_size - sum(shares.whole_part) over (partition by shares.{{ pool_key }})
            else 0
        end as units_left,
        row_number() over (
            partition by shares.{{ pool_key }}
            order by
                shares.remainder desc,
                {{ hash_rank(
                    "cast(shares." ~ pool_key ~ " as text) || '|' || cast(shares." ~ recipient_key ~ " as text)"
                ) }}
        ) as remainder_rank
    from (
        select
            weighed.*,
            coalesce({{ wide_quotient("weighed.amount_size * weighed.row_weight", "weighed.total_weight") }}, 0)
                as whole_part,
            coalesce(mod(weighed.amount_size * weighed.row_weight, nullif(weighed.total_weight, 0)), 0) as remainder
        from (
            select
                entrants.{{ pool_key }},
                entrants.{{ recipient_key }},
                {{ wide("sign(entrants." ~ amount ~ ")") }} as amount_sign,
                abs({{ wide("entrants." ~ amount) }}) as amount_size,
                {{ wide("coalesce(entrants." ~ weight ~ ", 0)") }} as row_weight,
                {{ wide(
                    "sum(coalesce(entrants." ~ weight ~ ", 0)) over (partition by entrants." ~ pool_key ~ ")"
                ) }} as total_weight
            from {{ relation }} as entrants
        ) as weighed
    ) as shares
) as ranked
{%- endmacro %}
