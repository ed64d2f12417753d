{#- Takes away the windows of promotions that are measured over another one by now. -#}
{% macro drop_windows_no_longer_measured() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            (item_type, starts_date, window_days) not in (
                select
                    promotions.item_type,
                    promotions.starts_date,
                    promotions.window_days
                from {{ ref('int_creator_promotions') }} as promotions
            )
    {%- endif -%}
{%- endmacro %}
