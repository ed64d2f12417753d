{#- The methods by which a pool may be shared, each with the column of weigh_by_method() that weighs by it. -#}
{% macro royalty_methods() -%}
    {{ return({
        'pro_rata': 'weight',
        'user_centric_count': 'user_centric_count_weight',
        'user_centric_time': 'user_centric_time_weight',
        'artist_centric': 'artist_centric_weight',
        'impression_share': 'impression_weight',
    }) }}
{%- endmacro %}

{#- Whether a pool is shared by the method at all, be it to compare: impressions are tied to advertising alone. -#}
{% macro royalty_method_applies(method, source) -%}
    ({{ method }} <> 'impression_share' or {{ source }} = 'advertising')
{%- endmacro %}

{#-
    What a row weighs in its pool by a method: pro rata where the method knows nothing of the pool.

    told      column with what the method tells; a whole number, not negative
    pro_rata  column with what streams alone weigh
    pool      columns that name the pool and the method
-#}
{% macro royalty_method_weight(told, pro_rata, pool) -%}
    case
        when sum({{ told }}) over (partition by {{ pool | join(', ') }}) > 0 then {{ told }}
        else {{ pro_rata }}
    end
{%- endmacro %}
