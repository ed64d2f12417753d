{#- The key of dim_geography: a city's own id; regions and countries lie above the range of cities. -#}
{% macro region_geography_id(region_id) -%}
    (1000000 + {{ region_id }})
{%- endmacro %}
{% macro country_geography_id(country_id) -%}
    (2000000 + {{ country_id }})
{%- endmacro %}

{#- The finest place that is known; pass 'null' for a level that the row does not have. -#}
{% macro geography_id(city_id, region_id, country_id) -%}
    coalesce(
        cast({{ city_id }} as bigint),
        {{ region_geography_id("cast(" ~ region_id ~ " as bigint)") }},
        {{ country_geography_id("cast(" ~ country_id ~ " as bigint)") }},
        {{ unknown_key() }}
    )
{%- endmacro %}
