{#-
    The key of dim_promotion: the id of a campaign, coupon, collaboration or referral programme times ten, plus a digit
    for its kind. Null for null.
-#}
{% macro promotion_id(kind, id) -%}
    {%- set digits = {'campaign': 1, 'coupon': 2, 'influencer_collaboration': 3, 'referral_programme': 4} -%}
    (cast({{ id }} as bigint) * 10 + {{ digits[kind] }})
{%- endmacro %}
