{#- Pre-hook of mart_campaign_attribution: what a campaign promotes now, and when, says the increment. -#}
{% macro drop_campaigns_told_anew() -%}
    {%- if is_incremental() -%}
        {%- set newer -%}
            select newer.campaign_id
            from {{ ref('int_campaign_versions') }} as newer
            where {{ is_newer_load('newer.load_id') }}
        {%- endset -%}
        delete from {{ this }}
        where {{ is_one_of('campaign_id', newer) }}
    {%- endif -%}
{%- endmacro %}
