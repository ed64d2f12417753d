{#-
    A statement that gives a table an index of the words of a text column, as to_tsvector('simple', column) finds them:
    those of all languages, none cut to its stem.
    Why: PostgreSQL alone looks for words by an index; on the other engines a search reads the column.
-#}
{% macro word_index(relation, column) -%}
    {{ return(adapter.dispatch('word_index', 'sonic_warehouse')(relation, column)) }}
{%- endmacro %}
{% macro default__word_index(relation, column) -%}
{%- endmacro %}
{% macro postgres__word_index(relation, column) -%}
    create index on {{ relation }} using gin (to_tsvector('simple', {{ column }}))
{%- endmacro %}

{#-
    Whether a text holds a word, whatever its case; on PostgreSQL by the index that word_index makes.
    Why: as there; on the other engines the word is looked for between blanks, once all but letters and figures is blank.
-#}
{% macro has_word(column, word) -%}
    {{ return(adapter.dispatch('has_word', 'sonic_warehouse')(column, word | lower | replace("'", "''"))) }}
{%- endmacro %}
{% macro default__has_word(column, word) -%}
    (' ' || {{ regexp_replace_all("lower(" ~ column ~ ")", '[^\\p{L}\\p{N}]+', ' ') }} || ' ') like '% {{ word }} %'
{%- endmacro %}
{% macro postgres__has_word(column, word) -%}
    to_tsvector('simple', {{ column }}) @@ plainto_tsquery('simple', '{{ word }}')
{%- endmacro %}
