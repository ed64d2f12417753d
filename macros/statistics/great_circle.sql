{#-
    Metres between two places given in degrees, along a great circle of a globe of 6,371 km (haversine), cut to whole ones.
    The sum of squares may pass 1 by the last digit for places opposite each other.
-#}
{% macro great_circle_m(latitude, longitude, other_latitude, other_longitude) -%}
    cast(
        floor(
            2 * 6371000 * asin(
                least(
                    1,
                    sqrt(
                        power(sin(radians({{ other_latitude }} - {{ latitude }}) / 2), 2)
                        + cos(radians({{ latitude }})) * cos(radians({{ other_latitude }}))
                        * power(sin(radians({{ other_longitude }} - {{ longitude }}) / 2), 2)
                    )
                )
            )
        ) as bigint
    )
{%- endmacro %}
