{#- The methods by which a pool may be shared, each with the column of int_royalty_claims that weighs by it. -#}
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
