{#-
    Pre-hook of an incremental model that tells names as they are now: where newer loads brought another one, the rows
    that stand take it over, which are found by the index of their key. Its figures are no reason to write them anew.

    named    relation with the names, one row an id that `where` takes
    key      column of the ids there and here
    columns  names here, by names there
    changed  relation with the ids and loads of what may have another name
-#}
{% macro take_over_names(named, key, columns, changed, where='true') -%}
    {%- if is_incremental() -%}
        {%- set newer -%}
            select newer.{{ key }} from {{ changed }} as newer where {{ is_newer_load('newer.load_id') }}
        {%- endset -%}
        update {{ this }} as standing
        set
            {% for here, there in columns.items() -%}
            {{ here }} = named.{{ there }}{{ "," if not loop.last }}
            {% endfor %}
        from {{ named }} as named
        where
            standing.{{ key }} = named.{{ key }}
            and {{ where }}
            and {{ is_one_of('standing.' ~ key, newer) }}
            and (
                {%- for here, there in columns.items() %}
                standing.{{ here }} is distinct from named.{{ there }} {{ "or" if not loop.last }}
                {%- endfor %}
            )
    {%- endif -%}
{%- endmacro %}
