{#- The service that a payment's purpose belongs to. Royalty pools and ARPU take subscriptions and advertising alone. -#}
{% macro revenue_service(purpose) -%}
    case {{ purpose }}
        when 'tip' then 'tips'
        when 'ticket' then 'live'
        when 'order' then 'shop'
        when 'fan_subscription' then 'fan_support'
        when 'community' then 'communities'
        when 'promotion' then 'promotions'
        when 'placement' then 'placements'
        else 'subscription'
    end
{%- endmacro %}
